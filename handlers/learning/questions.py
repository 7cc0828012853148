"""The questions of a slot: for each person a quiz of their own, or why there is none this time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from content import audience
from content.audience import AnyOf, Audience, Everyone, Has, JoinedSince
from content.campaigns import Campaign
from content.pieces import BasePiece, Group, Item, Quiz
from content.programme import Learning
from handlers.desk import Desk
from handlers.learning.memory import day_of
from handlers.learning.selection import Bank
from handlers.model import Person, Reason, Role
from handlers.people import subject
from handlers.schedule import A_DAY, monday_before

NEW_FOR = timedelta(days=90)  # how long a joiner is new
WAITS = timedelta(
    days=14
)  # how long a question that was not answered is left in the chat before it is asked again
LATELY = 20  # deliveries in which a question is not asked again, as long as there are others
AT_ONCE = 100  # people whose memories are held at a time; after them the others of the process have a turn

Chosen = Mapping[str, BasePiece | Reason]
"""Person's key -> what is theirs, such as a quiz, or why there is none."""


async def chosen(
    desk: Desk, campaign: Campaign, due_at: datetime, zone: str, people: Sequence[Person]
) -> Chosen:
    """What each of these people of one zone is asked in a slot; those who are asked the same share one quiz."""
    assert campaign.questions is not None
    bank = Bank.of(desk.library.items.values(), desk.library.programme, day_of(due_at))
    monday = day_of(monday_before(due_at, zone))
    groups = grouping(desk)
    quizzes: dict[tuple[str, ...], Quiz] = {}
    found: dict[str, Quiz | Reason] = {}
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        keys = [person.key for person in some]
        memories = await desk.store.memories(keys)
        asked = await desk.store.asked(keys, campaign.id, due_at - WAITS)
        for person in some:
            known = memories.get(person.key, {})
            waiting = [
                item
                for item, at in asked.get(person.key, {}).items()
                if item not in known or known[item].reviewed < day_of(at)
            ]
            items = bank.choose(known, groups(person, due_at), monday, campaign.questions, waiting)
            which = (*(item.id for item in items), "" if known else "first")
            if items and which not in quizzes:
                quizzes[which] = quiz(campaign.id, campaign.title, items, first=not known)
            found[person.key] = quizzes[which] if items else Reason.NOTHING
    return found


async def one(desk: Desk, person: Person, name: str) -> Quiz | None:
    """A question for somebody who asks for one, another than lately; None where the bank has nothing for them."""
    now = desk.clock.now()
    known = (await desk.store.memories([person.key])).get(person.key, {})
    lately = {
        item.id
        for delivery in await desk.store.deliveries_of(person.key, limit=LATELY)
        for item in (delivery.piece.items if isinstance(delivery.piece, Quiz) else ())
    }
    groups = grouping(desk)(person, now)
    rest = (item for item in desk.library.items.values() if item.id not in lately)
    for items in (rest, desk.library.items.values()):
        item = Bank.of(items, desk.library.programme, day_of(now)).one(known, groups)
        if item is not None:
            return quiz(name, item.title, (item,), first=not known)
    return None


def quiz(name: str, title: str, items: tuple[Item, ...], *, first: bool) -> Quiz:
    """Items as one piece, named after its campaign: a person has one row on a slot, whatever they are asked."""
    clauses = tuple(dict.fromkeys(clause for item in items for clause in item.clauses))
    shown = items[0].title if len(items) == 1 else title
    return Quiz(id=name, title=shown, clauses=clauses, items=items, first=first)


def grouping(desk: Desk) -> Callable[[Person, datetime], frozenset[Group]]:
    """To which groups a person belongs at a moment."""
    learning = desk.library.programme.learning
    known: dict[date, Mapping[Group, Audience]] = {}

    def groups(person: Person, at: datetime) -> frozenset[Group]:
        if at.date() not in known:
            known[at.date()] = rules(learning, at)
        seen = subject(person)
        return frozenset(
            {"everybody", *(name for name, rule in known[at.date()].items() if rule.matches(seen))}
        )

    return groups


def rules(learning: Learning, at: datetime) -> Mapping[Group, Audience]:
    """Who belongs to each group at a moment but "everybody", for a person and for a database.

    A group that the programme does not tell apart is everybody's.
    """
    told = {name: audience.parse(rule) for name, rule in learning.groups.items()}
    return {
        "operations": told.get("operations", Everyone()),
        "office": told.get("office", Everyone()),
        "manager": AnyOf((Has("role", Role.MANAGER), Has("role", Role.LEADER))),
        "new joiner": JoinedSince(at.date() - NEW_FOR + A_DAY),
    }
