"""Runs by seed, a line each, and the totals: `python -m tests.chaos --seeds 20 --database both`."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.databases import Database, Postgres, Sqlite
from tests.chaos.story import FULL, SHORT, Scale, Verdict, run

VOID = 2  # the exit code where runs stayed void
TRIES = 3  # of a seed whose run the machine made void


def main(argv: Sequence[str] | None = None) -> int:
    """0: every promise held in every run. 1: one did not. 2: a run stayed void."""
    asked = _parser().parse_args(argv)
    seeds = [asked.seed] if asked.seed is not None else list(range(1, asked.seeds + 1))
    verdicts = []
    with ExitStack() as opening:
        databases: dict[str, Database] = {}
        if asked.database in ("sqlite", "both"):
            databases["sqlite"] = Sqlite()
        if asked.database in ("postgresql", "both"):
            databases["postgresql"] = opening.enter_context(Postgres())
        for seed in seeds:
            for name, database in databases.items():
                verdicts.append(_tried(seed, name, database, SHORT if asked.short else FULL))
                _say(verdicts[-1], asked.json)
    broken = [verdict for verdict in verdicts if not verdict.holds and not verdict.void]
    void = [verdict for verdict in verdicts if verdict.void]
    if asked.json:
        print(json.dumps({"runs": [v.as_json() for v in verdicts], "held": not broken}))
    else:
        print(_totals(verdicts, broken, void))
    return 1 if broken else VOID if void else 0


def _tried(seed: int, name: str, database: Database, scale: Scale) -> Verdict:
    """A run, and once more while the machine is too busy for one. Its logs stay where it broke a promise."""
    for _ in range(TRIES):
        folder = Path(tempfile.mkdtemp(prefix=f"catchball-chaos-{seed}-"))
        verdict = asyncio.run(run(seed, name, database, folder, scale))
        if verdict.holds:
            shutil.rmtree(folder)
        else:
            verdict.logs = str(folder)
        if not verdict.void:
            break
    return verdict


def _say(verdict: Verdict, as_json: bool) -> None:
    """To standard error where the totals are for a program."""
    out = sys.stderr if as_json else sys.stdout
    word = "void" if verdict.void else "held" if verdict.holds else "BROKEN"
    counts = ", ".join(f"{count} {name}" for name, count in verdict.counts.items())
    print(
        f"seed {verdict.seed} {verdict.database}: {word} in {verdict.seconds} s; {counts}",
        file=out,
        flush=True,
    )
    for line in _told(verdict):
        print(line, file=out, flush=True)


def _told(verdict: Verdict) -> Iterator[str]:
    for words, count in Counter(verdict.deaths).items():
        yield f"  {count} x {words}"
    for promise, offences in verdict.broken.items():
        yield f"  {promise.replace('_', ' ')}:"
        yield from (f"    {offence}" for offence in offences)
    if verdict.broken:
        yield f"  logs: {verdict.logs}"
        yield f"  again: make chaos SEED={verdict.seed} DATABASE={verdict.database}"


def _totals(verdicts: list[Verdict], broken: list[Verdict], void: list[Verdict]) -> str:
    names = sorted({name for verdict in broken for name in verdict.broken})
    added: dict[str, int] = {}
    for verdict in verdicts:
        for name, count in verdict.counts.items():
            added[name] = max(added.get(name, 0), count) if name == "lag ms" else added.get(name, 0) + count
    said = f"{len(verdicts)} runs: {len(verdicts) - len(broken) - len(void)} held, {len(broken)} broken"
    said += f", {len(void)} void" if void else ""
    said += f" ({', '.join(names)})" if names else ""
    return f"{said}; " + ", ".join(f"{count} {name}" for name, count in added.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="seeds 1 to N")
    parser.add_argument("--seed", type=int, help="this seed alone, as it was")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--short", action="store_true", help="fewer people and less time, as in `make test`")
    parser.add_argument(
        "--json", action="store_true", help="the totals as JSON; the lines go to standard error"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
