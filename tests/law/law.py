# SPDX-License-Identifier: MIT
"""The law of the house, read off the sources. Usage: law.py CHECK SOURCE_FOLDER

    includes   a room includes base/, model/ and itself; each foreign library has one room
    calls      banned calls; the clock, the environment and files stay out of pure rooms
    sizes      no .c beyond 600 lines, no function beyond 80
    marks      every source names its licence; every header is guarded by its own name

Prints FILE:LINE: what is wrong, as compilers do, and exits with 1 when anything was.
"""
import pathlib
import re
import sys

ROOMS = ["base", "model", "calendar", "contacts", "plan", "compose", "deliver", "ledger", "net", "app"]
DOORS = {"ledger", "net"}
PURE = set(ROOMS) - DOORS - {"base", "app"}

# Beyond itself, base/ and model/: app knows all rooms; net drives deliver's machine.
NEIGHBOURS = {
    "base": set(),
    "model": {"base"},
    "net": {"base", "model", "deliver"},
    "app": set(ROOMS),
}

# Foreign headers and the rooms that may include them.
FOREIGN = [
    (r"libical/", {"calendar"}),
    (r"unicode/", {"base"}),
    (r"openssl/", {"base"}),
    (r"curl/", {"net"}),
    (r"systemd/", {"net", "app"}),
    (r"sqlite3\.h", {"ledger"}),
    (r"libconfig\.h", {"app"}),
    (r"jansson\.h", {"app"}),
    (r"md4c(-html)?\.h", {"compose"}),
    (r"(csv|idn2|zip|expat)\.h", {"contacts"}),
    (r"uchardet(/uchardet)?\.h", {"contacts"}),
]

# What C17 and POSIX offer to every room ...
PLAIN_HEADERS = {
    "assert.h", "ctype.h", "endian.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h",
    "setjmp.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h",
    "stdnoreturn.h", "string.h", "strings.h",
}
# ... and what only base/, the doors and app/ need: it touches the outside.
OUTSIDE_HEADERS = re.compile(
    r"(arpa|net|netinet|sys)/\w+\.h|(dirent|fcntl|fnmatch|ftw|getopt|glob|grp|ifaddrs|libgen|netdb|"
    r"poll|pthread|pwd|sched|signal|spawn|syslog|termios|time|unistd|locale|wchar|execinfo|link|malloc)\.h")

BANNED = {
    "strtok": "keeps state between calls; use text_split",
    "sprintf": "knows no size; use snprintf, buf_printf or arena_printf",
    "vsprintf": "knows no size; use vsnprintf",
    "strcpy": "knows no size; use arena_copy_string",
    "strcat": "knows no size; use struct buf",
    "gets": "knows no size",
    "atoi": "cannot refuse; use text_number",
    "atol": "cannot refuse; use text_number",
    "localtime": "knows one zone only; use base/zone",
    "localtime_r": "knows one zone only; use base/zone",
    "gmtime": "use base/civil",
    "mktime": "knows one zone only; use base/zone",
    "strftime": "knows no French and no Japanese; use base/locale",
    "strptime": "use base/civil",
    "setlocale": "the program has no locale; use base/locale",
    "sleep": "the loop never sleeps; wait for the event",
    "usleep": "the loop never sleeps; wait for the event",
    "nanosleep": "the loop never sleeps; wait for the event",
    "system": "runs a shell",
    "popen": "runs a shell",
}
# The clock and the end of the program are app/'s alone (net/ asks sd_event_now).
APP_ONLY = {"time", "gettimeofday", "clock_gettime", "exit", "_exit", "quick_exit", "sd_event_exit"}
# A pure room is given bytes and history; it fetches neither.
OUTSIDE = {
    "open", "openat", "fopen", "fdopen", "read", "write", "pread", "pwrite", "stat", "lstat", "fstat",
    "access", "unlink", "rename", "mkdir", "opendir", "socket", "connect", "bind", "send", "recv",
    "getenv", "secure_getenv", "setenv", "getpid", "getuid", "getrandom", "rand", "random", "fork",
    "file_read", "file_write", "digest_random", "zones_new", "zones_refresh",
    "printf", "puts", "perror", "fprintf", "log_line",
}

C_LINES_MAX = 600
FUNCTION_LINES_MAX = 80

TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)

failures = 0


def complain(path, line, text):
    global failures
    failures += 1
    print(f"{path}:{line}: {text}")


def blank_out(text):
    """Comments and literals made blanks, line numbers kept; the words of #include lines stay."""
    def blank(match):
        start = text.rfind("\n", 0, match.start()) + 1
        if text[start:match.start()].lstrip().startswith("#include"):
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())
    return TOKENS.sub(blank, text)


