"""Answers that were given at some moment, written as a press writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from content.cards import Card
from content.pieces import Clause, Item, Quiz
from handlers.events import Change
from handlers.model import Delivery, Participation, Person, Platform
from storage.store import Storage

AWARENESS = Clause(standard="ISO 9001", edition="2015", clause="7.3 b")
POLICY = Clause(standard="ISO 9001", edition="2015", clause="5.2.2")
TRAINING = Clause(standard="ISO/IEC 27001", edition="2022", clause="A.6.3")
A_DAY = timedelta(days=1)

_numbers = count(1)


def item(name: str, *clauses: Clause, **more: object) -> Item:
    """A question of three options whose key is A."""
    usual = {
        "id": name,
        "title": name.capitalize(),
        "stem": f"What do you do first about {name}?",
        "options": {"A": "Ask", "B": "Wait", "C": "Go on"},
        "key": "A",
        "explanation": "Who asks knows.",
        "clauses": clauses or (AWARENESS,),
    }
    return Item.model_validate(usual | more)


async def answered(
    store: Storage,
    who: Person,
    question: Item,
    value: str,
    at: datetime,
    certainty: int | None = None,
    *,
    campaign: str = "on-demand",
    after: timedelta = timedelta(seconds=30),
) -> None:
    """One answer, so long after the question was delivered."""
    number = next(_numbers)
    quiz = Quiz(id=f"quiz-{question.id}", title="A quiz", clauses=question.clauses, items=(question,))
    row = Delivery(
        id=f"answered{number}",
        person=who.key,
        campaign=campaign,
        slot=f"event-{number}",
        piece=quiz,
        card=Card(title="A quiz"),
        address=who.address,
        due_at=at - after,
        expires_at=at + A_DAY,
        sent_at=at - after,
    )
    await store.commit(Change(inbox=f"asked-{number}", at=at - after, deliver=(row,)))
    right = value == question.key
    did = Participation("answered", question.id, value, right, certainty, question.clauses)
    pressed = Change(
        inbox=f"pressed-{number}", at=at, delivery=replace(row), remember=(did,), platform=Platform.PLAYGROUND
    )
    assert await store.commit(pressed)
