#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The whole job beside other programs: plan, durable ledger, personalised text + HTML + calendar in
three languages, sending, durable outcomes; against Postfix's load generator, which sends one canned
message again and again, and against the two ways in which people write such mailers.

Each row is one run of `convier run --once` and one of smtp-source with as many messages of the same
size over as many connections to the same smtp-sink. Times are of the machine; trust the ratios.
"wait" is how long convier could have run and others did: where it is much beside "CPU", the
machine was busy, and the rates say more of it than of us.

whole_job.py CONVIER [--recipients N] [--connections 1,4,16,50] [--delayed 16,50] [--proxy PROGRAM]
             [--peers] [--idle SECONDS] [--folder DIR] [--short]
"""
import argparse
import glob
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATES = os.path.join(HERE, "..", "..", "templates")
SKIP = 77
FIRST_SIGHT = "2026-07-01 10:00"  # a rule that is new today never speaks of hours before today
AT = "2026-09-20 11:00"  # the invitation is due since 09:00 in each zone
ROUND_TRIP_MS = 20

SETTINGS = """
state = "{folder}/state";
templates = "{templates}";
organisation: {{ name = "Fédération des villes jumelées"; address = "1 rue de la Paix, 75002 Paris";
                 language = "fr"; zone = "Europe/Paris"; }};
sender: {{ name = "Groupe-pays Japon"; address = "japon@example.org"; }};
relay: {{ url = "smtp://127.0.0.1:{port}"; tls = "none"; connections = {connections}; }};
calendars: ( {{ name = "japon"; source = "feed.ics"; }} );
contacts: ( {{ source = "contacts.csv"; }} );
rules: ( {{ name = "groupe-pays"; category = "Groupe-pays Japon"; audience = "japon";
            steps = ( {{ send = "invitation"; before = "30 days"; at = "09:00"; }} ); }} );
limits: {{ settle = "0 min"; quiet = ""; hold_above = 10000000; hold_share = 100; }};
"""
FEED = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Calendar//EN
BEGIN:VEVENT
UID:bureau-2026-10@example.org
DTSTAMP:20260801T080000Z
DTSTART;TZID=Europe/Paris:20261020T143000
DTEND;TZID=Europe/Paris:20261020T160000
SUMMARY:Réunion du groupe-pays Japon
SUMMARY;LANGUAGE=ja:日本部会 会合
SUMMARY;LANGUAGE=en:Meeting of the Japan country group
LOCATION:9 rue Christiani\\, Paris
DESCRIPTION:Ordre du jour : bilan des jumelages\\, préparation des Rencontres.
CATEGORIES:Groupe-pays Japon
END:VEVENT
END:VCALENDAR
"""
PEOPLE = [("fr", "Mme", "Anne Lefèvre", "Maire", ""), ("ja", "様", "田中 一郎", "国際課長",
          "Asia/Tokyo"), ("en", "Ms", "Mary Smith", "Town clerk", "Europe/London")]


def write(path, text):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def person(number):
    language, title, name, function, zone = PEOPLE[number % len(PEOPLE)]
    return (f"p{number:06}@ok.example", f"{name} {number}", title, function, f"Ville {number}",
            language, zone)


def make_job(folder, recipients):
    os.makedirs(folder, exist_ok=True)
    write(f"{folder}/feed.ics", FEED.replace("\n", "\r\n"))
    # Row by row: a child's largest size begins with ours at the time of its start.
    with open(f"{folder}/contacts.csv", "w", encoding="utf-8", newline="") as file:
        file.write("email;name;title;function;organisation;language;zone;groups\n")
        file.writelines(";".join(person(i) + ("japon\n",)) for i in range(recipients))


def write_settings(folder, port, connections):
    write(f"{folder}/convier.cfg", SETTINGS.format(folder=folder, port=port, connections=connections,
                                                   templates=os.path.abspath(TEMPLATES)))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A child that listens on a port of 127.0.0.1; ended when its block is left."""

    def __init__(self, make_command):
        self.port = free_port()
        self.process = subprocess.Popen(make_command(self.port), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.01)
        sys.exit(f"{self.process.args[0]} does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def sink():
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    return Server(lambda port: ["smtp-sink", *user, f"127.0.0.1:{port}", "512"])


def proxy(program, to):
    return Server(lambda port: [program, str(port), str(to), str(ROUND_TRIP_MS / 2)])


def run_queue_wait(pid):
    """Seconds for which a child, ended but not yet waited for, could have run and others did."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[1]) / 1e9
    except OSError:
        return float("nan")  # a kernel that does not count it


