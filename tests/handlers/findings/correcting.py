"""A shop in which something is not as it should be: who finds it, who owns it, and the presses of all of them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

from content.cards import Card
from content.limits import problems
from content.pieces import BasePiece, Clause, Due, Found
from handlers.events import Click, Outcome
from handlers.findings.effect import number
from handlers.findings.finding import About, Finding, Stage, Words
from handlers.model import Delivery, Person, Role
from tests.answering import answered
from tests.conftest import Company, at, button
from tests.handlers.leading import MONDAY_TEN

CALIPER = "overdue-caliper"
CLAUSE = "ISO 9001:2015 7.1.5"
ABOUT = "accuracy by clause 90"
_keys = (f"correcting{n}" for n in itertools.count(1))


async def shop(company: Company, people: int = 8, right: int = 2) -> list[Person]:
    """At ten on a Monday, Marie leads quality and Kurt the shop; so few of his people knew about calipers."""
    company.clock.move(MONDAY_TEN)
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    await company.admit("kurt", roles=frozenset({Role.MANAGER}), team="Production")
    await company.admit("wanda", roles=frozenset({Role.ADMINISTRATOR}))
    await company.admit("olga", roles=frozenset({Role.AUDITOR}))
    found = [
        await company.admit(f"p{n}", team="Production", manager="kurt@example.org") for n in range(people)
    ]
    question = company.library.items[CALIPER]
    for n, who in enumerate(found):
        value = question.key if n < right else "A"
        await answered(company.store, who, question, value, MONDAY_TEN - timedelta(days=10), 3)
    return found


async def sent(
    company: Company,
    item: str,
    who: str = "marie",
    card: Delivery | None = None,
    value: str = "",
    **values: str,
) -> Outcome:
    """A form of a finding comes back."""
    opened = value or company.clock.now().isoformat()
    delivery = card.id if card else ""
    click = Click(next(_keys), at(who), "finding", delivery=delivery, item=item, value=opened, values=values)
    return await company.dispatch(click)


async def opens(company: Company, about: str = ABOUT, who: str = "marie", **values: str) -> Outcome:
    fields = {
        "group": CLAUSE,
        "title": "Calipers that are overdue",
        "clause": CLAUSE,
        "owner": "kurt@example.org",
        "due": "2026-12-14",
    }
    return await sent(company, f"about {about}", who, **{**fields, **values})


async def opened(company: Company, about: str = ABOUT, **values: str) -> Finding:
    """By Marie, given to Kurt; both have its card."""
    outcome = await opens(company, about, **values)
    assert outcome.errors == {}
    await company.drain.everything()
    return await the_one(company)


async def the_one(company: Company) -> Finding:
    page = await company.store.findings.page("open", company.clock.now().date(), 0, 9)
    closed = await company.store.findings.page("closed", company.clock.now().date(), 0, 9)
    (listed,) = (*page.findings, *closed.findings)
    found = await company.store.findings.one(listed.id)
    assert found is not None
    return found


async def cards_of(company: Company, who: str, kind: type[BasePiece] = Found) -> list[Delivery]:
    """Of findings, the newest first."""
    person = await company.store.person_at(at(who))
    assert person is not None
    found = await company.store.deliveries_of(person.key)
    return [delivery for delivery in found if isinstance(delivery.piece, kind)]


async def reminders(company: Company, who: str) -> list[str]:
    """Why somebody was reminded, the first first."""
    return [d.piece.why for d in reversed(await cards_of(company, who)) if isinstance(d.piece, Due)]


async def sees(company: Company, who: str) -> Card:
    """The latest card of a finding that somebody has, as it looks by now."""
    (card, *_) = await cards_of(company, who)
    return await looks_at(company, who, card)


async def looks_at(company: Company, who: str, card: Delivery) -> Card:
    outcome = await company.dispatch(Click(next(_keys), at(who), "looked", delivery=card.id))
    assert outcome.show is not None
    assert problems(outcome.show) == ()
    return outcome.show


async def presses(company: Company, who: str, label: str) -> Outcome:
    (card, *_) = await cards_of(company, who)
    return await company.press(who, card, button(await sees(company, who), label))


async def fills(company: Company, who: str, label: str, **values: str) -> Outcome:
    """Open the form behind a button of the card, and send it."""
    form = (await presses(company, who, label)).form
    assert form is not None
    assert problems(form) == ()
    (card, *_) = await cards_of(company, who)
    send = form.buttons()[0]
    given = {field.id: field.value for field in form.inputs()} | values
    return await sent(company, send.item, who, card, send.value, **given)


async def planned(company: Company, who: str = "kurt", **values: str) -> Outcome:
    words = {"cause": "Nobody looks at the date.", "action": "A list of dates at each drawer.", **values}
    return await fills(company, who, "Cause and action", **words)


async def done(company: Company) -> None:
    """Opened, planned and done."""
    await opened(company)
    assert (await planned(company)).errors == {}
    await presses(company, "kurt", "It is done")
    await company.drain.everything()


async def asked_again(company: Company, how: str = "same", on: str = "2026-12-07") -> None:
    """Done, and asked again on a Monday."""
    await done(company)
    assert (await fills(company, "marie", "See whether it helped", on=on, how=how)).errors == {}


def labels(card: Card) -> list[str]:
    return [each.label for each in card.buttons()]


def written(owner: str, at: datetime, **more: object) -> Finding:
    """A finding as it is kept, with nothing counted for it."""
    usual = Finding(
        id="f-written",
        version=1,
        stage=Stage.OPEN,
        about=About("participation"),
        clause=Clause(standard="ISO 9001", edition="2015", clause="7.3"),
        since=at - timedelta(days=90),
        until=at,
        before=number(2, 8, 8),
        words=Words("Nobody answers"),
        opener="marie",
        owner=owner,
        due=at.date() + timedelta(days=14),
        opened_at=at,
    )
    return replace(usual, **more)  # type: ignore[arg-type]
