#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Mustache specification through the program: every case of every module, byte for byte.

    mustache_spec.py CONVIER FOLDER      FOLDER holds the specification's *.json
"""
import json
import pathlib
import subprocess
import sys
import tempfile


def run(convier, case):
    """What `convier render` makes of a case; None when it refuses."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "template").write_bytes(case["template"].encode())
        (folder / "data.json").write_text(json.dumps(case["data"]))
        (folder / "partials").mkdir()
        for partial, source in case.get("partials", {}).items():
            (folder / "partials" / f"{partial}.mustache").write_bytes(source.encode())
        done = subprocess.run([convier, "render", folder / "template", folder / "data.json",
                               "--partials", folder / "partials"], capture_output=True)
    if done.returncode:
        print(done.stderr.decode(errors="replace"), end="")
        return None
    return done.stdout.decode()


def main():
    convier, folder = sys.argv[1:]
    count = failed = 0
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        for case in json.loads(path.read_text())["tests"]:
            count += 1
            shown = run(convier, case)
            if shown != case["expected"]:
                failed += 1
                print(f"{path.stem}: {case['name']}: {shown!r}, wanted {case['expected']!r}")
    print(f"{count} cases, {failed} failed")
    return 1 if failed or not count else 0


sys.exit(main())
