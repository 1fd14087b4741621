# SPDX-License-Identifier: MIT
"""The questions of bench_zone to Python's zoneinfo (its C implementation)."""
import time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

QUESTIONS = 200_000

for name in ("Europe/Paris", "Asia/Tokyo", "America/New_York", "Africa/Casablanca",
             "Australia/Lord_Howe"):
    zone = ZoneInfo(name)
    seed, moments = 2463534242, []
    for _ in range(4096):
        seed = (seed ^ seed << 13) & 0xFFFFFFFF
        seed ^= seed >> 17
        seed = (seed ^ seed << 5) & 0xFFFFFFFF
        moments.append(datetime.fromtimestamp(946684800 + seed % 1893456000, timezone.utc))
    walls = [moment.astimezone(zone) for moment in moments]
    begin = time.perf_counter()
    for i in range(QUESTIONS):
        moments[i % 4096].astimezone(zone)
    to_civil = time.perf_counter() - begin
    begin = time.perf_counter()
    for i in range(QUESTIONS):
        walls[i % 4096].timestamp()
    to_instant = time.perf_counter() - begin
    print(f"{name:20} to civil {to_civil / QUESTIONS * 1e9:4.0f} ns  "
          f"to instant {to_instant / QUESTIONS * 1e9:4.0f} ns")
