#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks SpamAssassin, without any network, what it thinks of every golden mail.

usage: spam.py FOLDER; prints "N mails are no spam", or each rule that a mail could have avoided
(exit 1). Exit 77 where there is no spamassassin.
"""
import pathlib
import re
import shutil
import subprocess
import sys

# What is true of every HTML mail, and of every mail that no server has touched yet.
UNAVOIDABLE = {"HTML_MESSAGE", "NO_RELAYS", "NO_RECEIVED"}


def main():
    if not shutil.which("spamassassin"):
        sys.exit(77)
    mails = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))
    box = b"".join(b"From convier Mon Oct  5 08:00:00 2026\n" +
                   re.sub(rb"(?m)^From ", b">From ", mail.read_bytes()).replace(b"\r\n", b"\n") + b"\n"
                   for mail in mails)
    told = subprocess.run(["spamassassin", "-L", "--mbox", "--siteconfigpath=/etc/spamassassin",
                           "--prefspath=/dev/null"], input=box, capture_output=True, check=True)
    # One X-Spam-Status a mail, folded over lines.
    statuses = re.findall(r"^X-Spam-Status: (?:.|\n[\t ])*", told.stdout.decode("utf-8", "replace"),
                          re.MULTILINE)
    if len(statuses) != len(mails):
        sys.exit("%d answers for %d mails" % (len(statuses), len(mails)))
    bad = 0
    for mail, status in zip(mails, statuses):
        tests = re.search(r"tests=([A-Z0-9_,\s]*)", status).group(1)
        for rule in sorted(set(re.findall(r"[A-Z0-9_]+", tests)) - UNAVOIDABLE):
            print("%s: %s" % (mail.name, rule))
            bad += 1
    if bad or not mails:
        sys.exit(1)
    print("%d mails are no spam" % len(mails))


main()
