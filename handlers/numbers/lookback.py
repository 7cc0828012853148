"""Looking back at a message: its four layers, who was left out and why, and its author's earlier ones beside it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from content.cards import Card
from content.markup import escape
from content.pieces import Message
from handlers.broadcasts.headway import NOT_REACHED, OPEN, Headway
from handlers.broadcasts.stages import Broadcast
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.findings import offers
from handlers.messages import serves
from handlers.model import Person, Reason, Status
from handlers.moments import about, by_reason
from handlers.numbers.definitions import UNDERSTOOD
from handlers.numbers.groups import FEWER, SMALLEST, few
from handlers.numbers.layers import Result, reading
from handlers.numbers.metrics import ACKNOWLEDGEMENT, REACH
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars, shortened
from handlers.numbers.sheets import card as sheet_card
from handlers.privacy.looks import Looked, each

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
EARLIER = 5  # messages of the same author beside this one
TITLE = 120  # characters of it in a title
NAMES = 50  # of those who have not acknowledged
HEADER = ("Message", "Sent", REACH.short, ACKNOWLEDGEMENT.short, UNDERSTOOD.short)
LOOKING_BACK = "looking back"
BELOW = "What came of it comes as a message of its own."
STILL_COUNTING = "So many answers take some seconds to count. Press **Look back** again."
NOTHING = "No message of a leader has gone out yet."


async def message(scope: Scope) -> Sheet:
    """The one that is asked for by its id, or the latest; of one author's, where that is who asks."""
    store = scope.desk.store
    wanted = scope.word
    if not wanted:
        latest = await store.results(BEGINNING, scope.now, author=scope.author, most=1)
        wanted = latest[0].id if latest else ""
    broadcast = await store.broadcast(wanted) if wanted else None
    if broadcast is None or not broadcast.out or scope.author not in ("", broadcast.author):
        said = (
            f"There is no message {escape(wanted)} here that went out. Type `stats messages`."
            if wanted
            else NOTHING
        )
        return Sheet(title="Looking back", says=(said,))
    return await looked_back(scope, broadcast)


async def pressed(desk: Desk, person: Person, click: Click, broadcast: Broadcast, card: Card) -> Outcome:
    """What the author sees: a message of its own, so that the card that shows how far it is stays what it is."""
    now = desk.clock.now()
    scope = Scope(
        *(desk, now, now, now, desk.zone(person)), author=person.key, person=person, word=broadcast.id
    )
    counted = await desk.counting.result(
        (LOOKING_BACK, broadcast.id, person.key), partial(_counted, scope, broadcast)
    )
    if counted is None:
        return Outcome(show=card.with_note(STILL_COUNTING))
    result, looked = counted
    result = offers.offered(result, person, offers.of_topic("message", broadcast.id, 0))
    row = desk.answer(person, click.address, result, f"{click.key}:{LOOKING_BACK}")
    looked = looked or (Looked(person.key, "stats message", broadcast.id),)
    return Outcome(deliver=(row,), show=card.with_note(BELOW), looked=looked)


async def _counted(scope: Scope, broadcast: Broadcast) -> tuple[Card, tuple[Looked, ...]]:
    sheet = await looked_back(scope, broadcast)
    return sheet_card(sheet), sheet.looked


async def looked_back(scope: Scope, broadcast: Broadcast) -> Sheet:
    store = scope.desk.store
    headway, took, earlier, names = await asyncio.gather(
        store.headway(broadcast.id, scope.now),
        store.time_to_acknowledge(broadcast.id),
        store.results(BEGINNING, scope.now, author=broadcast.author, before=broadcast.id, most=EARLIER),
        _names(scope, broadcast),
    )
    told = broadcast.message
    assert isinstance(told, Message)
    enough = headway.of(Status.SENT) >= SMALLEST
    return Sheet(
        title=f"Looking back: {shortened(told.title, TITLE)}",
        facts=_facts(headway, told, took if enough else None, enough),
        says=(*_left_out(headway, broadcast), *names.said),
        charts=bars("How far it got", _layers(headway, told), unit="") if enough else (),
        header=HEADER if earlier else (),
        rows=tuple(row(result, scope) for result in (_this(broadcast, headway), *earlier)) if earlier else (),
        notes=_notes(told, enough),
        data=tuple(data(result) for result in (_this(broadcast, headway), *earlier)),
        looked=names.looked,
    )


def row(result: Result, scope: Scope) -> tuple[str, ...]:
    """A message beside others; what fewer than five people did is not told."""
    when = f"{result.at.astimezone(scope.zone):%Y-%m-%d}"
    hidden = few(result.sent)
    return (
        *(shortened(result.title, 60), when, share(result.sent, result.roster)),
        FEWER if hidden else share(result.acknowledged, result.asked),
        FEWER if hidden else share(result.understood, result.sent if result.checked else 0),
    )


