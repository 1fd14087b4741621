# SPDX-License-Identifier: MIT
"""Does the law see what it should? Each sample breaks it in one way, or keeps it by a hair."""
import pathlib
import subprocess
import sys
import tempfile

LAW = pathlib.Path(__file__).with_name("law.py")
SPDX = "/* SPDX-License-Identifier: MIT */\n"
LONG_FUNCTION = "int f(void)\n{\n%s}\n"

# title, check, file, text, what the complaint says (None: there is none)
SAMPLES = [
    ("base and model are below", "includes", "src/plan/a.c",
     '#include "base/a.h"\n#include "model/a.h"\n#include "plan/a.h"\n', None),
    ("a neighbour", "includes", "src/plan/a.c", '#include "ledger/a.h"\n', "may not know ledger/"),
    ("net drives deliver", "includes", "src/net/a.c", '#include "deliver/a.h"\n', None),
    ("deliver does not know net", "includes", "src/deliver/a.c", '#include "net/a.h"\n', "may not"),
    ("nobody knows app", "includes", "src/net/a.c", '#include "app/a.h"\n', "may not know app/"),
    ("app knows all", "includes", "src/app/a.c", '#include "ledger/a.h"\n', None),
    ("base knows only itself", "includes", "src/base/a.c", '#include "model/a.h"\n', "may not"),
    ("a path that is not from src", "includes", "src/plan/a.c", '#include "a.h"\n', "from src/"),
    ("a foreign library at home", "includes", "src/base/a.c", "#include <unicode/ucal.h>\n", None),
    ("a foreign library abroad", "includes", "src/compose/a.c", "#include <unicode/ucal.h>\n",
     "belongs to base"),
    ("an unheard-of library", "includes", "src/app/a.c", "#include <gmime/gmime.h>\n", "new library"),
    ("a pure room at the window", "includes", "src/plan/a.c", "#include <time.h>\n", "is pure"),
    ("a door", "includes", "src/ledger/a.c", "#include <sys/stat.h>\n", None),
    ("an include in a comment", "includes", "src/plan/a.c",
     '/*\n#include "ledger/a.h"\n*/\n', None),
    ("a banned call", "calls", "src/net/a.c", "int x = atoi (s);\n", "atoi() cannot refuse"),
    ("a banned call in base", "calls", "src/base/a.c", "int x = atoi(s);\n", None),
    ("a longer name", "calls", "src/net/a.c", "int x = my_atoi(s); y = atoi_not(s);\n", None),
    ("a member", "calls", "src/net/a.c", "a.sleep(1); a->system(s);\n", None),
    ("a word in a comment or a string", "calls", "src/plan/a.c",
     '/* exit(1) */ // time(NULL)\nconst char *s = "exit(1) \\" time(0)";\n', None),
    ("the clock", "calls", "src/net/a.c", "x = time(NULL);\n", "app/'s alone"),
    ("the clock at home", "calls", "src/app/a.c", "x = clock_gettime(a, b);\n", None),
    ("the end", "calls", "src/ledger/a.c", "exit(1);\n", "app/'s alone"),
    ("a pure room reads a file", "calls", "src/calendar/a.c", "f = fopen(a, b);\n", "is pure"),
    ("a pure room asks the environment", "calls", "src/plan/a.c", "x = getenv(a);\n", "is pure"),
    ("a function of its own", "calls", "src/plan/a.c", "static int read(int x)\n{\n}\ny = read(1);\n",
     None),
    ("600 lines", "sizes", "src/net/a.c", "int x;\n" * 599, None),
    ("601 lines", "sizes", "src/net/a.c", "int x;\n" * 600, "601 lines"),
    ("80 lines", "sizes", "src/net/a.c", LONG_FUNCTION % ("    x();\n" * 78), None),
    ("81 lines", "sizes", "src/net/a.c", LONG_FUNCTION % ("    x();\n" * 79), "of 81 lines"),
    ("no licence", "marks", "tests/net/a.c", None, "no SPDX"),
    ("a wrong guard", "marks", "src/net/a.h", "#ifndef A_H\n#define A_H\n#endif\n",
     "CONVIER_NET_A_H"),
    ("the right guard", "marks", "src/net/a.h",
     "#ifndef CONVIER_NET_A_H\n#define CONVIER_NET_A_H\n#endif\n", None),
    ("a room that is not one", "marks", "src/util/a.c", "", "no room"),
]


def complaints(check, name, text):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for room in ("base", "model", "plan", "ledger", "deliver", "net", "app"):
            (root / "src" / room).mkdir(parents=True)
            guard = f"CONVIER_{room.upper()}_A_H"
            (root / "src" / room / "a.h").write_text(f"{SPDX}#ifndef {guard}\n#define {guard}\n#endif\n")
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("int x;\n" if text is None else SPDX + text)
        run = subprocess.run([sys.executable, LAW, check, root], capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr


failures = 0
for title, check, name, text, want in SAMPLES:
    code, said = complaints(check, name, text)
    if (code != 0) != (want is not None) or (want and want not in said):
        failures += 1
        print(f"{title}: exit {code}, wanted {want or 'silence'}, said:\n{said}")
print(f"{len(SAMPLES)} samples, {failures} failures")
sys.exit(1 if failures else 0)