class Run:
    """A child from start to end: wall time, its own CPU, its wait for one, its largest resident
    size."""

    def __init__(self, command, **options):
        start = time.perf_counter()
        process = subprocess.Popen(command, **options)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        self.waited = run_queue_wait(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.perf_counter() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.rss_mib = usage.ru_maxrss / 1024
        self.status = process.returncode


def see_first(args, folder, port, connections):
    """The run of an earlier day, which sends nothing; not measured."""
    shutil.rmtree(f"{folder}/state", ignore_errors=True)
    write_settings(folder, port, connections)
    subprocess.run([args.convier, "--config", f"{folder}/convier.cfg", "run", "--once", "--at",
                    FIRST_SIGHT], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def convier(args, folder, port, connections):
    see_first(args, folder, port, connections)
    with open(f"{folder}/out.txt", "w") as out, open(f"{folder}/err.txt", "w") as err:
        run = Run([args.convier, "--config", f"{folder}/convier.cfg", "run", "--once", "--at", AT],
                  stdout=out, stderr=err)
    with open(f"{folder}/out.txt") as out:
        told = out.read()
    if run.status or not told.startswith(f"{args.recipients} accepted"):
        sys.exit(f"convier ended with {run.status}: {told}(see {folder}/err.txt)")
    return run


def smtp_source(count, size, port, connections):
    # -d: do not reconnect for each message, as we do not.
    run = Run(["smtp-source", "-d", "-s", str(connections), "-m", str(count), "-l", str(size),
               "-f", "japon@example.org", "-t", "p@ok.example", f"127.0.0.1:{port}"],
              stdout=subprocess.DEVNULL)
    if run.status:
        sys.exit(f"smtp-source ended with {run.status}")
    return run


def message_size(args, folder):
    """The mean size of the three languages' messages."""
    small = f"{folder}/three"
    make_job(small, 3)
    see_first(args, small, 1, 1)
    subprocess.run([args.convier, "--config", f"{small}/convier.cfg", "run", "--dry-run",
                    f"{small}/mails", "--at", AT], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return round(statistics.mean(os.path.getsize(p) for p in glob.glob(f"{small}/mails/*.eml")))


def print_head():
    print(f"{'connections':>11} {'round trip':>10} | {'smtp-source':>11} {'convier':>8} "
          f"{'ratio':>6} | {'CPU':>10} {'wait':>10} {'memory':>8}")


def print_row(connections, delay, source, own, count):
    print(f"{connections:>11} {str(delay) + ' ms':>10} | {count / source.seconds:>9.0f}/s "
          f"{count / own.seconds:>6.0f}/s {source.seconds / own.seconds:>5.2f}x | "
          f"{own.cpu / count * 1e6:>5.0f} us/m {own.waited / count * 1e6:>5.0f} us/m "
          f"{own.rss_mib:>4.1f} MiB", flush=True)


def row(args, folder, size, connections, delay):
    with sink() as server:
        if not delay:
            source = smtp_source(args.recipients, size, server.port, connections)
            own = convier(args, folder, server.port, connections)
        else:
            with proxy(args.proxy, server.port) as slow:
                source = smtp_source(args.recipients, size, slow.port, connections)
                own = convier(args, folder, slow.port, connections)
    print_row(connections, delay, source, own, args.recipients)
    return own


def peers(args, folder, own_per_second):
    """The same personalised work with the usual libraries; fewer messages, since they are slower."""
    count = min(args.recipients, 3000)
    commands = {
        "smtplib + email": [sys.executable, f"{HERE}/whole_job_smtplib.py"],
        "nodemailer, pooled": ["node", f"{HERE}/whole_job_nodemailer.js"],
    }
    with sink() as server:
        for name, command in commands.items():
            run = subprocess.run([*command, f"{folder}/contacts.csv", str(server.port), str(count)],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if run.returncode:
                print(f"{name}: cannot run here ({run.stderr.strip().splitlines()[-1]})")
                continue
            result = json.loads(run.stdout)
            rate = result["messages"] / result["seconds"]
            print(f"{name}: {rate:.0f}/s, {result['bytes']} bytes each; "
                  f"convier is {own_per_second / rate:.1f} times as fast")


def idle(args, folder, seconds):
    """A daemon that has nothing to do: how often it wakes, what stays resident."""
    small = f"{folder}/idle"
    make_job(small, 100)
    write_settings(small, 1, 1)
    with open(f"{small}/err.txt", "w") as err:
        process = subprocess.Popen([args.convier, "--config", f"{small}/convier.cfg", "run",
                                    "--at", "2026-07-01 10:00"], stdout=err, stderr=err)

    def look():
        with open(f"/proc/{process.pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return (int(fields["voluntary_ctxt_switches"]), int(fields["VmRSS"].split()[0]),
                int(fields["RssAnon"].split()[0]))

    try:
        time.sleep(3)
        before = look()
        time.sleep(seconds)
        after = look()
        print(f"idle for {seconds} s: {after[0] - before[0]} wake-ups, {after[1] / 1024:.1f} MiB "
              f"resident, of them {after[2] / 1024:.1f} MiB its own")
    finally:
        process.terminate()
        process.wait()


def numbers(text):
    return [int(word) for word in text.split(",") if word]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("convier")
    parser.add_argument("--recipients", type=int, default=100000)
    parser.add_argument("--connections", type=numbers, default=[1, 4, 16, 50])
    parser.add_argument("--delayed", type=numbers, default=[16, 50])
    parser.add_argument("--proxy", help="the program delay_proxy; without it no delayed rows")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--folder", help="on the disk that is to hold the ledger")
    parser.add_argument("--short", action="store_true", help="5,000 recipients, fewer rows")
    args = parser.parse_args()
    args.convier = os.path.abspath(args.convier)
    if not shutil.which("smtp-sink") or not shutil.which("smtp-source"):
        print("skipped: Postfix's smtp-sink and smtp-source are needed")
        sys.exit(SKIP)
    if args.short:
        args.recipients, args.connections, args.delayed = 5000, [4], [16]
        args.peers, args.idle = True, 3
    folder = os.path.abspath(args.folder) if args.folder else tempfile.mkdtemp(prefix="convier-")
    try:
        make_job(folder, args.recipients)
        size = message_size(args, folder)
        print(f"{args.recipients} recipients, {size} bytes each; the ledger is on "
              f"{folder}")
        print_head()
        own = None
        for connections in args.connections:
            own = row(args, folder, size, connections, 0)
        for connections in args.delayed if args.proxy else []:
            row(args, folder, size, connections, ROUND_TRIP_MS)
        if args.peers and own:
            peers(args, folder, args.recipients / own.seconds)
        if args.idle:
            idle(args, folder, args.idle)
    finally:
        if not args.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
