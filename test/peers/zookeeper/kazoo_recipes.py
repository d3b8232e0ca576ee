"""Every recipe of kazoo, between two or three clients. usage: kazoo_recipes.py HOST:PORT[,HOST:PORT...]"""

import datetime
import sys
import threading

from kazoo.client import KazooClient
from kazoo.exceptions import LockTimeout
from kazoo.recipe.cache import TreeCache, TreeEvent

from cases import case, raises, run, same, spawn, until

HOSTS = sys.argv[1]


def connected():
    client = KazooClient(hosts=HOSTS)
    client.start(30)
    return client


@case
def lock(one, two, three):
    mine, other = one.Lock("/k/lock", "one"), two.Lock("/k/lock", "two")
    assert mine.acquire()
    same(other.acquire(blocking=False), False)
    raises(LockTimeout, other.acquire, timeout=0.2)
    waiting = spawn(other.acquire)
    until("the second contender", lambda: mine.contenders() == ["one", "two"])
    assert not waiting.is_done()
    mine.release()
    assert waiting()
    same(mine.contenders(), ["two"])
    other.release()


@case
def lock_counts_without_losing_any(*clients):
    path = "/k/counted"
    clients[0].ensure_path(path)
    held = []

    def work(client):
        for _ in range(10):
            with client.Lock("/k/count-lock"):
                held.append(client)
                same(held, [client])
                client.sync(path)
                value = int(client.get(path)[0] or b"0")
                client.set(path, b"%d" % (value + 1))
                held.remove(client)

    for result in [spawn(work, client) for client in clients]:
        result()
    clients[0].sync(path)
    same(clients[0].get(path)[0], b"%d" % (10 * len(clients)))


@case
def lock_of_an_ended_session(one, two, three):
    gone = connected()
    assert gone.Lock("/k/ended").acquire()
    waiting = spawn(one.Lock("/k/ended").acquire)
    until("the contender", lambda: len(one.get_children("/k/ended")) == 2)
    gone.stop()
    assert waiting()


@case
def read_and_write_locks(one, two, three):
    reader, second = one.ReadLock("/k/rw", "r1"), two.ReadLock("/k/rw", "r2")
    writer = three.WriteLock("/k/rw", "w")
    assert reader.acquire() and second.acquire()
    same(writer.acquire(blocking=False), False)
    writing = spawn(writer.acquire)
    until("the writer", lambda: writer.contenders() == ["r1", "r2", "w"])
    late = one.ReadLock("/k/rw", "r3")
    reading = spawn(late.acquire)
    until("the late reader", lambda: writer.contenders() == ["r1", "r2", "w", "r3"])
    reader.release()
    assert not writing.is_done()
    second.release()
    assert writing()
    assert not reading.is_done()
    writer.release()
    assert reading()
    late.release()


@case
def semaphore(one, two, three):
    leases = [client.Semaphore("/k/semaphore", name, max_leases=2)
              for client, name in ((one, "1"), (two, "2"), (three, "3"))]
    assert leases[0].acquire() and leases[1].acquire()
    same(leases[2].acquire(blocking=False), False)
    raises(LockTimeout, leases[2].acquire, timeout=0.2)
    one.sync("/k/semaphore")
    same(sorted(leases[0].lease_holders()), ["1", "2"])
    waiting = spawn(leases[2].acquire)
    leases[0].release()
    assert waiting()
    raises(ValueError, one.Semaphore("/k/semaphore", max_leases=5).acquire)
    for lease in leases[1:]:
        lease.release()


@case
def election(one, two, three):
    order, leave = [], {"one": threading.Event(), "two": threading.Event()}

    def lead(name):
        order.append(name)
        leave[name].wait(60)

    first, second = one.Election("/k/election", "one"), two.Election("/k/election", "two")
    running = spawn(first.run, lead, "one")
    until("the first leader", lambda: order == ["one"])
    waiting = spawn(second.run, lead, "two")
    until("the candidate", lambda: first.contenders() == ["one", "two"])
    same(order, ["one"])
    leave["one"].set()
    running()
    until("the second leader", lambda: order == ["one", "two"])
    leave["two"].set()
    waiting()


@case
def barrier(one, two, three):
    gate, other = one.Barrier("/k/barrier"), two.Barrier("/k/barrier")
    gate.create()
    two.sync("/k/barrier")
    same(other.wait(0.2), False)
    waiting = spawn(other.wait, 60)
    assert gate.remove()
    same(waiting(), True)
    same(gate.remove(), False)


@case
def double_barrier(*clients):
    barriers = [client.DoubleBarrier("/k/double", len(clients)) for client in clients]
    early = [spawn(barrier.enter) for barrier in barriers[:-1]]
    until("those before the last", lambda: len(clients[0].get_children("/k/double")) == 2)
    assert not any(result.is_done() for result in early)
    barriers[-1].enter()
    for result in early:
        result()
    assert all(barrier.participating for barrier in barriers)
    for result in [spawn(barrier.leave) for barrier in barriers]:
        result()
    clients[0].sync("/k/double")
    same(clients[0].get_children("/k/double"), [])


@case
def parties(one, two, three):
    for kind in ("Party", "ShallowParty"):
        path = "/k/" + kind
        mine = getattr(one, kind)(path, "one")
        others = getattr(two, kind)(path, "two")
        mine.join()
        others.join()
        until("both", lambda: sorted(mine) == ["one", "two"] and len(others) == 2)
        mine.leave()
        until("one of them", lambda: list(others) == ["two"])
        others.leave()


