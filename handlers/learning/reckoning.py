"""The night's reckoning: some hundred people after the other, so that nobody's answer waits for it.

The sums of people who have nothing in common add up, so each step is a short look of its own, and a team is written as
soon as all of it was seen: however many teams there are, few are held at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from content.audience import Audience
from content.calendars import instant
from content.pieces import Group
from handlers.desk import Desk
from handlers.learning import gathered
from handlers.learning.memory import day_of
from handlers.learning.nightly import BOTH, EVERY, LASTING, WHOLE, By
from handlers.learning.questions import rules
from handlers.learning.remembered import banked, pairs
from handlers.learning.selection import audits_ahead
from handlers.numbers.counts import Cell, Meant, Recalled, Recalls, Remembered, Sums

log = logging.getLogger(__name__)

STEP = 1000  # people of one look
KEPT = timedelta(days=731)
RAN = (
    "recall reckoned for"  # a day of the programme's, of what, and when that began; whoever writes it does it
)
A_TURN = timedelta(hours=1)  # whoever has not finished by then is taken for dead
_OF_ITEMS: tuple[By, ...] = (WHOLE, "clause", "standard")


@dataclass(frozen=True)
class Asked:
    """What is reckoned: the items under each clause, each standard and the whole, as they are on this day."""

    at: datetime
    bank: Sequence[Meant]
    kinds: Mapping[str, By]  # of each group of items
    groups: Mapping[Group, Audience]


def asked(desk: Desk, now: datetime) -> Asked:
    programme, today = desk.library.programme, day_of(now)
    audits = audits_ahead(programme, today)
    found = {by: banked(desk.library.items.values(), by, audits) for by in _OF_ITEMS}
    kinds = {meant.group: by for by, bank in found.items() for meant in bank}
    bank = [meant for each in found.values() for meant in each]
    return Asked(now, bank, kinds, rules(programme.learning, now))


def of_what(desk: Desk, now: datetime) -> str:
    """Changes with the items, the audits and the groups, so that it is reckoned anew; quick, for every start asks."""
    programme = desk.library.programme
    about = (sorted(desk.library.items), audits_ahead(programme, day_of(now)), programme.learning.groups)
    return hashlib.sha256(repr(about).encode()).hexdigest()[:16]


class Reckoning:
    """The first tick of a day does it, of however many processes one; where it takes long, beside everything else."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._seen_to: date | None = None
        self._task: asyncio.Task[None] | None = None

    async def look(self, now: datetime) -> None:
        zone = ZoneInfo(self._desk.library.programme.zone)
        today = now.astimezone(zone).date()
        if self._seen_to == today or self._under_way():
            return
        if not await self._desk.store.nights.begun():
            self._seen_to = today
            return
        if not await self._turn(now, f"{today} {of_what(self._desk, now)}", today):
            return
        what = asked(self._desk, now)
        midnight = instant(datetime.combine(today, time(0)), zone)
        if await self._desk.store.nights.many():
            self._task = asyncio.create_task(_everything(self._desk, what, midnight))
        else:
            await reckon(self._desk, what, midnight, LASTING)

    def _under_way(self) -> bool:
        task, self._task = self._task, None
        if task is not None and not task.done():
            self._task = task
        elif task is not None and not task.cancelled() and (error := task.exception()):
            log.error("A night could not be reckoned; the one before is shown.", exc_info=error)
        return self._task is not None

    async def _turn(self, now: datetime, wanted: str, today: date) -> bool:
        """Whether it is ours to do."""
        store = self._desk.store
        known = await store.recall_value(RAN)
        had, _, moment = (known or "").rpartition(" ")
        if known and had == wanted:
            begun, newest = datetime.fromisoformat(moment), await store.nights.newest()
            if newest is not None and newest >= begun:
                self._seen_to = today
                return False
            if now - begun < A_TURN:
                return False
        return await store.swap_value(RAN, known, f"{wanted} {now.isoformat()}")


async def _everything(desk: Desk, what: Asked, today: datetime) -> None:
    """With recall, the last, the night is there: who dies before begins again with what answers tell."""
    try:
        await gathered.reckon(desk, what.at, today)
    finally:
        await reckon(desk, what, today)


