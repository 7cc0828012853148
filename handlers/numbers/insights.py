"""What the quality lead learns from answers: the topics that may follow `stats`, and who may see them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from content.cards import Button, Buttons, Card, Note, Text
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.findings import offers
from handlers.findings import rates as corrective
from handlers.ideas import rates as improving
from handlers.learning import certain, delayed, induction, items, recall
from handlers.learning.lessons import DELAYED_RECALL
from handlers.model import Person
from handlers.numbers import leaders, lookback, metrics
from handlers.numbers.periods import EXAMPLES, BadPeriod, Period, read
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, card
from handlers.permissions import looking, may, refusal, whose_numbers
from handlers.privacy.looks import Looked
from handlers.replies import rates

ON_A_PAGE = Buttons(buttons=(Button(label="Open as a page", verb="said", value="insights"),))
NOT_A_LEADER = refusal("see everybody's numbers", "broadcast")


@dataclass(frozen=True)
class Topic:
    """words: what may follow it; days: how far it looks back unless told otherwise, None where it looks at today."""

    run: Callable[[Scope], Awaitable[Sheet]]
    words: Sequence[str] = ()
    days: int | None = metrics.PERIOD.days
    any_word: bool = False  # the name of an item or of a message
    leaders: bool = (
        False  # about what leaders said: for a leader who may not see everybody's numbers, their own
    )
    by_name: bool = False  # it may tell of somebody by name, so it is not the same for all who ask

    def usage(self, name: str) -> str:
        typed = [f"`stats {name}`", *(f"`stats {name} {word}`" for word in self.words)]
        typed += [f"`stats {name} ID`"] if self.any_word else []
        period = f", and a period: {EXAMPLES}" if self.days else ""
        return f"Type {', '.join(typed)}{period}."


TOPICS: Mapping[str, Topic] = {
    "recall": Topic(recall.recall, recall.WORDS, days=None),
    "wrong": Topic(certain.wrong, certain.WORDS),
    "items": Topic(items.items, any_word=True),
    "delayed": Topic(delayed.delayed, days=DELAYED_RECALL.days),
    "induction": Topic(induction.induction, by_name=True),
    "replies": Topic(rates.replies, by_name=True),
    "findings": Topic(corrective.findings, days=365),
    "ideas": Topic(improving.ideas),
    "messages": Topic(leaders.messages, leaders=True, by_name=True),
    "message": Topic(lookback.message, any_word=True, days=None, leaders=True, by_name=True),
    "leaders": Topic(leaders.leaders, leaders=True, by_name=True),
}


async def stats(desk: Desk, person: Person, words: str) -> Outcome:
    """A topic as a card; without one the numbers of participation. For whose people somebody may see.

    That they looked goes into the ledger with the answer, in the words that were understood.
    """
    outcome = await _stats(desk, person, words)
    if not desk.page or whose_numbers(person) is None or outcome.show is None:
        return outcome
    blocks = (*outcome.show.blocks, ON_A_PAGE)
    return replace(outcome, show=outcome.show.model_copy(update={"blocks": blocks}))


async def _stats(desk: Desk, person: Person, words: str) -> Outcome:
    name, *rest = words.split() or [""]
    topic = TOPICS.get(name.lower())
    manager = whose_numbers(person)
    own = bool(topic and topic.leaders and manager != "")
    if topic is None or (manager is None and not own):
        rates = await metrics.stats(desk, person, words)
        assert rates.show is not None
        numbers = offers.of_rates(words, _named_back(desk, person, words))
        return replace(rates, show=offers.offered(rates.show, person, numbers))
    if own and not may(person, "broadcast"):
        return _sentence(NOT_A_LEADER)
    now = desk.clock.now()
    try:
        asked = understood(topic, rest, now, desk.zone(person))
    except BadPeriod as mistake:
        return _sentence(f"{mistake} {topic.usage(name.lower())}")
    if asked is None:
        return _sentence(topic.usage(name.lower()))
    word, period = asked
    scope = Scope(
        desk=desk,
        now=now,
        since=period.since,
        until=period.until,
        zone=desk.zone(person),
        word=word,
        manager="" if own else manager or "",
        author=person.key if own else "",
        person=person,
    )
    who = person.key if topic.by_name else ""
    asked_for = (words.lower(), scope.manager, who, str(scope.zone))
    counted = await desk.counting.result(asked_for, partial(_counted, topic, scope))
    if counted is None:
        return Outcome(show=_still_counting(f"stats {words}"))
    shown, looked = counted
    shown = offers.offered(shown, person, offers.of_topic(name.lower(), word, _back(desk, period)))
    return Outcome(
        show=shown, looked=looked or (looking(person, f"stats {name.lower()}", " ".join(rest).lower()),)
    )


async def _counted(topic: Topic, scope: Scope) -> tuple[Card, tuple[Looked, ...]]:
    sheet = await topic.run(scope)
    return card(sheet), sheet.looked


def _sentence(markdown: str) -> Outcome:
    return Outcome(show=Card(title="Numbers", blocks=(Note(markdown=markdown),)))


def _still_counting(typed: str) -> Card:
    again = Button(label="Show the numbers", verb="said", value=typed[:200], style="primary")
    waits = "So many answers take some seconds to count. The numbers will be here when you press."
    return Card(title="Still counting", blocks=(Text(markdown=waits), Buttons(buttons=(again,))))


def understood(
    topic: Topic, words: Sequence[str], now: datetime, zone: ZoneInfo
) -> tuple[str, Period] | None:
    """The word and the period among these; None where one of them is neither. Raises BadPeriod."""
    named, left = read(words, now, zone) if topic.days else (None, words)
    found = ""
    for word in (word.lower() for word in left):
        if not found and (word in topic.words or (topic.any_word and not word.isdecimal())):
            found = word
        elif word not in ("by", "days"):
            return None
    return found, named or Period(now - timedelta(days=topic.days or 0), now)


def _named_back(desk: Desk, person: Person, words: str) -> int | None:
    """As `_back`; 0 too where no period is named."""
    try:
        named, _ = read(words.split(), desk.clock.now(), desk.zone(person))
    except BadPeriod:
        return None
    return _back(desk, named) if named else 0


def _back(desk: Desk, period: Period) -> int | None:
    """How many days back from today, by which a finding counts; 0 where it is about now.

    None for a period that is over, or has just begun: a finding over whole days up to now would be over other ones.
    """
    if period.until != desk.clock.now():
        return None
    zone = ZoneInfo(desk.library.programme.zone)
    first, today = (moment.astimezone(zone).date() for moment in (period.since, period.until))
    return (today - first).days or (0 if period.since == period.until else None)
