#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A daemon that has nothing to do does nothing: not one wake-up in seven seconds, and after its mails
it is small again. What follows shows that it was awake to a changed file, and to its end."""
import os
import signal
import subprocess
import time

import house
from house import House, check
from scripted_server import Server

SECONDS = 7
RESIDENT_MAX_KB = 20_000


def switches(pid):
    """How often the process gave the processor away because it waited."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status
                    if line.startswith("voluntary_ctxt_switches"))


def resident_kb(pid):
    """0 with the sanitizers, whose own memory would drown ours."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        if "libasan" in maps.read():
            return 0
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def wait_until_quiet(pid):
    end, before = time.monotonic() + house.PATIENCE, -1
    while time.monotonic() < end:
        now = switches(pid)
        if now == before:
            return now
        before = now
        time.sleep(SECONDS)
    house.fail("the daemon never comes to rest")


def main():
    server = Server()
    home = House(server.port)
    home.calendar()
    home.contacts([(f"p{i}@ok.test", "fr") for i in range(5)])
    home.once(house.FIRST_SIGHT)
    with home.log() as log:
        daemon = subprocess.Popen(home.command("run", "--at", house.DUE), stdout=log, stderr=log)
    try:
        end = time.monotonic() + house.PATIENCE
        while len(server.mails) < 5 and time.monotonic() < end:
            time.sleep(0.1)
        check(len(server.mails) == 5, f"{len(server.mails)} mails")
        before = wait_until_quiet(daemon.pid)  # the relay's connection is closed after a while
        time.sleep(SECONDS)
        woken = switches(daemon.pid) - before
        check(woken == 0, f"{woken} wake-ups in {SECONDS} s of idleness")
        size = resident_kb(daemon.pid)
        check(size < RESIDENT_MAX_KB, f"{size} kB resident after its mails")

        home.contacts([(f"p{i}@ok.test", "fr") for i in range(6)])
        end = time.monotonic() + house.PATIENCE
        while len(server.mails) < 6 and time.monotonic() < end:
            time.sleep(0.1)
        check(len(server.mails) == 6, "a new contact was not noticed")
        os.kill(daemon.pid, signal.SIGTERM)
        check(daemon.wait(10) == 0, f"ended with {daemon.returncode}")
        print(f"no wake-up in {SECONDS} s, and awake when a file changed")
    except BaseException:
        home.show_log()
        raise
    finally:
        if daemon.poll() is None:
            house.kill(daemon)
        server.close()


main()
