"""How likely people are to know what they have met, today and on the day of the audit, and what was never met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from content.cards import Chart
from handlers.learning import trend
from handlers.learning.memory import A_DAY, EPOCH, day_of
from handlers.learning.nightly import By
from handlers.learning.remembered import known
from handlers.learning.selection import audits_ahead
from handlers.numbers.counts import Remembered, Sums
from handlers.numbers.definitions import COVERAGE, RECALL, RECALL_AT_AUDIT
from handlers.numbers.groups import FEWER, SMALLEST, few, hidden
from handlers.numbers.intervals import Estimate, mean
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars

WORDS: tuple[By, ...] = ("clause", "team", "site", "standard")
OF_ITEMS: tuple[By, ...] = ("clause", "standard")
NOT_MET = "not met yet"
AS_OF = "So much is remembered that it is reckoned once a night: this is as of {at}."


async def recall(scope: Scope) -> Sheet:
    by: By = next((by for by in WORDS if by == scope.word), "clause")
    found = await known(scope.desk, by, scope.now, manager=scope.manager)
    rows = sorted(found.rows if by in OF_ITEMS else folded(found.rows, f"{by}s"), key=_worst_first)
    over_time = await trend.of(scope, by, rows)
    before = [over_time.before(row) for row in rows]
    return Sheet(
        title=f"Recall by {by}{scope.of_whom}",
        facts=_met(rows, by) if by in OF_ITEMS else _total(rows),
        says=() if rows else ("The packs of this programme hold no question.",),
        header=(by.capitalize(), RECALL.short, RECALL_AT_AUDIT.short, "n", COVERAGE.short),
        rows=tuple((row.name or "none", *_cells(row, was)) for row, was in zip(rows, before, strict=True)),
        charts=(*_chart(rows, by), *over_time.charts),
        notes=(
            *_nights(scope, found.night, over_time.night if any(before) else None),
            f"Recall is of what was met, beside what was met at all. In brackets: 95 %, with people (n) as the sample. "
            f"Next audits: {_audits(scope) or 'no date is set'}; recall on that day if nothing were asked until then.",
            f"Also: {', '.join(f'`stats recall {word}`' for word in WORDS if word != by)}.",
        ),
        data=tuple(_data(row, was) for row, was in zip(rows, before, strict=True)),
    )


def _audits(scope: Scope) -> str:
    programme = scope.desk.library.programme
    ahead = sorted(audits_ahead(programme, day_of(scope.now)).items())
    zone = ZoneInfo(programme.zone)
    return ", ".join(f"{name} {(EPOCH + day * A_DAY).astimezone(zone):%Y-%m-%d}" for name, day in ahead)


def _nights(scope: Scope, of: datetime | None, before: datetime | None) -> Iterable[str]:
    """Of which night the numbers are, and what they are held against."""
    zone = ZoneInfo(scope.desk.library.programme.zone)
    if of is not None:
        yield AS_OF.format(at=f"{of.astimezone(zone):%Y-%m-%d %H:%M}")
    if before is not None:
        yield f"Before: {before.astimezone(zone):%Y-%m-%d}, where the change is more than noise."


def folded(rows: Iterable[Remembered], many: str) -> list[Remembered]:
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
    return [*large, Remembered(name, together.now, together.audit, together.pairs, together.people)]


def _worst_first(row: Remembered) -> tuple[int, float, str]:
    """By recall at the audit; then what must not be shown; then what nobody has met."""
    sums = row.audit if row.audit.people else row.now
    shown = sums.people >= SMALLEST
    return 0 if shown else 1 if sums.people else 2, mean(sums).value if shown else 0.0, row.name


def _shown(sums: Sums, otherwise: str) -> str:
    if not sums.people:
        return otherwise
    return str(mean(sums)) if sums.people >= SMALLEST else FEWER


def _cells(row: Remembered, before: Estimate | None) -> tuple[str, str, str, str]:
    if few(row.people):  # not even that none of them has met it
        return FEWER, "-", "-", "-"
    audit = _shown(row.audit, "no date" if row.now.people else "-")
    unsaid = few(row.now.people)
    people = "-" if unsaid else f"{row.now.people:,}"
    now = _shown(row.now, NOT_MET) + (f", {before.value:.0%} before" if before else "")
    return now, audit, people, "-" if unsaid else _coverage(row)


def _coverage(row: Remembered) -> str:
    return f"{row.now.m / row.pairs:.0%} of {row.pairs:,}" if row.pairs else "meant for nobody"


def _total(rows: Sequence[Remembered]) -> tuple[tuple[str, str], ...]:
    if not rows:
        return ()
    total = sum(rows[1:], rows[0])
    now, audit, people, coverage = _cells(total, None)
    names = (RECALL, RECALL_AT_AUDIT, COVERAGE)
    shown = zip(names, (now, audit, coverage), strict=True)
    return (*((d.name.capitalize(), value) for d, value in shown), ("People", people))


def _met(rows: Sequence[Remembered], by: str) -> tuple[tuple[str, str], ...]:
    if not rows:
        return ()
    met = sum(bool(row.now.people) for row in rows)
    return ((f"{by.capitalize()}s met by somebody", f"{met} of {len(rows)}"),)


def _chart(rows: Sequence[Remembered], by: str) -> tuple[Chart, ...]:
    at_audit = any(row.audit.people >= SMALLEST for row in rows)
    sums = [(row.name or "none", row.audit if at_audit else row.now) for row in rows]
    values = [(name, 100 * mean(each).value) for name, each in sums if each.people >= SMALLEST]
    return bars(f"{'Recall at the audit' if at_audit else 'Recall now'} by {by}", values)


def _data(row: Remembered, before: Estimate | None) -> Mapping[str, str | float | None]:
    found: dict[str, str | float | None] = {"group": row.name, "people": row.now.people, "pairs": row.pairs}
    found |= {"met": None if few(row.now.people) else row.now.m}
    found |= {"before": before.value if before else None}
    for name, sums in (("now", row.now), ("audit", row.audit)):
        estimate = mean(sums) if sums.people >= SMALLEST else None
        found |= {
            name: estimate.value if estimate else None,
            f"{name}_low": estimate.low if estimate else None,
            f"{name}_high": estimate.high if estimate else None,
        }
    return found
