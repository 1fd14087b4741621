#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A person is forgotten while the daemon has their message in hand: nobody else's outcome is lost,
and no file of the ledger names them any more."""
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


def main():
    port = house.free_port()
    home = House(port)
    record = f"{home.folder}/accepted"
    # Slow enough for a command between acceptance and reply.
    server = subprocess.Popen([sys.executable, f"{HERE}/faulty_server.py", str(port), record,
                               "1000"])
    try:
        house.wait_for_port(port, server)
        people = [(f"p{i}@ok.test", "fr") for i in range(4)]
        home.calendar()
        home.contacts(people)
        home.once(house.FIRST_SIGHT)
        daemon = home.start(house.DUE)
        end = time.monotonic() + house.PATIENCE
        while "claimed" not in [life[0][1] for life in home.lives().values()]:
            check(time.monotonic() < end and daemon.poll() is None, "nothing was claimed")
            time.sleep(0.02)
        home.contacts(people[1:])
        done = subprocess.run(home.command("forget", people[0][0]), capture_output=True, 
                              timeout=house.PATIENCE)
        check(done.returncode == 0, done.stderr.decode())
        check(daemon.wait(house.PATIENCE) == 0, "the daemon stumbled")
        lives = home.lives()
        check(people[0][0] not in lives, f"{people[0][0]} is still there: {lives}")
        for email, _ in people[1:]:
            check(lives[email][0][1:] == ("accepted", ["owed", "claimed", "accepted"]),
                  f"{email}: {lives[email]}")
        home.once(house.LATER)
        got = [json.loads(line)["to"] for line in open(record, encoding="ascii")]
        check(sorted(got) == sorted(set(got)), f"somebody got two: {got}")
        for name in os.listdir(f"{home.folder}/state"):
            path = f"{home.folder}/state/{name}"
            if os.path.isfile(path) and "ledger" in name:
                check(people[0][0].encode() not in open(path, "rb").read(), f"{name} remembers")
        print(f"{len(got)} mails, one person forgotten meanwhile, nobody else touched")
    except BaseException:
        home.show_log()
        raise
    finally:
        house.kill(server)


main()
