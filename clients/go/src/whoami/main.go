// Says who this is to a peer, and what it was granted.
//
//	QUOLL_CACERT=ca.pem QUOLL_TOKEN_FILE=ci.token GO111MODULE=off GOPATH=$PWD:/usr/share/gocode go run whoami localhost:2182
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"

	quollv1 "quoll/v1"
	"secure"
)

func whoami(address string) error {
	options, err := secure.Options()
	if err != nil {
		return err
	}
	connection, err := grpc.Dial(address, options...)
	if err != nil {
		return err
	}
	defer connection.Close()
	within, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	answer, err := quollv1.NewAuthServiceClient(connection).GetAuth(within, &quollv1.GetAuthRequest{})
	if err != nil {
		return err
	}
	fmt.Println("identities:", strings.Join(answer.Status.Identities, " "))
	fmt.Println("roles:", strings.Join(answer.Status.Roles, " "))
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: whoami ADDRESS")
		os.Exit(2)
	}
	if err := whoami(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
