"""The roster of a slot: a row for everybody its audience named, also for who cannot or should not get it.

So the states of a slot always add up to its audience, and each row says why it ended as it did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from content.calendars import instant
from content.cards import Card
from content.pieces import BasePiece, Milestone
from handlers.desk import Desk
from handlers.features import compose, feature_of
from handlers.model import Delivery, Person, Policy, Reason, Status


@dataclass(frozen=True)
class Saying:
    """What all rows of one slot have in common."""

    campaign: str
    slot: str
    due_at: datetime  # before anybody's quiet hours
    grace: timedelta
    piece: BasePiece
    author: str
    audience: str
    policy: Policy = Policy.AT_LEAST_ONCE


def rows(desk: Desk, named: Sequence[Person], said: Saying) -> Iterator[Delivery]:
    """One row each, made when it is asked for; people who see the same card share it."""
    cards: dict[object, Card] = {}
    seen_by = feature_of(said.piece).seen_by
    for person in named:
        eyes = seen_by(person)
        if eyes not in cards:
            cards[eyes] = compose(said.piece, person)
        yield _row(desk, person, said, cards[eyes])


def _row(desk: Desk, person: Person, said: Saying, card: Card) -> Delivery:
    due_at = after_quiet(desk, said.due_at, person)
    status, reason = _judge(desk, person, said, due_at)
    return Delivery(
        id=desk.new_id(),
        person=person.key,
        campaign=said.campaign,
        slot=said.slot,
        piece=said.piece,
        card=card,
        address=person.address,
        due_at=due_at,
        expires_at=due_at + said.grace,
        policy=said.policy,
        status=status,
        reason=reason,
        audience=said.audience,
        author=said.author,
    )


def _judge(desk: Desk, person: Person, said: Saying, due_at: datetime) -> tuple[Status, Reason]:
    """Whether this row can still go out, and why not."""
    if isinstance(said.piece, Milestone) and said.piece.scope == "personal" and not person.celebrates:
        return Status.SKIPPED, Reason.OPTED_OUT
    if person.paused(due_at):
        return Status.SKIPPED, Reason.PAUSED
    if person.address is None:
        return Status.FAILED, Reason.NOT_INSTALLED
    if due_at - said.due_at > said.grace:
        return Status.SKIPPED, Reason.QUIET
    if desk.clock.now() > due_at + said.grace:
        return Status.SKIPPED, Reason.LATE
    return Status.PENDING, Reason.NONE


def after_quiet(desk: Desk, moment: datetime, person: Person) -> datetime:
    """The moment, or the end of the person's quiet hours if it falls into them."""
    quiet = desk.library.programme.quiet
    local = moment.astimezone(desk.zone(person))
    begins, ends = quiet.begins, quiet.ends
    night = begins > ends
    inside = (local.time() >= begins or local.time() < ends) if night else begins <= local.time() < ends
    if begins == ends or not inside:
        return moment
    day = local.date() + timedelta(days=1) if night and local.time() >= begins else local.date()
    return instant(datetime.combine(day, ends), desk.zone(person))
