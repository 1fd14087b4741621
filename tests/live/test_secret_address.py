#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Calendars and a contact list whose addresses are secrets: whatever becomes of them, no answer, no
line of the log and no mail to staff holds more of an address than its host, and each is told from
the other."""
import glob
import http.server
import os
import subprocess
import sys
import threading

import house
from house import House, check

try:
    import aiosmtpd  # noqa: F401
except ImportError:
    house.skip("python3-aiosmtpd is not installed")

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = "s3cr3t"
pages = {}


class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = pages.get(self.path.split("/")[1].split("?")[0], 404)
        if isinstance(page, bytes):
            self.send_response(200)
        elif isinstance(page, int):
            self.send_response(page)
        else:
            self.send_response(302)
            self.send_header("Location", page)
        self.end_headers()
        if isinstance(page, bytes):
            self.wfile.write(page)

    def log_message(self, *_):
        pass


def settings(home, web):
    at = f"http://127.0.0.1:{web}"
    home.edit("convier.cfg", '( { name = "japon"; source = "japon.ics"; } )',
              f'( {{ name = "japon"; source = "{at}/a/{SECRET}.ics?token={SECRET}"; }},'
              f'  {{ name = "cuf"; source = "{at}/b?{SECRET}#{SECRET}"; }} )')
    home.edit("convier.cfg", '{ source = "contacts.csv"; }',
              '{ source = "contacts.csv"; }, ' f'{{ source = "{at}/c?{SECRET}"; }}')
    home.edit("convier.cfg", "hold_share = 100", "hold_share = 20",
              f'staff = ( "staff@ok.test" );\nmetrics = "{home.folder}/metrics";\n')


def ask(home, *words, may_show=False):
    done = subprocess.run(home.command(*words), capture_output=True, timeout=house.PATIENCE)
    said = (done.stdout + done.stderr).decode()
    check(may_show or SECRET not in said, f"{words} shows the secret: {said}")
    return said


def ask_all(home, at):
    event = ("--event", "live-1@convier.test")
    for words in [("check",), ("plan",), ("why", *event, "--contact", "p0@ok.test"), ("who", *event),
                  ("status",), ("holds",), ("newsletter", "list"), ("suppressions",)]:
        clock = () if words[0] == "check" else ("--at", at)
        said = ask(home, *words, *clock) + ask(home, *words, *clock, "--json")
        if words[0] == "status":
            for name in ("japon", "cuf", "contacts 2"):
                check(f"/… ({name})" in said, f"{words[0]} does not name {name}: {said}")


def main():
    port = house.free_port()
    home = House(port)
    record = f"{home.folder}/accepted"
    server = subprocess.Popen([sys.executable, f"{HERE}/faulty_server.py", str(port), record, "0"])
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        house.wait_for_port(port, server)
        settings(home, web.server_port)
        home.calendar()
        home.contacts([("p0@ok.test", "fr")])
        with open(f"{home.folder}/japon.ics", "rb") as f:
            calendar = f.read()
        sound = b"email;language;groups\n" + b"".join(b"q%d@ok.test;fr;japon\n" % i
                                                      for i in range(20))
        flawed = calendar.replace(b"DTEND", b"RRULE:FREQ=NEVER\r\nDTEND")
        rounds = [
            {"a": calendar, "b": flawed, "c": sound + b"nobody;fr;japon\np0@ok.test;ja;elus\n"},
            {"a": 404, "b": b"<html>", "c": 500},
            {"a": calendar[:-30], "b": b"", "c": sound[:60]}, # the list waits for a word
            {"a": f"ftp://127.0.0.1/{SECRET}", "b": f"http://:0/{SECRET}", "c": f"/c?{SECRET}"},
        ]
        for day, round_ in enumerate(rounds, 1):
            pages.clear()
            pages.update(round_)
            for hour in ("09:01", "12:01"): # staff hear of what lasts two hours
                home.once(f"2026-09-0{day} {hour}")
            ask_all(home, f"2026-09-0{day} 12:02")
        seen = [f"{home.folder}/log", f"{home.folder}/metrics", f"{home.folder}/state/status.json"]
        for path in seen + glob.glob(f"{record}*"):
            with open(path, "rb") as f:
                check(SECRET.encode() not in f.read(), f"{path} holds the secret")
        pages["a"] = calendar
        typed = ask(home, "occurrences", f"http://127.0.0.1:{web.server_port}/a/{SECRET}", "--from",
                    "2026-10-01", "--to", "2026-11-01", "--json", may_show=True)
        check(f"/a/{SECRET}" in typed, f"what was typed is not shown: {typed}")
        print("an address is shown by its host")
    except BaseException:
        home.show_log()
        raise
    finally:
        house.kill(server)


main()