class Source:
    def __init__(self, root, path):
        self.path = path
        self.name = path.relative_to(root)
        self.room = self.name.parts[1]
        self.text = path.read_text(encoding="utf-8")
        self.code = blank_out(self.text)


def sources(root):
    found = [Source(root, path) for path in sorted((root / "src").rglob("*.[ch]"))]
    for source in found:
        if source.room not in ROOMS:
            complain(source.name, 1, f"«{source.room}» is no room of the house")
    return [source for source in found if source.room in ROOMS]


# ---- includes ----

def check_own_include(root, source, line, target):
    room = target.split("/")[0]
    if not (root / "src" / target).is_file():
        complain(source.name, line, f'"{target}": write includes from src/, as "room/file.h"')
    elif room != source.room and room not in NEIGHBOURS.get(source.room, {"base", "model"}):
        complain(source.name, line, f'"{target}": {source.room}/ may not know {room}/')


def check_foreign_include(source, line, target):
    for pattern, rooms in FOREIGN:
        if re.fullmatch(pattern + (r".*" if pattern.endswith("/") else ""), target):
            if source.room not in rooms:
                complain(source.name, line,
                         f"<{target}> belongs to {' and '.join(sorted(rooms))}, not to {source.room}/")
            return
    if target in PLAIN_HEADERS:
        return
    if not OUTSIDE_HEADERS.fullmatch(target):
        complain(source.name, line, f"<{target}>: a new library? Give it its room in tests/law/law.py")
    elif source.room in PURE:
        complain(source.name, line, f"<{target}> touches the outside; {source.room}/ is pure")


def check_includes(root):
    for source in sources(root):
        for number, text in enumerate(source.code.split("\n"), 1):
            match = re.match(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>|(\S+))', text)
            if not match:
                continue
            own, foreign, other = match.groups()
            if own:
                check_own_include(root, source, number, own)
            elif foreign:
                check_foreign_include(source, number, foreign)
            else:
                complain(source.name, number, f"include of {other}: name the file")


# ---- calls ----

CALL = re.compile(r"(?<![\w.])(?<!->)(\w+)\s*\(")
DEFINED = re.compile(r"^[A-Za-z_][^\n;=#]*?\b(\w+)\([^;{]*?\)\s*\n?\{", re.M)


def check_calls(root):
    for source in sources(root):
        own = set(DEFINED.findall(source.code))
        for match in CALL.finditer(source.code):
            name = match.group(1)
            if name in own:
                continue
            line = source.code.count("\n", 0, match.start()) + 1
            if name in BANNED and source.room != "base":
                complain(source.name, line, f"{name}() {BANNED[name]}")
            if name in APP_ONLY and source.room != "app":
                complain(source.name, line, f"{name}() is app/'s alone")
            if name in OUTSIDE and source.room in PURE:
                complain(source.name, line, f"{name}() touches the outside; {source.room}/ is pure")


# ---- sizes ----

def check_sizes(root):
    for source in sources(root):
        lines = source.code.split("\n")
        count = source.text.count("\n")
        if source.path.suffix == ".c" and count > C_LINES_MAX:
            complain(source.name, 1, f"{count} lines, at most {C_LINES_MAX}: something wants out")
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                length = number - start + 1
                if length > FUNCTION_LINES_MAX:
                    complain(source.name, start,
                             f"a function of {length} lines, at most {FUNCTION_LINES_MAX}")
                start = None


# ---- marks ----

def check_marks(root):
    mark = "SPDX-License-Identifier: MIT"
    for source in sources(root):
        if not source.text.startswith(f"/* {mark} */\n"):
            complain(source.name, 1, f"the first line is not /* {mark} */")
        if source.path.suffix == ".h":
            guard = "CONVIER_" + re.sub(r"\W", "_", "_".join(source.name.parts[1:])).upper()
            if f"#ifndef {guard}\n#define {guard}\n" not in source.text:
                complain(source.name, 1, f"not guarded by {guard}")
    for path in sorted((root / "tests").rglob("*")):
        if path.suffix in {".c", ".h", ".py", ".sh"} or path.name == "CMakeLists.txt":
            head = path.read_text(encoding="utf-8", errors="replace").split("\n")[:3]
            if not any(mark in line for line in head):
                complain(path.relative_to(root), 1, f"no {mark} in the first lines")


CHECKS = {"includes": check_includes, "calls": check_calls, "sizes": check_sizes, "marks": check_marks}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[2]).resolve()
    CHECKS[sys.argv[1]](root)
    if failures:
        print(f"{failures} breaches of the law")
        sys.exit(1)


main()
