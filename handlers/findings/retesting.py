"""The people behind a number are asked again on the day that was set: a slot of their own, with its roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.pieces import BasePiece, Clause, Item
from handlers.desk import Desk
from handlers.findings.finding import Finding
from handlers.learning.questions import grouping, quiz
from handlers.model import Person, Reason
from handlers.roster import Saying
from handlers.schedule import nominal

GRACE = timedelta(hours=72)
MOST = 5  # questions to one person: as many as a quiz has
AT_ONCE = 500  # people


async def saying(desk: Desk, finding: Finding) -> tuple[Saying, list[Person]]:
    """What is asked, and of whom: everybody behind the number who has not left, also who gets nothing."""
    assert finding.retest_at is not None
    home, at = desk.library.programme.zone, finding.retest_at
    answered = await desk.store.findings.whom(finding)
    people: list[Person] = []
    keys = sorted(answered)
    for start in range(0, len(keys), AT_ONCE):
        persons = await desk.store.persons(keys[start : start + AT_ONCE])
        people += [person for _, person in sorted(persons.items()) if person.left_at is None]
    local = _local(finding, people, home)

    def due_for(person: Person) -> datetime:
        return max(at, instant(local, ZoneInfo(person.zone or home)))

    title = f"Asked again: {finding.clause}"
    said = Saying(
        campaign=finding.campaign,
        slot=nominal(at, home),
        due_at=at,
        grace=GRACE,
        piece=None,
        author="",
        audience=f"behind finding {finding.id}",
        title=title,
        chosen=await _chosen(desk, finding, title, people, answered),
        mandatory=True,
        due_for=due_for,
    )
    return said, people


def _local(finding: Finding, people: Sequence[Person], home: str) -> datetime:
    """The local time that was set: what the moment is where it comes first."""
    assert finding.retest_at is not None
    zones = {home, *(person.zone or home for person in people)}
    first = max(zones, key=lambda zone: finding.retest_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None))  # type: ignore[union-attr]
    return finding.retest_at.astimezone(ZoneInfo(first)).replace(tzinfo=None)


async def _chosen(
    desk: Desk,
    finding: Finding,
    title: str,
    people: Sequence[Person],
    answered: Mapping[str, Sequence[str]],
) -> Mapping[str, BasePiece | Reason]:
    """Of the items that each has answered the same, what was wrong last first; or others of their clauses."""
    found: dict[str, BasePiece | Reason] = {}
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        memories = await desk.store.memories([p.key for p in some]) if finding.retest == "other" else {}
        for person in some:
            had = [item for name in answered[person.key] if (item := desk.library.items.get(name))]
            if finding.retest == "other":
                met = memories.get(person.key, {})
                had = [item for item in _others(desk, finding, person, had) if item.id not in met]
            items = tuple(had[:MOST])
            found[person.key] = quiz(finding.campaign, title, items, first=False) if items else Reason.NOTHING
    return found


def _others(desk: Desk, finding: Finding, person: Person, had: Sequence[Item]) -> list[Item]:
    """Of the clauses that their answers were about, what is meant for them."""
    clauses: set[Clause] = {clause.whole for item in had for clause in item.clauses}
    if finding.about.by == "clause":
        clauses = {clause for clause in clauses if str(clause) == finding.about.group}
    groups = grouping(desk)(person, desk.clock.now())
    return [
        item
        for item in desk.library.items.values()
        if clauses.intersection(c.whole for c in item.clauses) and not groups.isdisjoint(item.audience)
    ]
