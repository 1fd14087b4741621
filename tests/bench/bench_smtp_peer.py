#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Python peer of bench_smtp: smtplib over one connection to smtp-sink, the same canned message.

bench_smtp_peer.py [MESSAGES [BYTES]]"""
import os
import smtplib
import socket
import subprocess
import sys
import time

count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
size = int(sys.argv[2]) if len(sys.argv) > 2 else 2048
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
user = ["-u", "nobody"] if os.geteuid() == 0 else []
sink = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{port}", "512"])
try:
    for _ in range(200):
        try:
            smtp = smtplib.SMTP("127.0.0.1", port)
            break
        except OSError:
            time.sleep(0.01)
    head = "From: <a@example.org>\r\nTo: <b@example.org>\r\nSubject: bench\r\n\r\n"
    line = "The quick brown fox jumps over the lazy dog, and the dog lets it, as it did\r\n"
    message = head + line * ((size - len(head)) // len(line))
    start = time.perf_counter()
    for _ in range(count):
        smtp.sendmail("a@example.org", ["b@example.org"], message)
    elapsed = time.perf_counter() - start
    smtp.quit()
    print(f"smtplib: {count / elapsed:.0f} messages/s")
finally:
    sink.terminate()
    sink.wait()
