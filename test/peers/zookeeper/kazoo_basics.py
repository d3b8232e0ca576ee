"""What kazoo's client does below its recipes. usage: kazoo_basics.py HOST:PORT[,HOST:PORT...]"""

import socket
import subprocess
import sys

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import (
    AuthFailedError,
    BadVersionError,
    InvalidACLError,
    NoAuthError,
    NodeExistsError,
    NoChildrenForEphemeralsError,
    NoNodeError,
    NotEmptyError,
    RolledBackError,
    RuntimeInconsistency,
)
from kazoo.protocol.states import EventType, WatchedEvent, ZnodeStat
from kazoo.retry import KazooRetry
from kazoo.security import CREATOR_ALL_ACL, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE, make_acl, make_digest_acl

from cases import case, raises, run, same, until

HOSTS = sys.argv[1]


def connected(**options):
    client = KazooClient(hosts=HOSTS, **options)
    client.start(30)
    return client


class Events:
    """A watcher that keeps what it hears, as (type, path)."""

    def __init__(self):
        self.heard = []

    def __call__(self, event):
        assert isinstance(event, WatchedEvent)
        self.heard.append((event.type, event.path))


@case
def create_get_set_exists_delete(client):
    same(client.create("/basic", b"one"), "/basic")
    data, stat = client.get("/basic")
    assert isinstance(stat, ZnodeStat)
    same(data, b"one")
    same((stat.version, stat.cversion, stat.aversion), (0, 0, 0))
    same((stat.ephemeralOwner, stat.dataLength, stat.numChildren), (0, 3, 0))
    assert stat.czxid == stat.mzxid == stat.pzxid > 0
    assert stat.ctime == stat.mtime > 1_500_000_000_000
    changed = client.set("/basic", b"three", version=0)
    same((changed.version, changed.dataLength), (1, 5))
    assert changed.mzxid > changed.czxid
    raises(BadVersionError, client.set, "/basic", b"x", version=7)
    raises(NodeExistsError, client.create, "/basic")
    raises(NoNodeError, client.get, "/none")
    raises(NoNodeError, client.create, "/none/child")
    same(client.exists("/none"), None)
    same(client.exists("/basic").version, 1)
    path, stat = client.create("/basic/child", b"c", include_data=True)
    same((path, stat.version, stat.dataLength), ("/basic/child", 0, 1))
    raises(NotEmptyError, client.delete, "/basic")
    raises(BadVersionError, client.delete, "/basic/child", version=3)
    client.delete("/basic", recursive=True)
    same(client.exists("/basic"), None)


@case
def data_of_all_sizes_and_bytes(client):
    for data in (b"", bytes(range(256)), b"x" * 900_000):
        client.create("/sized", data)
        same(client.get("/sized")[0], data)
        client.delete("/sized")
    path = client.create("/Zürich-湖", "gruezi 🦘".encode())
    same(path, "/Zürich-湖")
    assert "Zürich-湖" in client.get_children("/")
    client.delete(path)


@case
def ensure_path_and_makepath(client):
    client.ensure_path("/ensured/a/b/c")
    client.ensure_path("/ensured/a/b/c")
    assert client.exists("/ensured/a/b/c")
    client.create("/made/a/b", b"deep", makepath=True)
    same(client.get("/made/a")[0], b"")
    same(client.get("/made/a/b")[0], b"deep")


@case
def sequences_and_ephemerals(client):
    client.ensure_path("/kinds")
    same(client.create("/kinds/s-", sequence=True), "/kinds/s-0000000000")
    same(client.create("/kinds/s-", sequence=True, ephemeral=True), "/kinds/s-0000000001")
    client.delete("/kinds/s-0000000000")
    same(client.create("/kinds/", sequence=True), "/kinds/0000000002")
    owner = client.exists("/kinds/s-0000000001").ephemeralOwner
    same(owner, client.client_id[0])
    raises(NoChildrenForEphemeralsError, client.create, "/kinds/s-0000000001/child")
    other = connected()
    other.create("/kinds/e", b"mine", ephemeral=True)
    events = Events()
    assert client.exists("/kinds/e", watch=events)
    other.stop()
    other.close()
    until("the event of the session's end", lambda: events.heard)
    same(events.heard, [(EventType.DELETED, "/kinds/e")])
    client.sync("/kinds")
    same(client.exists("/kinds/e"), None)


