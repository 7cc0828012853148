"""A leader at work: what Grace fills in and presses, for the tests of everything that a broadcast can become."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from content.cards import Card, Facts
from content.pieces import Draft
from content.programme import SecondPerson
from handlers.broadcasts.stages import Broadcast
from handlers.events import Click, Outcome
from handlers.model import Delivery, Role
from tests.conftest import Company, at, button

MONDAY_TEN = datetime(
    2026, 11, 23, 9, 0, tzinfo=UTC
)  # in Berlin, where everybody is unless it is said otherwise
HALF_AN_HOUR = timedelta(minutes=30)
_keys = (f"leading{number}" for number in itertools.count(1))


async def works(company: Company, colleagues: int = 5) -> Company:
    """Grace, who leads, Marie and Rosa, who may approve, and some colleagues, at ten on a Monday."""
    company.clock.move(MONDAY_TEN)
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    for name in ("marie", "rosa"):
        await company.admit(name, roles=frozenset({Role.APPROVER}))
    for number in range(colleagues):
        await company.admit(f"colleague{number}")
    return company


def ask_a_second(company: Company, above: int = 100, everyone: bool = True) -> None:
    company.run_campaigns(approval=SecondPerson(above=above, everyone=everyone))


async def filled(
    company: Company, item: str, delivery: str = "", who: str = "grace", **values: str
) -> Outcome:
    """A form of a broadcast comes back."""
    opened = company.clock.now().isoformat()
    return await company.dispatch(
        Click(next(_keys), at(who), "broadcast", delivery=delivery, item=item, value=opened, values=values)
    )


async def drafted(company: Company, **fields: str) -> Delivery:
    """Grace's preview, delivered."""
    values = {"title": "Thank you", "text": "A good week.", "audience": "everyone", **fields}
    outcome = await filled(company, "new", **values)
    assert outcome.errors == {}
    await company.drain.everything()
    return await company.latest("grace")


async def change(company: Company, preview: Delivery, which: str, **values: str) -> Outcome:
    """A form that was opened from the preview comes back."""
    return await filled(company, which, preview.id, **values)


async def press(company: Company, preview: Delivery, label: str, who: str = "grace") -> Outcome:
    """The button that begins with these words, on the card as it stands."""
    return await company.press(who, preview, button(await seen(company, preview, who), label))


async def seen(company: Company, delivery: Delivery, who: str = "grace") -> Card:
    """A card as it looks by now to whom it was sent."""
    outcome = await company.dispatch(Click(next(_keys), at(who), "looked", delivery=delivery.id))
    assert outcome.show is not None
    return outcome.show


async def kept(company: Company, preview: Delivery) -> Broadcast:
    assert isinstance(preview.piece, Draft)
    broadcast = await company.store.broadcast(preview.piece.id)
    assert broadcast is not None
    return broadcast


async def pass_by(company: Company, span: timedelta, step: timedelta = HALF_AN_HOUR) -> None:
    """Time passes, with everything that falls due on the way at its time."""
    end = company.clock.now() + span
    while True:
        await company.go_on()
        due = await company.store.next_due(company.clock.now())
        steps = [company.clock.now() + step, end, *([due] if due else [])]
        following = min(steps)
        if company.clock.now() >= end:
            return
        company.clock.move(following)


def labels(card: Card) -> list[str]:
    return [b.label for b in card.buttons()]


def facts(card: Card) -> dict[str, str]:
    found = (block for block in card.blocks if isinstance(block, Facts))
    return {fact.label: fact.value for block in found for fact in block.facts}


def shown(company: Company, name: str) -> list[str]:
    """The titles that somebody got, without cards about their own drafts."""
    return [title for title in company.chat.titles(name) if ":" not in title and "?" not in title]
