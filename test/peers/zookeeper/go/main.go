// go-zookeeper. usage: main cases|agent HOST:PORT[,HOST:PORT...]
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/samuel/go-zookeeper/zk"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func connect(hosts []string) *zk.Conn {
	client, events, err := zk.Connect(hosts, 20*time.Second, zk.WithLogInfo(false))
	must(err)
	for event := range events {
		if event.State == zk.StateHasSession {
			break
		}
	}
	// Nobody reads the session's events from here on.
	go func() {
		for range events {
		}
	}()
	return client
}

func main() {
	hosts := strings.Split(os.Args[2], ",")
	switch os.Args[1] {
	case "cases":
		os.Exit(cases(hosts))
	case "agent":
		agent(hosts)
	default:
		fmt.Fprintln(os.Stderr, "usage: main cases|agent HOST:PORT[,HOST:PORT...]")
		os.Exit(2)
	}
}
