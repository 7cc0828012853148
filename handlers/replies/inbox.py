"""A leader's inbox: what waits for an answer, how long, and what was answered lately."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.markup import escape
from handlers.desk import Desk
from handlers.events import Outcome, Said
from handlers.model import Address, Lane, Person
from handlers.moments import about as lasting
from handlers.numbers.sheets import shortened
from handlers.replies.incoming import card_for, may_answer, who_wrote
from handlers.replies.letters import quoted
from handlers.replies.receivers import has_turn
from handlers.replies.reply import Inbox, ReplyRate

TITLE = "Inbox"
AT_ONCE = 5  # replies in one list: Teams takes six buttons a card
RATE_OF = timedelta(days=90)
NOTHING_YET = (
    "Nobody has written to you yet. What people write back to your messages comes here, and what they ask the "
    "leadership when it is your turn."
)


async def listed(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """What waits, five at a time; `inbox 6` from the sixth on, `inbox open ID` brings one down with its buttons."""
    word, _, which = rest.partition(" ")
    if word.lower() == "open":
        return await _opened(desk, person, said, which.strip())
    start = min(max(int(word), 1), 10**6) - 1 if word.isdecimal() and len(word) < 8 else 0
    found = await desk.store.replies.inbox(person.key, start, AT_ONCE, left=await has_turn(desk, person))
    if not found.received:
        return Outcome(show=Card(title=TITLE, blocks=(Note(markdown=NOTHING_YET),)))
    now = desk.clock.now()
    rates = await desk.store.replies.rates(now - RATE_OF, now + timedelta(seconds=1))
    rate = next((rate for rate in rates if rate.leader == person.key), ReplyRate(person.key))
    return Outcome(show=await _list(desk, found, start, rate))


async def _opened(desk: Desk, person: Person, said: Said, which: str) -> Outcome:
    reply = await desk.store.replies.one(which) if which.isascii() and which.isalnum() else None
    if reply is None or not await may_answer(desk, reply, person):
        return Outcome(show=Card(title=TITLE, blocks=(Note(markdown="There is no such reply for you."),)))
    row = await card_for(desk, reply, person, Lane.INTERACTIVE)
    shown = Card(title="It is in the chat", blocks=(Note(markdown="Answer it there."),))
    return Outcome(show=shown if said.direct else None, deliver=(replace(row, address=_here(person, said)),))


def _here(person: Person, said: Said) -> Address:
    return next((a for a in person.addresses if a.same_as(said.address)), said.address)


async def _list(desk: Desk, found: Inbox, start: int, rate: ReplyRate) -> Card:
    now = desk.clock.now()
    blocks: list[Block] = [Facts(facts=_facts(found, rate, now, first=not start))]
    buttons = []
    for number, reply in enumerate(found.open, start + 1):
        who = await who_wrote(desk, reply)
        who = f"{who[:60]}, without a name," if reply.anonymous else who[:60]
        about = f" about “{escape(reply.title)}”" if reply.broadcast else " to the leadership"
        head = f"**{number}.** {escape(who)}{about}, waits {lasting(now - reply.at)}"
        blocks += [Text(markdown=f"{head}\n\n{quoted(shortened(reply.text, 200)).markdown}")]
        buttons.append(Button(label=f"Open {number}", verb="said", value=f"inbox open {reply.id}"))
    if buttons:
        blocks.append(Buttons(buttons=tuple(buttons)))
    after = start + len(found.open)
    if found.open and after < found.waiting:
        more = Button(label=f"{found.waiting - after} more", verb="said", value=f"inbox {after + 1}")
        blocks.append(Buttons(buttons=(more,)))
    if found.answered:
        lately = "\n".join(
            f"- {escape(shortened(each.text, 80))} → {escape(shortened(each.answer, 80))}"
            for each in found.answered
        )
        blocks.append(Text(markdown=f"**Answered lately**\n\n{lately}"))
    return Card(title=TITLE, blocks=tuple(blocks))


def _facts(found: Inbox, rate: ReplyRate, now: datetime, first: bool) -> tuple[Fact, ...]:
    waits = f"{found.waiting:,}"
    if found.open and first:
        waits += f", the oldest {lasting(now - found.open[0].at)}"
    facts = [Fact(label="Waiting for your answer", value=waits if found.waiting else "nothing")]
    if rate.wanted:
        facts.append(Fact(label="Answered in 90 days", value=f"{rate.answered} of {rate.wanted}"))
    if rate.median is not None:
        facts.append(Fact(label="Half of the answers came within", value=lasting(rate.median)))
    return tuple(facts)
