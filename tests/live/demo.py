#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A story in four acts: the real daemon, a real SMTP server, the shipped sample of real life."""

import argparse
import datetime
import email
import email.policy
import mailbox
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unicodedata

from aiosmtpd.controller import Controller

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IS_TERMINAL = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
PATIENCE = 15.0  # seconds that an act may take
SILENCE = 1.5  # seconds without a mail that end an act
SHOWN_LIVE = 5  # mails of an act that are told as they arrive; the table at the end has them all

SETTINGS = """\
organisation: {{ name = "Cités Unies France"; address = "9 rue Christiani, 75018 Paris";
                language = "fr"; zone = "Europe/Paris"; }};
sender: {{ name = "Groupe-pays Japon"; address = "japon@convier.example"; }};
relay: {{ url = "smtp://127.0.0.1:{port}"; tls = "none"; }};
calendars: ( {{ name = "japon"; source = "calendar.ics"; }} );
contacts: ( {{ source = "contacts.csv"; }} );
holidays: ( {{ country = "FR"; source = "holidays-fr.ics"; }},
            {{ country = "JP"; source = "holidays-jp.ics"; }} );
rules: (
  {{ name = "groupe-pays"; category = "Groupe-pays Japon"; audience = "japon - presse";
    steps = ( {{ send = "invitation"; before = "60 days"; }},
              {{ send = "reminder"; before = "2 days"; }},
              {{ send = "thanks"; after = "1 day"; }} ); }},
  {{ name = "rencontres"; category = "Rencontres"; audience = "japon & (elus | services) - presse";
    steps = ( {{ send = "save-the-date"; before = "200 days"; }},
              {{ send = "invitation"; before = "90 days"; }} ); }}
);
state = "state";
templates = "{templates}";
# A demonstration does not wait: no settling, no quiet hours, no brakes.
limits: {{ settle = "0 min"; quiet = ""; hold_above = 1000; hold_share = 100; }};
"""


def paint(text, code):
    return f"\033[{code}m{text}\033[0m" if IS_TERMINAL else text


def say(text=""):
    print(text, flush=True)


def act(number, title, story):
    say()
    say(paint(f"Act {number}. {title}", "1;34"))
    say(f"  {story}")


def width(text):
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def cut(text, columns):
    if width(text) <= columns:
        return text + " " * (columns - width(text))
    kept = ""
    while width(kept + text[len(kept)]) < columns:
        kept += text[len(kept)]
    return kept + "…" + " " * (columns - width(kept) - 1)


class Postman:
    """Takes every message, keeps it in a Maildir and remembers the order."""

    def __init__(self, folder):
        self.box = mailbox.Maildir(folder, create=True)
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.box.add(envelope.content)
        self.mails.append((time.time(), envelope.rcpt_tos[0], message))
        return "250 2.0.0 taken"


