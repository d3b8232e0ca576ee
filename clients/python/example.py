"""Creates a znode, watches it, and holds a lock while peers come and go.

    /usr/bin/python3 example.py 127.0.0.1:2182,127.0.0.1:2192,127.0.0.1:2202 [WRITES]

By TLS, and as whom, secure.py says.

Kill the leader while it runs: it goes on with the others, holds the same lock with the same token, writes each number once,
and its watch sees each number once, in order.
"""

import base64
import os
import sys
import threading
import time
import uuid

import grpc

from quoll.v1 import lock_pb2, lock_pb2_grpc, watch_pb2, watch_pb2_grpc, znode_pb2, znode_pb2_grpc
from secure import channel

ANSWER_WITHIN_S = 3
GIVE_UP_AFTER_S = 60

# What passes by itself: no leader now, a peer that is gone, an answer that did not come. Sending the same again is safe,
# since writes carry an idempotency key and the lock its lock_id.
PASSING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class Ensemble:
    """The peers; calls go to one of them until it fails, then to the next."""

    def __init__(self, addresses):
        self.channels = [channel(address) for address in addresses]
        self.current = 0

    def call(self, ask):
        """`ask` gets a channel. Goes on until it is answered."""
        give_up_at = time.monotonic() + GIVE_UP_AFTER_S
        while True:
            at = self.current
            try:
                return ask(self.channels[at % len(self.channels)])
            except grpc.RpcError as error:
                if error.code() not in PASSING or time.monotonic() > give_up_at:
                    raise
                self.current = at + 1
                time.sleep(0.1)


def watch(addresses, path, seen, stopping):
    """Adds each value of the znode to `seen`; after a break it resumes, anywhere, behind the last change that it saw."""
    ensemble = Ensemble(addresses)
    place = None

    def follow(channel):
        nonlocal place
        request = watch_pb2.WatchRequest(path=path, with_data=True)
        if place is not None:
            request.after.zxid = place
        for message in watch_pb2_grpc.WatchServiceStub(channel).Watch(request):
            item = message.WhichOneof("item")
            if item == "lost":
                raise SystemExit("the log does not reach back: read anew")
            place = getattr(message, item).zxid
            if item == "events":
                for event in message.events.events:
                    if event.type == watch_pb2.WATCH_EVENT_TYPE_DATA_CHANGED:
                        seen.append(int(event.data))
            elif item == "synced":
                watching.set()
            if stopping.is_set():
                return

    watching = threading.Event()

    def run():
        while not stopping.is_set():
            ensemble.call(follow)

    threading.Thread(target=run, daemon=True).start()
    if not watching.wait(GIVE_UP_AFTER_S):
        raise SystemExit("the watch did not begin")


def main():
    addresses = sys.argv[1].split(",")
    writes = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    ensemble = Ensemble(addresses)

    path = "/example-" + uuid.uuid4().hex
    create = znode_pb2.CreateRequest(path=path, data=b"0", idempotency_key=uuid.uuid4().hex)
    ensemble.call(
        lambda channel: znode_pb2_grpc.ZnodeServiceStub(channel).Create(create, timeout=ANSWER_WITHIN_S)
    )
    print("created", path, flush=True)

    seen, stopping = [], threading.Event()
    watch(addresses, path, seen, stopping)

    name = path[1:]
    # Chosen here, so that a repeated request is the same contender.
    lock_id = base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
    acquire = lock_pb2.AcquireLockRequest(name=name, lock_id=lock_id, ttl_ms=30_000, wait_ms=1_000)

    def acquired(channel):
        return lock_pb2_grpc.LockServiceStub(channel).AcquireLock(acquire, timeout=ANSWER_WITHIN_S)

    status = ensemble.call(acquired).status
    while not status.granted:
        status = ensemble.call(acquired).status
    token = status.fencing_token
    print("holding", token, flush=True)

    for number in range(1, writes + 1):
        # The guard makes sure that only the holder writes, even one that was paused and believes that it still holds.
        txn = znode_pb2.TxnRequest(idempotency_key=uuid.uuid4().hex)
        txn.ops.add().check_lock.CopyFrom(
            znode_pb2.CheckLockOp(queue="/locks/" + name, fencing_token=token)
        )
        txn.ops.add().set.CopyFrom(znode_pb2.SetOp(path=path, data=str(number).encode()))
        ensemble.call(
            lambda channel: znode_pb2_grpc.ZnodeServiceStub(channel).Txn(txn, timeout=ANSWER_WITHIN_S)
        )
        renew = lock_pb2.RenewLockRequest(name=name, lock_id=lock_id)
        renewed = ensemble.call(
            lambda channel: lock_pb2_grpc.LockServiceStub(channel).RenewLock(
                renew, timeout=ANSWER_WITHIN_S
            )
        )
        if not renewed.status.granted or renewed.status.fencing_token != token:
            raise SystemExit("the lock was lost")
        print("wrote", number, flush=True)
        time.sleep(0.1)

    give_up_at = time.monotonic() + GIVE_UP_AFTER_S
    while len(seen) < writes and time.monotonic() < give_up_at:
        time.sleep(0.05)
    if seen != list(range(1, writes + 1)):
        raise SystemExit(f"the watch saw {seen}")
    stopping.set()

    release = lock_pb2.ReleaseLockRequest(name=name, lock_id=lock_id, fencing_token=token)
    try:
        ensemble.call(
            lambda channel: lock_pb2_grpc.LockServiceStub(channel).ReleaseLock(
                release, timeout=ANSWER_WITHIN_S
            )
        )
    except grpc.RpcError as error:
        # LOCKLOST: an earlier try had released it, and its answer was lost.
        if error.code() is not grpc.StatusCode.FAILED_PRECONDITION:
            raise
    print("released; the watch saw every change once, in order", flush=True)


if __name__ == "__main__":
    main()
