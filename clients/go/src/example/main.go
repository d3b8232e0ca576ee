// Creates a znode, watches it, and holds a lock while peers come and go.
//
//	GO111MODULE=off GOPATH=$PWD:/usr/share/gocode go run example 127.0.0.1:2182,127.0.0.1:2192,127.0.0.1:2202 [WRITES]
//
// By TLS, and as whom, the package secure says.
//
// Kill the leader while it runs: it goes on with the others, holds the same lock with the same token, writes each number
// once, and its watch sees each number once, in order.
package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	quollv1 "quoll/v1"
	"secure"
)

const (
	answerWithin = 3 * time.Second
	giveUpAfter  = 60 * time.Second
)

// ensemble holds the peers; calls go to one of them until it fails, then to the next.
type ensemble struct {
	connections []*grpc.ClientConn
	current     int
}

func connect(addresses []string) (*ensemble, error) {
	peers := &ensemble{}
	options, err := secure.Options()
	if err != nil {
		return nil, err
	}
	for _, address := range addresses {
		connection, err := grpc.Dial(address, options...)
		if err != nil {
			return nil, err
		}
		peers.connections = append(peers.connections, connection)
	}
	return peers, nil
}

// passes says what passes by itself: no leader now, a peer that is gone, an answer that did not come. Sending the same
// again is safe, since writes carry an idempotency key and the lock its lock id.
func passes(err error) bool {
	code := status.Code(err)
	return code == codes.Unavailable || code == codes.DeadlineExceeded
}

// call asks until it is answered.
func (peers *ensemble) call(ask func(*grpc.ClientConn) error) error {
	giveUpAt := time.Now().Add(giveUpAfter)
	for {
		err := ask(peers.connections[peers.current%len(peers.connections)])
		if err == nil || !passes(err) || time.Now().After(giveUpAt) {
			return err
		}
		peers.current++
		time.Sleep(100 * time.Millisecond)
	}
}

// unary asks with a deadline.
func (peers *ensemble) unary(ask func(context.Context, *grpc.ClientConn) error) error {
	return peers.call(func(connection *grpc.ClientConn) error {
		within, cancel := context.WithTimeout(context.Background(), answerWithin)
		defer cancel()
		return ask(within, connection)
	})
}

// watch sends each value of the znode to `seen`; after a break it resumes, anywhere, behind the last change that it saw.
// `watching` is closed once it has begun.
func watch(addresses []string, path string, seen chan<- int, watching chan<- struct{}) error {
	peers, err := connect(addresses)
	if err != nil {
		return err
	}
	request := &quollv1.WatchRequest{Path: path, WithData: true}
	place := func(zxid uint64) { request.After = &quollv1.StreamPosition{Zxid: zxid} }
	for {
		err := peers.call(func(connection *grpc.ClientConn) error {
			stream, err := quollv1.NewWatchServiceClient(connection).Watch(context.Background(), request)
			if err != nil {
				return err
			}
			for {
				message, err := stream.Recv()
				if err != nil {
					return err
				}
				switch item := message.Item.(type) {
				case *quollv1.WatchResponse_Events:
					for _, event := range item.Events.Events {
						if event.Type != quollv1.WatchEventType_WATCH_EVENT_TYPE_DATA_CHANGED {
							continue
						}
						number, err := strconv.Atoi(string(event.Data))
						if err != nil {
							return err
						}
						seen <- number
					}
					place(item.Events.Zxid)
				case *quollv1.WatchResponse_Synced:
					place(item.Synced.Zxid)
					if watching != nil {
						close(watching)
						watching = nil
					}
				case *quollv1.WatchResponse_Bookmark:
					place(item.Bookmark.Zxid)
				case *quollv1.WatchResponse_Lost:
					return fmt.Errorf("the log does not reach back: read anew")
				}
			}
		})
		if err != nil {
			return err
		}
	}
}

func random() []byte {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return bytes
}

func key() string { return hex.EncodeToString(random()) }

