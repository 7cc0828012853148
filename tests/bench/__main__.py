"""Measures the product against baselines of the same run: machines are noisy, ratios are not.

`python -m tests.bench [NAME ...] [--quick] [--rounds N]` prints a table. Nothing fails for being slow; a bench
that measured nonsense (an answer lost, a message doubled) raises.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from tests.bench import (
    answers,
    chains,
    during,
    evidence,
    funnel,
    inside,
    metrics,
    pace,
    pages,
    pairs,
    selection,
    sends,
    starting,
    tokens,
    workers,
)
from tests.bench.ceiling import ceiling
from tests.bench.processes import Neighbours, to_own_core
from tests.bench.profile import MEMORY, profile
from tests.bench.report import Row, heading, machine
from tests.bench.scale import Scale

Bench = Callable[[Path, Scale], Coroutine[Any, Any, Sequence[Row]]]

BENCHES: dict[str, Bench] = {
    "answers": answers.answers,
    "teams-answers": answers.teams_answers,
    "sends": sends.sends,
    "planning": inside.planning,
    "selection": selection.selection,
    "funnel": funnel.funnel,
    "metrics": metrics.metrics,
    "evidence": evidence.evidence,
    "pages": pages.pages,
    "claiming": inside.claiming,
    "start": starting.starting,
    "tokens": tokens.tokens,
    "ledger": chains.ledger,
    "during-bulk": during.during,
    "two-workers": workers.two_workers,
    "pace": pace.pace,
    "pairs": pairs.pairs,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; by default all; or profile alone"
    )
    parser.add_argument("--quick", action="store_true", help="less of everything: about 3 minutes")
    parser.add_argument("--rounds", type=int, help="by default 5, with --quick 2")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown and arguments.names != ["profile"]:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    scale = Scale(arguments.rounds or (2 if arguments.quick else 5), arguments.quick)
    to_own_core()
    if arguments.names == ["profile"]:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            asyncio.run(profile(Path(folder), scale))
        return
    print(heading(), flush=True)
    for name in arguments.names or BENCHES:
        _run(name, BENCHES[name], scale)
    with tempfile.TemporaryDirectory() as folder:
        print(machine(Path(folder)))
        print(asyncio.run(ceiling(Path(folder))))


def _run(name: str, bench: Bench, scale: Scale) -> None:
    began, neighbours = time.monotonic(), Neighbours()
    with tempfile.TemporaryDirectory(prefix="catchball-bench-") as folder:
        rows = asyncio.run(bench(Path(folder), scale))
    for row in rows:
        print(row.line(), flush=True)
    seconds, others = time.monotonic() - began, neighbours.share()
    print(f"  ({name}: {seconds:.0f} s, in which others had {others:.0%} of the tested core)", flush=True)


if __name__ == "__main__":
    main()