@case
def children_with_data(client):
    client.ensure_path("/listed")
    for name in "abc":
        client.create("/listed/" + name)
    same(sorted(client.get_children("/listed")), ["a", "b", "c"])
    names, stat = client.get_children("/listed", include_data=True)
    same((sorted(names), stat.numChildren, stat.cversion), (["a", "b", "c"], 3, 3))
    raises(NoNodeError, client.get_children, "/unlisted")


@case
def watches_fire_once(client):
    client.ensure_path("/watched")
    exists, data, children, deleted = Events(), Events(), Events(), Events()
    same(client.exists("/watched/x", watch=exists), None)
    client.get_children("/watched", watch=children)
    client.create("/watched/x", b"1")
    client.get("/watched/x", watch=data)
    client.get_children("/watched/x", watch=deleted)
    client.set("/watched/x", b"2")
    client.set("/watched/x", b"3")
    client.delete("/watched/x")
    client.create("/watched/y")
    until("the deletion", lambda: deleted.heard)
    same(exists.heard, [(EventType.CREATED, "/watched/x")])
    same(children.heard, [(EventType.CHILD, "/watched")])
    same(data.heard, [(EventType.CHANGED, "/watched/x")])
    same(deleted.heard, [(EventType.DELETED, "/watched/x")])


@case
def asynchronous_calls_keep_their_order(client):
    client.create("/async", b"")
    results = [client.set_async("/async", b"%d" % i) for i in range(200)]
    results.append(client.get_async("/async"))
    same([r.get(30).version for r in results[:-1]], list(range(1, 201)))
    same(results[-1].get(30)[0], b"199")


@case
def transactions(client):
    client.create("/multi", b"0")
    client.create("/multi/old")
    together = client.transaction()
    together.check("/multi", version=0)
    together.create("/multi/new", b"n", ephemeral=True)
    together.create("/multi/s", sequence=True)
    together.set_data("/multi", b"1", version=0)
    together.delete("/multi/old")
    made = together.commit()
    same(made[:3], [True, "/multi/new", "/multi/s0000000002"])
    same((made[3].version, made[4]), (1, True))
    refused = client.transaction()
    refused.create("/multi/never")
    refused.check("/multi", version=9)
    refused.delete("/multi/new")
    first, second, third = refused.commit()
    assert isinstance(first, RolledBackError), first
    assert isinstance(second, BadVersionError), second
    assert isinstance(third, RuntimeInconsistency), third
    same(client.exists("/multi/never"), None)
    assert client.exists("/multi/new")
    with client.transaction() as empty_at_first:
        empty_at_first.set_data("/multi", b"2")
    same(client.get("/multi")[0], b"2")


@case
def digest_authentication_and_acls(client):
    alice = connected(auth_data=[("digest", "alice:secret")])
    alice.create("/guarded", b"secret", acl=CREATOR_ALL_ACL)
    # Each may be connected to a peer that has yet to apply what another was answered.
    client.sync("/guarded")
    raises(NoAuthError, client.get, "/guarded")
    raises(NoAuthError, client.set, "/guarded", b"x")
    raises(NoAuthError, client.create, "/guarded/child")
    assert client.exists("/guarded")
    same(alice.get("/guarded")[0], b"secret")
    client.add_auth("digest", "alice:wrong")
    raises(NoAuthError, client.get, "/guarded")
    bob = connected()
    bob.add_auth("digest", "alice:secret")
    bob.sync("/guarded")
    same(bob.get("/guarded")[0], b"secret")
    acls, stat = alice.get_acls("/guarded")
    same((len(acls), stat.aversion), (1, 0))
    same(acls, [make_digest_acl("alice", "secret", all=True)])
    readable = [make_digest_acl("alice", "secret", all=True), make_acl("world", "anyone", read=True)]
    same(alice.set_acls("/guarded", readable, version=0).aversion, 1)
    raises(BadVersionError, alice.set_acls, "/guarded", readable, version=0)
    same(client.get("/guarded")[0], b"secret")
    # Who may not administer sees no hash.
    masked, _ = client.get_acls("/guarded")
    same([entry.id.id for entry in masked], ["alice:x", "anyone"])
    same([entry.id.id for entry in alice.get_acls("/guarded")[0]], [acls[0].id.id, "anyone"])
    raises(InvalidACLError, connected().create, "/unowned", acl=CREATOR_ALL_ACL)
    raises(InvalidACLError, client.create, "/unowned", acl=[make_acl("nonsense", "x", all=True)])
    client.create("/local", acl=[make_acl("ip", "127.0.0.0/8", all=True)])
    client.set("/local", b"x")
    client.create("/far", acl=[make_acl("ip", "192.0.2.1", all=True)])
    raises(NoAuthError, client.set, "/far", b"x")
    client.create("/open", acl=OPEN_ACL_UNSAFE)
    client.create("/readable", acl=READ_ACL_UNSAFE)
    raises(NoAuthError, client.set, "/readable", b"x")
    raises(AuthFailedError, connected().add_auth, "nonsense", "x")
    for one in (alice, bob):
        one.stop()


