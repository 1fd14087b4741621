# SPDX-License-Identifier: MIT
"""A whole installation in a temporary folder: settings, calendar, contacts, ledger, and the real
binary that runs in it. Shared by the live tests; standard library only."""
import atexit
import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

BINARY = sys.argv[1] if len(sys.argv) > 1 else "convier"
SKIP = 77
PATIENCE = 120  # seconds; a machine may be slow, only a hang takes that long

# The event, in October: first seen in July, due thirty days before, moved later.
FIRST_SIGHT = "2026-07-01 10:00"
DUE = "2026-09-05 09:01"
LATER = "2026-09-05 09:20"
TITLES = {
    "fr": "Réunion du groupe-pays : « coopération décentralisée »",
    "ja": "日仏自治体交流会議 準備会合（髙松市）",
    "en": "Country group meeting – decentralised cooperation",
}


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIP)


def fail(message):
    print(f"FAILED: {message}")
    sys.exit(1)


def check(condition, message):
    if not condition:
        fail(message)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process=None, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process and process.poll() is not None:
            fail(f"the server ended with {process.returncode}")
        with socket.socket() as s:
            s.settimeout(1)
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    fail(f"nobody listens on port {port}")


class House:
    def __init__(self, port):
        self.folder = tempfile.mkdtemp(prefix="convier-live-")
        os.chmod(self.folder, 0o755)
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.sequence = 0
        os.mkdir(f"{self.folder}/state", 0o700)
        self.relay(port)

    def relay(self, port):
        self.write("convier.cfg", f"""
state = "{self.folder}/state";
organisation: {{ name = "Cités Unies France"; address = "9 rue Christiani, 75018 Paris";
                 language = "fr"; zone = "Europe/Paris"; }};
sender: {{ name = "Groupe-pays Japon"; address = "japon@sender.test";
           bounces = "retours@sender.test"; }};
relay: {{ url = "smtp://127.0.0.1:{port}"; tls = "none"; }};
calendars: ( {{ name = "japon"; source = "japon.ics"; }} );
contacts: ( {{ source = "contacts.csv"; }} );
rules: ( {{ name = "groupe-pays"; category = "Groupe-pays Japon"; audience = "japon";
            steps = ( {{ send = "invitation"; before = "30 days"; at = "09:00"; }} ); }} );
limits: {{ settle = "0 min"; hold_above = 100000; hold_share = 100; quiet = ""; }};
""")

    def write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.rename(path + ".new", path)

    def edit(self, name, old, new, end=""):
        with open(f"{self.folder}/{name}", encoding="utf-8", newline="") as f:
            text = f.read()
        check(old in text, f"{name} has no {old}")
        self.write(name, text.replace(old, new) + end)

    def calendar(self, start="20261005T140000", end="20261005T163000", status="CONFIRMED"):
        self.sequence += 1
        titles = "".join(f"SUMMARY;LANGUAGE={k}:{v}\r\n" for k, v in TITLES.items())
        self.write("japon.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//live//\r\n"
                   "BEGIN:VEVENT\r\nUID:live-1@convier.test\r\nDTSTAMP:20260601T000000Z\r\n"
                   f"SEQUENCE:{self.sequence}\r\n"
                   f"DTSTART;TZID=Europe/Paris:{start}\r\nDTEND;TZID=Europe/Paris:{end}\r\n"
                   f"{titles}LOCATION:Mairie de Nancy\\, salon d’honneur\r\n"
                   f"CATEGORIES:Groupe-pays Japon\r\nSTATUS:{status}\r\n"
                   "END:VEVENT\r\nEND:VCALENDAR\r\n")

    def contacts(self, rows):
        """rows: (address, language)"""
        names = {"fr": ("Hélène", "Lefèvre"), "ja": ("花子", "髙橋"), "en": ("Ken", "O’Neill")}
        lines = ["email;given;family;language;country;groups"]
        lines += [f"{email};{names[language][0]};{names[language][1]};{language};"
                  f"{'JP' if language == 'ja' else 'FR'};japon" for email, language in rows]
        self.write("contacts.csv", "\n".join(lines) + "\n")

    def command(self, *words):
        return [BINARY, words[0], "--config", f"{self.folder}/convier.cfg", *words[1:]]

    def log(self):
        return open(f"{self.folder}/log", "ab")

    def once(self, at, seconds=PATIENCE, may_fail=False):
        """One pass at that time; everything due is sent. may_fail: the relay may be unusable. What
        it said of it."""
        begin = time.monotonic()
        with self.log() as log:
            done = subprocess.run(self.command("run", "--once", "--at", at),
                                  stdout=subprocess.PIPE, stderr=log, timeout=seconds)
            log.write(done.stdout)
        print(f"pass at {at}: {time.monotonic() - begin:.1f} s")
        if done.returncode and not (may_fail and done.returncode == 3):
            fail(f"run --once --at '{at}' ended with {done.returncode}")
        return done.stdout.decode()

    def start(self, at):
        with self.log() as log:
            return subprocess.Popen(self.command("run", "--once", "--at", at), stdout=log,
                                    stderr=log)

    def show_log(self):
        with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as f:
            print(f.read()[-4000:])

    def who(self):
        out = subprocess.run(self.command("who", "--event", "live-1@convier.test", "--at", LATER,
                                          "--json"), capture_output=True, timeout=PATIENCE)
        if out.returncode not in (0, 1):
            print(out.stderr.decode())
            fail(f"who ended with {out.returncode}")
        return [json.loads(line) for line in out.stdout.decode().splitlines()]

    def lives(self):
        """contact -> [(message_id, state now, [every state it went through])], from the ledger."""
        path = next(os.path.join(self.folder, "state", f)
                    for f in sorted(os.listdir(f"{self.folder}/state"))
                    if is_ledger(os.path.join(self.folder, "state", f)))
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        lives = {}
        for id, contact, message_id, state in db.execute(
                "SELECT n.id, c.address, n.message_id, n.state FROM notice n"
                " JOIN contact c ON c.id = n.contact ORDER BY n.id"):
            states = [row[0] for row in db.execute(
                "SELECT state FROM life WHERE notice = ? ORDER BY number", (id,))]
            lives.setdefault(contact, []).append((message_id, state, states))
        db.close()
        return lives


def is_ledger(path):
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as f:
        return f.read(15) == b"SQLite format 3"


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def digest(data):
    return hashlib.sha256(data).hexdigest()
