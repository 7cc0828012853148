"""What people remember, group by group: reckoned at once where that is quick, and else as it was last night."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from content.audience import Audience
from content.pieces import Item
from handlers.desk import Desk
from handlers.learning.memory import Day, day_of
from handlers.learning.nightly import BOTH, WHOLE, By
from handlers.learning.questions import rules
from handlers.learning.selection import audits_ahead
from handlers.lookups import EVERYBODY
from handlers.numbers.counts import Cell, GroupedBy, Meant, Recalls, Remembered, Sums, kinds_of

_GROUPED: Mapping[By, GroupedBy] = {"team": "team", "site": "site", BOTH: "item and team"}


@dataclass(frozen=True)
class Known:
    """night: when the rows were reckoned, where it was not just now."""

    rows: Sequence[Remembered]
    night: datetime | None = None


async def known(
    desk: Desk, by: By, now: datetime, *, manager: str = "", people: Audience = EVERYBODY
) -> Known:
    """A manager's people, and those whom a rule names, are reckoned at once; so is everything the night has not."""
    nights = desk.store.nights
    if not manager and people == EVERYBODY and await nights.many():
        night = await nights.newest()
        if night is not None and (kept := (await nights.of(by, [night])).get(night)):
            return Known(kept, night)
    programme, today = desk.library.programme, day_of(now)
    bank = banked(desk.library.items.values(), by, audits_ahead(programme, today))
    grouped = _GROUPED.get(by, "item")
    found = await desk.store.recalls(
        bank, grouped, today, rules(programme.learning, now), manager=manager, people=people
    )
    return Known(rows(bank, found, grouped))


def banked(items: Iterable[Item], by: By, audits: Mapping[str, Day]) -> list[Meant]:
    """Every item under each clause or standard that it serves; or once, with the first audit that it matters for."""
    bank: list[Meant] = []
    for item in items:
        kinds = kinds_of(item.audience)
        standards = {f"{clause.standard}:{clause.edition}" for clause in item.clauses}
        ahead = [audits[standard] for standard in standards if standard in audits]
        if by in ("team", "site", WHOLE):
            bank.append(Meant(item.id, "", kinds, min(ahead, default=None)))
        elif by == "standard":
            bank += [Meant(item.id, name, kinds, audits.get(name)) for name in sorted(standards)]
        else:
            wholes = dict.fromkeys(clause.whole for clause in item.clauses)
            bank += [
                Meant(item.id, str(clause), kinds, audits.get(f"{clause.standard}:{clause.edition}"))
                for clause in wholes
            ]
    return bank


def rows(bank: Sequence[Meant], found: Recalls, grouped: GroupedBy) -> list[Remembered]:
    """What was found of each group, and of the others that nothing was; of clause and team what was found alone."""
    if grouped == "item and team":
        return [Remembered(each.group, each.now, each.audit, 0, 0, each.team) for each in found.found]
    of = {recalled.group: recalled for recalled in found.found}
    items: dict[str, list[Meant]] = defaultdict(list)
    cells: dict[str, list[Cell]] = defaultdict(list)
    for meant in bank:
        items[meant.group].append(meant)
    for cell in found.cells:
        cells[cell.group].append(cell)
    told = []
    for name in items if grouped == "item" else cells if bank else ():
        here = cells["" if grouped == "item" else name]
        recalled = of.get(name)
        now, audit = (recalled.now, recalled.audit) if recalled else (Sums(), Sums())
        many = pairs(items[name if grouped == "item" else ""], here)
        told.append(Remembered(name, now, audit, many, sum(cell.people for cell in here)))
    return told


def pairs(items: Sequence[Meant], cells: Sequence[Cell]) -> int:
    """Of a person and an item that is meant for them."""
    return sum(cell.people * sum(bool(item.kinds & cell.kinds) for item in items) for cell in cells)
