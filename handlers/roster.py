"""The roster of a slot: a row for everybody its audience named, also for who cannot or should not get it.

So the states of a slot always add up to its audience, and each row says why it ended as it did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.cards import Card
from content.pieces import BasePiece, Message, Milestone
from handlers import messages
from handlers.desk import Desk
from handlers.features import compose, feature_of
from handlers.learning.questions import Chosen
from handlers.model import Delivery, Person, Policy, Reason, Status


@dataclass(frozen=True)
class Saying:
    """What all rows of one slot have in common."""

    campaign: str
    slot: str
    due_at: datetime  # before anybody's rest
    grace: timedelta
    piece: BasePiece | None  # None: each person's own, as it was chosen for them
    author: str
    audience: str
    title: str = ""  # of the campaign, for who has nothing to be shown
    chosen: Chosen | None = None
    policy: Policy = Policy.AT_LEAST_ONCE
    mandatory: bool = False  # goes out also to who has had enough for the week
    due_for: Callable[[Person], datetime] | None = None  # where not everybody's falls due at once
    exclusions: Mapping[str, str] = field(
        default_factory=dict
    )  # person's key -> why their author leaves them out

    def at(self, person: Person) -> datetime:
        """When this person's falls due, before their rest."""
        return self.due_for(person) if self.due_for else self.due_at


@dataclass(frozen=True)
class Weighed:
    """What else comes to the people of a roster, weighed by `handlers.balance`.

    full: who has had enough for the week. moved: when a celebration comes to those for whom it is one too many on
    its day; None: on no day of a week.
    """

    full: Collection[str] = ()
    moved: Mapping[str, datetime | None] = field(default_factory=dict)

    def of(self, person: Person, due_at: datetime) -> tuple[datetime, Reason]:
        """When this comes to somebody to whom it would come at that moment, and why it does not."""
        moved = self.moved.get(person.key, due_at)
        if moved is None:
            return due_at, Reason.CELEBRATED
        return moved, Reason.CAPPED if person.key in self.full else Reason.NONE


def rows(desk: Desk, named: Sequence[Person], said: Saying, weighed: Weighed) -> Iterator[Delivery]:
    """One row each, made when it is asked for; people who see the same card share it."""
    rested = due_to(desk, said)
    cards: dict[object, Card] = {}
    for person in named:
        piece = said.chosen[person.key] if said.chosen is not None else said.piece
        if piece is None or isinstance(piece, Reason):
            nothing = Card(title=said.title)
            yield _row(desk, person, said, None, nothing, rested(person), piece or Reason.NOTHING)
            continue
        eyes = (id(piece), feature_of(piece).seen_by(person))
        if eyes not in cards:
            cards[eyes] = compose(piece, person)
        due_at, why_not = weighed.of(person, rested(person))
        yield _row(desk, person, said, piece, cards[eyes], due_at, why_not)


def _row(
    desk: Desk,
    person: Person,
    said: Saying,
    piece: BasePiece | None,
    card: Card,
    due_at: datetime,
    why_not: Reason,
) -> Delivery:
    """why_not: what keeps a row from going out that nothing else keeps."""
    status, reason = judge(desk, person, said, piece, due_at)
    if why_not and status is Status.PENDING:
        status, reason = Status.SKIPPED, why_not
    why_excluded = said.exclusions.get(person.key, "")
    if why_excluded:
        status, reason = Status.SKIPPED, Reason.EXCLUDED
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
        code=why_excluded,
        audience=said.audience,
        author=said.author,
    )


def judge(
    desk: Desk, person: Person, said: Saying, piece: BasePiece | None, due_at: datetime
) -> tuple[Status, Reason]:
    """Whether this row can still go out, and why not."""
    if isinstance(piece, Milestone) and piece.scope == "personal" and not person.celebrates:
        return Status.SKIPPED, Reason.OPTED_OUT
    if person.paused(due_at):
        return Status.SKIPPED, Reason.PAUSED
    if person.address is None:
        return Status.FAILED, Reason.NOT_INSTALLED
    too_long = _too_long(desk, person, said)
    if too_long:
        return Status.SKIPPED, too_long
    if desk.clock.now() > due_at + said.grace:
        return Status.SKIPPED, Reason.LATE
    return Status.PENDING, Reason.NONE


def _closes_at(piece: BasePiece | None) -> datetime | None:
    """After that nobody can answer it, so that nobody gets it either."""
    return messages.closes_at(piece) if isinstance(piece, Message) else None


def _too_long(desk: Desk, person: Person, said: Saying) -> Reason:
    """What makes this wait for longer than its grace; "" when nothing does. What is mandatory outlasts holidays."""
    programme, zone = desk.library.programme, desk.zone(person)
    at = said.at(person)
    if programme.quiet.over(at, zone) - at > said.grace:
        return Reason.QUIET
    rested = programme.rest.over(at, zone, person.site)
    return Reason.HOLIDAY if rested - at > said.grace and not said.mandatory else Reason.NONE


def due_to(desk: Desk, said: Saying) -> Callable[[Person], datetime]:
    """For each person when it comes to them, after their rest."""
    if said.due_for is None:
        return suits(desk, said.due_at)
    return lambda person: suits(desk, said.at(person))(person)


def suits(desk: Desk, moment: datetime) -> Callable[[Person], datetime]:
    """For each person the moment, or the first after it outside of their quiet hours and their site's holidays."""
    rest, programme = desk.library.programme.rest, desk.library.programme
    known: dict[
        tuple[str, str], datetime
    ] = {}  # who lives in one zone and belongs to one site rests together

    def suiting(person: Person) -> datetime:
        where = person.zone, person.site
        if where not in known:
            known[where] = rest.over(moment, ZoneInfo(person.zone or programme.zone), person.site)
        return known[where]

    return suiting
