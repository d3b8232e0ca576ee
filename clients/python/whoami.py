"""Says who this is to a peer, and what it was granted.

    QUOLL_CACERT=ca.pem QUOLL_TOKEN_FILE=ci.token /usr/bin/python3 whoami.py localhost:2182
"""

import sys

from quoll.v1 import auth_pb2, auth_pb2_grpc
from secure import channel


def main():
    auth = auth_pb2_grpc.AuthServiceStub(channel(sys.argv[1]))
    status = auth.GetAuth(auth_pb2.GetAuthRequest(), timeout=5).status
    print("identities:", *status.identities)
    print("roles:", *status.roles)


if __name__ == "__main__":
    main()
