# SPDX-License-Identifier: MIT
"""Are breaches of what is shipped seen? Usage: test_shipped.py SOURCE_FOLDER PROGRAM LIST_KEYS

Each sample breaks a copy in one way; shipped.py must complain of it. Exits with 77 when a sample
had to be left out for lack of systemd.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

SHIPPED = pathlib.Path(__file__).with_name("shipped.py")
SKIPPED = 77

# title, check, file, what is there, what stands there instead, what the complaint says
SAMPLES = [
    ("a key that is not known", "settings", "etc/convier.cfg", "#   settle =", "settel =", "settel"),
    ("a value of the wrong type", "settings", "etc/convier.cfg", '"fr";  ', "3;  ", "language"),
    ("a calendar that is cut", "settings", "etc/calendar.ics", "END:VCALENDAR", "", "calendar.ics"),
    ("contacts without addresses", "settings", "etc/contacts.csv", "@", " at ", "contacts.csv"),
    ("a template that does not close", "settings", "templates/invitation.fr.md", "{{/", "{{#",
     "invitation.fr.md"),
    ("a key is not shown", "keys", "etc/convier.cfg", "#   hold_share =", "#  ", "limits.hold_share"),
    ("shown in another group only", "keys", "etc/convier.cfg", '#       charset =', "#",
     "contacts.charset"),
    ("a key is not told", "keys", "etc/convier.cfg.5", ".BR canary_delay", ".BR canary_later",
     "newsletters.canary_delay"),
    ("a key that is told is not known", "keys", "etc/convier.cfg.5", ".BR canary_delay",
     ".BR canary_later", "canary_later of newsletters"),
    ("a wrong default is told", "keys", "etc/convier.cfg.5", '"20 min".\n.TP\n.BR hold_above',
     '"30 min".\n.TP\n.BR hold_above', "limits.settle: its default 20 min"),
    ("a word that may be written is not told", "keys", "etc/convier.cfg.5", '"cram\\-md5"', '"md5"',
     "relays.auth: the word cram-md5"),
    ("said to be required", "keys", "etc/convier.cfg.5", ".BR colour\n", '.BR colour " (required)"\n',
     "organisation.colour"),
    ("a command is not told", "help", "etc/convier.8", ".BI why", ".BI wye", "«why --contact"),
    ("an option is not told", "help", "etc/convier.8", r' " [\-\-offline]"', "", "«check [--offline]»"),
    ("a unit with an unknown key", "unit", "systemd/convier.service", "[Service]\n",
     "[Service]\nRestartt=always\n", "Restartt"),
    ("a unit whose dumps are kept", "unit", "systemd/convier.service", "LimitCORE=0", "#LimitCORE=0",
     "no LimitCORE=0"),
    ("a unit that is open to all", "unit", "systemd/convier.service", "ProtectSystem", "#ProtectSystem",
     "exposed"),
]


def complaints(root, program, check, file, there, instead):
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for part in ("etc", "templates", "systemd"):
            shutil.copytree(root / part, copy / part)
        text = (copy / file).read_text(encoding="utf-8")
        if there not in text:
            return 0, f"{file} has no «{there}»: the sample is out of date"
        (copy / file).write_text(text.replace(there, instead), encoding="utf-8")
        if file.startswith("templates/"):
            with open(copy / "etc/convier.cfg", "a", encoding="utf-8") as settings:
                settings.write('templates = "../templates";\n')
        if file.startswith("systemd/") and "ProtectSystem" in there:
            # the hardening of a unit is many lines: all of it goes
            lines = [line for line in text.split("\n") if not line.startswith(
                ("Protect", "Private", "Restrict", "System", "Capability", "Lock", "Memory", "NoNew"))]
            (copy / file).write_text("\n".join(lines), encoding="utf-8")
        run = subprocess.run([sys.executable, SHIPPED, check, copy, program], capture_output=True,
                             text=True)
        return run.returncode, run.stdout + run.stderr


def main():
    root, program, list_keys = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    failures = skipped = 0
    for title, check, file, there, instead, want in SAMPLES:
        code, said = complaints(root, list_keys if check == "keys" else program, check, file, there,
                                instead)
        if code == SKIPPED:
            skipped += 1
        elif code == 0 or want not in said:
            failures += 1
            print(f"{title}: exit {code}, wanted «{want}», said:\n{said}")
    print(f"{len(SAMPLES)} samples, {skipped} skipped, {failures} failures")
    sys.exit(1 if failures else SKIPPED if skipped else 0)


main()
