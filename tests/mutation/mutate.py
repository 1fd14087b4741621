# SPDX-License-Identifier: MIT
"""Do the tests bite? Breaks one line of a room at a time and tells which breaks no test notices.

    mutate.py [--room plan] [--count 100] [--seed 1] [--file planner.c] [--folder DIR] [--list]

The sources of the last commit are copied to a scratch folder with a build of their own. For each
mutant only what depends on the broken line is compiled; the tests of the room run first, the
quickest first, then the scenarios and goldens. The same commit, seed and count give the same
mutants. A mutant whose machine code is that of the original is no mutant; one that does not
compile is none either. What survives is printed as a table; the exit is 0 when the run went well.
"""
import argparse
import hashlib
import io
import json
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("plan", "deliver", "ledger")
# Labels of the tests that run when the room's own saw nothing, the quicker first; and what says
# nothing of these rooms.
BEYOND = ("scenarios", "golden")
APART = ("golden/mustache-spec",)
PATIENCE = 10  # a test that takes so many times its usual time hangs
MEMORY_BYTES = 4 << 30

TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


# ---- operators: (line as written, the same with literals blanked) → the lines it may become ----

def replaced(line, match, text, group=0):
    return line[:match.start(group)] + text + line[match.end(group):]


def close_of(code, start):
    """The index of the bracket that closes the one at start, or None when it is on another line."""
    depth = 0
    for i in range(start, len(code)):
        depth += code[i] in "([{"
        depth -= code[i] in ")]}"
        if depth == 0:
            return i
    return None


def flip_comparison(line, code):
    other = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
    for match in re.finditer(r"(?<= )(<=|>=|==|!=|<|>)(?= )", code):
        yield replaced(line, match, other[match.group()])
    # Most comparisons here are of instants: a boundary moves when equality changes sides.
    for match in re.finditer(r"\binstant_before\(", code):
        close = close_of(code, match.end() - 1)
        comma = code.find(", ", match.end())
        if close and match.end() < comma < close and code[match.end():comma].count("(") == \
                code[match.end():comma].count(")"):
            yield (line[:match.start()] + "!instant_before(" + line[comma + 2:close] + ", " +
                   line[match.end():comma] + line[close:])


def off_by_one(line, code):
    for match in re.finditer(r"(?<![\w.])(\d+)(?![\w.\]])", code):
        yield replaced(line, match, str(int(match.group()) + 1))
    for match in re.finditer(r"(?<=[\w)\]]) ([+-]) (?=[\w(])", code):
        yield replaced(line, match, "-" if match.group(1) == "+" else "+", 1)


def negate_condition(line, code):
    for match in re.finditer(r"\b(?:if|while) \(", code):
        close = close_of(code, match.end() - 1)
        if close:
            yield f"{line[:match.end()]}!({line[match.end():close]}){line[close:]}"
    for match in re.finditer(r"(?<=[(\s])!(?=[\w(])", code):
        yield replaced(line, match, "!!")
    for match in re.finditer(r" (&&|\|\|) ", code):
        yield replaced(line, match, "||" if match.group(1) == "&&" else "&&", 1)
    for match in re.finditer(r" \? ([^?:]+) : ([^?:]+)(?=[;,)])", code):
        yield (line[:match.start()] + " ? " + line[match.start(2):match.end(2)] + " : " +
               line[match.start(1):match.end(1)] + line[match.end():])


def drop_statement(line, code):
    if re.fullmatch(r"\s+[\w>.*\[\]-]+(\(| [|&+-]?= ).*;", code) and \
            not re.match(r"\s+(return|goto|break|continue)\b", code) and balanced(code):
        yield re.match(r"\s+", line).group() + ";"
    elif re.fullmatch(r"\s+(break|continue);|\s+[\w>.*\[\]-]+(\+\+|--);", code):
        yield re.match(r"\s+", line).group() + ";"


FAMILIES = [("true", "false"), ("instant_min", "instant_max"), ("NOTICE_OWED", "NOTICE_DEFERRED"),
            ("NOTICE_SUPERSEDED", "NOTICE_EXPIRED"), ("NOTICE_SUPPRESSED", "NOTICE_SUPERSEDED"),
            ("NOTICE_ACCEPTED", "NOTICE_REFUSED"), ("NOTICE_UNCERTAIN", "NOTICE_DEFERRED"),
            ("NOTICE_CANCELLATION", "NOTICE_CHANGE"), ("NOTICE_INVITATION", "NOTICE_REMINDER"),
            ("EVENT_CANCELLED", "EVENT_POSTPONED"), ("INSTANT_NEVER", "INSTANT_UNSET"),
            ("VERDICT_DEFERRED", "VERDICT_REFUSED"), ("VERDICT_ACCEPTED", "VERDICT_UNCERTAIN"),
            ("FACTS_TIME", "FACTS_PLACE"), ("due", "expires"), ("start", "end"),
            ("ASC", "DESC"), ("AND", "OR"), ("<=", "<"), (">=", ">")]


