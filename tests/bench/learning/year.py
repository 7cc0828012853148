"""A year of people who forget, under each policy with the same number of questions, and what they really know of it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from bot.demo.truth import LAWS, USUAL, Law, Somebody, World, answer
from content.packs import check_pack, serves
from content.pieces import Group, Quiz
from content.programme import Programme
from handlers.learning import selection
from handlers.learning.memory import Day, day_of
from handlers.learning.selection import Bank
from tests.bench.learning.policies import ByChance, Catchball, Fixed, InTurn, Items, Policy

PACK = Path("content/packs/iso9001")
BEGIN = datetime(2027, 1, 4, tzinfo=UTC)  # a Monday
WEEKS = 52
SLOTS = tuple(BEGIN + timedelta(weeks=w, days=d, hours=9.5) for w in range(WEEKS) for d in (1, 3))
LOOKS = tuple(day_of(BEGIN) + 28 * n for n in range(1, 14))  # every four weeks; the last is the year's end
CATCHBALL, KNOWN = "Catchball", "Catchball, audit known"
CRAM = "all in the week before the audit"


@dataclass(frozen=True)
class Setup:
    """people: of each law half. questions: in a slot."""

    seed: int
    people: int
    questions: int
    world: World = USUAL


@dataclass(frozen=True)
class Kind:
    """times: of the slots. policy: for the groups of somebody and the items meant for them."""

    items: Items
    times: Sequence[Day]
    policy: Callable[[frozenset[Group], Items, Random], Policy]


@dataclass(frozen=True)
class Found:
    """Of one policy: true recall at each look and on the audit's day, by law; what was met; how much was asked."""

    looks: dict[Law, list[float]]
    audit: dict[Law, float]
    met: float
    asked: float  # answered by a person in the year

    @property
    def curve(self) -> list[float]:
        return [statistics.fmean(both) for both in zip(*self.looks.values(), strict=True)]

    def at(self, what: str, law: Law | None = None) -> float:
        """what: any day, year's end, audit."""
        if what == "audit":
            return self.audit[law] if law else statistics.fmean(self.audit.values())
        looks = self.looks[law] if law else self.curve
        return looks[-1] if what == "year's end" else statistics.fmean(looks)


def items() -> Items:
    """The pack's, for the edition that the programme names."""
    pieces = (serves(piece, programme().standards) for piece in check_pack(PACK))
    return [item for piece in pieces if isinstance(piece, Quiz) for item in piece.items if item.clauses]


def programme(audit: date | None = None) -> Programme:
    audits = [{"kind": "stage 2", "date": audit}] if audit else []
    standard = {"standard": "ISO 9001", "edition": "2015", "audits": audits}
    apart = {"groups": {"operations": "team:Production", "office": "not team:Production"}}
    whole = {"organisation": "Works", "zone": "UTC", "packs": ["iso9001"], "standards": [standard]}
    return Programme.model_validate(whole | {"learning": apart})


def audit_of(seed: int) -> date:
    """A day in the second half of the year; a Monday, so that a whole week is before it."""
    return (BEGIN + timedelta(weeks=Random(f"audit {seed}").randint(26, 51))).date()


def banks(audit: date | None, everything: Items) -> list[tuple[Bank, Day]]:
    plan = programme(audit)
    found = []
    for slot in SLOTS:
        monday = datetime.combine(slot.date() - timedelta(days=slot.weekday()), time(0), UTC)
        found.append((Bank.of(everything, plan, day_of(slot)), day_of(monday)))
    return found


def kinds(setup: Setup) -> dict[str, Kind]:
    """Every policy by its name, for the same people, who answer in the same slots."""
    everything, audit = items(), audit_of(setup.seed)
    usual = [day_of(slot) for slot in SLOTS]
    free, known = banks(None, everything), banks(audit, everything)
    last_week = massed(_day(audit) - 7)
    return {
        CATCHBALL: Kind(everything, usual, lambda groups, _items, _random: Catchball(free, groups)),
        "in turn": Kind(everything, usual, lambda _groups, meant, _random: InTurn(meant)),
        "random": Kind(everything, usual, lambda _groups, meant, random: ByChance(meant, random)),
        "12/24 days": Kind(everything, usual, lambda _groups, meant, _random: Fixed(meant)),
        "all in one week": Kind(everything, massed(_day(BEGIN.date())), lambda _g, meant, _r: InTurn(meant)),
        KNOWN: Kind(everything, usual, lambda groups, _items, _random: Catchball(known, groups)),
        CRAM: Kind(everything, last_week, lambda _groups, meant, _random: InTurn(meant)),
    }


def simulate(setup: Setup, names: Sequence[str] = (), unmet: float = selection.UNMET) -> dict[str, Found]:
    """names: of the policies; all, if there are none. unmet: where what is new has its place."""
    found, audit, usual = kinds(setup), _day(audit_of(setup.seed)), selection.UNMET
    selection.UNMET = unmet
    try:
        return {name: _of(setup, found[name], audit) for name in names or found}
    finally:
        selection.UNMET = usual


def _day(date: date) -> Day:
    return day_of(datetime.combine(date, time(0), UTC))


def massed(begin: Day) -> list[Day]:
    """As many slots as in a year, from Monday to Friday of one week."""
    return [begin + 5 * n / len(SLOTS) + 0.3 for n in range(len(SLOTS))]


class _Year:
    """One person's: slot after slot, up to any day."""

    def __init__(self, setup: Setup, kind: Kind, number: int) -> None:
        self.random = Random(f"{setup.seed} {number}")
        self.law = LAWS[number % len(LAWS)]
        someone = Somebody.drawn(self.law, setup.world, self.random)
        self._items = [i for i in kind.items if not someone.groups.isdisjoint(i.audience)]
        self.minds = {item.id: someone.mind(item, self.random) for item in self._items}
        there = [self.random.random() < someone.answers for _ in kind.times]
        self._slots = [(n, when) for n, when in enumerate(kind.times) if there[n]]
        self._policy = kind.policy(someone.groups, self._items, self.random)
        self._most = setup.questions
        self.met: set[str] = set()
        self.asked = 0

    def until(self, day: Day) -> float:
        """The sum of what they know of each item then."""
        while self._slots and self._slots[0][1] < day:
            slot, when = self._slots.pop(0)
            for item in self._policy.choose(slot, when, self._most):
                right = answer(self.minds[item.id], when, self.random)
                self._policy.learn(item, when, right)
                self.met.add(item.id)
                self.asked += 1
        return sum(mind.recall(day) for mind in self.minds.values())


def _of(setup: Setup, kind: Kind, audit: Day) -> Found:
    days = sorted({*LOOKS, audit})
    known: dict[Law, list[float]] = {law: [0.0] * len(days) for law in LAWS}
    pairs: dict[Law, int] = dict.fromkeys(LAWS, 0)
    met = asked = 0
    for number in range(setup.people):
        year = _Year(setup, kind, number)
        known[year.law] = [
            so_far + year.until(day) for so_far, day in zip(known[year.law], days, strict=True)
        ]
        pairs[year.law] += len(year.minds)
        met, asked = met + len(year.met), asked + year.asked
    shares = {
        law: {day: sum_ / pairs[law] for day, sum_ in zip(days, known[law], strict=True)} for law in LAWS
    }
    return Found(
        {law: [shares[law][day] for day in LOOKS] for law in LAWS},
        {law: shares[law][audit] for law in LAWS},
        met / sum(pairs.values()),
        asked / setup.people,
    )
