# SPDX-License-Identifier: MIT
"""The instances that python3-dateutil gives, for tests/calendar/test_stepper_peer.c.

Reads lines "DTSTART RULE UNTIL" (UNTIL ends the window) and answers each with the number of
instances before UNTIL and a checksum of them, or "error", or "slow": dateutil walks to the year
9999 in search of an instance. DTSTART itself is left out; a rule with
COUNT whose first instance is not DTSTART is answered "off", because dateutil does not count it.
"""
import signal
import sys
from datetime import datetime
from dateutil.rrule import rrulestr

EPOCH = datetime(1970, 1, 1)
MOMENT = "%Y%m%dT%H%M%S"
PATIENCE_SECONDS = 0.1


def give_up(_signal, _frame):
    raise TimeoutError


signal.signal(signal.SIGALRM, give_up)

for line in open(sys.argv[1], encoding="ascii"):
    start_text, rule, until_text = line.split()
    start = datetime.strptime(start_text, MOMENT)
    until = datetime.strptime(until_text, MOMENT)
    count, checksum, is_off = 0, 0, False
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    try:
        for index, moment in enumerate(rrulestr(rule, dtstart=start)):
            if index == 0 and moment != start and "COUNT" in rule:
                is_off = True
            if moment >= until:
                break
            if moment == start:
                continue
            seconds = int((moment - EPOCH).total_seconds())
            count += 1
            checksum = (checksum * 1000003 + seconds) % (1 << 61)
        signal.setitimer(signal.ITIMER_REAL, 0)
        print("off" if is_off else f"{count} {checksum}")
    except TimeoutError:
        print("slow")
    except Exception:
        signal.setitimer(signal.ITIMER_REAL, 0)
        print("error")
