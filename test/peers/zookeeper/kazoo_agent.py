"""Does what it is told on stdin, a word and a path a line, and says on stdout what came of it; so do the agents of the
other clients. usage: kazoo_agent.py HOST:PORT[,HOST:PORT...]"""

import collections
import sys
import threading
import time

from kazoo.client import KazooClient
from kazoo.recipe.lock import Lock

client = KazooClient(hosts=sys.argv[1], randomize_hosts=False, timeout=20)
client.start(30)
locks = {}


def say(*words):
    print(*words, flush=True)


def watch(path):
    """kazoo forgets plain watches when its connection breaks; its recipe for them watches anew."""
    versions = []

    def changed(data, stat):
        versions.append(stat.version)
        if len(versions) == 2:
            say("changed", path)
            return False

    client.DataWatch(path, changed)
    say("watching", path)


class CuratorsLock(Lock):
    """kazoo's lock under the names that Curator and go-zookeeper use: they wait for it, and it for them."""

    _NODE_NAME = "-lock-"
    _EXCLUDE_NAMES = ["-lock-"]


def acquire(path, lock):
    locks[path] = lock

    def body():
        assert lock.acquire()
        say("holding", path)

    threading.Thread(target=body, daemon=True).start()


def turns(path, count):
    """Takes the lock so many times; a guard that is there already means that another holds it too."""
    guard = path.replace("/locks/", "/guard-")
    for _ in range(count):
        with client.Lock(path):
            client.create(guard, ephemeral=True)
            client.delete(guard)
    say("turned", path)


class Writing:
    """Creates one znode after the other, each once, and keeps in mind what it was told and how the connection did."""

    def __init__(self, path):
        self.path = path
        self.told = collections.Counter()
        self.states = []
        self.over = threading.Event()
        client.add_listener(self.states.append)
        self.thread = threading.Thread(target=self.body, daemon=True)
        self.thread.start()

    def body(self):
        while not self.over.is_set():
            try:
                client.create(self.path + "/", b"kazoo", sequence=True)
            except Exception as error:
                self.told[type(error).__name__] += 1
                # Until the connection is back there is nothing to learn.
                client.connected or time.sleep(0.05)
            else:
                self.told["written"] += 1

    def end(self):
        self.over.set()
        self.thread.join()
        client.remove_listener(self.states.append)
        told = ["%s=%d" % each for each in sorted(self.told.items())]
        say("wrote", self.path, *told, *["state=" + state for state in self.states])


writings = {}
for line in sys.stdin:
    word, _, path = line.strip().partition(" ")
    if word == "session":
        say("session", "%x" % (client.client_id[0] % 2**64))
    elif word == "ephemeral":
        client.create(path, b"kazoo", ephemeral=True)
        say("created", path)
    elif word == "watch":
        watch(path)
    elif word == "lock":
        acquire(path, client.Lock(path))
    elif word == "lock-beside-curator":
        acquire(path, client.Lock(path, extra_lock_patterns=["-lock-"]))
    elif word == "lock-as-curator":
        acquire(path, CuratorsLock(client, path))
    elif word == "turns":
        threading.Thread(target=turns, args=(path, 20), daemon=True).start()
    elif word == "write":
        writings[path] = Writing(path)
        say("writing", path)
    elif word == "end-writing":
        writings.pop(path).end()
    elif word == "unlock":
        assert locks[path].release()
        say("released", path)
    else:
        raise ValueError(word)
client.stop()
