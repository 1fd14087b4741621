#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A relay with bad habits: who was refused, deferred, or perhaps reached is told exactly, nothing
is lost, and a twin is the very same message."""
import json
import os
import subprocess
import sys

import house
from house import House, check

try:
    import aiosmtpd  # noqa: F401
except ImportError:
    house.skip("python3-aiosmtpd is not installed")

HERE = os.path.dirname(os.path.abspath(__file__))
LANGUAGES = ("fr", "ja", "en")
HABITS = {"fine": 12, "once451": 6, "no550": 6, "no554": 2, "lost": 3, "silent": 2}


def accepted(path):
    mails = {}
    if os.path.exists(path):
        for line in open(path, encoding="ascii"):
            mail = json.loads(line)
            mails.setdefault(mail["to"], []).append(mail)
    return mails


def check_first_pass(rows, home):
    states = {who["contact"]: who for who in home.who()}
    may = {"fine": {"accepted"}, "once451": {"deferred"}, "no550": {"refused"},
           "no554": {"refused"}, "lost": {"uncertain"}, "silent": {"deferred"}}
    reached = 0
    for email, _ in rows:
        habit = email.split("-")[0]
        check(email in states, f"{email} is in no list")
        state = states[email]["state"]
        check(state in may[habit] | {"owed"}, f"{email} is {state}: {states[email].get('reply')}")
        if state == "refused":
            check("5." in states[email]["reply"], "the refusal's words are lost")
        reached += state != "owed"
    check(reached > 5, f"only {reached} contacts were reached at all")


def main():
    port = house.free_port()
    home = House(port)
    record = f"{home.folder}/accepted"
    server = subprocess.Popen([sys.executable, f"{HERE}/faulty_server.py", str(port), record])
    try:
        house.wait_for_port(port, server)
        rows = [(f"{habit}-{i}@ok.test", LANGUAGES[i % 3])
                for habit, count in HABITS.items() for i in range(count)]
        home.calendar()
        home.contacts(rows)
        home.once(house.FIRST_SIGHT)
        check(not accepted(record), "something was sent three months too early")

        home.once(house.DUE, may_fail=True)
        check_first_pass(rows, home)
        # A relay that resets connections is left alone for a while: come back as time goes on.
        for at in range(20, 10 * 60, 20):
            states = {who["state"] for who in home.who()}
            if states <= {"accepted", "refused"}:
                break
            home.once(f"2026-09-05 {9 + at // 60:02}:{at % 60:02}", may_fail=True)
        mails, lives = accepted(record), home.lives()
        for email, _ in rows:
            habit = email.split("-")[0]
            got = mails.get(email, [])
            check(len(lives[email]) == 1, f"{email} has {len(lives[email])} notices")
            message_id, state, states = lives[email][0]
            if habit in ("no550", "no554"):
                check(not got and state == "refused", f"{email} is {state}, {len(got)} mails")
                continue
            check(state == "accepted", f"{email} ended {state} after {states}")
            doubts = states.count("uncertain")
            check(1 <= len(got) <= 1 + doubts, f"{email} got {len(got)} mails after {states}")
            check((habit == "lost") == (len(got) == 2), f"{email} got {len(got)} mails")
            check((habit == "lost") == (doubts == 1), f"{email} went through {states}")
            for mail in got:
                check(mail["message_id"] == f"<{message_id}>", f"{email}: another Message-ID")
                check(mail["digest"] == got[0]["digest"], f"{email}: the twin differs")
                check(mail["from"].startswith("retours"), f"{email}: sent from {mail['from']}")
        everyone = [m["message_id"] for got in mails.values() for m in got[:1]]
        check(len(set(everyone)) == len(everyone), "two contacts share a Message-ID")

        before = sum(len(got) for got in mails.values())
        home.once("2026-09-06 09:00")
        check(sum(len(got) for got in accepted(record).values()) == before, "sent again")
        print(f"{len(rows)} contacts, {before} messages taken, all accounted for")
    except BaseException:
        home.show_log()
        raise
    finally:
        house.kill(server)


main()
