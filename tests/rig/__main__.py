"""Days of the whole house, by their seeds: `python -m tests.rig --seeds 2000 --jobs 2`, or one: `--seed 7`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.rig.runs import Verdict, on_several


def main(argv: Sequence[str] | None = None) -> int:
    """0: every promise held in every run. 3: one did not; then the story of the first run that broke one is told."""
    asked = _parser().parse_args(argv)
    seeds = [asked.seed] if asked.seed is not None else range(asked.first, asked.first + asked.seeds)
    began = time.perf_counter()
    broken: list[Verdict] = []
    seen: Counter[str] = Counter()
    runs = 0
    for verdict in on_several(seeds, asked.jobs):
        runs += 1
        seen.update(verdict.seen)
        if verdict.broken:
            broken.append(verdict)
            print(f"seed {verdict.seed}: {', '.join(verdict.broken)}", flush=True)
            if asked.until_broken:
                break
    took = time.perf_counter() - began
    for what, times in sorted(seen.items()):
        print(f"{times:8,}  {what}")
    print(f"{runs} runs in {took:.1f} s, {runs / took:.1f} a second; {len(broken)} broke a promise")
    if broken:
        print(broken[0].story)
    return 3 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.rig", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many runs")
    parser.add_argument("--first", type=int, default=1, help="the seed to begin with")
    parser.add_argument("--seed", type=int, help="one run only")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once")
    parser.add_argument("--until-broken", action="store_true", help="stop at the first that breaks a promise")
    return parser


if __name__ == "__main__":
    sys.exit(main())
