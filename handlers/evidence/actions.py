"""Corrective actions in the report: each finding that was open in the period, from its number to what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.desk import Desk
from handlers.evidence.pack import Scope
from handlers.evidence.report import MOST, Section, Table
from handlers.findings.finding import Finding, Number

TITLE = "Corrective action"


async def section(desk: Desk, scope: Scope) -> Section:
    """As each stands now, also what was opened before the period and was still open in it."""
    found = await desk.store.findings.findings(scope.standard, scope.begin, scope.end)
    if not found:
        return Section(TITLE, ("No finding about this standard was open in the period.",))
    said = (
        f"{len(found):,} findings about this standard were open in the period. Each is closed by somebody else than "
        "its owner; before and after are the same number of the same people, with its interval. Every step is in the "
        "ledger."
    )
    numbers = [
        (
            each.words.title,
            str(each.clause),
            f"{each.due}",
            _number(each.before),
            _number(each.after),
            each.stage,
        )
        for each in found[:MOST]
    ]
    reasons = [(each.words.title, each.words.cause or "-", each.words.action or "-") for each in found[:MOST]]
    return Section(
        TITLE,
        (
            said,
            Table(("Finding", "Clause", "Due", "Before", "After", "Stage"), numbers),
            Table(("Finding", "Cause", "Action"), reasons),
            *_cut(found),
        ),
    )


def _number(number: Number | None) -> str:
    if number is None or not number.of:
        return "-"
    return f"{number.share:.0%} ({100 * number.low:.0f}-{number.high:.0%}), {number.people:,}\u00a0people"


def _cut(found: Sequence[Finding]) -> Sequence[str]:
    return [f"The first {MOST} are shown; `findings` in the chat has all."] if len(found) > MOST else []
