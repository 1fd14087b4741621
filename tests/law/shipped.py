# SPDX-License-Identifier: MIT
"""What is shipped beside the program is whole. Usage: shipped.py CHECK SOURCE_FOLDER PROGRAM

    settings   etc/convier.cfg, its calendars, contacts and the templates load without a flaw
    keys       every key that the program knows is shown in etc/convier.cfg (PROGRAM = list_keys)
    help       every command has a help text
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
        code, said = run(program, "--config", root / "etc/convier.cfg", "check", "--offline",
                         env={**os.environ, "STATE_DIRECTORY": state})
    print(said, end="")
    return 0 if code == 0 and "0 errors, 0 warnings" in said else 1


def check_keys(root, program):
    code, listed = run(program)
    shown = (root / "etc/convier.cfg").read_text(encoding="utf-8")
    missing = [name for name in listed.split()
               if not re.search(rf"^[#\s({{]*(.*[\s;{{(])?{re.escape(name.split('.')[-1])}\s*[=:]",
                                shown, re.M)]
    for name in missing:
        print(f"etc/convier.cfg:1: {name} is not shown")
    print(f"{len(listed.split())} keys, {len(missing)} missing")
    return 1 if code or missing or not listed else 0


def check_help(root, program):
    code, overview = run(program, "help")
    commands = re.findall(r"^  ([a-z][a-z-]*)  +\S", overview, re.M)
    failures = int(code != 0 or len(commands) < 20)
    for command in commands:
        code, said = run(program, "help", command)
        if code or not said.startswith(f"Usage: convier {command}") or said.count("\n") < 3:
            print(f"convier help {command}: exit {code}\n{said}")
            failures += 1
    print(f"{len(commands)} commands, {failures} without help")
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
