"""Stands for systemd at the other end of NOTIFY_SOCKET: prints each message as one line of JSON."""
import array
import json
import os
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print(json.dumps({"listening": sys.argv[1]}), flush=True)
while True:
    data, ancillary, _, _ = listener.recvmsg(4096, socket.CMSG_SPACE(4 * 8))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            # systemd-notify waits until its barrier is closed.
            for descriptor in array.array("i", content):
                os.close(descriptor)
    words = dict(line.split("=", 1) for line in data.decode().splitlines())
    if "BARRIER" not in words:
        print(json.dumps(words), flush=True)
