"""Refusals that ZooKeeper's numbers for are younger than kazoo: they must not end its loop.

usage: kazoo_refusals.py HOST:PORT HOST:PORT   of a peer whose disk is low, and of one that enforces quotas
"""

import sys

from kazoo.client import KazooClient
from kazoo.exceptions import BadArgumentsError, OperationTimeoutError

from cases import case, raises, run, same

LOW_DISK, QUOTAS = sys.argv[1:]


def connected(host):
    client = KazooClient(hosts=host)
    client.start(30)
    return client


@case
def a_low_disk_refuses_writes_and_nothing_else():
    client = connected(LOW_DISK)
    for _ in range(2):
        raises(OperationTimeoutError, client.create, "/low", b"x")
        # The loop lives, and reads go on.
        same(client.get_children("/"), ["zookeeper"])
    transaction = client.transaction()
    transaction.create("/low")
    raises(OperationTimeoutError, transaction.commit)
    connected(LOW_DISK).stop()
    client.stop()


@case
def a_quota_refuses_what_goes_above_it():
    client = connected(QUOTAS)
    client.create("/narrow")
    limits = b"count=-1,bytes=-1=;byteHardLimit=3;countHardLimit=-1"
    client.create("/zookeeper/quota/narrow/zookeeper_limits", limits, makepath=True)
    client.create("/zookeeper/quota/narrow/zookeeper_stats", b"count=0,bytes=0")
    raises(BadArgumentsError, client.set, "/narrow", b"1234")
    transaction = client.transaction()
    transaction.set_data("/narrow", b"1234")
    same([type(result) for result in transaction.commit()], [BadArgumentsError])
    same(client.set("/narrow", b"123").version, 1)
    client.stop()


sys.exit(run())
