package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/samuel/go-zookeeper/zk"
)

var open = zk.WorldACL(zk.PermAll)

// Does what it is told on stdin, a word and a path a line, and says on stdout what came of it; so do the agents of the
// other clients. The watch on a znode is go-zookeeper's own, one-shot and set again by it on another connection.
func agent(hosts []string) {
	client := connect(hosts)
	locks := map[string]*zk.Lock{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		word, path, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "session":
			fmt.Printf("session %x\n", uint64(client.SessionID()))
		case "ephemeral":
			_, err := client.Create(path, []byte("go"), zk.FlagEphemeral, open)
			must(err)
			fmt.Println("created", path)
		case "watch":
			_, _, events, err := client.GetW(path)
			must(err)
			fmt.Println("watching", path)
			go func() {
				event := <-events
				must(event.Err)
				fmt.Println("changed", path)
			}()
		case "lock":
			lock := zk.NewLock(client, path, open)
			locks[path] = lock
			go func() {
				must(lock.Lock())
				fmt.Println("holding", path)
			}()
		case "turns":
			go turns(client, path, 20)
		case "unlock":
			must(locks[path].Unlock())
			fmt.Println("released", path)
		default:
			panic("unknown: " + word)
		}
	}
	client.Close()
}

// Takes the lock so many times; a guard that is there already means that another holds it too.
func turns(client *zk.Conn, path string, count int) {
	guard := strings.Replace(path, "/locks/", "/guard-", 1)
	for turn := 0; turn < count; turn++ {
		lock := zk.NewLock(client, path, open)
		must(lock.Lock())
		_, err := client.Create(guard, nil, zk.FlagEphemeral, open)
		must(err)
		must(client.Delete(guard, -1))
		must(lock.Unlock())
	}
	fmt.Println("turned", path)
}
