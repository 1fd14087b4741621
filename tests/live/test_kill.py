#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kill -9 in the middle of a batch, again and again, until a daemon comes to the end: nobody is
forgotten, and whoever got a second copy was declared uncertain first and got the same message.

test_kill.py CONVIER [CONTACTS KILLS]    the long form: 10000 100"""
import json
import os
import random
import subprocess
import sys
import time

import house
from house import House, check

try:
    import aiosmtpd  # noqa: F401
except ImportError:
    house.skip("python3-aiosmtpd is not installed")

HERE = os.path.dirname(os.path.abspath(__file__))
CONTACTS, MIN_KILLS = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (600, 20)
SECONDS = max(house.PATIENCE, CONTACTS // 8)


def taken(record):
    """How many mails the server took so far."""
    try:
        with open(record, "rb") as lines:
            return sum(1 for _ in lines)
    except FileNotFoundError:
        return 0


def main():
    random.seed(3)
    port = house.free_port()
    home = House(port)
    record = f"{home.folder}/accepted"
    server = subprocess.Popen([sys.executable, f"{HERE}/faulty_server.py", str(port), record, "4"])
    try:
        house.wait_for_port(port, server)
        rows = [(f"p{i:04}@ok.test", ("fr", "ja", "en")[i % 3]) for i in range(CONTACTS)]
        home.calendar()
        home.contacts(rows)
        home.once(house.FIRST_SIGHT, seconds=SECONDS)

        begin = time.monotonic()
        kills, end = 0, begin + SECONDS
        while True:
            daemon = home.start(house.DUE)
            # The first ones die after a few mails, so that there are enough; later ones may get on.
            if kills < MIN_KILLS or random.random() < 0.5:
                until = taken(record) + random.randint(1, CONTACTS // (2 * MIN_KILLS))
                while daemon.poll() is None and taken(record) < until:
                    time.sleep(0.002)
            else:
                daemon.wait(timeout=SECONDS)
            if daemon.poll() is None:
                house.kill(daemon)
                kills += 1
            elif daemon.returncode == 0:
                break
            check(time.monotonic() < end, f"not at the end after {SECONDS} s, {kills} kills")

        mails = {}
        for line in open(record, encoding="ascii"):
            mail = json.loads(line)
            mails.setdefault(mail["to"], []).append(mail)
        lives, twins, doubted = home.lives(), 0, 0
        check(len(lives) == CONTACTS, f"{len(lives)} contacts in the ledger")
        for email, _ in rows:
            got = mails.get(email, [])
            check(len(lives[email]) == 1, f"{email} has {len(lives[email])} notices")
            message_id, state, states = lives[email][0]
            doubts = states.count("uncertain")
            check(state == "accepted", f"{email} ended {state} after {states}")
            check(len(got) >= 1, f"{email} was forgotten after {states}")
            check(len(got) <= 1 + doubts, f"{email} got {len(got)} mails after {states}")
            check({m["message_id"] for m in got} == {f"<{message_id}>"},
                  f"{email}: the twins have several Message-IDs")
            check(len({m["digest"] for m in got}) == 1, f"{email}: the twins differ")
            twins += len(got) - 1
            doubted += doubts > 0
        check(kills >= MIN_KILLS, f"only {kills} daemons could be killed")
        print(f"{CONTACTS} contacts, {kills} kills in {time.monotonic() - begin:.0f} s: "
              f"{doubted} uncertain, {twins} twins, 0 lost")
    except BaseException:
        home.show_log()
        raise
    finally:
        house.kill(server)


main()
