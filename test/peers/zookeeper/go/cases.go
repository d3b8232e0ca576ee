package main

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/samuel/go-zookeeper/zk"
)

// A bound for a case that is stuck, not an expectation of speed.
const limit = 60 * time.Second

func same(actual, expected interface{}) {
	if !reflect.DeepEqual(actual, expected) {
		panic(fmt.Sprintf("%v is not %v", actual, expected))
	}
}

func next(events <-chan zk.Event) zk.Event {
	select {
	case event := <-events:
		must(event.Err)
		return event
	case <-time.After(limit):
		panic("waited in vain for an event")
	}
}

// Runs every case; the exit code of the program: 0 when all passed.
func cases(hosts []string) int {
	one, two := connect(hosts), connect(hosts)
	defer one.Close()
	defer two.Close()
	all := []struct {
		name string
		run  func()
	}{
		{"create, get, set, delete", func() { basics(one) }},
		{"ephemerals and sequences", func() { kinds(one, hosts) }},
		{"watches", func() { watches(one, two) }},
		{"multi", func() { multi(one) }},
		{"authentication and ACLs", func() { acls(one, two) }},
		{"lock", func() { lock(one, two) }},
		{"lock counts without losing any", func() { counts(one, two) }},
		{"four-letter words", func() { words(hosts) }},
	}
	failed := 0
	for _, each := range all {
		if passes(each.name, each.run) {
			fmt.Println("ok", each.name)
		} else {
			failed++
		}
	}
	if failed > 0 {
		return 1
	}
	fmt.Printf("all %d passed\n", len(all))
	return 0
}

func passes(name string, run func()) (passed bool) {
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Println("FAILED", name, problem)
			passed = false
		}
	}()
	run()
	return true
}

func basics(client *zk.Conn) {
	path, err := client.Create("/g", []byte("1"), 0, open)
	must(err)
	same(path, "/g")
	data, stat, err := client.Get("/g")
	must(err)
	same(string(data), "1")
	same([]int32{stat.Version, stat.Cversion, stat.Aversion, stat.DataLength}, []int32{0, 0, 0, 1})
	stat, err = client.Set("/g", []byte("22"), 0)
	must(err)
	same([]int32{stat.Version, stat.DataLength}, []int32{1, 2})
	_, err = client.Set("/g", nil, 0)
	same(err, zk.ErrBadVersion)
	_, err = client.Create("/g", nil, 0, open)
	same(err, zk.ErrNodeExists)
	_, _, err = client.Get("/g/none")
	same(err, zk.ErrNoNode)
	exists, _, err := client.Exists("/g/none")
	must(err)
	same(exists, false)
	_, err = client.Create("/g/child", nil, 0, open)
	must(err)
	same(client.Delete("/g", -1), zk.ErrNotEmpty)
	must(client.Delete("/g/child", 0))
	_, err = client.Sync("/g")
	must(err)
}

func kinds(client *zk.Conn, hosts []string) {
	_, err := client.Create("/g/kinds", nil, 0, open)
	must(err)
	path, err := client.Create("/g/kinds/s-", nil, zk.FlagSequence, open)
	must(err)
	same(path, "/g/kinds/s-0000000000")
	path, err = client.Create("/g/kinds/e-", nil, zk.FlagSequence|zk.FlagEphemeral, open)
	must(err)
	same(path, "/g/kinds/e-0000000001")
	_, stat, err := client.Get(path)
	must(err)
	same(stat.EphemeralOwner, client.SessionID())
	_, err = client.Create(path+"/child", nil, 0, open)
	same(err, zk.ErrNoChildrenForEphemerals)
	protected, err := client.CreateProtectedEphemeralSequential("/g/kinds/p-", nil, open)
	must(err)
	same(strings.HasPrefix(protected, "/g/kinds/_c_") && strings.HasSuffix(protected, "-p-0000000002"), true)
	other := connect(hosts)
	_, err = other.Create("/g/kinds/theirs", nil, zk.FlagEphemeral, open)
	must(err)
	_, err = client.Sync("/g/kinds")
	must(err)
	_, _, gone, err := client.ExistsW("/g/kinds/theirs")
	must(err)
	other.Close()
	same(next(gone).Type, zk.EventNodeDeleted)
}

