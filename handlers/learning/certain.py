"""Confidently wrong: what people were certain of and was not so, by question and by clause; it needs teaching most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from content.pieces import Item
from handlers.learning.gathered import gathered, of_when
from handlers.learning.lessons import WRONG, WRONG_BY_CLAUSE
from handlers.numbers.counts import Sure
from handlers.numbers.definitions import CONFIDENTLY_WRONG
from handlers.numbers.groups import FEWER, few
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars, shortened

WORDS = ("item", "clause")
STEM, OPTION = 60, 40  # characters of a question and of an option in a table


async def wrong(scope: Scope) -> Sheet:
    """By version of an item, whose options are its own; the chart is by clause either way."""
    known = await gathered(scope, WRONG_BY_CLAUSE)
    by_clause = _worst_first(known.rows)
    asked_for_clauses = scope.word == "clause"
    found = by_clause
    if not asked_for_clauses:
        known = await gathered(scope, WRONG)
        found = _worst_first(known.rows)
    shown = [sure for sure in found if not few(sure.people)]
    left_out = len(found) - len(shown)
    return Sheet(
        title=f"Certain and wrong{scope.of_whom}",
        facts=() if asked_for_clauses else _facts(shown),
        says=_said(shown, left_out),
        header=("Clause", CONFIDENTLY_WRONG.short, "People")
        if asked_for_clauses
        else (CONFIDENTLY_WRONG.short, "Question", "Most chosen wrong answer"),
        rows=tuple(
            _clause(sure) if sure.item is None else _question(sure, sure.item) for sure in shown if sure.wrong
        ),
        charts=bars("Certain and wrong by clause", _shares(by_clause)),
        notes=(
            f"{of_when(scope.desk, known, scope.zone)} Wrong, of the answers given as certain."
            + (f" Left out: {left_out} with certain answers of {FEWER}." if left_out else ""),
            "Also: `stats wrong`." if asked_for_clauses else "Also: `stats wrong clause`.",
        ),
        data=tuple(_data(sure) for sure in shown),
    )


def share(sure: Sure) -> float:
    return sure.wrong / sure.certain


def _facts(shown: Sequence[Sure]) -> tuple[tuple[str, str], ...]:
    """Of the questions that are shown; clauses share their answers, so they add up to nothing."""
    if not shown:
        return ()
    failed, certain = sum(sure.wrong for sure in shown), sum(sure.certain for sure in shown)
    return ((CONFIDENTLY_WRONG.name.capitalize(), f"{failed / certain:.0%} ({failed} of {certain})"),)


def _worst_first(found: Iterable[Sure]) -> list[Sure]:
    return sorted(found, key=lambda sure: (-share(sure), -sure.wrong, sure.group))


def _shares(clauses: Iterable[Sure]) -> list[tuple[str, float]]:
    return [(sure.group, 100 * share(sure)) for sure in clauses if not few(sure.people) and sure.wrong]


def _said(shown: Sequence[Sure], left_out: int) -> tuple[str, ...]:
    if any(sure.wrong for sure in shown):
        return ()
    if shown:
        return ("Whoever was certain in this period was right.",)
    if left_out:
        return (f"Nothing to show yet: the certain answers to each question came from {FEWER}.",)
    return ("Nobody has answered as certain in this period.",)


def _shown(sure: Sure) -> str:
    return f"{share(sure):.0%} ({sure.wrong} of {sure.certain})"


def _clause(sure: Sure) -> tuple[str, ...]:
    return sure.group, _shown(sure), str(sure.people)


def _question(sure: Sure, item: Item) -> tuple[str, ...]:
    clauses = ", ".join(dict.fromkeys(str(clause.whole) for clause in item.clauses))
    return _shown(sure), f"{shortened(item.stem, STEM)} ({clauses or 'no clause'})", _most_chosen(sure, item)


def _most_chosen(sure: Sure, item: Item) -> str:
    if not sure.chosen:
        return "-"
    letter, times = max(sure.chosen.items(), key=lambda entry: (entry[1], entry[0]))
    return f"{letter} ({times}): {shortened(item.options.get(letter, ''), OPTION)}"


def _data(sure: Sure) -> Mapping[str, str | float | None]:
    return {
        "group": sure.group,
        "people": sure.people,
        "certain": sure.certain,
        "wrong": sure.wrong,
        "share": share(sure),
    }
