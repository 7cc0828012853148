"""The simulated year as tables in Markdown: each figure a mean over seeds with its 95 % interval."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

from bot.demo.truth import LAWS, Law
from tests.bench.learning.year import CATCHBALL, Found

T = {
    2: 12.71,
    3: 4.30,
    4: 3.18,
    5: 2.78,
    6: 2.57,
    7: 2.45,
    8: 2.36,
    9: 2.31,
    10: 2.26,
}  # of Student, by seeds
WHEN = ("any day", "year's end", "audit")
Runs = Mapping[str, Sequence[Found]]  # policy -> what was found with each seed


def interval(values: Sequence[float]) -> float:
    """Half of it, at 95 %; nothing can be said of one value."""
    if len(values) < 2:
        return float("nan")
    return T[len(values)] * statistics.stdev(values) / math.sqrt(len(values))


def ahead(runs: Runs, other: str, when: str, law: Law | None = None) -> tuple[float, float]:
    """By how much Catchball is ahead of another, seed by seed, and half of the interval."""
    pairs = zip(runs[CATCHBALL], runs[other], strict=True)
    apart = [ours.at(when, law) - theirs.at(when, law) for ours, theirs in pairs]
    return statistics.fmean(apart), interval(apart)


def policies(runs: Runs) -> str:
    """Recall of each; in brackets how far it is from Catchball."""
    rows: list[tuple[str, ...]] = [("", *WHEN, "met", "answered")]
    for name, found in runs.items():
        cells = [name]
        for when in WHEN:
            values = [one.at(when) for one in found]
            cell = f"{statistics.fmean(values):.1%} ± {100 * interval(values):.1f}"
            if name != CATCHBALL:
                by, half = ahead(runs, name, when)
                cell += f" ({_points(-by)} ± {100 * half:.1f})"
            cells.append(cell)
        cells += [f"{_mean(one.met for one in found):.0%}", f"{_mean(one.asked for one in found):.0f}"]
        rows.append(tuple(cells))
    return table(rows)


def laws(runs: Runs, others: Sequence[str]) -> str:
    """The same lead for people of each law of forgetting."""
    rows: list[tuple[str, ...]] = [("ahead of", *(f"{law}, {when}" for law in LAWS for when in WHEN[:2]))]
    for other in others:
        rows.append((other, *(_lead(ahead(runs, other, when, law)) for law in LAWS for when in WHEN[:2])))
    return table(rows)


def worlds(found: Mapping[str, Runs], others: Sequence[str]) -> str:
    """Catchball's lead over the best of the others, in worlds that differ from what its rules were tried in."""
    rows: list[tuple[str, ...]] = [("if people", *(f"{when}: Catchball, ahead of" for when in WHEN[:2]))]
    for world, runs in found.items():
        cells = [world]
        for when in WHEN[:2]:
            ours = statistics.fmean(one.at(when) for one in runs[CATCHBALL])
            best = min(others, key=lambda other: ahead(runs, other, when)[0])
            cells.append(f"{ours:.1%}, {_lead(ahead(runs, best, when))} ({best})")
        rows.append(tuple(cells))
    return table(rows)


def places(found: Mapping[float, Sequence[Found]]) -> str:
    """Catchball with what is new in another place of its order."""
    rows: list[tuple[str, ...]] = [("what is new stands at a recall of", *WHEN[:2], "met")]
    for unmet, runs in found.items():
        cells = [f"{_mean(one.at(when) for one in runs):.1%}" for when in WHEN[:2]]
        rows.append((f"{unmet:.2g}", *cells, f"{_mean(one.met for one in runs):.0%}"))
    return table(rows)


def table(rows: Sequence[tuple[str, ...]]) -> str:
    head, *rest = rows
    marks = tuple("---" for _ in head)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *rest))


def _lead(lead: tuple[float, float]) -> str:
    return f"{_points(lead[0])} ± {100 * lead[1]:.1f}"


def _points(share: float) -> str:
    """With its sign, but for zero."""
    text = f"{100 * share:+.1f}"
    return text[1:] if text in ("-0.0", "+0.0") else text


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)
