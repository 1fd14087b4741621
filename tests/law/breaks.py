# SPDX-License-Identifier: MIT
"""Does each deliberate break of the prove.py files still fit the sources?

    breaks.py ROOT

A sample that is not there exactly once breaks nothing, and nobody would see it before the next
--prove, which takes long.
"""
import pathlib
import runpy
import sys

root = pathlib.Path(sys.argv[1])


def edits_of(row):
    """(file, as it is, as it becomes), however deep they stand in a row."""
    if len(row) == 3 and all(isinstance(part, str) for part in row) and (root / row[0]).is_file():
        return [row]
    return [edit for part in row if isinstance(part, (list, tuple)) for edit in edits_of(part)]


count = failures = 0
for path in sorted(root.glob("tests/*/prove.py")):
    for row in runpy.run_path(str(path))["BREAKS"]:
        edits = edits_of(row)
        if not edits:
            failures += 1
            print(f"{path}: no edit of a file that is there: {row[0]}")
        for file, before, _ in edits:
            count += 1
            times = (root / file).read_text(encoding="utf-8").count(before)
            if times != 1:
                failures += 1
                print(f"{path}: {file} has it {times} times: {before!r}")
print(f"{count} edits, {failures} out of date")
sys.exit(1 if failures or not count else 0)
