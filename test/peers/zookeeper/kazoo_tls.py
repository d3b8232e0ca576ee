"""kazoo over TLS, with a certificate and an identity. usage: kazoo_tls.py HOST:PORT[,...] CA CERT KEY"""

import sys

from kazoo.client import KazooClient
from kazoo.security import make_digest_acl

from cases import case, run, same, until

HOSTS, CA, CERT, KEY = sys.argv[1:5]


def connected(**options):
    client = KazooClient(hosts=HOSTS, use_ssl=True, ca=CA, certfile=CERT, keyfile=KEY, **options)
    client.start(30)
    return client


@case
def writes_and_reads(client):
    same(client.create("/kazoo-tls", b"x" * 500_000), "/kazoo-tls")
    same(client.get("/kazoo-tls")[0], b"x" * 500_000)


@case
def watches(client):
    heard = []
    client.create("/kazoo-watched", b"1")
    client.get("/kazoo-watched", watch=heard.append)
    client.set("/kazoo-watched", b"2")
    same(client.get("/kazoo-watched")[0], b"2")
    until("the event", lambda: [event.path for event in heard] == ["/kazoo-watched"])


@case
def locks(client):
    other = connected()
    lock, second = client.Lock("/kazoo-lock", "one"), other.Lock("/kazoo-lock", "two")
    same(lock.acquire(timeout=10), True)
    same(second.acquire(blocking=False), False)
    lock.release()
    same(second.acquire(timeout=10), True)
    other.stop()


@case
def proves_a_digest(client):
    client.add_auth("digest", "tls:secret")
    client.create("/kazoo-digest", b"1", acl=[make_digest_acl("tls", "secret", all=True)])
    same(client.get("/kazoo-digest")[0], b"1")


@case
def asks_a_word(client):
    same(client.command(b"ruok"), "imok")


if __name__ == "__main__":
    sys.exit(run(connected()))
