#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A thousand messages through each real server, by STARTTLS and then by implicit TLS, with a login:
one recipient in twenty unknown, one in twenty greylisted. Every message is accounted for.

test_servers.py CONVIER postfix|exim|opensmtpd"""
import os
import sys
import time

import house
import servers
from house import House, check

PEOPLE = 1000
KINDS = {"postfix": servers.PostfixWithLogin, "exim": servers.Exim, "opensmtpd": servers.OpenSmtpd}


def use(home, url, password=servers.PASSWORD):
    """Settings of the installation, for that address of the server."""
    home.relay(1)
    home.write("secret", password + "\n")
    os.chmod(f"{home.folder}/secret", 0o600)
    with open(f"{home.folder}/convier.cfg", encoding="utf-8") as f:
        text = f.read()
    home.write("convier.cfg", text.replace(
        'url = "smtp://127.0.0.1:1"; tls = "none";',
        f'url = "{url}"; user = "{servers.USER}"; password = "file:secret"; '
        f'ca_file = "ca.pem"; connections = 2;'))
    os.chmod(f"{home.folder}/ca.pem", 0o644)


def check_states(home, refused, deferred):
    for who in home.who():
        local = who["contact"].split("@")[0]
        want = "refused" if local in refused else "deferred" if local in deferred else "accepted"
        check(who["state"] == want, f"{local} is {who['state']}, not {want}: {who}")


def main():
    kind = sys.argv[2] if len(sys.argv) > 2 else "postfix"
    home, begin = House(1), time.monotonic()
    everybody = [f"p{i:04}" for i in range(PEOPLE)]
    unknown, grey = set(everybody[3::20]), set(everybody[11::20])
    known = [person for person in everybody if person not in unknown]
    server = KINDS[kind](home.folder, known, sorted(grey))
    try:
        home.calendar()
        home.contacts([(f"{person}@ok.test", ("fr", "ja", "en")[i % 3])
                       for i, person in enumerate(everybody)])
        use(home, f"smtp://localhost:{server.port}")
        home.once(house.FIRST_SIGHT)

        use(home, f"smtp://localhost:{server.port}", password="wrong")
        home.once("2026-09-05 09:00", may_fail=True)
        everyone = home.who()
        check(len(everyone) == PEOPLE, f"{len(everyone)} notices")
        check(all(who["state"] == "owed" and not who["attempts"] for who in everyone),
              "a login that is refused was counted against somebody")

        use(home, f"smtp://localhost:{server.port}")
        home.once(house.DUE, seconds=90)
        check_states(home, unknown, grey)
        server.set_grey(False)
        time.sleep(1)
        use(home, f"smtps://localhost:{server.tls_port}")
        home.once(house.LATER)
        check_states(home, unknown, ())
        server.wait_for(len(known))
        for person in known:
            check(server.count(person) == 1, f"{person} has {server.count(person)} mails")
        for life in home.lives().values():
            check("uncertain" not in life[0][2], f"uncertain: {life}")
        print(f"{kind}: {PEOPLE} messages in {time.monotonic() - begin:.0f} s: {len(known)} "
              f"delivered once, {len(unknown)} refused, {len(grey)} of them greylisted first")
    except BaseException:
        home.show_log()
        server.show_log()
        raise
    finally:
        server.stop()


main()
