"""Evidence on the page: a pack is begun here and brought away, and people are drawn by a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from content.audience import EVERYONE
from handlers.desk import Desk
from handlers.evidence import asking, chat, jobs
from handlers.evidence.asking import ACTION, Asked
from handlers.evidence.jobs import Kept
from handlers.evidence.sample import Draw
from handlers.model import Person
from handlers.pages.views import Evidence, Meaning, Section, View, Visitor
from handlers.permissions import may
from handlers.privacy.looks import Looked, each

MOST = 20  # packs in the list
WAITS = "The people are being drawn. They will be here when you press."
NOBODY = "Nobody under the standard was here in this period."
DRAWN = Meaning(
    "how they are drawn",
    "SHA-256 of the seed, a vertical bar and the person's key, smallest first: who computes it anew draws the same",
)


async def evidence(visitor: Visitor) -> Evidence | None:
    """The section of the overview; None for whom it is not."""
    desk, asked = visitor.desk, visitor.asked
    if not may(visitor.person, ACTION):
        return None
    there = await asking.standards(desk)
    job, now = await jobs.latest(desk.store), desk.clock.now()
    chosen = asked.where.get("standard", "")
    first = chosen if chosen in there else next(iter(there), "")
    return Evidence(
        standards=there,
        chosen=first,
        about=f"{job.standard}, {job.since} to {job.until}" if job else "",
        outcome=job.outcome(now) if job else ("", ""),
        under_way=job is not None and job.open(now),
        made_here=desk.makers is not None,
        command=_command(visitor, first),
        packs=(await open_to(desk, visitor.person))[:MOST],
        draw=_draw(visitor),
    )


async def begin(desk: Desk, person: Person, standard: str, since: str, until: str) -> None:
    """Have a pack made, unless one is under way. Raises NotUnderstood."""
    asked = await asking.understood(desk, person, f"{standard} since {since} until {until}")
    if desk.makers is None:
        raise asking.NotUnderstood(
            f"Set EVIDENCE_DIR, or make it in a terminal: {asking.command('evidence', asked)} --out DIR"
        )
    await asking.begin(desk, desk.makers, person, asked)


async def open_to(desk: Desk, person: Person) -> Sequence[Kept]:
    """The packs that somebody may have: those that name nobody whom they may not see by name today."""
    if desk.makers is None or not may(person, ACTION):
        return ()
    seen = asking.sight_of(desk, person)
    own = (str(seen.within) if seen.within else EVERYONE) if seen.anybody else None
    return [pack for pack in await desk.makers.kept() if pack.names is None or own in (EVERYONE, pack.names)]


def looks(desk: Desk, person: Person, pack: Kept) -> tuple[Looked, ...]:
    """What the ledger is told before somebody has a pack: of its sample each whom it names."""
    look = asking.sight_of(desk, person).look(
        person, "evidence", f"{pack.standard} {pack.since} {pack.until}"
    )
    return each(look, pack.named) if pack.names else (replace(look, exception="", why=""),)


async def sample(visitor: Visitor) -> View:
    """Who is drawn, and how much of what is known of each; the same people as in the chat."""
    desk, person = visitor.desk, visitor.person
    asked = await _asked(visitor)
    if asked is None:
        return View("sample", "Sample", note="There is nothing of this standard here.")
    counted = await desk.counting.result(("sample", str(asked)), partial(chat.drawn_of, desk, asked))
    if counted is None:
        return View("sample", "Sample", waits=WAITS)
    scope = asked.scope
    section = Section(
        "sample",
        f"{len(counted):,} {'person' if len(counted) == 1 else 'people'} of {scope.standard}",
        says=f"{scope.since} to {scope.until}: {asked.draw}.",
        header=("Who", "Team", "What is known", "Key"),
        rows=[
            (one.name or one.person, one.team or "none", chat.told(did), one.person) for one, did in counted
        ],
        meanings=[DRAWN],
        note=f"Each with their complete trail: {asking.command('sample', asked)}",
    )
    return View(
        "sample",
        "Sample",
        sections=[section] if counted else [],
        filters=("standard",),
        note="" if counted else NOBODY,
        looked=asking.looks(desk, person, asked, "sample", (one.person for one, _ in counted if one.name)),
    )


async def _asked(visitor: Visitor) -> Asked | None:
    there = await asking.standards(visitor.desk)
    standard = visitor.asked.where.get("standard", next(iter(there), ""))
    if standard not in there:
        return None
    asked = visitor.asked
    scope = asking.scope_of(visitor.desk, visitor.person, standard, asked.since, asked.last)
    return Asked(scope, _draw(visitor))


def _draw(visitor: Visitor) -> Draw:
    asked = visitor.asked
    return Draw(asked.seed or Draw().seed, asked.n or Draw().n)


def _command(visitor: Visitor, standard: str) -> str:
    asked = visitor.asked
    scope = asking.scope_of(visitor.desk, visitor.person, standard, asked.since, asked.last)
    return f"{asking.command('evidence', Asked(scope, Draw()))} --out DIR"
