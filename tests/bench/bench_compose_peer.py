#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same work as bench_compose with Python: a Mustache template filled, an EmailMessage built.

usage: bench_compose_peer.py [MESSAGES]; then divide its µs by those of bench_compose.
It takes the finished golden parts as templates, so Markdown, dates and salutations come for free:
the comparison favours Python. Without python3-pystache or chevron str.replace fills the template.
"""
import email.message
import email.policy
import pathlib
import sys
import time

GOLDEN = pathlib.Path(__file__).parent.parent / "compose" / "golden"

try:
    from pystache import Renderer
    _renderer = Renderer()
    HOW = "pystache"

    def render(template, data):
        return _renderer.render(template, data)
except ImportError:
    try:
        from chevron import render
        HOW = "chevron"
    except ImportError:
        HOW = "str.replace"

        def render(template, data):
            for name, value in data.items():
                template = template.replace("{{%s}}" % name, value)
            return template


def compose(language, number, texts, pages, calendar):
    data = {"email": "reader-%d@example.org" % number}
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["Subject"] = "Invitation : Réunion du groupe-pays Japon, lundi 5 octobre 2026"
    mail["From"] = "Groupe-pays Japon <japon@example.org>"
    mail["To"] = data["email"]
    mail["Reply-To"] = "secretariat@example.org"
    mail["Date"] = "Sat, 05 Sep 2026 09:00:00 +0200"
    mail["Message-ID"] = "<%d@example.org>" % number
    mail["Content-Language"] = language
    mail.set_content(render(texts[language], data))
    mail.add_alternative(render(pages[language], data), subtype="html")
    mail.add_alternative(calendar, subtype="calendar", params={"method": "REQUEST"})
    mail.add_attachment(calendar.encode(), maintype="application", subtype="ics",
                        filename="invitation.ics")
    return mail.as_bytes()


def main():
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    languages = ["fr", "ja", "en"]
    addresses = {"fr": "maire@tours.example", "ja": "tanaka@kumamoto.example",
                 "en": "fiona@clair.example"}
    texts, pages = {}, {}
    for language in languages:
        for suffix, store in ((".txt", texts), (".html", pages)):
            path = GOLDEN / ("invitation.%s%s" % (language, suffix))
            store[language] = path.read_text(encoding="utf-8").replace(addresses[language],
                                                                       "{{email}}")
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n"
    while len(calendar.encode()) < 1400:
        calendar += "DESCRIPTION:Ordre du jour : bilan de l’année, Rencontres 2028\r\n"
    calendar += "END:VCALENDAR\r\n"
    size, start = 0, time.process_time()
    for number in range(messages):
        size += len(compose(languages[number % 3], number, texts, pages, calendar))
    spent = time.process_time() - start
    print("messages %d  bytes %d  usec %.1f  with %s" % (messages, size // messages,
                                                        spent / messages * 1e6, HOW))


main()
