#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Parses every golden mail with Python's email package and compares it with its parts.

usage: parse_back.py FOLDER; prints "N mails agree", or each difference (exit 1).
"""
import email
import email.policy
import html.parser
import pathlib
import re
import sys
import unicodedata

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


PEOPLE = {"fr": ("Hélène Lefèvre-Martin", "maire@tours.example"),
          "ja": ("田中 太郎", "tanaka@kumamoto.example"),
          "en": ("Fiona Campbell", "fiona@clair.example")}


def check_fields(mail, kind, language):
    """What each field says, told by the parser that reads it."""
    flaws = []
    is_letter = kind.startswith("staff-")

    def want(what, got, wanted):
        if got != wanted:
            flaws.append("%s is %r, wanted %r" % (what, got, wanted))

    def people(name):
        return [(a.display_name, a.addr_spec) for a in mail[name].addresses]

    want("From", people("From"), [("Groupe-pays Japon", "japon@example.org")])
    want("Reply-To", people("Reply-To"), [("", "secretariat@example.org")])
    want("To", people("To"), [("", "secretariat@example.org") if is_letter else PEOPLE[language]])
    want("Date", mail["Date"].datetime.isoformat(),
         "2026-10-05T08:00:00+02:00" if is_letter else "2026-09-05T09:00:00+02:00")
    want("MIME-Version", mail["MIME-Version"], "1.0")
    ids = re.findall(r"<[a-z0-9]+@example\.org>", mail["Message-ID"])
    want("Message-ID", ids, [mail["Message-ID"].strip()])
    roots = (mail["References"] or "").split()
    want("References", len(roots), 0 if is_letter else 3 if kind == "digest" else 1)
    want("In-Reply-To", mail["In-Reply-To"], None)
    want("List-Id", mail["List-Id"], None if is_letter else "<groupe-pays-japon.example.org>")
    if is_letter:
        want("List-Unsubscribe", mail["List-Unsubscribe"], None)
    else:
        token = r"<mailto:desabo\+([a-z0-9]{16})@example\.org\?subject=unsubscribe%20\1>"
        want("List-Unsubscribe", bool(re.fullmatch(token, mail["List-Unsubscribe"])), True)
        want("Feedback-ID", mail["Feedback-ID"].split(":")[::2], [kind, language])
    want("List-Unsubscribe-Post", mail["List-Unsubscribe-Post"], None)
    invites = kind in ("invitation", "digest")
    want("Auto-Submitted", mail["Auto-Submitted"], None if invites else "auto-generated")
    want("X-Auto-Response-Suppress", mail["X-Auto-Response-Suppress"],
         None if invites else "OOF, AutoReply")
    encoding = "base64" if language == "ja" else "quoted-printable"
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            subtype = part.get_content_subtype()
            want(subtype, (part["Content-Transfer-Encoding"], part.get_content_charset()),
                 ("base64" if subtype == "calendar" else encoding, "utf-8"))
        elif part.get_content_type() == "application/ics":
            want("attachment", (part.get_content_disposition(), part.get_filename().isascii()),
                 ("attachment", True))
    for name, value in mail.items():
        if unicodedata.normalize("NFC", str(value)) != str(value):
            flaws.append("%s is not NFC" % name)
    for subtype in ("plain", "html"):
        words = mail.get_body((subtype,)).get_content()
        if unicodedata.normalize("NFC", words) != words:
            flaws.append("%s is not NFC" % subtype)
    return flaws


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
    flaws += check_fields(mail, path.name.split(".")[0], language)
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
