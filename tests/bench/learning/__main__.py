"""A simulated year of learning: `python -m tests.bench.learning [--quick] [--write]`.

It prints tables of what people know under Catchball and under other rules that ask the same number of questions;
--write puts them, with a plot, into docs/learning.md.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bot.demo.truth import USUAL, World
from tests.bench.learning.plot import lines
from tests.bench.learning.tables import Runs, laws, places, policies, worlds
from tests.bench.learning.year import CATCHBALL, CRAM, KNOWN, LOOKS, SLOTS, Found, Setup, items, simulate

PAGE, PLOT = Path("docs/learning.md"), Path("docs/learning.svg")
BEGIN, END = "<!-- from here: make learning -->", "<!-- to here -->"
OTHERS = ("in turn", "random", "12/24 days", "all in one week")
WORLDS: Mapping[str, World] = {
    "keep things twice as long": World(pace=0.5),
    "forget twice as fast": World(pace=2),
    "forget four times as fast": World(pace=4),
    "know half as much from work": World(known=0.5),
    "know half as much again": World(known=1.5),
}
PLACES = (
    0.3,
    0.35,
    0.4,
    0.45,
    0.5,
    0.6,
    0.9,
)  # of what is new; at 0.9, the retention, all that is due comes before it
ELSEWHERE = 0.4  # share of the people in each other world


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.learning", description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=5, choices=range(2, 11), metavar="2..10")
    parser.add_argument("--quick", action="store_true", help="40 people, 2 seeds")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE}")
    arguments = parser.parse_args()
    people, seeds = (40, 2) if arguments.quick else (arguments.people, arguments.seeds)
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        text, plot = report(pool, people, seeds)
    print(text)
    if arguments.write:
        page = PAGE.read_text()
        before, after = page.partition(BEGIN)[0], page.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
        PLOT.write_text(plot)


def report(pool: ProcessPoolExecutor, people: int, seeds: int) -> tuple[str, str]:
    """The tables in Markdown, and the plot of one question a slot."""
    parts = [
        f"{people} people, {len(items())} items, {len(SLOTS)} slots in the year; {seeds} seeds; mean ± half of "
        "the 95 % interval over seeds, in points of 100; in brackets the distance from Catchball, seed by seed."
    ]
    found = {questions: _runs(pool, seeds, people, questions) for questions in (1, 2)}
    for questions, runs in found.items():
        parts += [f"### {_spelt(questions)} a slot", policies(runs), "Catchball's lead by law of forgetting:"]
        parts.append(laws(runs, OTHERS))
    few = max(2, int(people * ELSEWHERE))
    parts += [
        "### Other worlds",
        f"One question a slot, {few} people; the best of the others is in brackets.",
    ]
    elsewhere = {
        name: _runs(pool, seeds, few, 1, world, (CATCHBALL, *OTHERS)) for name, world in WORLDS.items()
    }
    parts.append(worlds(elsewhere, OTHERS))
    parts += ["### The place of what is new", f"Catchball, one question a slot, {few} people."]
    parts.append(places({unmet: _at(pool, seeds, few, unmet) for unmet in PLACES}))
    weeks = [4 * n for n in range(1, len(LOOKS) + 1)]
    drawn = {name: _curve(found[1][name]) for name in (CATCHBALL, *OTHERS)}
    return "\n\n".join(parts), lines(
        "What people truly know, one question a slot, two slots a week", weeks, drawn
    )


def _runs(
    pool: ProcessPoolExecutor,
    seeds: int,
    people: int,
    questions: int,
    world: World = USUAL,
    names: Sequence[str] = (CATCHBALL, *OTHERS, KNOWN, CRAM),
) -> Runs:
    setups = [Setup(seed, people, questions, world) for seed in range(1, seeds + 1)]
    found: list[Mapping[str, Found]] = list(pool.map(simulate, setups, [names] * seeds))
    return {name: [one[name] for one in found] for name in names}


def _at(pool: ProcessPoolExecutor, seeds: int, people: int, unmet: float) -> list[Found]:
    setups = [Setup(seed, people, 1) for seed in range(1, seeds + 1)]
    found = pool.map(simulate, setups, [(CATCHBALL,)] * seeds, [unmet] * seeds)
    return [one[CATCHBALL] for one in found]


def _curve(found: Sequence[Found]) -> list[float]:
    return [sum(values) / len(values) for values in zip(*(one.curve for one in found), strict=True)]


def _spelt(questions: int) -> str:
    return {1: "One question", 2: "Two questions"}[questions]


if __name__ == "__main__":
    main()