async def reckon(desk: Desk, what: Asked, today: datetime, kinds: Collection[By] = EVERY) -> None:
    """today: when the programme's day began; of an earlier night of this day nothing stays.

    kinds: where there is little, teams and sites are reckoned whenever they are asked for.
    """
    nights, sums = desk.store.nights, _Sums(what, kinds)
    people = await nights.belonging()
    day = day_of(what.at)
    for start in range(0, len(people), STEP):
        some = people[start : start + STEP]
        keys = [key for _, key in some]
        take = partial(sums.add, teams={team for team, _ in some}, unfinished=some[-1][0])
        await nights.keep(what.at, await nights.parts(keys, what.bank, day, what.groups, take))
    await nights.keep(what.at, sums.rest())
    await nights.clear(what.at, today, what.at - KEPT)


@dataclass
class _Sums:
    """What the people seen so far add up to; of teams, those of which not everybody was seen."""

    what: Asked
    kinds: Collection[By]
    found: dict[tuple[By, str, str], tuple[Sums, Sums]] = field(default_factory=dict)
    cells: dict[tuple[By, str], dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    items: dict[str, list[Meant]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for meant in self.what.bank:
            self.items[meant.group].append(meant)

    def add(self, seen: Recalls, teams: Set[str], unfinished: str) -> Mapping[By, Sequence[Remembered]]:
        """The rows of the teams that are whole now. Who has just moved to another team than these is left out."""
        for cell in (cell for cell in seen.cells if cell.group in teams):
            for belongs in (place for place in _belongs(cell) if place[0] in self.kinds):
                here = self.cells[belongs]
                here[cell.kinds] = here.get(cell.kinds, 0) + cell.people
        for each in (each for each in seen.found if each.team in teams):
            for place in (place for place in self._places(each) if place[0] in self.kinds):
                now, audit = self.found.get(place, (Sums(), Sums()))
                self.found[place] = (now + each.now, audit + each.audit)
        return self._teams(unfinished)

    def rest(self) -> Mapping[By, Sequence[Remembered]]:
        """The whole comes last: with it the night is there."""
        teams = self._teams(None)
        sites = [name for by, name in self.cells if by == "site"]
        told: dict[By, Sequence[Remembered]] = {
            **teams,
            "site": [self._belonging("site", name) for name in sites] if self.what.bank else [],
        }
        for by in ("clause", "standard"):
            names = [name for name, of in self.what.kinds.items() if of == by]
            told[by] = [self._row(by, name) for name in names]
        return {**told, WHOLE: [self._row(WHOLE, "")]}

    def _places(self, each: Recalled) -> Sequence[tuple[By, str, str]]:
        by = self.what.kinds[each.group]
        if by == WHOLE:
            return ((WHOLE, "", ""), ("team", each.team, ""), ("site", each.site, ""))
        both = [(BOTH, each.group, each.team)] if by == "clause" else []
        return ((by, each.group, ""), *both)

    def _teams(self, unfinished: str | None) -> Mapping[By, Sequence[Remembered]]:
        whole = {name for by, name in self.cells if by == "team" and name != unfinished}
        both = [place for place in self.found if place[0] == BOTH and place[2] in whole]
        fields = [self._row(*place) for place in both]
        teams = [self._belonging("team", name) for name in sorted(whole)] if self.what.bank else []
        for name in whole:
            del self.cells["team", name]
        return {BOTH: fields, "team": teams}

    def _belonging(self, by: By, name: str) -> Remembered:
        """Of who belongs to a team or a site: everything that is meant for them."""
        return self._told(by, name, "", self.items[""], self.cells[by, name])

    def _row(self, by: By, name: str, team: str = "") -> Remembered:
        if by == BOTH:
            return self._told(by, name, team, (), {})
        return self._told(by, name, team, self.items[name], self.cells[WHOLE, ""])

    def _told(
        self, by: By, name: str, team: str, items: Sequence[Meant], here: Mapping[int, int]
    ) -> Remembered:
        now, audit = self.found.pop((by, name, team), (Sums(), Sums()))
        cells = [Cell(name, kinds, people) for kinds, people in here.items()]
        return Remembered(name, now, audit, pairs(items, cells), sum(here.values()), team)


def _belongs(cell: Cell) -> Sequence[tuple[By, str]]:
    return ((WHOLE, ""), ("team", cell.group), ("site", cell.site))
