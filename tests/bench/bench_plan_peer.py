# SPDX-License-Identifier: MIT
"""What a small script does in the place of a planner: for each occurrence and contact, the hour of
each step on the contact's clock, and whether it has come and is still useful. No history, no
changes, no quiet hours. Prints the seconds.

    bench_plan_peer.py OCCURRENCES CONTACTS
"""
import datetime
import sys
import time
import zoneinfo

ZONES = [zoneinfo.ZoneInfo(name) for name in ("Europe/Paris", "Asia/Tokyo", "America/New_York")]
STEPS = (60, 30, 14, 7, 1)
NINE = datetime.time(9)
DAY = datetime.timedelta(days=1)

occurrences, contacts = int(sys.argv[1]), int(sys.argv[2])
now = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.timezone.utc)
people = [(f"contact-{i:08}@mairie.example.org", ZONES[i % len(ZONES)]) for i in range(contacts)]

begin = time.perf_counter()
due = 0
for i in range(occurrences):
    start = now + datetime.timedelta(days=70 + i % 300)
    for _, zone in people:
        day = start.astimezone(zone).date()
        for days in STEPS:
            hour = datetime.datetime.combine(day - days * DAY, NINE, zone)
            due += hour <= now < hour + DAY
print(time.perf_counter() - begin)
