"""kazoo as somebody: by certificate, SASL and a bearer token. usage: kazoo_identities.py HOST:PORT[,...] CA CERT KEY TOKENFILE"""

import sys

from kazoo.client import KazooClient
from kazoo.exceptions import AuthFailedError, ConnectionClosedError, NoAuthError, SessionExpiredError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.security import ACL, Id

from cases import case, run, same

HOSTS, CA, CERT, KEY, TOKEN_FILE = sys.argv[1:6]


def connected(**options):
    client = KazooClient(hosts=HOSTS, use_ssl=True, ca=CA, **options)
    client.start(30)
    return client


def by_sasl(password):
    return connected(
        sasl_options={"mechanism": "DIGEST-MD5", "username": "ann", "password": password}
    )


def only(scheme, name):
    return [ACL(31, Id(scheme, name))]


def refused(client, path):
    # It may be at a peer that has not heard of it yet.
    client.sync(path)
    try:
        client.get(path)
    except NoAuthError:
        return True
    return False


@case
def is_known_by_certificate(client):
    mine = connected(certfile=CERT, keyfile=KEY)
    mine.create("/by-certificate", b"1", acl=only("x509", "CN=admin,O=Quoll"))
    same(mine.get("/by-certificate")[0], b"1")
    same(refused(client, "/by-certificate"), True)
    mine.stop()


@case
def is_known_by_sasl(client):
    mine = by_sasl("secret")
    mine.create("/by-sasl", b"1", acl=only("sasl", "ann"))
    same(mine.get("/by-sasl")[0], b"1")
    same(refused(client, "/by-sasl"), True)
    mine.stop()


@case
def is_refused_with_another_password(client):
    # Another thread of kazoo's is told: start() ends with that, or where it was told too early by its own time-out.
    try:
        by_sasl("wrong").get("/")
    except (AuthFailedError, ConnectionClosedError, KazooTimeoutError, SessionExpiredError):
        return
    raise AssertionError("it was let in")


@case
def is_known_by_a_token(client):
    with open(TOKEN_FILE) as file:
        token = file.read().strip()
    client.create("/by-token", b"1", acl=only("token", "ci"))
    same(refused(client, "/by-token"), True)
    mine = connected()
    mine.add_auth("bearer", token)
    mine.sync("/by-token")
    same(mine.get("/by-token")[0], b"1")
    mine.stop()


if __name__ == "__main__":
    sys.exit(run(connected()))