@case
def retries(client):
    client.create("/retried", b"1")
    same(client.retry(client.get, "/retried")[0], b"1")
    retry = KazooRetry(max_tries=3)
    raises(NoNodeError, retry, client.get, "/not-retried")


@case
def four_letter_words(client):
    same(client.command(b"ruok"), "imok")
    stat = client.command(b"stat")
    for line in ("Zookeeper version: 3.", "Clients:", "Latency min/avg/max:", "Mode: ", "Node count: "):
        assert line in stat, stat
    # kazoo reads no more than 8192 bytes of an answer.
    lines = client.command(b"mntr").splitlines()[:-1]
    monitored = dict(line.split("\t", 1) for line in lines)
    for key in (
        "zk_version",
        "zk_server_state",
        "zk_num_alive_connections",
        "zk_znode_count",
        "zk_watch_count",
        "zk_ephemerals_count",
        "zk_outstanding_requests",
        "zk_avg_latency",
    ):
        assert key in monitored, monitored
    version = client.server_version()
    assert version >= (3, 8), version


@case
def a_chroot(client):
    inside = connected()
    inside.chroot = ""
    inside.ensure_path("/jail/inner")
    inside.stop()
    jailed = KazooClient(hosts=HOSTS + "/jail/inner")
    jailed.start(30)
    same(jailed.create("/cell", b"here"), "/cell")
    events = Events()
    jailed.get("/cell", watch=events)
    client.set("/jail/inner/cell", b"there")
    until("the event", lambda: events.heard)
    same(events.heard, [(EventType.CHANGED, "/cell")])
    same(jailed.get_children("/"), ["cell"])
    same(jailed.create("/s", sequence=True), "/s0000000001")
    jailed.stop()


@case
def a_broken_connection_keeps_its_session(client):
    broken = connected()
    session, states, seen = broken.client_id[0], [], []
    broken.add_listener(lambda state: states.append(state))
    broken.create("/kept", ephemeral=True)
    broken.create("/kept-watched", b"1")
    # kazoo forgets plain watches with the connection and never sends setWatches; its recipes watch anew.
    broken.DataWatch("/kept-watched", lambda data, stat: seen.append(data))
    broken._connection._socket.shutdown(socket.SHUT_RDWR)
    until("the loss", lambda: KazooState.SUSPENDED in states)
    client.set("/kept-watched", b"2")
    until("the connection", lambda: states[-1] == KazooState.CONNECTED)
    same(broken.client_id[0], session)
    assert KazooState.LOST not in states
    until("the change", lambda: seen == [b"1", b"2"])
    same(broken.exists("/kept").ephemeralOwner, session)
    broken.stop()


LEAVES_ITS_SESSION = """
import os, sys
from kazoo.client import KazooClient
client = KazooClient(hosts=sys.argv[1])
client.start(30)
client.create("/handed-over", ephemeral=True)
session, password = client.client_id
print(session, password.hex(), flush=True)
os._exit(0)
"""


@case
def a_session_goes_on_in_another_process(client):
    said = subprocess.check_output([sys.executable, "-c", LEAVES_ITS_SESSION, HOSTS], text=True)
    session, password = said.split()
    session = int(session)
    other = connected(client_id=(session, bytes.fromhex(password)))
    same(other.client_id[0], session)
    same(other.exists("/handed-over").ephemeralOwner, session)
    other.stop()
    client.sync("/")
    same(client.exists("/handed-over"), None)


@case
def a_wrong_password_gets_a_new_session(client):
    first = connected()
    session = first.client_id[0]
    first.create("/not-taken", ephemeral=True)
    other = connected(client_id=(session, b"\1" * 16))
    assert other.client_id[0] != session
    # ZooKeeper closes the connection of the session that was asked for; its client comes back.
    until("the first to be connected", lambda: first.client_id)
    same(first.client_id[0], session)
    same(other.exists("/not-taken").ephemeralOwner, session)
    for one in (first, other):
        one.stop()


if __name__ == "__main__":
    sys.exit(run(connected()))
