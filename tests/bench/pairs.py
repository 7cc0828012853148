"""What is reckoned in memory over all pairs: stems that ask nearly the same, and groups too small to be shown."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

from content.sets import near_duplicates
from handlers.numbers.groups import hidden_cells
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale

WORDS = 25  # of a stem


async def pairs(folder: Path, scale: Scale) -> list[Row]:
    """Each against the least that such a thing needs: all sets of words met once; all cells looked at once."""
    del folder
    items, clauses, teams = scale.of(400, 100), scale.of(60, 20), scale.of(40, 10)
    stems = [
        " ".join(f"word{n * step % 32}-{n // step}" for step in range(1, WORDS + 1)) for n in range(items)
    ]
    words = [frozenset(stem.split()) for stem in stems]
    cells = [[(7 * r + 13 * c) % 31 for c in range(teams)] for r in range(clauses)]
    table = [[*line, sum(line)] for line in cells]
    table.append([sum(column) for column in zip(*table, strict=True)])
    near = _row(
        scale,
        "near duplicates",
        lambda: len(list(near_duplicates(stems))),
        lambda: sum(len(one & other) > 1 for one, other in combinations(words, 2)),
        f"{items} items, every two / their sets of words met",
    )
    small = _row(
        scale,
        "small groups",
        lambda: len(hidden_cells(table)),
        lambda: sum(cell < 5 for line in table for cell in line),
        f"{clauses} clauses x {teams} teams / every cell looked at",
    )
    return [near, small]


def _row(scale: Scale, name: str, ours: Callable[[], int], least: Callable[[], int], note: str) -> Row:
    taken: tuple[list[float], list[float]] = [], []
    for _ in range(scale.rounds):
        for work, seconds in zip((ours, least), taken, strict=True):
            began = time.process_time()
            work()
            seconds.append(time.process_time() - began)
    return Row(name, *map(_median, taken), ratios(*taken), note=note)


def _median(seconds: Sequence[float]) -> str:
    return f"{ms(statistics.median(seconds))} CPU"
