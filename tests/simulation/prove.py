# SPDX-License-Identifier: MIT
"""Does the simulator see what it should? For each invariant the program is broken on purpose.

    prove.py [INVARIANT] [--seeds 400] [--folder DIR]

Works on a scratch copy of the last commit. A break that no story shows, or that shows as something
else, is a failure: exit 1. A break whose place in the sources has changed is one, too.
"""
import argparse
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mutation"))
from mutate import Scratch, run  # noqa: E402

# invariant, what is broken, edits: file, as it is, as it becomes
BREAKS = [
    ("never-twice", "a claim that a dead program left is owed again, not uncertain",
     [("src/ledger/notices.c", "0, NOTICE_UNCERTAIN, \"convier stopped",
       "0, NOTICE_OWED, \"convier stopped")]),
    ("never-late", "steps before an event serve for a day after its beginning",
     [("src/plan/steps.c", "instant_before(nominal, start) ? start :",
       "instant_before(nominal, start) ? instant_add(start, USEC_PER_DAY) :")]),
    ("never-to-the-opposed", "the planner forgets to ask who opposes",
     [("src/plan/concern.c", "    if (guest->is_suppressed)\n        return 0;\n", "")]),
    ("never-to-strangers", "a rule takes everybody for its audience",
     [("src/plan/planner.c",
       "if (pass->rules[i].audience.bits && membership_has(&pass->rules[i].audience, guest->index))",
       "if (true)")]),
    ("never-sent-away", "a mark #audience: with a slip in it removes people",
     [("src/plan/planner.c", "if (pass->subject->mark_doubt && ", "if (false && ")]),
    ("never-under-silence", "the mark #silencieux is not looked at",
     [("src/plan/concern.c", "    if (pass->is_silent)\n        return guest->told ? tell(pass, guest) : 0;\n", "")]),
    ("never-under-silence", "what passed under the mark is made up for when it goes",
     [("src/plan/concern.c", "    if (is_kept_silent(pass, guest))\n        return take_as_told(pass, guest);\n",
       "    if (is_kept_silent(pass, guest))\n        return 0;\n"),
      ("src/plan/concern.c", "is_kept_silent(pass, guest) ? take_as_told(pass, guest) : owe_step",
       "is_kept_silent(pass, guest) ? 0 : owe_step")]),
    ("hears-of-changes", "a change of place is no news",
     [("src/plan/change.c", "& mask ? NEWS_CHANGE", "& mask & ~(unsigned)FACTS_PLACE ? NEWS_CHANGE")]),
    ("hears-of-changes", "cancellations are not told",
     [("src/plan/change.c", "return news_of_end(pass, guest, NEWS_CANCELLATION);",
       "return NEWS_NONE;")]),
    ("staff-hear", "a hold is told to nobody",
     [("src/app/staff_matters.c", "    return r || known ? r : look_add(look, ACT_TELL, &matter);\n}\n\n/* Whoever",
       "    return r || known ? r : look_add(look, ACT_NOTE, &matter);\n}\n\n/* Whoever")]),
    ("staff-hear", "a calendar that is lost is told to nobody",
     [("src/app/staff_matters.c", "        if (!instant_before(look->now, told))\n            return look_add(look, ACT_TELL",
       "        if (!instant_before(look->now, told))\n            return look_add(look, ACT_NOTE")]),
    ("staff-hear", "nobody is told that nothing could leave",
     [("src/app/staff_matters.c", "    if (view->is_refused || is_long)", "    if (view->is_refused && is_long)")]),
    ("staff-once", "what was told is told again",
     [("src/app/staff_matters.c", "    return r || known ? r : look_add(look, ACT_TELL, &matter);\n}\n\n/* Whoever",
       "    return r ? r : look_add(look, ACT_TELL, &matter);\n}\n\n/* Whoever")]),
    ("never-reaches-back", "a step that is new makes up for hours before it",
     [("src/plan/planner.c", "step->is_blocked = instant_before(", "step->is_blocked = false && instant_before(")]),
    ("in-their-language", "everybody is written to in French",
     [("src/compose/envelope.c", "text_of(language_to_text(request->contact->language))", "TEXT(\"fr\")")]),
    ("issue-at-its-hour", "issues leave at midnight",
     [("src/plan/newsletter.c", "civil_time_at(issue->day, minute / 60, minute % 60)",
       "civil_time_at(issue->day, 0 * minute, 0)")]),
    ("issue-is-true", "issues tell what is cancelled",
     [("src/plan/newsletter.c", "    return occurrence->state != EVENT_CANCELLED && ", "    return ")]),
    ("issue-comes", "the others wait for ever for those who have it first",
     [("src/plan/newsletter.c", "        ret->has_it = true;\n", "        ret->is_awaited = true;\n")]),
    ("foretold-comes", "the forecast leaves reminders out",
     [("src/app/forecast.c", "if (notice->kind != NOTICE_STAFF) /*",
       "if (notice->kind != NOTICE_STAFF && notice->kind != NOTICE_REMINDER) /*")]),
    ("plans-once", "what is owed already does not count as said",
     [("src/plan/guest.c", "    if (notice_is_pending(notice) && !ends_now)\n        return false;\n",
       "    if (notice_is_pending(notice) && !ends_now)\n        return true;\n")]),
    ("ledger-integrity", "a message that is put off leaves no trace",
     [("src/ledger/notices.c", "    if (!r)\n        r = record_life(ledger, change->notice,",
       "    if (!r && change->state != NOTICE_DEFERRED)\n        r = record_life(ledger, change->notice,")]),
    ("every-life-ends", "thanks that a dead program had in hand stay there",
     [("src/ledger/notices.c", "WHERE state = 'claimed' AND id > ?",
       "WHERE state = 'claimed' AND kind <> 'thanks' AND id > ?")]),
    ("bounded-memory", "each turn keeps a piece of memory",
     [("src/app/turn.c", "    turn->is_wanted_again = false;\n    turn->rests_until = INSTANT_UNSET;\n",
       "    turn->is_wanted_again = false;\n    turn->rests_until = INSTANT_UNSET;\n"
       "    void *volatile kept = malloc(60000);\n    (void)kept;\n"),
      ("src/app/turn.c", "#include <errno.h>\n", "#include <errno.h>\n#include <stdlib.h>\n")]),
    ("comes-to-rest", "the next wake is always now",
     [("src/app/turn.c", "struct instant next = instant_min(turn->pass.next, turn->reread_at);",
       "struct instant next = now;")]),
    ("same-seed-same-story", "the next try depends on what the process did before",
     [("src/deliver/verdict.c", "scatter(seed ^ scatter((uint64_t)attempts));",
       "0;\n    static uint64_t lives;\n    draw = scatter(++lives);")]),
]


