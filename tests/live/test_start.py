#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Whoever says "reload" while the daemon still starts is heard once it runs. The settings are a pipe
at first, so that the word comes for certain while they are read."""
import os
import signal
import subprocess
import time

import house
from house import House, check


def open_pipe(path, daemon):
    """Its writing end, as soon as the daemon reads."""
    end = time.monotonic() + house.PATIENCE
    while time.monotonic() < end and daemon.poll() is None:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.05)
    house.fail("the settings are not read")


def main():
    home = House(house.free_port())
    home.calendar()
    home.contacts([("p@ok.test", "fr")])
    path = f"{home.folder}/convier.cfg"
    os.rename(path, path + ".kept")
    os.mkfifo(path)
    with home.log() as log:
        daemon = subprocess.Popen(home.command("run", "--at", house.FIRST_SIGHT), stdout=log,
                                  stderr=log)
    try:
        pipe = open_pipe(path, daemon)
        os.kill(daemon.pid, signal.SIGHUP)
        with open(path + ".kept", "rb") as kept:
            os.rename(path + ".kept", path)
            os.write(pipe, kept.read())
        os.close(pipe)
        end, said = time.monotonic() + house.PATIENCE, ""
        while "reloading" not in said and daemon.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
            with open(f"{home.folder}/log", encoding="utf-8") as log:
                said = log.read()
        check(daemon.poll() is None, f"the daemon ended with {daemon.returncode}")
        check("reloading" in said, "the word was lost")
        os.kill(daemon.pid, signal.SIGTERM)
        daemon.wait(house.PATIENCE)
        print("a reload waits for the end of the start")
    except BaseException:
        home.show_log()
        raise
    finally:
        if daemon.poll() is None:
            house.kill(daemon)


main()
