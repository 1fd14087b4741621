#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Python peer of whole_job: the same personalised mails with smtplib and email.

whole_job_smtplib.py CONTACTS.csv PORT COUNT"""
import csv
import datetime
import email.message
import email.policy
import email.utils
import json
import smtplib
import sys
import time
import zoneinfo

DAYS = {"fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
        "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
        "ja": "月 火 水 木 金 土 日".split()}
WORDS = {
    "fr": ("Invitation : Réunion du groupe-pays Japon", "{title} {name},",
           "Nous avons le plaisir de vous inviter à la réunion du groupe-pays Japon, le {when}, "
           "9 rue Christiani, Paris.", "Cordialement,"),
    "en": ("Invitation: Meeting of the Japan country group", "Dear {title} {name},",
           "We have the pleasure of inviting you to the meeting of the Japan country group, on "
           "{when}, 9 rue Christiani, Paris.", "Yours sincerely,"),
    "ja": ("ご案内:日本部会 会合", "{name}{title}",
           "日本部会の会合に謹んでご案内申し上げます。日時:{when}、場所:9 rue Christiani, Paris。",
           "敬具"),
}
START = datetime.datetime(2026, 10, 20, 12, 30, tzinfo=datetime.timezone.utc)
CALENDAR = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//\r\nMETHOD:PUBLISH\r\n"
            "BEGIN:VEVENT\r\nUID:bureau-2026-10@example.org\r\nDTSTAMP:20260920T090000Z\r\n"
            "DTSTART:20261020T123000Z\r\nDTEND:20261020T140000Z\r\nSUMMARY:{summary}\r\n"
            "LOCATION:9 rue Christiani\\, Paris\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")


def compose(person):
    language = person["language"]
    subject, greeting, text, close = WORDS[language]
    local = START.astimezone(zoneinfo.ZoneInfo(person["zone"] or "Europe/Paris"))
    when = f"{DAYS[language][local.weekday()]} {local:%d.%m.%Y %H:%M}"
    lines = [greeting.format(**person), text.format(when=when), close, "Groupe-pays Japon"]
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Groupe-pays Japon <japon@example.org>"
    message["To"] = email.utils.formataddr((person["name"], person["email"]))
    message["Subject"] = subject
    message["Date"] = email.utils.localtime()
    message["Message-ID"] = email.utils.make_msgid(domain="example.org")
    message.set_content("\n\n".join(lines))
    message.add_alternative("<html><body>" + "".join(f"<p>{line}</p>" for line in lines)
                            + "</body></html>", subtype="html")
    message.add_alternative(CALENDAR.format(summary=subject).encode(), maintype="text",
                            subtype="calendar", params={"method": "PUBLISH", "charset": "utf-8"})
    return message


def main():
    path, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    start, size = time.perf_counter(), 0
    with open(path, encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file, delimiter=";"))[:count]
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for person in people:
            message = compose(person)
            smtp.send_message(message)
            size = len(bytes(message)) if not size else size
    print(json.dumps({"messages": len(people), "bytes": size,
                      "seconds": time.perf_counter() - start}))


main()
