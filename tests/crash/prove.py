# SPDX-License-Identifier: MIT
"""Do the crashes see what they should? The program is broken on purpose, once for each promise.

    prove.py [--folder DIR]

Works on a scratch copy of the last commit. A break that no death shows is a failure: exit 1. A
break whose place in the sources has changed is one, too.
"""
import argparse
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mutation"))
from mutate import Scratch, run  # noqa: E402

# what is broken, its place: file, as it is, as it becomes; options of crash, scenario, what it says
BREAKS = [
    ("commits are not synced",
     ("src/ledger/ledger.c", "PRAGMA synchronous=FULL;", "PRAGMA synchronous=OFF;"),
     ["--power", "--stride", "3"], "greylisted", "taken twice|was accepted"),
    ("what a dead program had in hand is owed again, not uncertain",
     ("src/ledger/notices.c", "0, NOTICE_UNCERTAIN, \"convier stopped",
      "0, NOTICE_OWED, \"convier stopped"),
     ["--stride", "1"], "greylisted", "taken twice, never uncertain"),
    ("what a dead program had in hand is forgotten",
     ("src/app/conductor.c", "r = ledger_settle_claims(ledger, now, &uncertain);", "r = 0;"),
     ["--stride", "1"], "greylisted", "is claimed, was accepted"),
    ("after a crash limits.uncertain = \"hold\" is not kept",
     ("src/app/conductor.c", "r = r ? r : uncertain_hold(ledger, conductor->arena, conductor->parts.settings, now);", ""),
     ["--stride", "1"], "no-twin-elsewhere", "is accepted, was held"),
    ("a file that memory was too short for is taken as read",
     ("src/app/sources.c", "    if (!held->public.is_remote)\n        return r;",
      "    if (!held->public.is_remote) {\n        finish(held);\n        return r;\n    }"),
     ["--memory", "--stride", "3"], "cancelled", "cancellation-1 to .* is not in the ledger"),
]


def find_broken(scratch, edit, options, scenario):
    file, before, after = edit
    whole = (scratch.tree / file).read_text(encoding="utf-8")
    if whole.count(before) != 1:
        return f"(the sample is out of date: {file} has it {whole.count(before)} times)"
    try:
        (scratch.tree / file).write_text(whole.replace(before, after), encoding="utf-8")
        done = scratch.make(["crash"])
        if done.returncode:
            return f"(does not compile)\n{done.stdout[-2000:]}"
        return run([scratch.build / "tests/crash/crash", *options,
                    scratch.tree / f"tests/scenarios/{scenario}.scn"]).stderr
    finally:
        (scratch.tree / file).write_text(whole, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", help="scratch folder to keep (default: one that is removed)")
    options = parser.parse_args()
    seen = 0
    with tempfile.TemporaryDirectory(prefix="convier-proof-") as folder:
        scratch = Scratch(pathlib.Path(options.folder or folder), ["crash"])
        for title, edit, arguments, scenario, sign in BREAKS:
            print(title, flush=True)
            said = find_broken(scratch, edit, arguments, scenario)
            match = re.search(rf"^.*({sign}).*$", said, re.M)
            print(f"    {match.group(0)}" if match else f"    NOT SEEN: {said.strip()}", flush=True)
            seen += bool(match)
    print(f"{len(BREAKS)} breaks, {seen} seen")
    sys.exit(0 if seen == len(BREAKS) else 1)


if __name__ == "__main__":
    main()
