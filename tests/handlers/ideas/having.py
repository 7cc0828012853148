"""A shop in which people have ideas: who has them, who decides, and the presses of all of them."""

from __future__ import annotations

import itertools

from content.cards import Card
from content.limits import problems
from content.pieces import Proposed, Waiting
from handlers.events import Click, Outcome
from handlers.ideas.idea import Idea
from handlers.model import Delivery, Role
from tests.conftest import Company, at, button
from tests.handlers.findings import correcting
from tests.handlers.leading import MONDAY_TEN

WORDS = "Hang the gauges where one needs them."
_keys = (f"having{n}" for n in itertools.count(1))


async def shop(company: Company, **rules: object) -> None:
    """At ten on a Monday: Ada works, Kurt leads the shop, Marie leads quality, and Wanda administers."""
    company.clock.move(MONDAY_TEN)
    company.run_campaigns(**rules)
    await company.admit("ada", manager="kurt@example.org", team="Production")
    await company.admit("kurt", roles=frozenset({Role.MANAGER}), team="Production")
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    await company.admit("wanda", roles=frozenset({Role.ADMINISTRATOR}))


async def sent(
    company: Company, item: str, who: str, card: Delivery | None = None, value: str = "", **values: str
) -> Outcome:
    """A form of an idea comes back."""
    opened = value or company.clock.now().isoformat()
    delivery = card.id if card else ""
    click = Click(next(_keys), at(who), "idea", delivery=delivery, item=item, value=opened, values=values)
    return await company.dispatch(click)


async def proposes(company: Company, who: str = "ada", text: str = WORDS, **values: str) -> Idea:
    """By the form; everybody who is to see it has its card."""
    outcome = await sent(company, "new", who, text=text, **values)
    assert outcome.errors == {}
    await company.drain.everything()
    assert outcome.idea is not None
    return await known(company, outcome.idea.idea.id)


async def known(company: Company, idea: str) -> Idea:
    found = await company.store.ideas.one(idea)
    assert found is not None
    return found


async def cards_of(company: Company, who: str) -> list[Delivery]:
    """Of ideas, the newest first."""
    return await correcting.cards_of(company, who, Proposed)


async def reminders(company: Company, who: str) -> list[Delivery]:
    return [d for d in reversed(await cards_of(company, who)) if isinstance(d.piece, Waiting)]


async def sees(company: Company, who: str) -> Card:
    """The latest card of an idea that somebody has, as it looks by now."""
    (card, *_) = await cards_of(company, who)
    return await correcting.looks_at(company, who, card)


async def fills(company: Company, who: str, label: str, **values: str) -> Outcome:
    """Open the form behind a button of the latest card, and send it."""
    (card, *_) = await cards_of(company, who)
    form = (await company.press(who, card, button(await sees(company, who), label))).form
    assert form is not None
    assert problems(form) == ()
    send = form.buttons()[0]
    given = {field.id: field.value for field in form.inputs()} | values
    outcome = await sent(company, send.item, who, card, send.value, **given)
    await company.drain.everything()
    return outcome


async def accepted(company: Company, **values: str) -> Outcome:
    """By Marie, given to Kurt until the week before Christmas."""
    fields = {"owner": "kurt@example.org", "due": "2026-12-14", "text": "Good. Kurt sees to it.", **values}
    return await fills(company, "marie", "Accept it", **fields)
