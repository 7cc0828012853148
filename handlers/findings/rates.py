"""Corrective action in numbers: what is open and overdue, what was closed in time, and what helped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from handlers.findings.finding import OWNERS, Finding, Stage
from handlers.numbers.definitions import CLOSED_IN_TIME, FINDINGS_OPEN, FINDINGS_OVERDUE, HELPED
from handlers.numbers.groups import SMALLEST
from handlers.numbers.intervals import wilson
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars, shortened

NONE = "No finding was open in this period. Type `finding` to open one."


async def findings(scope: Scope) -> Sheet:
    """Those open at some time of the period; a manager sees those that the own people have."""
    found = list(await scope.desk.store.findings.findings("", scope.since, scope.until))
    owners = await scope.desk.store.persons(sorted({finding.owner for finding in found}))
    if scope.manager:
        theirs = {key for key, person in owners.items() if person.manager == scope.manager}
        found = [finding for finding in found if finding.owner in theirs]
    today = scope.now.astimezone(scope.zone).date()
    open_ = [finding for finding in found if finding.stage is not Stage.CLOSED]
    names = {key: person.name or person.email for key, person in owners.items()}
    stages = Counter(finding.stage for finding in found)
    return Sheet(
        title=f"Corrective action{scope.of_whom}",
        facts=facts(scope, found) if found else (),
        says=() if found else (NONE,),
        header=("Finding", "Stage", "Due", "Owner", "Clause"),
        narrow=4,
        rows=tuple(
            (
                shortened(each.words.title, 60),
                f"{each.stage}, overdue" if each.overdue(today) else str(each.stage),
                str(each.due),
                names.get(each.owner, "somebody")[:40],
                str(each.clause),
            )
            for each in sorted(open_, key=lambda each: (not each.overdue(today), each.due))
        ),
        charts=bars(
            "Findings by stage", ((stage, stages[stage]) for stage in Stage if stages[stage]), unit=""
        )
        if found
        else (),
        notes=(
            f"{scope.period} Open ones as they stand now. One in full: `finding` and its id, from `findings`.",
        ),
        data=tuple(_data(each, each.overdue(today)) for each in found),
    )


def judged(found: Sequence[Finding], since: object, until: object) -> tuple[int, int]:
    """(helped, judged) of what somebody judged in the period."""
    kinds = [
        step.kind
        for each in found
        for step in each.trail
        if since <= step.at < until  # type: ignore[operator]
    ]
    helped = kinds.count("finding effective")
    return helped, helped + kinds.count("finding not effective")


def in_time(finding: Finding, scope: Scope) -> bool:
    """Whether what was done was done by its due date, by the clock of who asks."""
    return finding.done_at is not None and finding.done_at.astimezone(scope.zone).date() <= finding.due


def facts(scope: Scope, found: Sequence[Finding]) -> tuple[tuple[str, str], ...]:
    """Of findings that were open at some time of the period."""
    open_ = [each for each in found if each.stage is not Stage.CLOSED]
    today = scope.now.astimezone(scope.zone).date()
    closed = [each for each in found if each.closed_at and scope.since <= each.closed_at < scope.until]
    helped, of = judged(found, scope.since, scope.until)
    return (
        (FINDINGS_OPEN.name.capitalize(), f"{len(open_):,}"),
        (FINDINGS_OVERDUE.name.capitalize(), f"{sum(each.overdue(today) for each in open_):,}"),
        ("Wait for their owner", f"{sum(each.stage in OWNERS for each in open_):,}"),
        (CLOSED_IN_TIME.name.capitalize(), share(sum(in_time(each, scope) for each in closed), len(closed))),
        (HELPED.name.capitalize(), share(helped, of)),
    )


def share(part: int, of: int) -> str:
    """With its interval from five on; fewer are counted and make no rate."""
    if not of:
        return "none yet"
    return f"{wilson(part, of)}, {part} of {of}" if of >= SMALLEST else f"{part} of {of}"


def _data(finding: Finding, overdue: bool) -> dict[str, str | float | None]:
    return {
        "id": finding.id,
        "clause": str(finding.clause),
        "stage": str(finding.stage),
        "due": str(finding.due),
        "overdue": float(overdue),
        "metric": finding.about.metric,
        "before": finding.before.share,
        "after": finding.after.share if finding.after else None,
    }
