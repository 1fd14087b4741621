# SPDX-License-Identifier: MIT
"""Prints the seconds that python3-recurring-ical-events needs to expand the year 2026 of a feed,
reading apart, for tests/bench/bench_calendar.c. Prints nothing when it is not installed."""
import sys
import time
from datetime import date

try:
    import icalendar
    import recurring_ical_events
except ImportError:
    sys.exit(0)

with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
begin = time.monotonic()
recurring_ical_events.of(calendar).between(date(2026, 1, 1), date(2027, 1, 1))
print(time.monotonic() - begin)
