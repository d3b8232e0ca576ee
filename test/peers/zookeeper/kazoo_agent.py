"""Does what it is told on stdin, a word and a path a line, and says on stdout what came of it; so do the agents of the
other clients. usage: kazoo_agent.py HOST:PORT[,HOST:PORT...]"""

import sys
import threading

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
    elif word == "unlock":
        assert locks[path].release()
        say("released", path)
    else:
        raise ValueError(word)
client.stop()