def swap_constant(line, code):
    for match in re.finditer(r"\b\w+\b", code):
        for family in FAMILIES[:15]:
            if match.group() in family:
                yield replaced(line, match, family[match.group() == family[0]])
    # SQL stands in literals.
    if re.search(r'"[^"]*\b(SELECT|WHERE|AND|OR|SET|ORDER|FROM)\b', line):
        for match in re.finditer(r"(?<= )(AND|OR|ASC|DESC|<=|>=|<|>|due|expires)(?= )", line):
            for family in FAMILIES[14:]:
                if match.group() in family:
                    yield replaced(line, match, family[match.group() == family[0]])


def return_early(line, code):
    match = re.fullmatch(r"\s+return (.+);", code)
    if match and match.group(1) not in ("0", "NULL", "false"):
        yield replaced(line, match, "0", 1)


def balanced(code):
    return code.count("(") == code.count(")") and code.count("{") == code.count("}")


OPERATORS = [flip_comparison, off_by_one, negate_condition, drop_statement, swap_constant,
             return_early]


class Mutant:
    def __init__(self, path, number, operator, before, after):
        self.path, self.number, self.operator = path, number, operator
        self.before, self.after = before, after

    def __str__(self):
        return (f"{self.path}:{self.number}: {self.operator.replace('_', ' ')}\n"
                f"    - {self.before.strip()}\n    + {self.after.strip()}")


def blanked(text):
    return TOKENS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def signature_before(codes, at):
    """The first line of the signature whose brace stands alone at a line."""
    while at > 0 and not re.match(r"[a-z]", codes[at]):
        at -= 1
    return codes[at]


def mutants_of(tree, path):
    text = (tree / path).read_text(encoding="utf-8")
    lines, codes = text.split("\n"), blanked(text).split("\n")
    is_inside = False
    for number, (line, code) in enumerate(zip(lines, codes), 1):
        if code == "{":
            is_inside = True
            # A function that does nothing: braces of their own lines open functions only.
            is_void = re.match(r"(static )?void \w", signature_before(codes, number - 1))
            yield Mutant(path, number, "return_early", line,
                         "{ if (1) return;" if is_void else "{ if (1) return 0;")
        elif code == "}":
            is_inside = False
        # Tables stand outside of functions: a wrong row is a fault, too.
        if code.lstrip().startswith(("#", "assert(")) or not line.strip():
            continue
        for operator in OPERATORS:
            for after in operator(line, code):
                if after != line and (is_inside or operator in (off_by_one, swap_constant)):
                    yield Mutant(path, number, operator.__name__, line, after)


# ---- a scratch copy, its build and its tests ----

def run(command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          errors="replace",
                          stdin=subprocess.DEVNULL, **more)


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Test:
    def __init__(self, row):
        self.name, self.command = row["name"], row["command"]
        properties = {p["name"]: p["value"] for p in row.get("properties", [])}
        self.environment = dict(word.split("=", 1) for word in properties.get("ENVIRONMENT", []))
        self.seconds = 0

    def passes(self, timeout):
        began = time.monotonic()
        # In a session of its own, so that what the test itself started can be ended with it.
        child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, preexec_fn=limit_memory,
                                 start_new_session=True, env={**os.environ, **self.environment})
        try:
            code = child.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            return False
        self.seconds = time.monotonic() - began
        return code in (0, 77)


class Scratch:
    """A copy of the last commit in a folder of its own, with some targets built.

    A folder that is used again keeps what did not change, so that little is built anew.
    """
    def __init__(self, folder, targets):
        self.tree, self.build = folder / "tree", folder / "build"
        self.unpack(subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], check=True,
                                   stdout=subprocess.PIPE).stdout)
        done = run(["cmake", "--preset", "dev", "-S", self.tree, "-B", self.build,
                    "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_C_FLAGS=-O1", "-DCONVIER_WERROR=OFF"],
                   cwd=self.tree)
        if done.returncode:
            sys.exit(f"mutate: cmake failed\n{done.stdout}{done.stderr}")
        # ctest names the command of a test only when its program exists.
        done = self.make(targets)
        if done.returncode:
            sys.exit(f"mutate: the sound tree does not build\n{done.stdout[-3000:]}")

    def unpack(self, archive):
        kept = set()
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                if not member.isfile():
                    continue
                path, data = self.tree / member.name, tar.extractfile(member).read()
                kept.add(path)
                if not path.is_file() or path.read_bytes() != data:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
                path.chmod(member.mode)
        for path in [path for path in self.tree.rglob("*") if path.is_file()]:
            if path not in kept:
                path.unlink()

    def make(self, targets):
        return run(["ninja", "-C", self.build, "-j", min(2, os.cpu_count()), *targets])

    def tests(self, label):
        """Its tests that pass in the sound tree, the quickest first, and what they need built."""
        listed = json.loads(run(["ctest", "--test-dir", self.build, "--show-only=json-v1", "-L",
                                 f"^{label}$"]).stdout)["tests"]
        targets, sound = set(), []
        for row in listed:
            for word in row.get("command", []):
                if word.startswith(str(self.build)):
                    targets.add(str(pathlib.Path(word).relative_to(self.build)))
        for test in map(Test, (row for row in listed if "command" in row)):
            if test.name in APART:
                continue
            if test.passes(600):
                sound.append(test)
            else:
                print(f"# {test.name} fails in the sound tree: left out", flush=True)
        if label in ROOMS and not sound:
            sys.exit(f"mutate: {label} has no test that passes")
        return sorted(sound, key=lambda test: test.seconds), sorted(targets)

    def object_of(self, path):
        return self.build / f"CMakeFiles/convier_{path.parts[1]}.dir" / f"{path}.o"

    def code_of(self, path):
        return hashlib.sha256(self.object_of(path).read_bytes()).hexdigest()


