# SPDX-License-Identifier: MIT
"""An SMTP server on loopback that follows a script: correct SMTP with PIPELINING, but for the faults
that it is given. Standard library only; a thread for each connection.

A fault is (COMMAND, NTH, ACTION): at the NTH command of that name over the server's life (0 = every
one) ACTION happens instead of the usual answer. COMMAND: CONNECT EHLO HELO MAIL RCPT DATA BODY DOT
RSET QUIT, or IDLE (once, before the server would read a command of a second transaction). ACTION:

    "550 text"          this reply; several lines by \\n
    bytes               these very bytes
    SILENT              nothing, until the client gives up
    CUT                 closed without a word
    (CUT, "421 bye")    the reply, then closed
    KEEP_CUT            at DOT: the message is taken, then closed without a word
    RESET               closed as a machine does that crashed
    SPLIT               the usual answer, each byte in a packet of its own
    (AFTER, bytes)      the usual answer with these bytes behind it, in one packet"""
import hashlib
import socket
import struct
import threading
import time

SILENT, CUT, KEEP_CUT, RESET, SPLIT, AFTER = "silent", "cut", "keep-cut", "reset", "split", "after"
KEYWORDS = ("PIPELINING", "SIZE 10240000", "DSN", "8BITMIME")


class Gone(Exception):
    pass


def is_taken(action):
    """Does the server keep a message whose final dot it answers so?"""
    if action is None or action in (SPLIT, KEEP_CUT):
        return True
    if isinstance(action, tuple):
        return action[0] == AFTER
    return action[:1] in ("2", b"2")


def encode(text):
    """Lines of one reply, the mark of continuation in all but the last."""
    lines = text.split("\n")
    marks = ["-"] * (len(lines) - 1) + [" "]
    return "".join(f"{line[:3]}{mark}{line[4:]}\r\n" for line, mark in zip(lines, marks)).encode()


class Server:
    """flushes: what was pipelined behind a command is forgotten, as some firewalls do."""

    def __init__(self, faults=(), keywords=KEYWORDS, flushes=False):
        self.faults, self.keywords, self.flushes = list(faults), keywords, flushes
        self.counts, self.lock = {}, threading.Lock()
        self.mails = []  # (recipients, message id, digest of the bytes, number of the connection)
        self.dialogue, self.connections = [], 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                number = self.connections
            threading.Thread(target=self.serve, args=(peer, number), daemon=True).start()

    def close(self):
        self.listener.close()

    def fault(self, command):
        with self.lock:
            nth = self.counts[command] = self.counts.get(command, 0) + 1
            for name, want, action in self.faults:
                if name == command and want in (0, nth):
                    return action
        return None

    def serve(self, peer, number):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            Dialogue(self, peer, number).run()
        except (Gone, OSError):
            pass
        finally:
            peer.close()


class Dialogue:
    def __init__(self, server, peer, number):
        self.server, self.peer, self.number, self.data = server, peer, number, b""
        self.sender, self.recipients, self.transactions = None, [], 0

    def line(self):
        while b"\r\n" not in self.data:
            more = self.peer.recv(65536)
            if not more:
                raise Gone
            self.data += more
        line, self.data = self.data.split(b"\r\n", 1)
        return line

    def say(self, text):
        self.peer.sendall(text if isinstance(text, bytes) else encode(text))

    def wait_until_gone(self):
        while self.peer.recv(65536):
            pass
        raise Gone

    def answer(self, command, usual):
        """The usual answer or the fault; True when the client was told yes."""
        return self.play(self.server.fault(command), usual)

    def play(self, action, usual):
        if action is None:
            self.say(usual)
            return usual[0] in "23"
        if action == SILENT:
            self.wait_until_gone()
        if action in (CUT, KEEP_CUT):
            raise Gone
        if action == RESET:
            self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Gone
        if action == SPLIT:
            for byte in encode(usual):
                self.peer.sendall(bytes([byte]))
                time.sleep(0.0005)
            return usual[0] in "23"
        if isinstance(action, tuple) and action[0] == AFTER:
            self.peer.sendall(encode(usual) + action[1])
            return usual[0] in "23"
        if isinstance(action, tuple):
            self.say(action[1])
            raise Gone
        self.say(action)
        return action[:1] in ("2", "3") if isinstance(action, str) else action[:1] in (b"2", b"3")

    def body(self):
        action, lines = self.server.fault("BODY"), []
        if action:
            lines.append(self.line())
            if action == CUT:
                raise Gone
            if action == SILENT:
                self.wait_until_gone()
            self.say(action if not isinstance(action, tuple) else action[1])
            if isinstance(action, tuple):
                raise Gone
        while (line := self.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        bytes_ = b"\r\n".join(lines) + b"\r\n"
        ids = [l.split(b":", 1)[1].strip().decode() for l in lines
               if l.lower().startswith(b"message-id:")]
        mail = (tuple(self.recipients), ids[0] if ids else "", hashlib.sha256(bytes_).hexdigest(),
                self.number)
        recipients, self.recipients, self.sender = self.recipients, [], None
        if not recipients:
            return self.say("554 5.5.1 No valid recipients")
        action = self.server.fault("DOT")
        if is_taken(action):
            with self.server.lock:
                self.server.mails.append(mail)
        self.transactions += 1
        self.play(action, "250 2.0.0 Ok: queued")

    def run(self):
        if not self.answer("CONNECT", "220 scripted.test ESMTP"):
            self.wait_until_gone()
        while True:
            if self.transactions == 1 and not self.data:
                action = self.server.fault("IDLE")
                if action:
                    self.play(action, "")
            line = self.line().decode("latin-1")
            self.server.dialogue.append((self.number, line))
            if self.server.flushes:
                time.sleep(0.02)
                self.peer.setblocking(False)
                try:
                    self.peer.recv(65536)
                except BlockingIOError:
                    pass
                self.peer.setblocking(True)
                self.data = b""
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                self.answer("EHLO", "\n".join(["250 scripted.test"] +
                                              ["250 " + k for k in self.server.keywords]))
            elif verb == "HELO":
                self.answer("HELO", "250 scripted.test")
            elif verb == "MAIL":
                self.recipients = []
                self.sender = line if self.answer("MAIL", "250 2.1.0 Ok") else None
            elif verb == "RCPT":
                usual = "250 2.1.5 Ok" if self.sender else "503 5.5.1 MAIL first"
                if self.answer("RCPT", usual) and self.sender:
                    self.recipients.append(line[line.index("<") + 1:line.index(">")])
            elif verb == "DATA":
                usual = "354 go ahead" if self.recipients else "554 5.5.1 No valid recipients"
                if self.answer("DATA", usual) and usual[0] == "3":
                    self.body()
            elif verb == "RSET":
                self.sender, self.recipients = None, []
                self.answer("RSET", "250 2.0.0 Ok")
            elif verb == "QUIT":
                self.answer("QUIT", "221 2.0.0 Bye")
                return
            else:
                self.say("502 5.5.1 What?")
