#!/usr/bin/env python3
"""Lets a User-Mode Linux guest use a vhost-user back end that was made for QEMU.

vhost-shim.py LISTEN_SOCKET BACKEND_SOCKET: stands between the two on the control socket only; frames never pass here.

* QEMU answers the control queue itself, so back ends offer it and leave it unanswered. User-Mode Linux hands every queue to
  the back end and its driver would wait for ever: those features are taken out of the offer.
* It starts packed rings with a wrap counter of 0 instead of 1, so no frame would ever be seen: they are taken out, too.
* User-Mode Linux wants the protocol feature BACKEND_REQ. Where a back end lacks it, it is added to the offer, taken out of
  what the driver accepts, and its one message is answered here.
"""
import os, socket, struct, sys, time

GET_FEATURES, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES, SET_BACKEND_REQ_FD = 1, 15, 16, 21
ANSWERED = {GET_FEATURES, 11, GET_PROTOCOL_FEATURES, 17, 24, 31, 36, 40}
REPLY, NEED_REPLY = 4, 8
REPLY_ACK, BACKEND_REQ = 1 << 3, 1 << 5
CONTROL_QUEUE = 1 << 2 | sum(1 << bit for bit in range(17, 24))  # CTRL_GUEST_OFFLOADS; CTRL_VQ to CTRL_MAC_ADDR
RING_PACKED = 1 << 34


def receive(sock):
    data, fds, _, _ = socket.recv_fds(sock, 12, 16)
    while data and len(data) < 12:
        data += sock.recv(12 - len(data))
    if not data:
        sys.exit(0)
    request, flags, size = struct.unpack("<III", data)
    body = b""
    while len(body) < size:
        body += sock.recv(size - len(body))
    return request, flags, body, fds


def send(sock, request, flags, body, fds=()):
    socket.send_fds(sock, [struct.pack("<III", request, flags, len(body)) + body], list(fds))
    for fd in fds:
        os.close(fd)


def number(body):
    return struct.unpack("<Q", body)[0]


def accept(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        return listener.accept()[0]


def connect(path):
    for _ in range(100):
        try:
            back = socket.socket(socket.AF_UNIX)
            back.connect(path)
            return back
        except OSError:
            back.close()
            time.sleep(0.05)
    sys.exit(f"nobody listens at {path}")


front = accept(sys.argv[1])
back = connect(sys.argv[2])
acknowledges, ours, kept = False, False, []
while True:
    request, flags, body, fds = receive(front)
    if request == SET_BACKEND_REQ_FD and ours:
        kept += fds  # the guest takes a hang-up here for the end of the back end and removes the NIC
        if flags & NEED_REPLY:
            send(front, request, 1 | REPLY, struct.pack("<Q", 0))
        continue
    if request == SET_PROTOCOL_FEATURES:
        accepted = number(body) & ~(BACKEND_REQ if ours else 0)
        acknowledges = bool(accepted & REPLY_ACK)
        body = struct.pack("<Q", accepted)
    send(back, request, flags, body, fds)
    if request in ANSWERED or (flags & NEED_REPLY and acknowledges and request != SET_PROTOCOL_FEATURES):
        request, flags, body, fds = receive(back)
        if request == GET_FEATURES:
            body = struct.pack("<Q", number(body) & ~(CONTROL_QUEUE | RING_PACKED))
        if request == GET_PROTOCOL_FEATURES:
            ours = not number(body) & BACKEND_REQ
            body = struct.pack("<Q", number(body) | BACKEND_REQ)
        send(front, request, flags, body, fds)
    elif flags & NEED_REPLY:
        send(front, request, 1 | REPLY, struct.pack("<Q", 0))
