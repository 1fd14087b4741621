#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A submission server with TLS and logins, for test_secure.c; Python's own library only.

secure_server.py CERTIFICATE MODE...   prints its port, then one line a message received:
    SIZE SHA256 tls|clear MECHANISM|-
Modes: smtps, starttls, auth=PLAIN,LOGIN…, refuse-starttls, inject, slow, no-pipelining,
old-tls (1.0 and 1.1 alone; it has shaken hands with itself before it prints its port).
Ends when its standard input does. The login is "user" with "secret"; the token is "t0ken"."""
import base64
import hashlib
import hmac
import os
import socket
import ssl
import sys
import threading
import time
import warnings

CERTIFICATE, MODES = sys.argv[1], set(sys.argv[2:])
MECHANISMS = next((m[5:].split(",") for m in MODES if m.startswith("auth=")), [])
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(CERTIFICATE)


def make_old(context):
    warnings.simplefilter("ignore", DeprecationWarning)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1


def try_old():
    """Without it, a Python that can no longer do this would pass for a client that refuses it."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(CERTIFICATE)
    make_old(client)
    ours, theirs = socket.socketpair()
    threading.Thread(target=CONTEXT.wrap_socket, args=(theirs,), kwargs={"server_side": True},
                     daemon=True).start()
    version = client.wrap_socket(ours, server_hostname="localhost").version()
    if version != "TLSv1.1":
        sys.exit(f"old-tls: spoke {version}")


if "old-tls" in MODES:
    make_old(CONTEXT)
    try_old()


class Peer:
    def __init__(self, sock):
        self.sock, self.data, self.tls, self.mechanism = sock, b"", False, "-"

    def secure(self):
        self.sock, self.tls, self.data = CONTEXT.wrap_socket(self.sock, server_side=True), True, b""

    def say(self, line):
        self.sock.sendall(line.encode() + b"\r\n")

    def more(self):
        if "slow" in MODES:
            time.sleep(0.0005)
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self.data += data

    def line(self):
        while b"\r\n" not in self.data:
            self.more()
        line, self.data = self.data.split(b"\r\n", 1)
        return line.decode("latin-1")

    def body(self):
        parts = []
        while True:
            end = self.data.find(b"\r\n.\r\n")
            if end >= 0:
                parts.append(self.data[: end + 2])
                self.data = self.data[end + 5 :]
                break
            keep = max(0, len(self.data) - 4)
            parts.append(self.data[:keep])
            self.data = self.data[keep:]
            self.more()
        raw = b"".join(parts)
        if raw.startswith(b"."):
            raw = raw[1:]
        return raw.replace(b"\r\n.", b"\r\n")

    def ask(self, challenge):
        self.say("334 " + base64.b64encode(challenge).decode())
        return base64.b64decode(self.line())

    def login(self, words):
        mechanism = words[1].upper()
        first = base64.b64decode(words[2]) if len(words) > 2 else None
        if mechanism not in MECHANISMS:
            return self.say("504 5.5.4 unknown mechanism")
        if mechanism == "PLAIN":
            good = (first if first is not None else self.ask(b"")) == b"\0user\0secret"
        elif mechanism == "LOGIN":
            user = first if first is not None else self.ask(b"Username:")
            good = user == b"user" and self.ask(b"Password:") == b"secret"
        elif mechanism == "CRAM-MD5":
            challenge = b"<1.2@test>"
            want = b"user " + hmac.new(b"secret", challenge, "md5").hexdigest().encode()
            good = self.ask(challenge) == want
        else:
            token = first if first is not None else self.ask(b"")
            good = b"Bearer t0ken\x01" in token and b"user" in token
            if not good:
                self.ask(b'{"status":"401"}')
        if good:
            self.mechanism = mechanism
        if not good:
            self.say("535-5.7.8 wrong login")
        self.say("235 2.7.0 welcome" if good else "535 5.7.8 see the manual")

    def ehlo(self):
        lines = ["secure.test", "SIZE 100000000"]
        if "no-pipelining" not in MODES:
            lines.append("PIPELINING")
        if MODES & {"starttls", "refuse-starttls", "inject"} and not self.tls:
            lines.append("STARTTLS")
        if MECHANISMS and (self.tls or "smtps" not in MODES and "starttls" not in MODES):
            lines.append("AUTH " + " ".join(MECHANISMS))
        for line in lines:
            self.say("250-" + line)
        self.say("250 DSN")

    def serve(self):
        if "smtps" in MODES:
            self.secure()
        self.say("220 secure.test ESMTP")
        while True:
            words = self.line().split(" ")
            verb = words[0].upper()
            if verb == "EHLO":
                self.ehlo()
            elif verb == "STARTTLS" and "refuse-starttls" in MODES:
                self.say("454 4.7.0 TLS not available")
            elif verb == "STARTTLS" and "inject" in MODES:
                self.sock.sendall(b"220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n")
                self.secure()
            elif verb == "STARTTLS":
                self.say("220 go ahead")
                self.secure()
            elif verb == "AUTH":
                self.login(words)
            elif verb == "DATA":
                self.say("354 go ahead")
                body = self.body()
                print(len(body), hashlib.sha256(body).hexdigest(), "tls" if self.tls else "clear",
                      self.mechanism, flush=True)
                self.say("250 2.0.0 queued")
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            elif verb in ("MAIL", "RCPT", "RSET"):
                self.say("250 2.0.0 ok")
            else:
                self.say("502 5.5.1 what?")


def run(sock):
    try:
        Peer(sock).serve()
    except (OSError, EOFError, ValueError):
        pass
    finally:
        sock.close()


def accept(server):
    while True:
        sock, _ = server.accept()
        threading.Thread(target=run, args=(sock,), daemon=True).start()


server = socket.socket()
if "slow" in MODES:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
server.bind(("127.0.0.1", 0))
server.listen(64)
print(server.getsockname()[1], flush=True)
threading.Thread(target=accept, args=(server,), daemon=True).start()
sys.stdin.buffer.read()
os._exit(0)
