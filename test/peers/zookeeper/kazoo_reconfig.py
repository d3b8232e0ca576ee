"""ZooKeeper's reconfig by kazoo. usage: kazoo_reconfig.py HOST:PORT LINE   the line of server 3, without `server.3=`"""

import re
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import BadArgumentsError, BadVersionError, NoAuthError

from cases import case, raises, run, same, until

HOST, THIRD = sys.argv[1:]


def members(text):
    return sorted(int(number) for number in re.findall(r"^server\.(\d+)=", text.decode(), re.M))


def version(text):
    return int(re.search(r"^version=([0-9a-f]+)$", text.decode(), re.M).group(1), 16)


def config(client):
    return client.get("/zookeeper/config")[0]


@case
def only_who_may_write_the_config_may_reconfigure(client):
    stranger = KazooClient(hosts=HOST)
    stranger.start(30)
    raises(NoAuthError, stranger.reconfig, None, "3", None)
    stranger.stop()


@case
def a_server_joins_and_gets_its_vote(client):
    seen = []
    client.get("/zookeeper/config", watch=lambda event: seen.append(event.type))
    data, stat = client.reconfig("server.3=" + THIRD, None, None)
    same(members(data), [1, 2, 3])
    assert stat.version > 0, stat
    until("its watch", lambda: seen == ["CHANGED"])
    line = until(
        "the vote of server 3",
        lambda: re.search(r"^server\.3=.*:participant.*$", config(client).decode(), re.M),
    )
    assert line.group(0).startswith("server.3=" + THIRD.split(";")[0]), line


@case
def a_change_of_another_version_is_refused(client):
    raises(BadVersionError, client.reconfig, None, "3", None, version(config(client)) - 1)
    same(members(config(client)), [1, 2, 3])


@case
def what_makes_no_sense_is_refused(client):
    raises(BadArgumentsError, client.reconfig, "server.3=", None, None)
    same(members(config(client)), [1, 2, 3])


@case
def a_server_leaves(client):
    data, _ = client.reconfig(None, "3", None, version(config(client)))
    same(members(data), [1, 2])


@case
def all_members_may_be_said_at_once(client):
    lines = [line for line in config(client).decode().split("\n") if line.startswith("server.")]
    data, _ = client.reconfig(None, None, ",".join(lines + ["server.3=" + THIRD]))
    same(members(data), [1, 2, 3])
    data, _ = client.reconfig(None, None, ",".join(lines))
    same(members(data), [1, 2])


if __name__ == "__main__":
    super_user = KazooClient(hosts=HOST, auth_data=[("digest", "super:secret")])
    super_user.start(30)
    code = run(super_user)
    super_user.stop()
    sys.exit(code)
