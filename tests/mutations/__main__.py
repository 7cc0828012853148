"""Takes each guard out and sees who notices: `python -m tests.mutations`, or `python -m tests.mutations quarantine`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.mutations.guards import GUARDS
from tests.mutations.mutant import Gone, Mutant, NotRun, Seen, checked, hunted


def main(argv: Sequence[str] | None = None) -> int:
    """0: every mutant was seen, and the tests are green without one. 1: one survived. 2: the list is out of date.

    A mutant with which nothing runs is out of date as well; the others are tried all the same.
    """
    asked = _parser().parse_args(argv)
    wanted = [mutant for mutant in GUARDS if asked.words.lower() in mutant.guard.lower()]
    try:
        for mutant in wanted:
            checked(mutant)
    except Gone as gone:
        print(gone)
        return 2
    if not asked.mutants_only and _any_red(wanted):
        return 1
    print("| guard | taken out how | seen by | after |\n|---|---|---|---|", flush=True)
    survived, broken = list[Mutant](), list[Mutant]()
    for mutant in wanted:
        try:
            if not _shown(mutant, hunted(mutant, mutant.level)):
                survived.append(mutant)
        except NotRun as why:
            print(why, file=sys.stderr, flush=True)
            broken.append(mutant)
    print(f"{len(wanted) - len(survived) - len(broken)} of {len(wanted)} mutants were seen")
    for what, them in (("survived", survived), ("nothing runs with it", broken)):
        for mutant in them:
            print(f"{what}: {mutant.guard}, {mutant.how} ({mutant.level.name})")
    return 1 if survived else 2 if broken else 0


def _any_red(wanted: Sequence[Mutant]) -> bool:
    """What is red without a mutant proves nothing."""
    for level in dict.fromkeys(mutant.level for mutant in wanted):
        seen = hunted(None, level)
        if seen.red:
            print(f"{level.name} is red without any mutant: {seen.said}")
            return True
    return False


def _shown(mutant: Mutant, seen: Seen) -> bool:
    by = mutant.level.name if seen.red else "nobody"
    print(f"| {mutant.guard} | {mutant.how} | {by} | {seen.seconds:.0f} s |", flush=True)
    print(f"    {seen.said}", file=sys.stderr, flush=True)
    return seen.red


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("words", nargs="?", default="", help="only guards with these words in their name")
    parser.add_argument(
        "--mutants-only", action="store_true", help="do not run the tests without a mutant first"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
