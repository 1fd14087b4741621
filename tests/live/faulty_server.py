#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An SMTP server with bad habits, by the recipient's local part:

    once451-…   refused once with 451, then accepted
    no550-…     550 at RCPT
    no554-…     554 after the message
    lost-…      accepted, then the connection is reset before the reply, the first time
    silent-…    the connection is reset at RCPT, the first time

Each accepted message is one line of JSON in the given file: what it was, and that it was.
Usage: faulty_server.py PORT FILE [DELAY_MSEC]"""
import asyncio
import email
import hashlib
import json
import socket
import struct
import sys

from aiosmtpd.smtp import SMTP


def reset(server):
    """Not closed: reset, as a machine does that crashed."""
    raw = server.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.transport.abort()


class Habits:
    def __init__(self, path, delay):
        self.path, self.delay, self.seen = path, delay, set()

    def is_first(self, address):
        is_first = address not in self.seen
        self.seen.add(address)
        return is_first

    async def handle_RCPT(self, server, session, envelope, address, options):
        habit = address.split("-")[0]
        if habit == "no550":
            return "550 5.1.1 No such user here"
        if habit == "once451" and self.is_first(address):
            return "451 4.7.1 Greylisted, come back later"
        if habit == "silent" and self.is_first(address):
            reset(server)
            await asyncio.sleep(5)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        habit = address.split("-")[0]
        if habit == "no554":
            return "554 5.7.1 Refused by local policy"
        if self.delay:
            await asyncio.sleep(self.delay)
        message = email.message_from_bytes(envelope.content)
        with open(self.path, "a", encoding="ascii") as f:
            f.write(json.dumps({"to": address, "from": envelope.mail_from,
                                "message_id": message["Message-ID"],
                                "digest": hashlib.sha256(envelope.content).hexdigest()}) + "\n")
        if habit == "lost" and self.is_first(address):
            reset(server)
            await asyncio.sleep(5)
        return "250 2.0.0 Ok: queued"


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    delay = float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0
    habits = Habits(path, delay)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    make = lambda: SMTP(habits, hostname="faulty.test", loop=loop)
    loop.run_until_complete(loop.create_server(make, "127.0.0.1", port))
    loop.run_forever()


main()
