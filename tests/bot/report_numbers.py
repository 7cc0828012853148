"""The numbers that stand in the PDF of a pack are those of its tables, and those that the memory has of the clauses."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from handlers.evidence.pack import Scope
from handlers.model import Tally
from handlers.numbers.groups import SMALLEST
from tests.bot.reports import COVER, Rate, Report, rated, read

POPULATION, DECIDED, RESULTS = (
    "Population",
    "Who had to get what, and how that was decided",
    "Results by clause",
)
EXCEPTIONS, VERIFYING = "Exceptions", "How to verify this pack"
Row = Mapping[str, Any]
Sheets = Mapping[str, Sequence[Row]]
Z = NormalDist().inv_cdf(0.975)


@dataclass
class Group:
    """What the rows of the tables say of a team."""

    assigned: int = 0
    sent: int = 0
    people: set[str] = field(default_factory=set)
    answers: int = 0
    right: int = 0


def says_the_same(pack: Path, found: Sheets, clauses: Sequence[Tally], scope: Scope) -> None:
    """report.pdf against the workbook, and against the sums of `stats` by clause."""
    report = read(pack / "report.pdf")
    _cover(report, found)
    _population(report, found, scope)
    _teams(report, found)
    _decided(report, found)
    _clauses(report, clauses, scope)
    _exceptions(report, found)
    for name in (name for name in found if name not in ("contents", "sample", "trail")):
        assert report.number(VERIFYING, name) == len(found[name]), name
    entries = len((pack / "ledger.jsonl").read_text().splitlines()) - 2
    assert report.number(VERIFYING, "Entries in ledger.jsonl") == entries
    _as_reckoned(report)


def _cover(report: Report, found: Sheets) -> None:
    roster, answers = found["roster"], found["answers"]
    ended = sum(row["here when it ended"] == "yes" for row in _under(found))
    assigned = sum(bool(row["assigned"]) for row in roster)
    assert report.number(COVER, "People under the standard when it ended") == ended
    said = report.after(COVER, "Assigned")[0]
    assert said == f"{len(found['assignments'])} deliveries to {assigned} people"
    sent = _sent(found)
    asks = {row["delivery"] for row in found["assignments"] if row["asks to acknowledge"] == "yes"}
    asked = [row for row in sent if row["delivery"] in asks and row["taken away again"] != "yes"]
    active = sum(row["took part in"] for row in roster)
    expected = {
        "Reach": (len(sent), len(found["assignments"])),
        "Acknowledgement rate": (sum(row["acknowledged"] == "yes" for row in asked), len(asked)),
        "Participation rate": (active, len(sent)),
        "Accuracy": (sum(row["right"] == "yes" for row in answers), len(answers)),
    }
    for name, (part, of) in expected.items():
        (rate,) = report.rates(COVER, name)
        assert (rate[3:] if isinstance(rate, Rate) else rate) == ((part, of) if of else "no data"), name


def _under(found: Sheets) -> list[Row]:
    return [row for row in found["roster"] if row["under the standard"] == "yes"]


def _population(report: Report, found: Sheets, scope: Scope) -> None:
    columns = ("here when it began", "joined in it", "left in it", "here when it ended")
    drawn = report.after(POPULATION, f"Here when {scope.until} ended")[1:5]
    assert list(map(int, drawn)) == [sum(row[name] == "yes" for row in _under(found)) for name in columns]
    for words, column in (
        ("To whom something was assigned", "assigned"),
        ("To whom something was delivered", "delivered"),
        ("Who took part in something", "took part in"),
    ):
        assert report.number(POPULATION, words) == sum(bool(row[column]) for row in found["roster"]), words


def _sent(found: Sheets) -> list[Row]:
    rows = found["deliveries"]
    return [row for row in rows if row["state"] == "sent" and row["asked for by the person"] == "no"]


def _teams(report: Report, found: Sheets) -> None:
    groups: defaultdict[str, Group] = defaultdict(Group)
    team = {row["delivery"]: row["team then"] or "none" for row in found["assignments"]}
    for name in team.values():
        groups[name].assigned += 1
    for row in _sent(found):
        groups[team[row["delivery"]]].sent += 1
        groups[team[row["delivery"]]].people.add(row["person"])
    now = {row["person"]: row["team"] or "none" for row in found["roster"]}
    for row in found["answers"]:
        theirs = groups[team.get(row["delivery"], now[row["person"]])]  # who asked for it was on no roster
        theirs.answers += 1
        theirs.right += row["right"] == "yes"
    shown = [rated(line, 1) for line in report.rows(POPULATION, "Team Assigned Reached Active Right")]
    assert {words[0]: int(words[1]) for words, _ in shown} == {
        name: group.assigned for name, group in groups.items()
    }
    for (name, _), (reach, active, right) in shown:
        group = groups[name]
        assert _counts(reach) == ((group.sent, group.assigned) if group.assigned else ())
        if few := _left_out(len(group.people), active, right):
            assert few, name
            continue
        took_part = sum(row["took part in"] for row in found["roster"] if now[row["person"]] == name)
        assert _counts(active) == (took_part, group.sent)
        assert _counts(right) == ((group.right, group.answers) if group.answers else ())


def _counts(cell: Rate | str) -> tuple[int, ...]:
    return cell[3:] if isinstance(cell, Rate) else ()


def _left_out(people: int, *cells: Rate | str) -> bool:
    """Whether nothing is told of what people did; then of few, or of who gives few away, and never otherwise."""
    if people < SMALLEST:
        assert set(cells) == {"fewer than 5 people"}
    return set(cells) <= {"fewer than 5 people", "not shown"}


def _decided(report: Report, found: Sheets) -> None:
    lines = report.rows(DECIDED, "Campaign or broadcast Audience rule Slots Due Assigned")
    assigned = Counter(row["campaign"] for row in found["assignments"])
    assert {line.split()[0]: int(line.split()[-1]) for line in lines} == assigned


def _clauses(report: Report, clauses: Sequence[Tally], scope: Scope) -> None:
    tallies = {
        tally.group.removeprefix(f"{scope.standard} "): tally
        for tally in clauses
        if tally.group.startswith(f"{scope.standard} ")
    }
    header = "Clause Assigned Reached Acknowledged Active Right"
    shown = [rated(line, 1) for line in report.rows(RESULTS, header)]
    assert {words[0]: int(words[1]) for words, _ in shown} == {
        number: tally.audience for number, tally in tallies.items()
    }
    drawn = set()
    for (number, _), (reach, *did) in shown:
        tally = tallies[number]
        assert _counts(reach) == ((tally.reached, tally.audience) if tally.audience else ())
        counts = (
            (tally.acknowledged, tally.to_acknowledge),
            (tally.active, tally.reached),
            (tally.correct, tally.answers),
        )
        if not _left_out(tally.people_reached, *did):
            assert [_counts(cell) for cell in did] == [(part, of) if of else () for part, of in counts]
        drawn |= {f"{100 * part / of:.0f}% of {of}" for part, of in counts[1:] if of}
    bars = {line for line in report.sections[RESULTS] if re.fullmatch(r"\d+% of \d+", line)}
    assert bars <= drawn


def _exceptions(report: Report, found: Sheets) -> None:
    rows = [row for row in found["deliveries"] if row["asked for by the person"] == "no"]
    states = Counter(f"{row['state']} {row['reason'] or '-'}" for row in rows)
    lines = report.rows(EXCEPTIONS, "State Reason Deliveries")
    told = [line for line in lines if not line.startswith("Left out on purpose")]
    assert {line.rsplit(maxsplit=1)[0]: int(line.split()[-1]) for line in told} == states
    assert f"All {len(rows)} assignments" in " ".join(report.sections[EXCEPTIONS])
    out = report.sections[EXCEPTIONS]
    if "Message Why Author Approved by People" in out:
        left = report.rows(EXCEPTIONS, "Message Why Author Approved by People")
        excluded = sum(row["reason"] == "left out by the author" for row in found["exclusions"])
        assert sum(int(line.split()[-1]) for line in left) == excluded


def _as_reckoned(report: Report) -> None:
    """Each rate anywhere is that of its counts, with Wilson's interval, reckoned here by another formula."""
    lines = [line for lines in report.sections.values() for line in lines]
    rates = [cell for line in lines for cell in rated(line, 0)[1] if isinstance(cell, Rate)]
    for value, low, high, part, of in rates:
        share = part / of
        ends = [_end(share, of, sign) for sign in (-1, 1)]
        for printed, reckoned in zip((value, low, high), (share, *ends), strict=True):
            assert printed == pytest.approx(100 * reckoned, abs=0.5 + 1e-3)


def _end(share: float, of: int, sign: int) -> float:
    """The share that lies just so far from the one that was seen: a root of a quadratic."""
    low, high = (0.0, share) if sign < 0 else (share, 1.0)
    for _ in range(60):
        middle = (low + high) / 2
        near = abs(share - middle) <= Z * (middle * (1 - middle) / of) ** 0.5
        low, high = (middle, high) if near is (sign > 0) else (low, middle)
    return (low + high) / 2
