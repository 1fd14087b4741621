#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""From a calendar and a contact list to real mailboxes, through a real Postfix: invited, told of a
move, told of the end; each contact once, in the own language, and what arrives is read back with
Python's parser."""
import email
import email.policy
import email.utils
import re

import house
from house import House, TITLES, check
from postfix import Postfix, require

CONTACTS = 45
UNKNOWN = ("p07", "p20")
# Words that only the right language has, in each kind of message.
WORDS = {
    "fr": ("Madame", "octobre", "heure de Paris"),
    "ja": ("様", "10月", "パリ"),
    "en": ("October", "Paris", "Nancy"),
}


def text_of(message, kind):
    part = message.get_body(preferencelist=(kind,))
    check(part is not None, f"no {kind} part")
    return part.get_content()


def check_wire(raw, who):
    """What every receiver may rely on (RFC 5321, 5322, 2045)."""
    body = raw.replace(b"\r\n", b"\n")
    lines = body.split(b"\n")
    check(max(len(line) for line in lines) <= 998, f"{who}: a line over 998 characters")
    check(all(byte < 128 for byte in raw), f"{who}: not 7-bit")
    head = body.split(b"\n\n", 1)[0]
    own = [line for line in head.split(b"\n") if not line.startswith((b"Received:", b"\t", b" "))]
    check(all(len(line) <= 78 or b" " not in line.partition(b": ")[2] for line in own),
          f"{who}: a long header line: {max(own, key=len)!r}")


def check_headers(message, address):
    for name in ("From", "To", "Date", "Message-ID", "Subject", "MIME-Version"):
        check(len(message.get_all(name, [])) == 1, f"{address}: {name} {message.get_all(name)}")
    sender = message["From"].addresses[0]
    check(sender.addr_spec == "japon@sender.test", f"{address}: from {sender}")
    check(sender.display_name == "Groupe-pays Japon", f"{address}: from {sender}")
    to = message["To"].addresses
    check([a.addr_spec for a in to] == [address], f"{address}: to {message['To']}")
    check(message["Return-Path"].strip("<>").startswith("retours"),
          f"{address}: returns to {message['Return-Path']}")
    check(email.utils.parsedate_to_datetime(message["Date"]) is not None, "no date")
    check(not message.defects, f"{address}: {message.defects}")
    for part in message.walk():
        check(not part.defects, f"{address}: {part.get_content_type()}: {part.defects}")


def check_invitation(message, language, address):
    plain, html = text_of(message, "plain"), text_of(message, "html")
    title = TITLES[language].replace("\u00a0", " ")
    check(title in re.sub(r"[\u00a0\u202f]", " ", message["Subject"]),
          f"{address}: subject {message['Subject']}")
    flat = re.sub(r"\s+", " ", plain)
    for word in WORDS[language]:
        check(word in flat, f"{address}: no “{word}” in: {plain}")
    check(re.search(rf'<html[^>]*lang="{language}', html), f"{address}: the html has no language")
    return calendar_of(message, address)


def calendar_of(message, address):
    """The properties of the calendar part's event."""
    parts = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    check(parts, f"{address}: no calendar part")
    ics = re.sub(r"\r?\n[ \t]", "", parts[0].get_content())
    event = ics.partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0]
    properties = dict(line.split(":", 1) for line in event.split("\n") if ":" in line)
    method = re.search(r"^METHOD:(\w+)", ics, re.MULTILINE).group(1)
    check(parts[0].get_param("method") == method, f"{address}: two methods")
    return {"METHOD": method, **{k: v.strip() for k, v in properties.items()}}


def receive(relay, rows, count, done):
    """The newest message of each contact, when each has `count` by now."""
    relay.wait_empty()
    newest = {}
    for address, language in rows:
        local = address.split("@")[0]
        raws = relay.mails(local)
        want = 0 if local in UNKNOWN else count
        check(len(raws) == want, f"{address} has {len(raws)} mails instead of {want} ({done})")
        for raw in raws[-1:]:
            check_wire(raw, address)
            message = email.message_from_bytes(raw, policy=email.policy.default)
            check_headers(message, address)
            newest[address] = (message, language)
    ids = {message["Message-ID"] for message, _ in newest.values()}
    check(len(ids) == len(newest), f"{done}: two mails share a Message-ID")
    return newest


def main():
    require()
    home = House(1)  # the port is known once Postfix is there
    rows = [(f"p{i:02}@ok.test", ("fr", "ja", "en")[i % 3]) for i in range(CONTACTS)]
    relay = Postfix(home.folder, "ok.test", [a.split("@")[0] for a, _ in rows], UNKNOWN)
    try:
        home.relay(relay.port)
        home.calendar()
        home.contacts(rows)
        home.once(house.FIRST_SIGHT)
        receive(relay, rows, 0, "too early")

        home.once(house.DUE)
        start, uids = "DTSTART;TZID=Europe/Paris", {}
        for address, (message, language) in receive(relay, rows, 1, "invited").items():
            event = check_invitation(message, language, address)
            check(event["STATUS"] == "CONFIRMED", f"{address}: {event}")
            check(event[start] == "20261005T140000", f"{address}: {event}")
            uids[address] = event["UID"]
        check(len(set(uids.values())) == 1, "one meeting, several events")
        for who in home.who():
            is_unknown = who["contact"].split("@")[0] in UNKNOWN
            check(who["state"] == ("refused" if is_unknown else "accepted"), str(who))
        home.once(house.LATER)
        receive(relay, rows, 1, "nothing new")

        home.calendar(start="20261006T100000", end="20261006T120000")
        home.once("2026-09-06 10:00")
        for address, (message, language) in receive(relay, rows, 2, "moved").items():
            plain = re.sub(r"[\u00a0\u202f]", " ", text_of(message, "plain"))
            check(re.search(r"\b6\b|6日", plain), f"{address}: no new day in: {plain}")
            event = calendar_of(message, address)
            check(event["UID"] == uids[address], f"{address}: another event: {event}")
            check(event[start] == "20261006T100000", f"{address}: {event}")
            check(int(event["SEQUENCE"]) == 1, f"{address}: {event}")

        home.calendar(start="20261006T100000", end="20261006T120000", status="CANCELLED")
        home.once("2026-09-07 10:00")
        for address, (message, language) in receive(relay, rows, 3, "cancelled").items():
            event = calendar_of(message, address)
            check(event["UID"] == uids[address], f"{address}: another event: {event}")
            check(event["METHOD"] == "CANCEL" and event["STATUS"] == "CANCELLED",
                  f"{address}: {event}")
        home.once("2026-09-08 10:00")
        receive(relay, rows, 3, "silence after the end")
        print(f"{CONTACTS} contacts, {3 * (CONTACTS - len(UNKNOWN))} mails read back")
    except BaseException:
        home.show_log()
        relay.show_log()
        raise
    finally:
        relay.stop()


main()
