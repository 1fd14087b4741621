# SPDX-License-Identifier: MIT
"""Python's csv module over the file that bench_contacts wrote, without any check.

    bench_contacts 100000 /tmp/list.csv; bench_contacts_peer.py /tmp/list.csv
"""
import csv
import sys
import time

for _ in range(3):
    begin = time.perf_counter()
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        rows = sum(1 for row in csv.reader(file, delimiter=";"))
    plain = time.perf_counter() - begin
    begin = time.perf_counter()
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        contacts = list(csv.DictReader(file, delimiter=";"))
    kept = time.perf_counter() - begin
    print(f"{rows} rows: csv.reader {plain * 1e3:.0f} ms, DictReader, kept {kept * 1e3:.0f} ms")
