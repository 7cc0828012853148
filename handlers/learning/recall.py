"""How likely people are to know what they have met, today and on the day of the audit, and what was never met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from content.cards import Chart
from content.pieces import Item
from handlers.learning.memory import A_DAY, EPOCH, Day, day_of
from handlers.learning.questions import rules
from handlers.learning.selection import audits_ahead
from handlers.numbers.counts import Cell, GroupedBy, Meant, Recalls, Sums, kinds_of
from handlers.numbers.definitions import COVERAGE, RECALL, RECALL_AT_AUDIT
from handlers.numbers.groups import FEWER, SMALLEST, few, hidden
from handlers.numbers.intervals import mean
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars

WORDS = ("clause", "team", "site", "standard")
NOT_MET = "not met yet"


@dataclass(frozen=True)
class Row:
    """A group: what is remembered of what was met, and how many pairs of person and item there are to meet."""

    name: str
    now: Sums
    audit: Sums
    pairs: int
    people: int

    @property
    def size(self) -> int:
        """Of how many people the numbers tell something."""
        return self.now.people or self.people

    def __add__(self, other: Row) -> Row:
        return Row(
            self.name,
            self.now + other.now,
            self.audit + other.audit,
            self.pairs + other.pairs,
            self.people + other.people,
        )


async def recall(scope: Scope) -> Sheet:
    by = scope.word or "clause"
    programme = scope.desk.library.programme
    today = day_of(scope.now)
    audits = audits_ahead(programme, today)
    bank = banked(scope.desk.library.items.values(), by, audits)
    grouped: GroupedBy = "team" if by == "team" else "site" if by == "site" else "item"
    found = await scope.desk.store.recalls(
        bank, grouped, today, rules(programme.learning, scope.now), manager=scope.manager
    )
    rows = _rows(bank, found, grouped)
    if grouped != "item":
        rows = folded(rows, f"{by}s")
    rows.sort(key=_worst_first)
    facts = _total(rows) if grouped != "item" else _met(rows, by)
    zone = ZoneInfo(programme.zone)
    dates = ", ".join(
        f"{name} {(EPOCH + day * A_DAY).astimezone(zone):%Y-%m-%d}" for name, day in sorted(audits.items())
    )
    return Sheet(
        title=f"Recall by {by}{scope.of_whom}",
        facts=facts,
        says=() if rows else ("The packs of this programme hold no question.",),
        header=(by.capitalize(), RECALL.short, RECALL_AT_AUDIT.short, "n", COVERAGE.short),
        rows=tuple((row.name or "none", *_cells(row)) for row in rows),
        charts=_chart(rows, by),
        notes=(
            f"Recall is of what was met, beside what was met at all. In brackets: 95 %, with people (n) as the sample. "
            f"Next audits: {dates or 'no date is set'}; recall on that day if nothing were asked until then.",
            f"Also: {', '.join(f'`stats recall {word}`' for word in WORDS if word != by)}.",
        ),
        data=tuple(_data(row) for row in rows),
    )


def folded(rows: Iterable[Row], many: str) -> list[Row]:
    """Groups that have nobody in common, with the small ones, and what else must be left out for them, as one."""
    in_order = sorted(rows, key=lambda row: (row.size, row.name))
    small = [row for row in in_order if row.size < SMALLEST]
    if not small:
        return in_order
    out = hidden([row.now.people for row in in_order])
    also = [row for place, row in enumerate(in_order) if place in out and row not in small]
    together = sum([*small[1:], *also], small[0])
    named = f", with {', '.join(row.name or 'none' for row in also)}" if also else ""
    name = f"{FEWER} ({len(small)} {many if len(small) > 1 else many[:-1]}){named}"
    large = [row for row in in_order if row not in small and row not in also]
    return [*large, Row(name, together.now, together.audit, together.pairs, together.people)]


def banked(items: Iterable[Item], by: str, audits: Mapping[str, Day]) -> list[Meant]:
    """Every item under each clause or standard that it serves; or once, with the first audit that it matters for."""
    bank: list[Meant] = []
    for item in items:
        kinds = kinds_of(item.audience)
        standards = {f"{clause.standard}:{clause.edition}" for clause in item.clauses}
        ahead = [audits[standard] for standard in standards if standard in audits]
        if by in ("team", "site"):
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


def _rows(bank: Sequence[Meant], found: Recalls, grouped: GroupedBy) -> list[Row]:
    known = {recalled.group: recalled for recalled in found.found}
    items: dict[str, list[Meant]] = defaultdict(list)
    cells: dict[str, list[Cell]] = defaultdict(list)
    for meant in bank:
        items[meant.group].append(meant)
    for cell in found.cells:
        cells[cell.group].append(cell)
    rows = []
    for name in items if grouped == "item" else cells if bank else ():
        here = cells["" if grouped == "item" else name]
        pairs = _pairs(items[name if grouped == "item" else ""], here)
        recalled = known.get(name)
        now, audit = (recalled.now, recalled.audit) if recalled else (Sums(), Sums())
        rows.append(Row(name, now, audit, pairs, sum(cell.people for cell in here)))
    return rows


def _pairs(items: Sequence[Meant], cells: Sequence[Cell]) -> int:
    return sum(cell.people * sum(bool(item.kinds & cell.kinds) for item in items) for cell in cells)


def _worst_first(row: Row) -> tuple[int, float, str]:
    """By recall at the audit; then what must not be shown; then what nobody has met."""
    sums = row.audit if row.audit.people else row.now
    shown = sums.people >= SMALLEST
    return 0 if shown else 1 if sums.people else 2, mean(sums).value if shown else 0.0, row.name


def _shown(sums: Sums, otherwise: str) -> str:
    if not sums.people:
        return otherwise
    return str(mean(sums)) if sums.people >= SMALLEST else FEWER


def _cells(row: Row) -> tuple[str, str, str, str]:
    if few(row.people):  # not even that none of them has met it
        return FEWER, "-", "-", "-"
    audit = _shown(row.audit, "no date" if row.now.people else "-")
    unsaid = few(row.now.people)
    people = "-" if unsaid else f"{row.now.people:,}"
    return _shown(row.now, NOT_MET), audit, people, "-" if unsaid else _coverage(row)


def _coverage(row: Row) -> str:
    return f"{row.now.m / row.pairs:.0%} of {row.pairs:,}" if row.pairs else "meant for nobody"


def _total(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    if not rows:
        return ()
    total = sum(rows[1:], rows[0])
    now, audit, people, coverage = _cells(total)
    names = (RECALL, RECALL_AT_AUDIT, COVERAGE)
    shown = zip(names, (now, audit, coverage), strict=True)
    return (*((d.name.capitalize(), value) for d, value in shown), ("People", people))


def _met(rows: Sequence[Row], by: str) -> tuple[tuple[str, str], ...]:
    if not rows:
        return ()
    met = sum(bool(row.now.people) for row in rows)
    return ((f"{by.capitalize()}s met by somebody", f"{met} of {len(rows)}"),)


def _chart(rows: Sequence[Row], by: str) -> tuple[Chart, ...]:
    at_audit = any(row.audit.people >= SMALLEST for row in rows)
    sums = [(row.name or "none", row.audit if at_audit else row.now) for row in rows]
    values = [(name, 100 * mean(each).value) for name, each in sums if each.people >= SMALLEST]
    return bars(f"{'Recall at the audit' if at_audit else 'Recall now'} by {by}", values)


def _data(row: Row) -> Mapping[str, str | float | None]:
    found: dict[str, str | float | None] = {"group": row.name, "people": row.now.people, "pairs": row.pairs}
    found |= {"met": None if few(row.now.people) else row.now.m}
    for name, sums in (("now", row.now), ("audit", row.audit)):
        estimate = mean(sums) if sums.people >= SMALLEST else None
        found |= {
            name: estimate.value if estimate else None,
            f"{name}_low": estimate.low if estimate else None,
            f"{name}_high": estimate.high if estimate else None,
        }
    return found