// write sets the znode to the number; the guard makes sure that only the holder does, even one that was paused and believes
// that it still holds.
func write(peers *ensemble, path, queue string, token uint64, number int) error {
	txn := &quollv1.TxnRequest{
		IdempotencyKey: key(),
		Ops: []*quollv1.TxnOp{
			{Op: &quollv1.TxnOp_CheckLock{
				CheckLock: &quollv1.CheckLockOp{Queue: queue, FencingToken: token},
			}},
			{Op: &quollv1.TxnOp_Set{
				Set: &quollv1.SetOp{Path: path, Data: []byte(strconv.Itoa(number))},
			}},
		},
	}
	return peers.unary(func(within context.Context, connection *grpc.ClientConn) error {
		_, err := quollv1.NewZnodeServiceClient(connection).Txn(within, txn)
		return err
	})
}

func run(addresses []string, writes int) error {
	peers, err := connect(addresses)
	if err != nil {
		return err
	}
	name := "example-" + key()
	path := "/" + name
	create := &quollv1.CreateRequest{Path: path, Data: []byte("0"), IdempotencyKey: key()}
	err = peers.unary(func(within context.Context, connection *grpc.ClientConn) error {
		_, err := quollv1.NewZnodeServiceClient(connection).Create(within, create)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Println("created", path)

	seen, watching, broken := make(chan int, writes), make(chan struct{}), make(chan error, 1)
	go func() { broken <- watch(addresses, path, seen, watching) }()
	select {
	case <-watching:
	case err := <-broken:
		return err
	}

	// Chosen here, so that a repeated request is the same contender.
	lockID := base64.RawURLEncoding.EncodeToString(random())
	acquire := &quollv1.AcquireLockRequest{Name: name, LockId: lockID, TtlMs: 30000, WaitMs: 1000}
	held := &quollv1.LockStatus{}
	for !held.Granted {
		err := peers.unary(func(within context.Context, connection *grpc.ClientConn) error {
			answer, err := quollv1.NewLockServiceClient(connection).AcquireLock(within, acquire)
			if err == nil {
				held = answer.Status
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	token := held.FencingToken
	fmt.Println("holding", token)

	renew := &quollv1.RenewLockRequest{Name: name, LockId: lockID}
	for number := 1; number <= writes; number++ {
		if err := write(peers, path, "/locks/"+name, token, number); err != nil {
			return err
		}
		err := peers.unary(func(within context.Context, connection *grpc.ClientConn) error {
			answer, err := quollv1.NewLockServiceClient(connection).RenewLock(within, renew)
			if err == nil {
				held = answer.Status
			}
			return err
		})
		if err != nil {
			return err
		}
		if !held.Granted || held.FencingToken != token {
			return fmt.Errorf("the lock was lost")
		}
		fmt.Println("wrote", number)
		time.Sleep(100 * time.Millisecond)
	}

	for expected := 1; expected <= writes; expected++ {
		select {
		case number := <-seen:
			if number != expected {
				return fmt.Errorf("the watch saw %d in the place of %d", number, expected)
			}
		case err := <-broken:
			return err
		case <-time.After(giveUpAfter):
			return fmt.Errorf("the watch did not see %d", expected)
		}
	}

	release := &quollv1.ReleaseLockRequest{Name: name, LockId: lockID, FencingToken: token}
	err = peers.unary(func(within context.Context, connection *grpc.ClientConn) error {
		_, err := quollv1.NewLockServiceClient(connection).ReleaseLock(within, release)
		return err
	})
	// LOCKLOST: an earlier try had released it, and its answer was lost.
	if err != nil && status.Code(err) != codes.FailedPrecondition {
		return err
	}
	fmt.Println("released; the watch saw every change once, in order")
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: example ADDRESS,ADDRESS,... [WRITES]")
		os.Exit(2)
	}
	writes := 20
	if len(os.Args) > 2 {
		given, err := strconv.Atoi(os.Args[2])
		if err != nil {
			fmt.Fprintln(os.Stderr, "WRITES is a number")
			os.Exit(2)
		}
		writes = given
	}
	if err := run(strings.Split(os.Args[1], ","), writes); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
