"""Improvement in the report: what people would do better, how much of it was decided, and where each idea stands."""

from __future__ import annotations

from collections.abc import Iterator

from content import improvement
from handlers.desk import Desk
from handlers.evidence.pack import Scope
from handlers.evidence.report import MOST, Facts, Section, Table
from handlers.ideas import rates
from handlers.ideas.idea import Idea
from handlers.numbers import scope as numbers

TITLE = "Improvement: ideas"


async def section(desk: Desk, scope: Scope) -> Section:
    """As each stands now: those about this standard and about none in particular."""
    asked = numbers.Scope(desk, desk.clock.now(), scope.begin, scope.end, scope.zone)
    found = await rates.counted(asked, scope.standard)
    whole = {idea.id: idea for idea in (*found.proposed, *found.decided)}
    ideas = sorted(whole.values(), key=lambda idea: (idea.at, idea.id))
    if not ideas:
        return Section(
            TITLE, ("No idea about this standard, or about none in particular, is of the period.",)
        )
    known = improvement.record(desk.library.programme.standards, scope.standard)
    clause = f" of {', '.join(map(str, known))}" if known else ""
    said = (
        f"{len(ideas):,} ideas about this standard, or about no standard in particular, were proposed or decided in "
        f"the period. Each is decided by somebody else than who had it, who is told; every step is in the ledger as a "
        f"record{clause}. In place of words and names each has its id, which shows it in the chat to who decides "
        "ideas."
    )
    header = ("Idea", "Proposed", "About", "Stage", "Decided", "Due")
    rows = [tuple(_cells(idea, scope)) for idea in ideas[:MOST]]
    cut = [f"The first {MOST} are shown; the table ideas has all."] if len(ideas) > MOST else []
    return Section(TITLE, (said, Facts(rates.facts(found)), Table(header, rows), *cut))


def _cells(idea: Idea, scope: Scope) -> Iterator[str]:
    yield idea.id
    yield f"{idea.at.astimezone(scope.zone).date()}"
    yield idea.about or "none in particular"
    yield str(idea.stage)
    yield f"{idea.decided_at.astimezone(scope.zone).date()}" if idea.decided_at else "-"
    yield f"{idea.due}" if idea.due else "-"
