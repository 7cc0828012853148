"""What a use case finds on its desk: the memory, the words, the time, and fresh names for new things."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.cards import Card
from content.packs import Library
from content.pieces import BasePiece
from handlers.broadcasts.forecast import Paces, Terms
from handlers.evidence.jobs import Makers
from handlers.ledger.checkpoints import Notary
from handlers.model import Address, Delivery, Lane, Person
from handlers.numbers.counting import Counting
from handlers.ports import Clock, Store

ON_DEMAND = "on-demand"  # the campaign of what a person asked for
CARDS_ABOUT = 9  # a broadcast, in the chat of one person
ANSWER_LASTS = timedelta(hours=1)  # an answer that comes later than this answers nothing

REQUEST_LASTS = timedelta(days=7)  # what somebody is asked by somebody else


def new_secret() -> str:
    """43 characters that nobody can guess and that an address takes as they are."""
    return secrets.token_urlsafe(32)


def about_slots(broadcast: str) -> tuple[str, ...]:
    """The names of the cards about a broadcast that one person can have: it may be brought down again a few times."""
    return (f"about:{broadcast}", *(f"about:{broadcast} {number}" for number in range(2, CARDS_ABOUT + 1)))


@dataclass(frozen=True)
class Desk:
    store: Store
    library: Library
    clock: Clock
    new_id: Callable[[], str]
    paces: Paces = field(default_factory=dict)  # of the platforms that this process is connected to
    counting: Counting = field(default_factory=Counting)
    new_secret: Callable[[], str] = new_secret
    makers: Makers | None = None  # None: no folder is named for evidence packs
    page: str = ""  # address of this server, as people's browsers reach it; empty: they do not
    notary: Notary | None = None  # None: no checkpoints are made

    @property
    def terms(self) -> Terms:
        """What holds for everybody, for the arithmetic of `handlers.broadcasts.forecast`."""
        programme = self.library.programme
        return Terms(self.paces, programme.rest, programme.zone)

    def zone(self, person: Person) -> ZoneInfo:
        """The person's zone, or the programme's."""
        return ZoneInfo(person.zone or self.library.programme.zone)

    def answer(
        self,
        person: Person,
        address: Address,
        card: Card,
        slot: str,
        piece: BasePiece | None = None,
        campaign: str = "",
    ) -> Delivery:
        """A row for the interactive lane, for this person, now, and where they asked."""
        now = self.clock.now()
        known = (a for a in person.addresses if a.same_as(address))
        return Delivery(
            id=self.new_id(),
            person=person.key,
            campaign=campaign,
            slot=slot,
            piece=piece,
            card=card,
            address=next(known, address),
            due_at=now,
            expires_at=now + ANSWER_LASTS,
            lane=Lane.INTERACTIVE,
        )

    def about(
        self, person: Person, address: Address, card: Card, broadcast: str, piece: BasePiece, lane: Lane
    ) -> Delivery:
        """A card about a broadcast, the first of this person and piece; found again by `Store.cards_about`."""
        row = self.answer(person, address, card, about_slots(broadcast)[0], piece=piece)
        lasts = REQUEST_LASTS if lane is not Lane.INTERACTIVE else ANSWER_LASTS
        return replace(row, lane=lane, expires_at=row.due_at + lasts)

    def local(self, moment: datetime, person: Person) -> str:
        """A moment as this person would say it: "Monday 23 November, 09:30"."""
        local = moment.astimezone(self.zone(person))
        return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"