@case
def queue(one, two, three):
    mine, other = one.Queue("/k/queue"), two.Queue("/k/queue")
    mine.put(b"late", priority=200)
    mine.put(b"first")
    mine.put(b"second")
    mine.put(b"urgent", priority=1)
    until("all entries", lambda: len(two.get_children("/k/queue")) == 4)
    same([other.get() for _ in range(4)], [b"urgent", b"first", b"second", b"late"])
    same(other.get(), None)


@case
def locking_queue(one, two, three):
    mine, other = one.LockingQueue("/k/locking"), two.LockingQueue("/k/locking")
    mine.put(b"a")
    mine.put_all([b"b", b"c"])
    until("all entries", lambda: len(other) == 3)
    same(mine.get(30), b"a")
    assert mine.holds_lock()
    same(other.get(30), b"b")
    assert mine.consume() and other.release()
    same(mine.get(30), b"b")
    assert mine.consume()
    waiting = spawn(mine.get, 30)
    same(waiting(), b"c")
    assert mine.consume()
    blocked = spawn(other.get, 60)
    mine.put(b"d")
    same(blocked(), b"d")
    assert other.consume()
    same(other.get(0.1), None)


@case
def counter(*clients):
    def count(client):
        whole = client.Counter("/k/counter")
        for _ in range(10):
            whole += 2
            whole -= 1

    for result in [spawn(count, client) for client in clients]:
        result()
    clients[0].sync("/k/counter")
    same(clients[0].Counter("/k/counter").value, 10 * len(clients))
    fraction = clients[0].Counter("/k/fraction", default=1.0)
    fraction += 1.5
    same(fraction.value, 2.5)
    shared = clients[0].Counter("/k/curator-counter", default=0, support_curator=True)
    shared += 7
    same(clients[0].get("/k/curator-counter")[0], b"\0\0\0\7")


@case
def set_partitioner(one, two, three):
    items = tuple("abcde")

    def partitioner(client, name):
        return client.SetPartitioner(
            "/k/partition", items, identifier=name, time_boundary=0.3, max_reaction_time=0.3
        )

    def step(part):
        assert not part.failed
        if part.release:
            part.release_set()
        return part.acquired

    alone = partitioner(one, "one")
    until("the whole set", lambda: step(alone))
    same(sorted(alone), list(items))
    other = partitioner(two, "two")
    until("both parts", lambda: all([step(alone), step(other)])
          and sorted(list(alone) + list(other)) == list(items))
    assert 2 <= len(list(alone)) <= 3
    other.finish()
    until("the whole set again", lambda: step(alone) and len(list(alone)) == 5)
    alone.finish()


@case
def data_and_children_watches(one, two, three):
    seen, listed = [], []
    one.ensure_path("/k/watched")
    one.DataWatch("/k/watched/x", lambda data, stat: seen.append((data, stat and stat.version)))
    one.ChildrenWatch("/k/watched", lambda children: listed.append(sorted(children)))
    same((seen, listed), ([(None, None)], [[]]))
    two.create("/k/watched/x", b"1")
    until("the creation", lambda: seen[-1] == (b"1", 0))
    until("the child", lambda: listed[-1] == ["x"])
    two.set("/k/watched/x", b"2")
    until("the change", lambda: seen[-1] == (b"2", 1))
    two.delete("/k/watched/x")
    until("the deletion", lambda: seen[-1] == (None, None))
    until("no child", lambda: listed[-1] == [])


@case
def tree_cache(one, two, three):
    events = []
    cache = TreeCache(one, "/k/tree")
    cache.listen(lambda event: events.append((event.event_type, getattr(event.event_data, "path", None))))
    cache.listen_fault(lambda error: events.append(error))
    cache.start()
    until("the cache to be filled", lambda: (TreeEvent.INITIALIZED, None) in events)
    two.create("/k/tree/a/b", b"deep", makepath=True)
    until("the leaf", lambda: cache.get_data("/k/tree/a/b") is not None)
    same(cache.get_data("/k/tree/a/b").data, b"deep")
    same(cache.get_children("/k/tree/a"), frozenset(["b"]))
    two.set("/k/tree/a/b", b"other")
    until("the change", lambda: cache.get_data("/k/tree/a/b").data == b"other")
    two.delete("/k/tree/a", recursive=True)
    until("the end", lambda: cache.get_data("/k/tree/a") is None)
    for kind in (TreeEvent.NODE_ADDED, TreeEvent.NODE_UPDATED, TreeEvent.NODE_REMOVED):
        assert (kind, "/k/tree/a/b") in events, events
    cache.close()


@case
def leases(one, two, three):
    hour = datetime.timedelta(hours=1)
    assert one.NonBlockingLease("/k/lease", hour, identifier="one")
    assert not two.NonBlockingLease("/k/lease", hour, identifier="two")
    assert one.NonBlockingLease("/k/lease", hour, identifier="one")
    for client, name, obtained in ((one, "1", True), (two, "2", True), (three, "3", False)):
        lease = client.MultiNonBlockingLease(2, "/k/leases", hour, identifier=name)
        same(bool(lease), obtained)


if __name__ == "__main__":
    sys.exit(run(connected(), connected(), connected()))
