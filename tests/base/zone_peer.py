# SPDX-License-Identifier: MIT
"""Reads the answers of test_zone on standard input and compares each with Python's zoneinfo.

    zone NAME                                  the lines that follow are about it
    u UTC OFFSET ABBREVIATION                  what its clocks show at a moment
    w WALL FIT UTC                             a wall-clock time (as if it were UTC) and its moment

Exits with 1 after printing the first disagreements.
"""
import sys
import zoneinfo
from datetime import datetime, timedelta, timezone

zoneinfo.reset_tzpath(to=["/usr/share/zoneinfo"])
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)
ONCE, TWICE, GAP = "0", "1", "2"

checked = {"zone": 0, "u": 0, "w": 0}
wrong = 0


def complain(*words):
    global wrong
    wrong += 1
    if wrong <= 20:
        print("zoneinfo disagrees:", *words, file=sys.stderr)


for line in sys.stdin:
    kind, *fields = line.split()
    checked[kind] += 1
    if kind == "zone":
        zone = zoneinfo.ZoneInfo(fields[0])
    elif kind == "u":
        local = (EPOCH + timedelta(seconds=int(fields[0]))).astimezone(zone)
        if local.utcoffset() != timedelta(seconds=int(fields[1])) or local.tzname() != fields[2]:
            complain(zone.key, line.strip(), local.isoformat(), local.tzname())
    else:
        wall = (EPOCH + timedelta(seconds=int(fields[0]))).replace(tzinfo=zone)
        first, second = wall.utcoffset(), wall.replace(fold=1).utcoffset()
        fit = ONCE if first == second else TWICE if first > second else GAP
        utc = int(fields[0]) - first // SECOND
        if fit != fields[1] or utc != int(fields[2]):
            complain(zone.key, line.strip(), "wanted", fit, utc)

print(f"{checked['zone']} zones, {checked['u']} moments and {checked['w']} wall-clock times "
      f"compared with zoneinfo, {wrong} wrong")
if wrong or not checked["zone"] or not checked["u"] or not checked["w"]:
    sys.exit(1)