def data(result: Result) -> dict[str, str | float | None]:
    hidden = few(result.sent)
    done = {"acknowledged": result.acknowledged, "answered": result.answered, "understood": result.understood}
    return {
        "id": result.id,
        "title": result.title,
        "author": result.author,
        "at": result.at.isoformat(),
        "roster": result.roster,
        "sent": result.sent,
        "asked": result.asked,
        **{name: None if hidden else number for name, number in done.items()},
    }


def share(part: int, of: int) -> str:
    """ "84% of 50", or "-" where there is nothing to divide by."""
    return f"{part / of:.0%} of {of:,}" if of else "-"


def _facts(
    headway: Headway, told: Message, took: timedelta | None, enough: bool
) -> tuple[tuple[str, str], ...]:
    sent = headway.of(Status.SENT)
    facts = [("Delivered", f"{sent:,} of {headway.roster:,} on the roster")]
    if headway.withdrawn:
        facts.append(("Withdrawn", f"{headway.gone:,} were taken away again"))
    if not enough:
        return (*facts, ("Seen, acknowledged, understood", f"not told of {FEWER}"))
    facts.append(("Seen", reading(headway.places)))
    if told.acknowledge:
        facts.append(
            ("Acknowledged", f"{headway.acknowledged:,} of {sent:,} ({headway.acknowledged / sent:.0%})")
        )
    if told.check:
        right = f"{headway.understood:,} of {sent:,} ({headway.understood / sent:.0%})"
        facts.append(("Understood", f"{right}; {headway.answered:,} answered its question"))
    if took is not None:
        facts.append(("Half of those who acknowledged did so within", about(took)))
    return tuple(facts)


def _layers(headway: Headway, told: Message) -> list[tuple[str, float]]:
    layers: list[tuple[str, float]] = [
        ("Delivered", headway.of(Status.SENT)),
        ("Seen at least", headway.seen),
    ]
    layers += [("Acknowledged", headway.acknowledged)] if told.acknowledge else []
    return layers + ([("Understood", headway.understood)] if told.check else [])


def _left_out(headway: Headway, broadcast: Broadcast) -> tuple[str, ...]:
    """Everybody on the roster who does not have it, by state and reason: with those who have it, all of them."""
    groups = {name: _reasons(headway, status) for status, name in NOT_REACHED.items()}
    lines = [
        f"- {sum(found.values()):,} {name}: {by_reason(found)}" for name, found in groups.items() if found
    ]
    still = headway.of(*OPEN)
    lines += [f"- {still:,} still on their way"] if still else []
    lines += [f"- Left out on purpose: {escape(f'{each.rule}: {each.why}')}" for each in broadcast.exclusions]
    missing = headway.roster - headway.of(Status.SENT)
    if not lines:
        return ("Everybody on the roster has it.",) if headway.roster else ()
    return ("\n".join([f"**{missing:,} of {headway.roster:,} do not have it:**", "", *lines])[:2500],)


def _reasons(headway: Headway, status: Status) -> dict[str, int]:
    return {
        str(reason) if reason is not Reason.NONE else "no reason known": number
        for (found, reason), number in headway.states.items()
        if found is status and number
    }


class _Named(NamedTuple):
    said: tuple[str, ...] = ()
    looked: tuple[Looked, ...] = ()


async def _names(scope: Scope, broadcast: Broadcast) -> _Named:
    """Who has it and has not acknowledged it, for whom the programme allows to see that; nothing for others."""
    sight = scope.sight("not acknowledged", broadcast.author)
    whose = sight.whose
    if whose is None or not getattr(broadcast.message, "acknowledge", False):
        return _Named()
    number, names = await scope.desk.store.unacknowledged(
        broadcast.id, manager=whose, within=sight.within, most=NAMES
    )
    if not number:
        return _Named()
    more = f", and {number - len(names):,} more" if number > len(names) else ""
    whom = " of your own people" if whose else ""
    listed = ", ".join(escape(shortened(name, 40)) for _, name in names)
    look = sight.look(scope.person, "stats message", broadcast.id)
    said = f"**{number:,}{whom} have not acknowledged it:** {listed}{more}"
    return _Named((said,), each(look, (key for key, _ in names)))


def _this(broadcast: Broadcast, headway: Headway) -> Result:
    told, sent = broadcast.message, headway.of(Status.SENT)
    return Result(
        *(broadcast.id, f"This one: {told.title}", broadcast.author, "", broadcast.at),
        roster=headway.roster,
        sent=sent,
        asked=sent if getattr(told, "acknowledge", False) else 0,
        acknowledged=headway.acknowledged,
        answered=headway.answered,
        understood=headway.understood,
        checked=getattr(told, "check", None) is not None,
    )


def _notes(told: Message, enough: bool) -> tuple[str, ...]:
    notes = []
    if enough:
        notes.append(
            "Seen is what Teams tells, where read receipts are on, and whoever pressed something; of the others it is "
            "not known."
        )
    clauses = tuple(dict.fromkeys((*told.clauses, *told.record)))
    if clauses:
        notes.append(f"In the record for {serves(clauses)}.")
    return tuple(notes)
