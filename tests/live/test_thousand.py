#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A thousand contacts through a real Postfix, one in twenty refused, one in twenty greylisted: every
single one is accounted for."""
import socketserver
import threading

import house
from house import House, check
from postfix import Postfix, require

CONTACTS = 1000


class Greylist(socketserver.StreamRequestHandler):
    """Postfix's policy protocol: attributes, an empty line, an action."""
    wanted, seen = set(), set()

    def handle(self):
        recipient = ""
        for line in self.rfile:
            name, _, value = line.decode().strip().partition("=")
            if name == "recipient":
                recipient = value
            if name:
                continue
            is_grey = recipient in self.wanted and recipient not in self.seen
            self.seen.add(recipient)
            action = "451 4.7.1 Greylisted, try again later" if is_grey else "DUNNO"
            self.wfile.write(f"action={action}\n\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


def main():
    require()
    home = House(1)
    locals_ = [f"p{i:04}" for i in range(CONTACTS)]
    unknown, grey = set(locals_[3::20]), set(locals_[11::20])
    Greylist.wanted = {f"{local}@ok.test" for local in grey}
    policy = Server(("127.0.0.1", 0), Greylist)
    threading.Thread(target=policy.serve_forever, daemon=True).start()
    relay = Postfix(home.folder, "ok.test", locals_, unknown, policy.server_address[1])
    try:
        home.relay(relay.port)
        home.calendar()
        home.contacts([(f"{local}@ok.test", ("fr", "ja", "en")[i % 3])
                       for i, local in enumerate(locals_)])
        home.once(house.FIRST_SIGHT)
        home.once(house.DUE)
        for who in home.who():
            local = who["contact"].split("@")[0]
            want = "refused" if local in unknown else "deferred" if local in grey else "accepted"
            check(who["state"] == want, f"{local} is {who['state']}, not {want}: {who}")
        home.once(house.LATER)
        relay.wait_empty(40)
        states = {who["contact"].split("@")[0]: who for who in home.who()}
        check(len(states) == CONTACTS, f"{len(states)} contacts")
        for local in locals_:
            want = "refused" if local in unknown else "accepted"
            check(states[local]["state"] == want, f"{local}: {states[local]}")
            check(states[local]["attempts"] == 1 + (local in grey), f"{local}: {states[local]}")
            count = len(relay.mails(local))
            check(count == (local not in unknown), f"{local} has {count} mails")
        print(f"{CONTACTS} contacts: {len(unknown)} refused, {len(grey)} greylisted, all told")
    except BaseException:
        relay.show_log()
        raise
    finally:
        relay.stop()
        policy.shutdown()


main()
