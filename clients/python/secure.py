"""How a client reaches a peer, and shows who it is: the same for every program here.

QUOLL_CACERT names the CA that is believed, QUOLL_CERT and QUOLL_KEY a certificate that is shown, QUOLL_TOKEN_FILE a token
(`quoll auth token new`, or what an issuer signed), which is shown with each call. Without a CA it is plaintext, and no token
is sent.
"""

import os

import grpc


def channel(address):
    token = read("QUOLL_TOKEN_FILE")
    if "QUOLL_CACERT" not in os.environ:
        if token is not None:
            raise SystemExit("a token goes over TLS alone: name the CA by QUOLL_CACERT")
        return grpc.insecure_channel(address)
    terms = grpc.ssl_channel_credentials(read("QUOLL_CACERT"), read("QUOLL_KEY"), read("QUOLL_CERT"))
    if token is not None:
        # As `authorization: Bearer …` in the metadata of every call.
        bearer = grpc.access_token_call_credentials(token.decode().strip())
        terms = grpc.composite_channel_credentials(terms, bearer)
    return grpc.secure_channel(address, terms)


def read(name):
    if name not in os.environ:
        return None
    with open(os.environ[name], "rb") as file:
        return file.read()
