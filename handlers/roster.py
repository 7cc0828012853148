"""The roster of a slot: a row for everybody its audience named, also for who cannot or should not get it.

So the states of a slot always add up to its audience, and each row says why it ended as it did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.cards import Card
from content.pieces import BasePiece, Message, Milestone
from handlers import messages
from handlers.desk import Desk
from handlers.features import compose, feature_of
from handlers.model import Delivery, Person, Policy, Reason, Status
from handlers.questions import Chosen
from handlers.schedule import by_zone, monday_before


@dataclass(frozen=True)
class Saying:
    """What all rows of one slot have in common."""

    campaign: str
    slot: str
    due_at: datetime  # before anybody's quiet hours
    grace: timedelta
    piece: BasePiece | None  # None: each person's own, as it was chosen for them
    author: str
    audience: str
    title: str = ""  # of the campaign, for who has nothing to be shown
    chosen: Chosen | None = None
    policy: Policy = Policy.AT_LEAST_ONCE
    mandatory: bool = False  # goes out also to who has had enough for the week
    due_for: Callable[[Person], datetime] | None = None  # where not everybody's falls due at once


def rows(desk: Desk, named: Sequence[Person], said: Saying, full: Collection[str] = ()) -> Iterator[Delivery]:
    """One row each, made when it is asked for; people who see the same card share it.

    full: the keys of those who have had enough for the week (`enough`).
    """
    cards: dict[object, Card] = {}
    for person in named:
        piece = said.chosen[person.key] if said.chosen is not None else said.piece
        if piece is None or isinstance(piece, Reason):
            nothing = Card(title=said.title)
            yield _row(desk, person, said, None, nothing, piece or Reason.NOTHING)
            continue
        eyes = (id(piece), feature_of(piece).seen_by(person))
        if eyes not in cards:
            cards[eyes] = compose(piece, person)
        why_not = Reason.CAPPED if person.key in full else Reason.NONE
        yield _row(desk, person, said, piece, cards[eyes], why_not)


def _row(
    desk: Desk, person: Person, said: Saying, piece: BasePiece | None, card: Card, why_not: Reason
) -> Delivery:
    """why_not: what keeps a row from going out that nothing else keeps."""
    at = said.due_for(person) if said.due_for else said.due_at
    due_at = after_quiet(desk, at, person)
    status, reason = _judge(desk, person, said, piece, at, due_at)
    if why_not and status is Status.PENDING:
        status, reason = Status.SKIPPED, why_not
    return Delivery(
        id=desk.new_id(),
        person=person.key,
        campaign=said.campaign,
        slot=said.slot,
        piece=piece,
        card=card,
        address=person.address,
        due_at=due_at,
        expires_at=min(due_at + said.grace, _closes_at(piece) or due_at + said.grace),
        policy=said.policy,
        status=status,
        reason=reason,
        audience=said.audience,
        author=said.author,
    )


def _judge(
    desk: Desk, person: Person, said: Saying, piece: BasePiece | None, at: datetime, due_at: datetime
) -> tuple[Status, Reason]:
    """Whether this row can still go out, and why not."""
    if isinstance(piece, Milestone) and piece.scope == "personal" and not person.celebrates:
        return Status.SKIPPED, Reason.OPTED_OUT
    if person.paused(due_at):
        return Status.SKIPPED, Reason.PAUSED
    if person.address is None:
        return Status.FAILED, Reason.NOT_INSTALLED
    if due_at - at > said.grace:
        return Status.SKIPPED, Reason.QUIET
    if desk.clock.now() > due_at + said.grace:
        return Status.SKIPPED, Reason.LATE
    return Status.PENDING, Reason.NONE


def _closes_at(piece: BasePiece | None) -> datetime | None:
    """After that nobody can answer it, so that nobody gets it either."""
    return messages.closes_at(piece) if isinstance(piece, Message) else None


async def enough(desk: Desk, named: Sequence[Person], said: Saying) -> frozenset[str]:
    """The keys of those who have had enough for the week, Monday to Sunday in their zone, that this would fall into.

    What is planned first is kept: nobody's place is held for what comes later in the week.
    """
    most = desk.library.programme.at_most_a_week
    if most is None or said.mandatory:
        return frozenset()
    found: set[str] = set()
    for zone, here in by_zone(desk, named).items():
        at = desk.library.programme.quiet.over(said.due_at, ZoneInfo(zone))
        since, until = monday_before(at, zone), monday_before(at, zone, weeks=1)
        found |= await desk.store.full([person.key for person in here], since, until, most)
    return frozenset(found)


def after_quiet(desk: Desk, moment: datetime, person: Person) -> datetime:
    """The moment, or the end of the person's quiet hours if it falls into them."""
    return desk.library.programme.quiet.over(moment, desk.zone(person))
