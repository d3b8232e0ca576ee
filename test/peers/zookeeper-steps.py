"""Does on a ZooKeeper what it is told on stdin, a JSON list of steps, and says on stdout what came of each.

usage: zookeeper-steps.py HOST:PORT < steps.json
A step is {"by": "nobody" | "alice", "ops": [op, ...], "single": bool}, {"get": path} or {"acl": path}. It comes to {"code":
name} with the name of kazoo's exception or "ok" (of a multi: with "failed", the index of the op), to {"data": text,
"version": n}, or to {"acl": [{"permissions": n, "scheme": text, "id": text}, ...]} as the super user sees it.
"""

import json
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import EXCEPTIONS, KazooException, RolledBackError, RuntimeInconsistency, ZookeeperError
from kazoo.security import ACL, Id


class QuotaExceededError(ZookeeperError):
    """Unknown to kazoo, whose connection ends of a code that it does not know."""

    code = -125


EXCEPTIONS[QuotaExceededError.code] = QuotaExceededError


def acl_of(op):
    return [ACL(entry["permissions"], Id(entry["scheme"], entry["id"])) for entry in op["acl"]]


def data_of(op):
    return op["data"].encode()


def alone(client, op):
    kind, path = op["op"], op["path"]
    if kind == "create":
        client.create(path, data_of(op), acl=acl_of(op))
    elif kind == "set":
        client.set(path, data_of(op), version=op["version"])
    elif kind == "delete":
        client.delete(path, version=op["version"])
    elif kind == "setAcl":
        client.set_acls(path, acl_of(op), version=op["version"])
    elif kind == "check":
        raise ValueError("a check alone is not in ZooKeeper's protocol")


def together(client, ops):
    multi = client.transaction()
    for op in ops:
        kind, path = op["op"], op["path"]
        if kind == "create":
            multi.create(path, data_of(op), acl=acl_of(op))
        elif kind == "set":
            multi.set_data(path, data_of(op), version=op["version"])
        elif kind == "delete":
            multi.delete(path, version=op["version"])
        elif kind == "check":
            multi.check(path, version=op["version"])
    for index, result in enumerate(multi.commit()):
        is_aftermath = isinstance(result, (RolledBackError, RuntimeInconsistency))
        if isinstance(result, Exception) and not is_aftermath:
            return {"code": type(result).__name__, "failed": index}
    return {"code": "ok"}


def run(clients, step):
    if "get" in step:
        data, stat = clients["super"].get(step["get"])
        return {"data": data.decode(), "version": stat.version}
    if "acl" in step:
        acl, _ = clients["super"].get_acls(step["acl"])
        return {"acl": [{"permissions": a.perms, "scheme": a.id.scheme, "id": a.id.id} for a in acl]}
    client = clients[step["by"]]
    try:
        if not step["single"]:
            return together(client, step["ops"])
        alone(client, step["ops"][0])
        return {"code": "ok"}
    except KazooException as error:
        return {"code": type(error).__name__}


def main():
    clients = {}
    for name in ("nobody", "alice", "super"):
        auth = [] if name == "nobody" else [("digest", name + ":secret")]
        clients[name] = KazooClient(hosts=sys.argv[1], auth_data=auth, timeout=10.0)
        clients[name].start(timeout=60)
    print(json.dumps([run(clients, step) for step in json.load(sys.stdin)]))
    for client in clients.values():
        client.stop()


main()
