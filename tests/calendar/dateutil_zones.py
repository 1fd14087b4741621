# SPDX-License-Identifier: MIT
"""Reads iTIP objects separated by a line "=" and answers each with DTSTART and DTEND in UTC, as
python3-dateutil computes them from the VTIMEZONE alone, for tests/calendar/test_itip.c."""
import io
import sys
from datetime import datetime, timezone
from dateutil import tz

text = open(sys.argv[1], encoding="utf-8", newline="").read()
for part in text.split("\r\n=\r\n")[:-1]:
    lines = part.replace("\r\n ", "").split("\r\n")
    if "BEGIN:VTIMEZONE" not in lines:
        print()
        continue
    block = lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE") + 1]
    zones = tz.tzical(io.StringIO("\n".join(block)))
    moments = []
    for line in lines:
        if line.startswith(("DTSTART;TZID", "DTEND;TZID")):
            head, value = line.split(":")
            zone = zones.get(head.split("TZID=")[1])
            moment = datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
            moments.append(moment.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ"))
    print(" ".join(moments))