def find_broken(scratch, edits):
    """What the simulator complains of in the broken program: the first invariant; None = nothing."""
    whole = {file: (scratch.tree / file).read_text(encoding="utf-8") for file, _, _ in edits}
    try:
        for file, before, after in edits:
            text = (scratch.tree / file).read_text(encoding="utf-8")
            if text.count(before) != 1:
                return f"(the sample is out of date: {file} has it {text.count(before)} times)"
            (scratch.tree / file).write_text(text.replace(before, after), encoding="utf-8")
        done = scratch.make(["simulate"])
        if done.returncode:
            return f"(does not compile)\n{done.stdout[-2000:]}"
        said = run([scratch.build / "tests/simulation/simulate", "--seeds", scratch.seeds,
                    "--no-shrink", "--stop"]).stdout
        match = re.search(r"^seed (\d+): ([a-z-]+): (.*)$", said, re.M)
        if match:
            print(f"    seed {match.group(1)}: {match.group(2)}: {match.group(3)}", flush=True)
        return match.group(2) if match else f"(nothing) {said.strip()}"
    finally:
        for file, text in whole.items():
            (scratch.tree / file).write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("invariant", nargs="?", help="only this one")
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--folder", help="scratch folder to keep (default: one that is removed)")
    options = parser.parse_args()
    failures = 0
    rows = [row for row in BREAKS if options.invariant in (None, row[0])]
    with tempfile.TemporaryDirectory(prefix="convier-proof-") as folder:
        scratch = Scratch(pathlib.Path(options.folder or folder), ["simulate"])
        scratch.seeds = options.seeds
        for invariant, title, edits in rows:
            print(f"{invariant}: {title}", flush=True)
            seen = find_broken(scratch, edits)
            if seen != invariant:
                failures += 1
                print(f"    NOT SEEN: {seen}", flush=True)
    print(f"{len(rows)} breaks, {len(rows) - failures} seen")
    sys.exit(1 if failures or not rows else 0)


if __name__ == "__main__":
    main()
