#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kill -9 after the final dot and before its answer; the template, the list and the settings are
edited before the next start: whoever may have the message gets the very same bytes again. So does
whoever may have a mail about several.

test_same_bytes.py CONVIER"""
import glob
import os
import shutil
import socketserver
import sqlite3
import threading
import time

import house
from house import House, check

TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "templates")
CONTACTS = [(f"p{i}@ok.test", ("fr", "ja", "en")[i % 3]) for i in range(9)]


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.answers = False
        self.got = []  # (recipient, bytes)


class Dialogue(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def handle(self):
        recipient = None
        self.say(b"220 test")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say(b"250-test\r\n250 PIPELINING")
            elif verb == b"RCPT":
                recipient = line.split(b"<")[1].split(b">")[0].decode()
                self.say(b"250 2.1.5 ok")
            elif verb == b"DATA":
                self.say(b"354 go on")
                body = b""
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    body += line
                else:
                    return
                self.server.got.append((recipient, body))
                if not self.server.answers:
                    time.sleep(60)  # the daemon dies meanwhile
                    return
                self.say(b"250 2.0.0 ok")
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 ok")


def edit_everything(home):
    os.mkdir(f"{home.folder}/templates")
    for path in glob.glob(f"{TEMPLATES}/invitation.*.md") + glob.glob(f"{TEMPLATES}/digest.*.md"):
        copy = shutil.copy(path, f"{home.folder}/templates")
        with open(copy, "a", encoding="utf-8") as f:
            f.write("\n\nAn afterthought.\n")
    home.edit("convier.cfg", "Groupe-pays Japon\"; address", "Autre nom\"; address",
              f'templates = "{home.folder}/templates";\n')
    home.edit("contacts.csv", "Lefèvre", "Dupont")
    home.edit("contacts.csv", "髙橋", "鈴木")


def merge(home):
    """A second meeting at the same time, and a rule that tells both in one mail."""
    home.edit("convier.cfg", 'audience = "japon";', 'audience = "japon"; merge = true;')
    with open(f"{home.folder}/japon.ics", encoding="utf-8", newline="") as f:
        event = f.read().partition("BEGIN:VEVENT")[2].partition("END:VCALENDAR")[0]
    home.edit("japon.ics", "END:VCALENDAR",
              "BEGIN:VEVENT" + event.replace("live-1@", "live-2@") + "END:VCALENDAR")


def play(is_merged):
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = House(server.server_address[1])
    home.calendar()
    if is_merged:
        merge(home)
    home.contacts(CONTACTS)
    home.once(house.FIRST_SIGHT)

    daemon = home.start(house.DUE)
    end = time.monotonic() + house.PATIENCE
    while not server.got and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.3)  # the other connections, too
    house.kill(daemon)
    first = dict(server.got)
    check(first, "the server got nothing")
    check(os.path.getsize(f"{home.folder}/state/ledger.db.outbox") > 0, "the outbox is empty")
    database = sqlite3.connect(f"file:{home.folder}/state/ledger.db?mode=ro", uri=True)
    claimed = {row[0] for row in database.execute(
        "SELECT c.address FROM notice n JOIN contact c ON c.id = n.contact"
        " WHERE n.state = 'claimed'")}
    database.close()
    check(claimed >= set(first), f"claimed: {claimed}, seen: {set(first)}")

    edit_everything(home)
    server.got.clear()
    server.answers = True
    home.once(house.LATER)
    second = dict(server.got)
    check(len(server.got) == len(CONTACTS), f"{len(server.got)} mails the second time")
    for address, body in first.items():
        check(second[address] == body, f"{address} got other bytes the second time")
        check((b"Feedback-ID: digest:" in body) == is_merged, f"{address}: merged or not?")
    for address, body in second.items():
        is_new = b"Autre nom" in body
        check(is_new == (address not in claimed),
              f"{address}: {'new' if is_new else 'old'} words, claimed: {address in claimed}")
    check(os.path.getsize(f"{home.folder}/state/ledger.db.outbox") == 0,
          "messages stay in the outbox")
    print(f"{len(first)} messages were under way, {len(claimed)} claimed; the same bytes came again")
    server.shutdown()


def main():
    play(False)
    play(True)


if __name__ == "__main__":
    main()