func watches(one, two *zk.Conn) {
	_, err := one.Create("/g/watched", nil, 0, open)
	must(err)
	_, err = two.Sync("/g/watched")
	must(err)
	_, _, children, err := one.ChildrenW("/g/watched")
	must(err)
	_, _, created, err := one.ExistsW("/g/watched/x")
	must(err)
	_, err = two.Create("/g/watched/x", nil, 0, open)
	must(err)
	same(next(created).Type, zk.EventNodeCreated)
	event := next(children)
	same([]interface{}{event.Type, event.Path}, []interface{}{zk.EventNodeChildrenChanged, "/g/watched"})
	_, _, changed, err := one.GetW("/g/watched/x")
	must(err)
	_, err = two.Set("/g/watched/x", []byte("1"), -1)
	must(err)
	same(next(changed).Type, zk.EventNodeDataChanged)
	_, _, deleted, err := one.GetW("/g/watched/x")
	must(err)
	must(two.Delete("/g/watched/x", -1))
	same(next(deleted).Type, zk.EventNodeDeleted)
}

func multi(client *zk.Conn) {
	made, err := client.Multi(
		&zk.CreateRequest{Path: "/g/multi", Data: []byte("1"), Acl: open},
		&zk.SetDataRequest{Path: "/g/multi", Data: []byte("2"), Version: 0},
		&zk.CheckVersionRequest{Path: "/g/multi", Version: 1},
		&zk.CreateRequest{Path: "/g/multi/s-", Acl: open, Flags: zk.FlagSequence},
	)
	must(err)
	same([]string{made[0].String, made[3].String}, []string{"/g/multi", "/g/multi/s-0000000000"})
	same(made[1].Stat.Version, int32(1))
	refused, err := client.Multi(
		&zk.DeleteRequest{Path: "/g/multi/s-0000000000", Version: -1},
		&zk.CheckVersionRequest{Path: "/g/multi", Version: 9},
	)
	same(err, zk.ErrBadVersion)
	same(refused[1].Error, zk.ErrBadVersion)
	exists, _, err := client.Exists("/g/multi/s-0000000000")
	must(err)
	same(exists, true)
}

func acls(one, two *zk.Conn) {
	must(one.AddAuth("digest", []byte("alice:secret")))
	guard := zk.DigestACL(zk.PermAll, "alice", "secret")
	_, err := one.Create("/g/guarded", []byte("x"), 0, guard)
	must(err)
	_, err = two.Sync("/g/guarded")
	must(err)
	_, _, err = two.Get("/g/guarded")
	same(err, zk.ErrNoAuth)
	acl, stat, err := one.GetACL("/g/guarded")
	must(err)
	same([]interface{}{acl, stat.Aversion}, []interface{}{guard, int32(0)})
	stat, err = one.SetACL("/g/guarded", append(guard, zk.WorldACL(zk.PermRead)...), 0)
	must(err)
	same(stat.Aversion, int32(1))
	_, err = two.Sync("/g/guarded")
	must(err)
	data, _, err := two.Get("/g/guarded")
	must(err)
	same(string(data), "x")
	_, err = two.Set("/g/guarded", nil, -1)
	same(err, zk.ErrNoAuth)
	_, err = two.Create("/g/nobody", nil, 0, []zk.ACL{})
	same(err, zk.ErrInvalidACL)
}

func lock(one, two *zk.Conn) {
	mine, other := zk.NewLock(one, "/g/lock", open), zk.NewLock(two, "/g/lock", open)
	must(mine.Lock())
	same(mine.Lock(), zk.ErrDeadlock)
	acquired := make(chan error, 1)
	go func() { acquired <- other.Lock() }()
	for {
		children, _, err := one.Children("/g/lock")
		must(err)
		if len(children) == 2 {
			sort.Strings(children)
			break
		}
	}
	select {
	case <-acquired:
		panic("two holders")
	default:
	}
	must(mine.Unlock())
	select {
	case err := <-acquired:
		must(err)
	case <-time.After(limit):
		panic("waited in vain for the lock")
	}
	must(other.Unlock())
	same(other.Unlock(), zk.ErrNotLocked)
}

func counts(clients ...*zk.Conn) {
	var group sync.WaitGroup
	count, holders := 0, 0
	for _, client := range clients {
		group.Add(1)
		go func(client *zk.Conn) {
			defer group.Done()
			for turn := 0; turn < 20; turn++ {
				lock := zk.NewLock(client, "/g/counted", open)
				must(lock.Lock())
				holders++
				same(holders, 1)
				count++
				holders--
				must(lock.Unlock())
			}
		}(client)
	}
	group.Wait()
	same(count, 20*len(clients))
}

func words(hosts []string) {
	for _, isOk := range zk.FLWRuok(hosts, limit) {
		same(isOk, true)
	}
	// Of its other words FLWSrvr and FLWCons cannot read what ZooKeeper writes since 3.5.
}
