#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The real daemon against a server that does everything wrong, one row at a time. Each row says what
the server does, and what the ledger must say of eight people after the first pass; the passes that
follow must then bring the mail to everybody who was not refused. In every row: nobody is forgotten,
nobody who was refused is asked again, a twin only who was declared uncertain, and a twin has the
same Message-ID and the same bytes.

test_disasters.py CONVIER [WORDS OF A TITLE | =TITLE]"""
import concurrent.futures
import sys
import time

import house
from house import House, check
from scripted_server import AFTER, CUT, KEEP_CUT, KEYWORDS, RESET, SILENT, SPLIT, Server

PEOPLE, THREADS = 8, 6  # most of a row is waiting
PASSES = ("2026-09-05 09:20", "2026-09-05 10:00", "2026-09-05 11:30", "2026-09-05 13:30")
A, D, R, U, O = "accepted", "deferred", "refused", "uncertain", "owed"
LOCK_STEP = tuple(k for k in KEYWORDS if k != "PIPELINING")

# title, faults, what the ledger says after the first pass (the rest accepted), options
ROWS = [
    ("all well", [], {}),
    ("silent instead of a greeting", [("CONNECT", 1, SILENT)], {O: 8}),
    ("silent after the greeting", [("EHLO", 1, SILENT)], {O: 8}),
    ("greeting 421", [("CONNECT", 1, "421 4.3.2 busy")], {O: 8}),
    ("greeting 554", [("CONNECT", 1, "554 5.7.1 no")], {O: 8}),
    ("greeting of many lines", [("CONNECT", 0, "220 a\n220 b\n220 c")], {}),
    ("closed instead of a greeting", [("CONNECT", 1, CUT)], {O: 8}),
    ("closed after the greeting", [("EHLO", 1, CUT)], {O: 8}),
    ("HTTP instead of SMTP", [("CONNECT", 1, b"HTTP/1.1 400 Bad Request\r\n\r\n")], {O: 8}),
    ("EHLO unknown, HELO known", [("EHLO", 0, "502 5.5.1 what?")], {}),
    ("EHLO and HELO refused", [("EHLO", 1, "550 no"), ("HELO", 1, "550 no")], {O: 8}),
    ("EHLO with a line of 3000 bytes",
     [("EHLO", 0, b"250-x\r\n250-" + b"y" * 3000 + b"\r\n250 PIPELINING\r\n")], {}),
    ("EHLO byte by byte", [("EHLO", 0, SPLIT)], {}),

    ("MAIL 451", [("MAIL", 3, "451 4.3.0 later")], {D: 1}),
    ("MAIL 421", [("MAIL", 3, "421 4.3.2 too many")], {}),
    ("MAIL 421 for the very first", [("MAIL", 1, "421 4.3.2 no")], {D: 1}),
    ("MAIL 452, enough for one session", [("MAIL", 3, "452 4.5.3 Too many messages sent")], {}),
    ("MAIL 421 and closed", [("MAIL", 3, (CUT, "421 4.3.2 bye"))], {}),
    ("MAIL 550", [("MAIL", 3, "550 5.7.1 not you")], {R: 1}),
    ("MAIL silent", [("MAIL", 3, SILENT)], {}),
    ("MAIL closed", [("MAIL", 3, CUT)], {}),
    ("RCPT 450, greylisted", [("RCPT", 3, "450 4.2.0 Greylisted")], {D: 1}),
    ("RCPT 550, greylisted", [("RCPT", 3, "550 Greylisted, come back")], {D: 1}),
    ("RCPT 452, too many", [("RCPT", 3, "452 4.5.3 Too many recipients")], {D: 1}),
    ("RCPT 550 in the middle of a group", [("RCPT", 3, "550 5.1.1 no such user")], {R: 1}),
    ("RCPT 550 for everybody", [("RCPT", 0, "550 5.1.1 no such user")], {R: 8}),
    ("RCPT 550, the code alone", [("RCPT", 3, b"550\r\n")], {R: 1}),
    ("RCPT 550 of lines with several codes", [("RCPT", 3, b"451-a\r\n550-b\r\n550 c\r\n")], {R: 1}),
    ("RCPT 550 with bare line feeds", [("RCPT", 3, b"550-a\n550 b\n")], {R: 1}),
    ("RCPT 550 with NUL bytes", [("RCPT", 3, b"550 5.1.1 no\0such\0user\r\n")], {R: 1}),
    ("RCPT 550 with 100 KB of words", [("RCPT", 3, b"550 " + b"n" * 100000 + b"\r\n")], {R: 1}),
    ("RCPT 550 in 500 lines", [("RCPT", 3, b"550-no\r\n" * 500 + b"550 no\r\n")], {R: 1}),
    ("RCPT 421 that closes", [("RCPT", 3, (CUT, "421 4.7.0 bye"))], {}),
    ("RCPT silent", [("RCPT", 3, SILENT)], {}),
    ("RCPT reset", [("RCPT", 3, RESET)], {}),
    ("DATA 451", [("DATA", 3, "451 4.3.0 later")], {D: 1}),
    ("DATA 550", [("DATA", 3, "550 5.7.1 no")], {R: 1}),
    ("DATA 250 instead of 354", [("DATA", 3, "250 ok")], {}),
    ("DATA silent", [("DATA", 3, SILENT)], {}),
    ("DATA closed", [("DATA", 3, CUT)], {}),
    ("DATA 354 though the recipient was refused",
     [("RCPT", 3, "550 5.1.1 no"), ("DATA", 3, "354 go")], {R: 1}),
    ("354, then 554 before the dot", [("BODY", 3, (CUT, "554 5.7.1 stop"))], {}, {R, A, D}),
    ("354 and 554 in one packet", [("DATA", 3, (AFTER, b"554 5.7.1 stop\r\n"))], {R: 1}),
    ("354, then closed in the body", [("BODY", 3, CUT)], {}, {U, A, D}),
    ("dot 451", [("DOT", 3, "451 4.3.0 later")], {D: 1}),
    ("dot 421", [("DOT", 3, (CUT, "421 4.3.2 bye"))], {}),
    ("dot 452", [("DOT", 3, "452 4.3.1 Insufficient system storage")], {D: 1}),
    ("dot 554", [("DOT", 3, "554 5.7.1 spam")], {R: 1}),
    ("dot 251", [("DOT", 3, "251 ok")], {}),
    ("dot silent, and the message lost", [("DOT", 3, SILENT)], {U: 1}),
    ("dot silent, and the message kept", [("DOT", 3, KEEP_CUT)], {U: 1}),
    ("dot closed, and the message lost", [("DOT", 3, CUT)], {U: 1}),
    ("dot reset, and the message lost", [("DOT", 3, RESET)], {U: 1}),
    ("dot byte by byte", [("DOT", 0, SPLIT), ("RCPT", 0, SPLIT), ("MAIL", 0, SPLIT)], {}),
    ("dot closed each time", [("DOT", n, CUT) for n in (1, 2)], {}, {U, A, O, D}),
    ("two replies to one dot", [("DOT", 3, (AFTER, b"250 2.0.0 again\r\n"))], {}, {A, D, U}),
    ("a word that nobody asked for", [("DOT", 3, (AFTER, b"hello there\r\n"))], {}),
    ("a word in place of the answer", [("DOT", 3, b"hm\r\n")], {U: 1}),
    ("421 right behind the answer", [("DOT", 1, (AFTER, b"421 4.4.2 idle\r\n"))], {}),
    ("421 on the second message", [("MAIL", 2, (CUT, "421 4.7.0 one is enough"))], {}),
    ("RSET refused", [("RCPT", 3, "550 5.1.1 no"), ("RSET", 0, "502 5.5.1 what?")], {R: 1}),
    ("QUIT without an answer", [("QUIT", 0, CUT)], {}),
    ("QUIT silent", [("QUIT", 0, SILENT)], {}),
    ("503 at RCPT after a refused MAIL", [("MAIL", 3, "553 5.1.8 sender")], {R: 1}),
    ("421 4.7.28, a throttle", [("MAIL", 1, (CUT, "421 4.7.28 unusual rate"))], {O: 7, D: 1}),
    ("530 at MAIL", [("MAIL", 1, "530 5.7.0 Authentication required")], {}, {O, A}),
    ("a quota at RCPT", [("RCPT", 1, "550 5.4.5 Daily user sending limit")], {}, {O, D, A}),
]
# The same in lock-step, and with a server that forgets what was said ahead of its answers.
MORE = [
    ("lock-step", [], {}, None, {"keywords": LOCK_STEP}),
    ("lock-step, RCPT 550", [("RCPT", 3, "550 5.1.1 no")], {R: 1}, None, {"keywords": LOCK_STEP}),
    ("lock-step, dot silent", [("DOT", 3, SILENT)], {U: 1}, None, {"keywords": LOCK_STEP}),
    ("lock-step, two replies to MAIL", [("MAIL", 3, (AFTER, b"250 again\r\n"))], {}, {A, D, O},
     {"keywords": LOCK_STEP}),
    ("no keyword at all", [], {}, None, {"keywords": ()}),
    ("PIPELINING that drops what is piped", [], {}, None, {"flushes": True}),
    ("SIZE 0 is no limit", [], {}, None, {"keywords": ("SIZE 0", "PIPELINING")}),
]


def states_of(home):
    return {email: life[0] for email, life in home.lives().items()}


def check_first_pass(title, lives, want, may):
    now = [state for _, state, _ in lives.values()]
    if may:
        check(set(now) <= may, f"{title}: {now}")
        return
    for state in (A, D, R, U, O):
        count = PEOPLE - sum(want.values()) if state == A else want.get(state, 0)
        check(now.count(state) == count, f"{title}: {now.count(state)} {state}, not {count}: {now}")


def check_end(title, lives, server):
    refused = 0
    for email, (message_id, state, states) in lives.items():
        got = [mail for mail in server.mails if email in mail[0]]
        check(len({(m[1], m[2]) for m in got}) <= 1, f"{title}: {email}: the twins differ")
        check(len(got) <= 1 + states.count(U), f"{title}: {email}: {len(got)} mails, {states}")
        if state == R:
            refused += 1
            check(not got or U in states, f"{title}: {email} was refused and got it")
            continue
        check(state == A, f"{title}: {email} ended {state} after {states}")
        check(got, f"{title}: {email} was forgotten after {states}")
        check(got[0][1] == f"<{message_id}>", f"{title}: {email}: another Message-ID")
    return refused


def play(title, faults, want, may=None, options=None):
    server, begin = Server(faults, **(options or {})), time.monotonic()
    home = House(server.port)
    try:
        text = open(f"{home.folder}/convier.cfg", encoding="utf-8").read()
        home.write("convier.cfg", text.replace('tls = "none";', 'tls = "none"; patience = "2 s";'))
        home.calendar()
        home.contacts([(f"p{i}@ok.test", ("fr", "ja", "en")[i % 3]) for i in range(PEOPLE)])
        home.once(house.FIRST_SIGHT)
        said = home.once(house.DUE, may_fail=True)
        check_first_pass(title, states_of(home), want, may)
        if U in want:
            check(f", {want[U]} incertain{'s' if want[U] > 1 else ''}\n" in said, f"{title}: the pass said {said}")
        for at in PASSES:
            home.once(at, may_fail=True)
            if all(life[1] in (A, R) for life in states_of(home).values()):
                break
        before = len(server.mails)
        home.once("2026-09-05 15:00")
        check(len(server.mails) == before, f"{title}: sent again")
        refused = check_end(title, states_of(home), server)
        twins = len(server.mails) - PEOPLE + refused
        print(f"  {title}: {PEOPLE - refused} got it, {refused} refused, {twins} twins, "
              f"{server.connections} connections, {time.monotonic() - begin:.1f} s")
    except BaseException:
        home.show_log()
        print("\n".join(f"{number}: {line}" for number, line in server.dialogue[-40:]))
        raise
    finally:
        server.close()


def play_absent():
    """Nobody there at first, and then somebody is."""
    title, server = "nobody listens", Server()
    home = House(house.free_port())
    home.calendar()
    home.contacts([(f"p{i}@ok.test", "fr") for i in range(PEOPLE)])
    home.once(house.FIRST_SIGHT)
    home.once(house.DUE, may_fail=True)
    check_first_pass(title, states_of(home), {O: PEOPLE}, None)
    home.relay(server.port)
    home.once(PASSES[0])
    check_end(title, states_of(home), server)
    server.close()
    print(f"  {title}: everybody got it later")


def main():
    words = " ".join(sys.argv[2:])

    def is_wanted(title):
        return title == words[1:] if words.startswith("=") else words in title

    if is_wanted("nobody listens"):
        play_absent()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        played = [pool.submit(play, *row) for row in ROWS + MORE if is_wanted(row[0])]
        for one in concurrent.futures.as_completed(played):
            one.result()


main()