def judge(scratch, mutant, stages):
    """What became of a mutant: how it died, "survived", "no mutant" or "does not compile"."""
    path = scratch.tree / mutant.path
    sound = path.read_text(encoding="utf-8")
    code = scratch.code_of(mutant.path)
    lines = sound.split("\n")
    lines[mutant.number - 1] = mutant.after
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        done = scratch.make([scratch.object_of(mutant.path).relative_to(scratch.build)])
        if done.returncode:
            return "does not compile"
        if scratch.code_of(mutant.path) == code:
            return "no mutant"
        for tests, targets in stages:
            if targets and scratch.make(targets).returncode:
                return "does not compile"
            for test in tests:
                if not test.passes(PATIENCE * max(test.seconds, 0.5)):
                    return f"killed by {test.name}"
        return "survived"
    finally:
        path.write_text(sound, encoding="utf-8")
        scratch.make([scratch.object_of(mutant.path).relative_to(scratch.build)])


def targets_of(room):
    """What the tests of a room, the goldens and the scenarios need built."""
    targets = ["convier"]
    targets += [f"{room}_{path.stem}" for path in sorted((ROOT / "tests" / room).glob("test_*.c"))]
    for folder in BEYOND:
        rules = ROOT / "tests" / folder / "CMakeLists.txt"
        if rules.is_file():
            targets += re.findall(r"add_executable\((\w+)", rules.read_text(encoding="utf-8"))
    return targets


def draw(tree, options):
    paths = sorted(path.relative_to(tree) for path in (tree / "src" / options.room).glob("*.c")
                   if not options.file or path.name == options.file)
    found = [mutant for path in paths for mutant in mutants_of(tree, path)]
    random.Random(options.seed).shuffle(found)
    return found


def hunt(scratch, options):
    stages = [scratch.tests(label) for label in (options.room, *BEYOND)]
    found = draw(scratch.tree, options)
    killed, survivors = {}, []
    for mutant in found:
        if sum(killed.values()) + len(survivors) >= options.count:
            break
        fate = judge(scratch, mutant, stages)
        judged = sum(killed.values()) + len(survivors)
        if judged and judged % 20 == 0:
            print(f"# {judged} judged, {len(survivors)} survived", flush=True)
        if fate == "survived":
            survivors.append(mutant)
            print(f"SURVIVED {mutant}", flush=True)
        elif fate.startswith("killed"):
            killed[fate] = killed.get(fate, 0) + 1
            # The test that bites most is asked first.
            for tests, _ in stages:
                tests.sort(key=lambda test: -killed.get(f"killed by {test.name}", 0) /
                           (test.seconds + 0.05))
    return len(found), killed, survivors


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", choices=ROOMS, default="plan")
    parser.add_argument("--file", help="only this file of the room")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="scratch folder to keep (default: one that is removed)")
    parser.add_argument("--list", action="store_true", help="print the mutants, run nothing")
    options = parser.parse_args()
    if options.list:
        for mutant in draw(ROOT, options)[:options.count]:
            print(mutant)
        return
    commit = run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="convier-mutation-") as folder:
        scratch = Scratch(pathlib.Path(options.folder or folder), targets_of(options.room))
        possible, killed, survivors = hunt(scratch, options)
    print(f"\nroom {options.room}, commit {commit}, seed {options.seed}: {possible} possible, "
          f"{sum(killed.values())} killed, {len(survivors)} survived")
    for fate, count in sorted(killed.items(), key=lambda row: -row[1]):
        print(f"{count:5} {fate}")
    for mutant in survivors:
        print(f"{str(mutant.path)}:{mutant.number}  {mutant.operator}  {mutant.after.strip()}")


if __name__ == "__main__":
    main()
