# SPDX-License-Identifier: MIT
"""What is shipped beside the program is whole. Usage: shipped.py CHECK SOURCE_FOLDER PROGRAM

    settings   etc/convier.cfg, its calendars, contacts and the templates load without a flaw
    keys       every key that the program knows is shown in its group of etc/convier.cfg and told
               in convier.cfg(5), with the words it may be, where nothing else is (PROGRAM =
               list_keys)
    help       every command of commands.txt, on which scripts rely, exists with its options; help
               and convier(8) say the same of every command
    unit       systemd has nothing to say about the unit, and finds it well confined

Exits with 77 when a thing that the check needs is not there.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
EXPOSURE_MAX_TENTHS = 20  # systemd-analyze security: 2.0, "OK"


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **more)
    return done.returncode, done.stdout + done.stderr


def check_settings(root, program):
    if not (root / "templates").is_dir():
        return SKIPPED
    with tempfile.TemporaryDirectory() as state:
        code, said = run(program, "--config", root / "etc/convier.cfg", "check", "--offline", "--json",
                         env={**os.environ, "STATE_DIRECTORY": state})
    print(said, end="")
    return 0 if code == 0 and '{"errors":0,"warnings":0}' in said else 1


def groups_of_settings(text):
    """The lines of each group of the top level, commented out or not."""
    groups, name = {}, ""
    for line in text.split("\n"):
        start = re.match(r"#?([a-z_]+)\s*[:=]", line)
        name = start.group(1) if start else name
        groups.setdefault(name, []).append(line)
    return {name: "\n".join(lines) for name, lines in groups.items()}


def sections_of_manual(text):
    """What convier.cfg(5) tells: section, key → the words on the line of the key and below it."""
    told, section, key = {}, "", None
    for line in text.replace("\\-", "-").split("\n"):
        if line.startswith(".SH "):
            section, key = line[4:].split(" (")[0].lower(), None
        elif match := re.match(r"\.BR? (\S+)(.*)", line):
            key = (section, match.group(1))
            told[key] = match.group(2)
        elif key:
            told[key] += " " + line
    return told


def place_of(name):
    """Where a key is told: ("limits", "settle"); what both a group and a list have, once."""
    group, _, key = name.rpartition(".")
    group = {"": "top level", "relays": "relay", "rules.steps": "steps"}.get(group, group)
    return group, key


def check_keys(root, program):
    code, listed = run(program)
    groups = groups_of_settings((root / "etc/convier.cfg").read_text(encoding="utf-8"))
    told = sections_of_manual((root / "etc/convier.cfg.5").read_text(encoding="utf-8"))
    sections = {section for section, _ in told} | {"audiences"}
    failures, places = 0, set()
    rows = [row.split("\t") for row in listed.rstrip("\n").split("\n")]
    for name, required, standard, choices in rows:
        group, key = place_of(name)
        places.add((group, key))
        top = {"top level": key, "steps": "rules"}.get(group, group)
        if name == "relays":
            top = "relay"
        if not re.search(rf"^[#\s({{]*(.*[\s;{{(])?{key}\s*[=:]", groups.get(top, ""), re.M):
            print(f"etc/convier.cfg:1: {name} is not shown")
            failures += 1
        words = told.get((group, key))
        if words is None and not (group == "top level" and
                                  (key in sections or key in ("relays", "audiences"))) \
                and name != "rules.steps":
            print(f"etc/convier.cfg.5:1: {name} is not told")
            failures += 1
        elif words is not None and ("(required)" in words) != bool(required):
            print(f"etc/convier.cfg.5:1: {name}: is it required?")
            failures += 1
        elif words is not None and standard and \
                not re.search(rf'default: "?{re.escape(standard)}\b', words):
            print(f"etc/convier.cfg.5:1: {name}: its default {standard} is not told")
            failures += 1
        for choice in choices.split() if words else []:
            if f'"{choice}"' not in words:
                print(f"etc/convier.cfg.5:1: {name}: the word {choice} is not told")
                failures += 1
    known = {group for group, _ in places}
    for group, key in sorted(set(told) - places):
        if group in known:
            print(f"etc/convier.cfg.5:1: {key} of {group} is unknown to the program")
            failures += 1
    print(f"{len(rows)} keys, {failures} failures")
    return 1 if code or failures or len(rows) < 50 else 0


def usages_of_manual(text):
    text = text.replace("\\-", "-")
    commands = text[text.index(".SH COMMANDS"):text.index(".SH OPTIONS")]
    return [match.group(1) + match.group(2).strip('"')
            for match in re.finditer(r'^\.BI? (\S+)[ ]?(.*)$', commands, re.M)]


def check_help(root, program):
    code, overview = run(program, "help")
    commands = re.findall(r"^  ([a-z][a-z-]*)  +\S", overview, re.M)
    failures = int(code != 0)
    usages = []
    for command in commands:
        code, said = run(program, "help", command)
        usages.append(said.split("\n")[0].removeprefix("Usage: convier "))
        if code or not said.startswith(f"Usage: convier {command}") or said.count("\n") < 3:
            print(f"convier help {command}: exit {code}\n{said}")
            failures += 1
    promised = pathlib.Path(__file__).with_name("commands.txt").read_text(encoding="utf-8")
    for promise in promised.strip().split("\n"):
        words = re.findall(r"[^\s\[\]|]+", promise)
        if not any(usage.split()[0] == words[0] and
                   set(words) <= set(re.findall(r"[^\s\[\]|]+", usage)) for usage in usages):
            print(f"convier {promise}: promised, and not there")
            failures += 1
    manual = usages_of_manual((root / "etc/convier.8").read_text(encoding="utf-8"))
    for usage in set(usages) ^ set(manual):
        print(f"etc/convier.8:1: «{usage}» is {'not told' if usage in usages else 'unknown'}")
        failures += 1
    print(f"{len(commands)} commands, {failures} failures")
    return 1 if failures else 0


def check_unit(root, program):
    units = sorted((root / "systemd").glob("*.service*"))
    analyze = shutil.which("systemd-analyze")
    if not units or not analyze:
        return SKIPPED
    failures = 0
    for unit in units:
        with tempfile.TemporaryDirectory() as folder:
            # verify wants a program that exists: what is installed later stands in /bin/true here
            text = re.sub(r"^(Exec\w+=[-@:+!]*)\S+", r"\1/bin/true", unit.read_text(), flags=re.M)
            copy = pathlib.Path(folder) / unit.name.removesuffix(".in")
            copy.write_text(text)
            # what systemd-analyze does not ask for
            for line in ("LimitCORE=0", "UMask=0077", "StateDirectoryMode=0700"):
                if line not in text.splitlines():
                    print(f"{unit.name}: no {line}: what it holds is for nobody else")
                    failures += 1
            # it exits with 0 for unknown keys and bad values: only its words tell
            code, said = run(analyze, "verify", "--man=no", copy)
            if code or said.strip():
                print(f"{unit.name}: systemd-analyze verify: exit {code}\n{said}")
                failures += 1
            code, said = run(analyze, "security", "--offline=true", "--no-pager",
                             f"--threshold={EXPOSURE_MAX_TENTHS}", copy)
            if code:
                print(f"{unit.name}: exposed more than {EXPOSURE_MAX_TENTHS / 10}\n{said}")
                failures += 1
    print(f"{len(units)} units, {failures} failures")
    return 1 if failures else 0


CHECKS = {"settings": check_settings, "keys": check_keys, "help": check_help, "unit": check_unit}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__)
    sys.exit(CHECKS[sys.argv[1]](pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])))


main()
