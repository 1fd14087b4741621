#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The disk fails at the nth write or flush of a run, for every n: once, or from then on. Whatever n is,
the daemon says so, nothing leaves that was not recorded as claimed first, and when the disk is well
again everybody gets their mail: once, or twice with the same bytes after `uncertain`.

test_injected.py CONVIER [STEP]    STEP 1: every n, and a daemon that goes on by itself, which takes it
a minute; the default leaves some out"""
import concurrent.futures
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import house
from house import House, check
from scripted_server import Server

PEOPLE, THREADS = 6, 3
STEP = int(sys.argv[2]) if len(sys.argv) > 2 else 9
CALLS = ("pwrite64", "fdatasync", "ftruncate")
ERRORS = ("ENOSPC", "EIO")


def require():
    if not shutil.which("strace"):
        house.skip("strace is not installed")
    probe = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=getpid",
                            "-e", "inject=getpid:error=EIO", "true"], capture_output=True)
    if probe.returncode:
        house.skip("tracing is not allowed here")


def furnish():
    """An installation on the eve, with a server of its own."""
    server = Server()
    home = House(server.port)
    home.calendar()
    home.contacts([(f"p{i}@ok.test", ("fr", "ja", "en")[i % 3]) for i in range(PEOPLE)])
    home.once(house.FIRST_SIGHT)
    return home, server


def traced(home, *options):
    command = ["strace", "-f", "-qq", "-o", f"{home.folder}/strace", *options,
               *home.command("run", "--once", "--at", house.DUE)]
    # Under tracing the leak checker of a sanitized build gives up.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    return subprocess.run(command, capture_output=True, timeout=60, env=environment)


def count_calls():
    home, server = furnish()
    done = traced(home, "-e", "trace=" + ",".join(CALLS))
    check(done.returncode == 0, f"run under strace ended with {done.returncode}: {done.stderr}")
    with open(f"{home.folder}/strace", encoding="utf-8", errors="replace") as trace:
        text = trace.read()
    server.close()
    return {call: len(re.findall(rf"\b{call}\(", text)) for call in CALLS}


def try_one(call, error, when):
    what = f"{error} at {call} {when}"
    home, server = furnish()
    done = traced(home, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}")
    said = (done.stdout + done.stderr).decode(errors="replace")
    check(done.returncode in (0, 1, 3), f"{what}: ended with {done.returncode}: {said}")
    # The last flushes belong to nothing that could be lost (a checkpoint at the end).
    if done.returncode:
        check(re.search(r"No space|Input/output|damaged|full|error", said), f"{what}: said {said}")
    lives = {email: life[0] for email, life in home.lives().items()}
    for recipients, _, _, _ in server.mails:
        check("claimed" in lives[recipients[0]][2], f"{what}: {recipients[0]} was not claimed")
    at_once = len(server.mails)
    for at in (house.DUE, house.LATER, "2026-09-05 10:00"):
        home.once(at)
    twins = 0
    for email, (message_id, state, states) in ((e, l[0]) for e, l in home.lives().items()):
        got = [mail for mail in server.mails if email in mail[0]]
        check(state == "accepted" and got, f"{what}: {email} ended {state} after {states}")
        check(len(got) <= 1 + states.count("uncertain"), f"{what}: {email}: {len(got)}, {states}")
        check({m[1] for m in got} == {f"<{message_id}>"}, f"{what}: {email}: other ids")
        check(len({m[2] for m in got}) == 1, f"{what}: {email}: other bytes")
        twins += len(got) - 1
    server.close()
    shutil.rmtree(home.folder, ignore_errors=True)
    return at_once, twins


def go_on():
    """A daemon, not a single pass: it rests, tries again, and nobody has to touch it."""
    home, server = furnish()
    command = home.command("run", "--at", house.DUE)
    with home.log() as log:
        tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64",
                                   "-e", "inject=pwrite64:error=ENOSPC:when=30..31", *command],
                                  stdout=log, stderr=log,
                                  env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    begin = time.monotonic()
    try:
        while len(server.mails) < PEOPLE and time.monotonic() < begin + 150:
            time.sleep(0.2)
    finally:
        with open(f"/proc/{tracer.pid}/task/{tracer.pid}/children", encoding="ascii") as children:
            os.kill(int(children.read().split()[0]), signal.SIGTERM)
        tracer.wait(20)
    lives = [life[0] for life in home.lives().values()]
    check(all(state == "accepted" for _, state, _ in lives), f"{lives}")
    with open(f"{home.folder}/log", encoding="utf-8") as log:
        check("No space left" in log.read(), "the daemon said nothing of the full disk")
    print(f"the daemon went on by itself after {time.monotonic() - begin:.0f} s")


def main():
    require()
    if STEP == 1:
        go_on()
    calls = count_calls()
    cases = [(call, error, f"{n}{mark}") for call, count in calls.items()
             for error in ERRORS for mark in ("", "+") for n in range(1, count + 1, STEP)]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(lambda case: try_one(*case), cases))
    print(f"{calls}: {len(cases)} cases, {sum(1 for r in results if r[0] < PEOPLE)} stopped before "
          f"all had left, {sum(r[1] for r in results)} twins, 0 lost")


main()
