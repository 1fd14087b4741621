#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The disk fills up before, while and after messages are sent. Nothing leaves that could not be
recorded as claimed first; when there is room again, everybody gets their mail, and a twin only who
was declared uncertain."""
import json
import os
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
CONTACTS = 150
INSIDE = "CONVIER_LIVE_INSIDE"


def enter_own_mounts():
    """A small disk needs a mount, and a mount needs root and a namespace that dies with us."""
    if os.environ.get(INSIDE):
        return
    if os.geteuid() != 0:
        house.skip("mounting needs root")
    probe = subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL)
    if probe.returncode:
        house.skip("no mount namespaces here")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])


def fill(path, leave):
    """Leaves that many bytes of room."""
    room = os.statvfs(os.path.dirname(path))
    size = room.f_bavail * room.f_frsize - leave
    if size > 0:
        with open(path, "wb") as f:
            f.write(b"x" * size)


def taken(record):
    mails = {}
    if os.path.exists(record):
        for line in open(record, encoding="ascii"):
            mail = json.loads(line)
            mails.setdefault(mail["to"], []).append(mail)
    return mails


def live_with(leave):
    port = house.free_port()
    home = House(port)
    record = f"{home.folder}/accepted"
    state = f"{home.folder}/state"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", state], check=True)
    server = subprocess.Popen([sys.executable, f"{HERE}/faulty_server.py", str(port), record])
    try:
        house.wait_for_port(port, server)
        emails = [f"p{i:03}@ok.test" for i in range(CONTACTS)]
        home.calendar()
        home.contacts([(email, "fr") for email in emails])
        home.once(house.FIRST_SIGHT)
        fill(f"{state}/filler", leave)
        daemon = home.start(house.DUE)
        try:
            daemon.wait(4)
        except subprocess.TimeoutExpired:
            house.kill(daemon)
        before = len(taken(record))
        if os.path.exists(f"{state}/filler"):
            os.remove(f"{state}/filler")
        claimed = {email for email, (life,) in home.lives().items() if "claimed" in life[2]}
        check(set(taken(record)) <= claimed, "something left that was not recorded as claimed")

        for at in (house.DUE, house.LATER, "2026-09-05 10:00"):
            home.once(at)
        mails, lives, twins = taken(record), home.lives(), 0
        check(len(lives) == CONTACTS, f"{len(lives)} contacts in the ledger")
        for email in emails:
            (message_id, now, states), = lives[email]
            got = mails.get(email, [])
            check(now == "accepted", f"{email} ended {now} after {states}")
            check(1 <= len(got) <= 1 + states.count("uncertain"),
                  f"{email} got {len(got)} mails after {states}")
            check({m["message_id"] for m in got} == {f"<{message_id}>"}, f"{email}: other ids")
            twins += len(got) - 1
        print(f"{leave} bytes of room: {before} left before it was full, {twins} twins, 0 lost")
    except BaseException:
        home.show_log()
        raise
    finally:
        house.kill(server)
        subprocess.run(["umount", state], check=False)


def main():
    enter_own_mounts()
    for leave in (0, 30_000, 200_000, 400_000, 700_000):
        live_with(leave)


main()