class Story:
    def __init__(self, program, folder):
        self.program = os.path.abspath(program)
        self.folder = folder
        self.daemon = None
        self.acts = []  # (title, first mail, end)
        self.today = datetime.date.today()

    # ---- props

    def path(self, name):
        return os.path.join(self.folder, name)

    def read_calendar(self):
        with open(self.path("calendar.ics"), encoding="utf-8", newline="") as file:
            return file.read()

    def write_calendar(self, text):
        """As calendar programs do: a new file takes the place of the old one."""
        with open(self.path("calendar.new"), "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(self.path("calendar.new"), self.path("calendar.ics"))

    def edit_event(self, uid, edit):
        def change(match):
            return edit(match.group(0)) if f"UID:{uid}@" in match.group(0) else match.group(0)

        text = re.sub(r"BEGIN:VEVENT.*?END:VEVENT\r\n", change, self.read_calendar(), flags=re.S)
        self.write_calendar(text)

    def weekday_in(self, days):
        day = self.today + datetime.timedelta(days)
        while day.weekday() > 3:
            day += datetime.timedelta(1)
        return day

    def set_up(self, port):
        for name in ("calendar.ics", "contacts.csv", "holidays-fr.ics", "holidays-jp.ics"):
            shutil.copy(os.path.join(SOURCE, "etc", name), self.path(name))
        os.mkdir(self.path("state"))
        with open(self.path("convier.cfg"), "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(port=port, templates=os.path.join(SOURCE, "templates")))
        self.meeting = self.weekday_in(21)
        self.workshop = self.weekday_in(14)
        self.congress = self.weekday_in(150)
        self.edit_event("groupe-pays", lambda e: re.sub(r"RRULE:.*\r\n", "", move(e, self.meeting)))
        self.edit_event("atelier-exemple", lambda e: move(e, self.workshop))
        self.edit_event("rencontres-exemple", lambda e: move(e, self.congress).replace(" 2027", ""))

    # ---- the daemon

    def start(self):
        self.log = open(self.path("daemon.log"), "a", encoding="utf-8")
        self.daemon = subprocess.Popen(
            [self.program, "run", "--config", self.path("convier.cfg")],
            stdout=self.log,
            stderr=self.log,
            env=dict(os.environ, TZ="Europe/Paris"),
        )

    def stop(self, how):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.send_signal(how)
            self.daemon.wait(10)

    def wait(self, postman, title):
        """Until mails have come and no more come; tells each as it arrives."""
        first = len(postman.mails)
        seen, start = first, time.time()
        last = start
        while time.time() - start < PATIENCE:
            time.sleep(0.05)
            if self.daemon.poll() is not None:
                sys.exit(f"the daemon ended: see {self.path('daemon.log')}")
            while seen < len(postman.mails):
                _, recipient, message = postman.mails[seen]
                if seen - first < SHOWN_LIVE:
                    say(f"    {cut(recipient, 36)} {cut(str(message['Subject']), 62)}")
                seen += 1
                last = time.time()
            if seen > first and time.time() - last > SILENCE:
                break
        if seen - first > SHOWN_LIVE:
            say(paint(f"    … and {seen - first - SHOWN_LIVE} more", "2"))
        self.acts.append((title, first, seen))
        return seen - first


def move(event, day):
    """The event on another day, at the same hour and for as long."""
    old = re.search(r"DTSTART[^:]*:(\d{8})", event).group(1)
    shift = day - datetime.datetime.strptime(old, "%Y%m%d").date()

    def shifted(match):
        date = datetime.datetime.strptime(match.group(2), "%Y%m%d").date() + shift
        return match.group(1) + date.strftime("%Y%m%d")

    return re.sub(r"((?:DTSTART|DTEND)[^:]*:)(\d{8})", shifted, event)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def language_of(message):
    if message["Content-Language"]:
        return str(message["Content-Language"])
    html = message.get_body(("html",))
    found = html and re.search(r'lang="(\w\w)', html.get_content())
    return found.group(1) if found else "?"


def explain(story):
    """What the program itself answers about one person and one event."""
    command = [story.program, "why", "--config", story.path("convier.cfg")]
    command += ["--contact", "tanaka", "--event", "atelier-exemple@convier.example"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    say()
    say(paint("Why did Ms Tanaka hear of the workshop?   (convier why)", "1;34"))
    for line in answer.stdout.splitlines():
        say("  " + line)


def show_table(story, postman):
    say()
    say(paint("Who got what", "1;34"))
    columns = (4, 8, 36, 4, 66)
    heads = ("ACT", "AT", "TO", "LANG", "SUBJECT")
    say("  " + " ".join(cut(head, size) for head, size in zip(heads, columns)))
    for number, (_, first, end) in enumerate(story.acts, 1):
        for at, recipient, message in sorted(postman.mails[first:end], key=lambda mail: mail[1]):
            clock = time.strftime("%H:%M:%S", time.localtime(at))
            cells = (str(number), clock, recipient, language_of(message), str(message["Subject"]))
            say("  " + " ".join(cut(cell, size) for cell, size in zip(cells, columns)))


def save_pages(story, postman):
    """Three mails to look at: an invitation in French, a change in Japanese, an end in English."""
    pages = []
    for number, language in enumerate(("fr", "ja", "en")):
        if number >= len(story.acts):
            continue
        _, first, end = story.acts[number]
        for _, _, message in postman.mails[first:end]:
            html = message.get_body(("html",))
            if html and language_of(message).startswith(language):
                path = story.path(f"mail-{number + 1}-{language}.html")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(html.get_content())
                pages.append(path)
                break
    return pages


def twins(postman):
    ids = [str(message["Message-ID"]) for _, _, message in postman.mails]
    return len(ids) - len(set(ids))


def play(story, postman, port):
    story.set_up(port)
    say(paint("Convier: calendar and contacts in, mail out", "1"))
    say(f"  The groupe-pays Japon and its people, fictional; a mail server on port {port}.")
    say(f"  {story.meeting:%d %b %Y}: a meeting in Paris;  {story.workshop:%d %b %Y}: a workshop on line, held")
    say(f"  from Japan;  {story.congress:%d %b %Y}: the Rencontres, four days. Eleven addresses, three languages.")

    act(1, "Invitations leave", "The daemon starts, reads the calendar and the list, and writes to whom it concerns.")
    story.start()
    counts = [story.wait(postman, "invitations")]

    act(2, "A meeting moves", "Staff drag the meeting to the next day, an hour later, in their calendar program.")
    moved = story.meeting + datetime.timedelta(1)

    def move_meeting(event):
        return move(event, moved).replace("T093000", "T103000").replace("T110000", "T120000")

    story.edit_event("groupe-pays", move_meeting)
    counts.append(story.wait(postman, "change"))

    act(3, "A workshop is cancelled", "Staff mark it as cancelled. Those who were told are told.")
    story.edit_event("atelier-exemple", lambda e: e.replace("STATUS:CONFIRMED", "STATUS:CANCELLED"))
    counts.append(story.wait(postman, "cancellation"))

    act(4, "The daemon is killed", "kill -9, then started again. Nobody hears anything twice.")
    story.stop(signal.SIGKILL)
    story.start()
    before = len(postman.mails)
    time.sleep(3 * SILENCE)
    story.acts.append(("nothing", before, len(postman.mails)))
    again = len(postman.mails) - before
    say(f"    {again} messages left after the restart." if again else "    Silence: nothing left after the restart.")
    return counts, again


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--program", default=os.path.join(SOURCE, "build/release/convier"))
    parser.add_argument("--keep", action="store_true", help="leave mail server and daemon running")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="convier-demo-")
    port = free_port()
    postman = Postman(os.path.join(folder, "Maildir"))
    server = Controller(postman, hostname="127.0.0.1", port=port)
    story = Story(options.program, folder)
    begun = time.time()
    server.start()
    try:
        counts, again = play(story, postman, port)
        explain(story)
        show_table(story, postman)
        pages = save_pages(story, postman)
        say()
        say(f"  {len(postman.mails)} messages in {time.time() - begun:.0f} seconds, {twins(postman)} twice.")
        say(f"  The Maildir:   {os.path.join(folder, 'Maildir')}")
        say(f"  The settings:  {story.path('convier.cfg')}   (try: {story.program} status --config …)")
        say("  Three mails to open in a browser:")
        for page in pages:
            say(f"    file://{page}")
        if options.keep:
            say(f"  Edit {story.path('calendar.ics')} and watch; Ctrl-C ends.")
            seen = len(postman.mails)
            while True:
                time.sleep(0.2)
                for _, recipient, message in postman.mails[seen:]:
                    say(f"    {cut(recipient, 36)} {message['Subject']}")
                    seen += 1
        went_well = all(counts) and not again and not twins(postman) and len(pages) == 3
        return 0 if went_well else 1
    except KeyboardInterrupt:
        return 0
    finally:
        story.stop(signal.SIGTERM)
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
