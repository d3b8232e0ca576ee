// Package secure says how a client reaches a peer, and shows who it is: the same for every program here.
//
// QUOLL_CACERT names the CA that is believed, QUOLL_CERT and QUOLL_KEY a certificate that is shown, QUOLL_TOKEN_FILE a token
// (`quoll auth token new`, or what an issuer signed), which is shown with each call. Without a CA it is plaintext, and no
// token is sent.
package secure

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// Options are for every connection.
func Options() ([]grpc.DialOption, error) {
	security, err := transport()
	if err != nil {
		return nil, err
	}
	tokenFile := os.Getenv("QUOLL_TOKEN_FILE")
	if tokenFile == "" {
		return []grpc.DialOption{security}, nil
	}
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, err
	}
	shown := grpc.WithPerRPCCredentials(bearer(strings.TrimSpace(string(token))))
	return []grpc.DialOption{security, shown}, nil
}

// transport is plaintext, unless a CA is named.
func transport() (grpc.DialOption, error) {
	caFile, certFile := os.Getenv("QUOLL_CACERT"), os.Getenv("QUOLL_CERT")
	if caFile == "" {
		return grpc.WithInsecure(), nil
	}
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	terms := &tls.Config{RootCAs: x509.NewCertPool()}
	if !terms.RootCAs.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s holds no certificate", caFile)
	}
	if certFile != "" {
		own, err := tls.LoadX509KeyPair(certFile, os.Getenv("QUOLL_KEY"))
		if err != nil {
			return nil, err
		}
		terms.Certificates = []tls.Certificate{own}
	}
	return grpc.WithTransportCredentials(credentials.NewTLS(terms)), nil
}

// bearer is a token, shown over TLS alone.
type bearer string

func (token bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(token)}, nil
}

func (bearer) RequireTransportSecurity() bool { return true }
