#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Parses every golden mail with Python's email package and compares it with its parts.

usage: parse_back.py FOLDER; prints "N mails agree", or each difference (exit 1).
"""
import email
import email.policy
import html.parser
import pathlib
import sys

ONCE = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type"]


class Structure(html.parser.HTMLParser):
    """Tags must nest; layout tables say so; nothing remote is loaded."""

    VOID = {"meta", "br", "hr", "img"}

    def __init__(self):
        super().__init__()
        self.open, self.flaws, self.h1 = [], [], 0

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "html" and not (attributes.get("lang") and attributes.get("dir")):
            self.flaws.append("html lacks lang or dir")
        if tag in ("img", "script", "link", "iframe", "form", "object"):
            self.flaws.append("unwanted <%s>" % tag)
        if tag == "p" and "p" in self.open[:-1]:
            self.flaws.append("<p> inside <p>")
        if tag == "table" and "p" in self.open:
            self.flaws.append("<table> inside <p>")
        self.h1 += tag == "h1"
        for name, value in attributes.items():
            if name.startswith("on"):
                self.flaws.append("handler " + name)
            if name == "href" and not value.startswith(("https://", "http://", "mailto:", "tel:")):
                self.flaws.append("link to " + value)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.flaws.append("</%s> does not match" % tag)


def check(path):
    flaws = []
    raw = path.read_bytes()
    if any(b > 126 or (b < 32 and b not in (9, 10, 13)) for b in raw):
        flaws.append("not 7-bit")
    if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        flaws.append("bare CR or LF")
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    flaws += ["defect %r" % d for part in mail.walk() for d in part.defects]
    for name in ONCE:
        if len(mail.get_all(name, [])) != 1:
            flaws.append("%s stands %d times" % (name, len(mail.get_all(name, []))))
    for line in raw.split(b"\r\n"):
        if len(line) > 78 and not line.startswith((b"List-Unsubscribe:", b"Message-ID:")):
            flaws.append("long line %r" % line[:60])
    shapes = [part.get_content_type() for part in mail.walk()]
    alternative = ["multipart/alternative", "text/plain", "text/html"]
    several = ["multipart/mixed"] + alternative + ["application/ics"] * 3
    if path.name.startswith("digest."):
        if shapes != several:
            flaws.append("tree %s" % shapes)
    elif shapes != alternative and shapes != ["multipart/mixed"] + alternative + [
            "text/calendar", "application/ics"]:
        flaws.append("tree %s" % shapes)
    parts = {part.get_content_type(): part for part in mail.walk()}
    is_letter = path.name.startswith("staff-")  # their parts have no files of their own
    for kind, suffix in () if is_letter else (("text/plain", ".txt"), ("text/html", ".html")):
        got = parts[kind].get_content().replace("\r\n", "\n").rstrip("\n")
        want = path.with_suffix(suffix).read_text(encoding="utf-8").rstrip("\n")
        if got != want:
            flaws.append("%s differs" % kind)
    if "text/calendar" in parts:
        calendar = parts["text/calendar"]
        if calendar.get_payload(decode=True) != parts["application/ics"].get_payload(decode=True):
            flaws.append("the two calendars differ")
        if calendar.get("Content-Disposition") or not calendar.get_param("method"):
            flaws.append("calendar part would not be seen as an invitation")
    structure = Structure()
    structure.feed(parts["text/html"].get_content())
    flaws += structure.flaws
    if structure.open or structure.h1 != 1:
        flaws.append("HTML left open: %s, %d h1" % (structure.open, structure.h1))
    language = path.suffixes[-2][1:]
    if mail["Content-Language"] != language:
        flaws.append("Content-Language %s" % mail["Content-Language"])
    title = parts["text/html"].get_content().split("<title>")[1].split("</title>")[0]
    if str(mail["Subject"]) != title:
        flaws.append("subject %r is not %r" % (str(mail["Subject"]), title))
    for line in parts["text/plain"].get_content().splitlines():
        width = sum(2 if ord(c) > 0x2FFF else 1 for c in line)
        if width > 72 and " " in line.strip() and "http" not in line:
            flaws.append("text line of %d columns: %s" % (width, line))
    return flaws


def main():
    mails = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))
    bad = 0
    for path in mails:
        for flaw in check(path):
            print("%s: %s" % (path.name, flaw))
            bad += 1
    if bad or not mails:
        sys.exit(1)
    print("%d mails agree" % len(mails))


main()
