#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Replays a story: a transcript of shell commands and the answers that they must give.

    transcript.py CONVIER FOLDER

FOLDER/story.txt holds lines "$ COMMAND", each followed by what the command prints (both streams)
and, unless it is 0, by "[exit N]". Other lines before the first command are prose. The folder is
copied to a temporary one, in which the commands run with `convier` (given --config convier.cfg when
the folder has one) and `mails` on the PATH; in its
files @PORT@ and @STATE@ stand for the port of an SMTP server on loopback that takes every mail but
those to @gone.example, and for an empty state folder ($STATE in commands). `mails` lists what that server got since it was last asked; `mails --text`
prints the text parts as well. CONVIER_BLESS=1 writes the answers of today into the story.
"""
import asyncio
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

try:
    from aiosmtpd.smtp import SMTP
except ImportError:
    print("aiosmtpd is not installed (python3-aiosmtpd)")
    sys.exit(77)

CONVIER = """#!/bin/sh
case " $* " in
*" --config "*) exec %(convier)s "$@" ;;
esac
[ -e convier.cfg ] && exec %(convier)s "$@" --config convier.cfg
exec %(convier)s "$@"
"""

MAILS = """#!/usr/bin/python3
import email, email.policy, pathlib, re, sys
box = pathlib.Path(%r)
for path in sorted(box.glob("*.eml")):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    print(f"{mail['to'].addresses[0].addr_spec}: {mail['subject']}")
    if "--text" in sys.argv:
        for line in mail.get_body(("plain",)).get_content().splitlines():
            line = re.sub(r"\\+[a-z2-7]{16}@", "+TOKEN@", line)  # the ledger's key is its own
            print(("    " + line).rstrip())
    path.unlink()
"""


class Box:
    """Takes mails; sorted by recipient within one run, since connections may interleave."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@gone.example"):
            return f"550 5.1.1 <{address}>: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = f"{envelope.rcpt_tos[0]}-{self.count:05}.eml"
        (self.folder / name.replace("/", "_")).write_bytes(envelope.content)
        return "250 2.0.0 taken"


def start_server(box):
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(box, hostname="box.test"), "127.0.0.1", 0))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return server.sockets[0].getsockname()[1]


def prepare(folder, convier, work):
    bin_, box, state = work / "bin", work / "box", work / "state"
    for path in (bin_, box, state):
        path.mkdir()
    for name, text in (("convier", CONVIER % {"convier": convier}), ("mails", MAILS % str(box))):
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
    port = start_server(Box(box))
    room = work / "room"
    shutil.copytree(folder, room, ignore=shutil.ignore_patterns("story.txt"))
    for path in room.rglob("*"):
        if path.suffix in (".cfg", ".sh"):
            text = path.read_text()
            path.write_text(text.replace("@PORT@", str(port)).replace("@STATE@", str(state)))
    environment = {
        "PATH": f"{bin_}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(work),
        "COLUMNS": "200", "STATE": str(state),
    }
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return room, environment


def answer(command, room, environment):
    done = subprocess.run(["/bin/sh", "-c", command], cwd=room, env=environment, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode("utf-8", "replace").replace(str(room), "ROOM")
    text = text.replace(str(room.parent / "state"), "STATE")
    text = text.replace("Could not connect to server", "Couldn't connect to server")  # libcurl 8
    text = re.sub(r"after \d+ ms", "after 0 ms", text)  # libcurl tells how long it tried
    lines = [line.rstrip() for line in text.splitlines()]
    return lines + ([f"[exit {done.returncode}]"] if done.returncode else [])


def main():
    convier, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    story = (folder / "story.txt").read_text().splitlines()
    got = []
    with tempfile.TemporaryDirectory(prefix="convier-story-") as work:
        room, environment = prepare(folder, convier, pathlib.Path(work))
        is_told = False
        for line in story:
            if line.startswith("$ "):
                is_told = True
                got += [line, *answer(line[2:], room, environment)]
            elif line.startswith("# ") or not is_told:
                got.append(line)
    if os.environ.get("CONVIER_BLESS"):
        (folder / "story.txt").write_text("\n".join(got) + "\n")
        return 0
    want = [line for line in story]
    if got == want:
        print(f"{sum(line.startswith('$ ') for line in story)} commands answered as told")
        return 0
    print("\n".join(difflib.unified_diff(want, got, "story.txt", "today", lineterm="")))
    return 1


sys.exit(main())
