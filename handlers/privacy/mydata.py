"""`my data`: what is held about oneself, page by page; who looked; and what can be wished for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Table, Text
from handlers import quiz
from handlers.api import access
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.model import Person, Status
from handlers.numbers.sheets import shortened
from handlers.privacy import wishes

TITLE = "What Catchball holds about you"
A_CARD = 20  # lines of one page
ALL = 100_000
WHY = (
    "Each answer is kept with its question, time and clause as a record of the programme, under an internal key and "
    "not under your name. A copy of everything is a file, which a chat cannot hand out: *Ask for a copy*, and an "
    "administrator makes it. After an erasure nothing says any more that it was you, and nothing reaches you."
)

Row = tuple[str, ...]
Page = Callable[[Desk, Person], Awaitable[tuple[Row, Sequence[Row]]]]


async def answer(desk: Desk, person: Person, rest: str) -> Outcome:
    """`my data`, `my data sent`, `my data sent 21`, `my data copy`, `my data erase`."""
    word, _, number = rest.lower().partition(" ")
    if word in WISHES:
        return await wishes.wished(desk, person, WISHES[word])
    if word in PAGES and (not number or number.isdecimal()):
        return Outcome(show=await _page(desk, person, word, max(int(number or 1), 1)))
    return Outcome(show=await _summary(desk, person))


async def _summary(desk: Desk, person: Person) -> Card:
    store = desk.store
    did = await store.participations_of(person.key)
    got = await store.deliveries_of(person.key, limit=ALL, campaigns_only=True)
    wrote = len(await store.replies.by(person.key))
    ideas = await store.ideas.page("open", 0, 0, person=person.key)
    remembered = len((await store.memories([person.key])).get(person.key, {}))
    looks = await store.looks_at(person.key)
    places = ", ".join(sorted({a.platform.capitalize() for a in person.addresses})) or "nowhere yet"
    facts = (
        Fact(label="Name", value=person.name or "not known"),
        Fact(label="E-mail", value=person.email or "not known"),
        Fact(label="Team and site", value=", ".join(filter(None, (person.team, person.site))) or "not known"),
        Fact(label="Roles", value=", ".join(sorted(person.roles))),
        Fact(label="Time zone", value=person.zone or f"{desk.library.programme.zone} (the programme's)"),
        Fact(label="Language", value=person.language),
        Fact(label="Reached in", value=places),
        Fact(label="Sent to you", value=str(sum(d.status is Status.SENT for d in got))),
        Fact(
            label="You did",
            value=f"{_many(len(did), 'thing')}, {sum(p.verb == quiz.ANSWERED for _, p in did)} of them answers"
            + (f"; {_many(wrote, 'text')} to leaders" if wrote else ""),
        ),
        Fact(label="Ideas of yours", value=f"{ideas.open} open, {ideas.closed} closed"),
        Fact(label="Questions whose memory is kept", value=str(remembered)),
        Fact(label="Others looked at you by name", value=_many(len(looks), "time") if looks else "never"),
        Fact(label="Celebrations", value="on" if person.celebrates else "off"),
        Fact(label="Week in numbers", value="on" if person.digest else "off"),
    )
    token = await store.token_of(person.key)
    acts = f"\n\nA token lets another system act for you. {access.when(desk, person, token)}" if token else ""
    pages = Buttons(buttons=tuple(_said(label, f"my data {word}") for word, (label, _) in PAGES.items()))
    wish = Buttons(
        buttons=(_said("Ask for a copy", "my data copy"), _said("Ask for erasure", "my data erase"))
    )
    return Card(title=TITLE, blocks=(Facts(facts=facts), Text(markdown=f"{WHY}{acts}"), pages, wish))


async def _page(desk: Desk, person: Person, word: str, start: int) -> Card:
    label, read = PAGES[word]
    nothing = "Nobody has looked at you by name." if word == "looks" else "Nothing of this is held about you."
    header, rows = await read(desk, person)
    here = rows[start - 1 : start - 1 + A_CARD]
    if not here:
        return Card(title=label, blocks=(Note(markdown=nothing), _back()))
    blocks: list[Block] = [Table(header=header, rows=tuple(here))]
    if len(rows) > start - 1 + A_CARD:
        blocks.append(Buttons(buttons=(_said("Older", f"my data {word} {start + A_CARD}"),)))
    last = start - 1 + len(here)
    note = (
        f"{start} to {last} of {len(rows):,}, the latest first."
        if len(rows) > A_CARD
        else "The latest first."
    )
    return Card(title=label, blocks=(*blocks, Note(markdown=note), _back()))


def _back() -> Buttons:
    return Buttons(buttons=(_said("My data", "my data"),))


def _said(label: str, words: str) -> Button:
    return Button(label=label, verb="said", value=words)


async def _sent(desk: Desk, person: Person) -> tuple[Row, Sequence[Row]]:
    found = await desk.store.deliveries_of(person.key, limit=ALL, campaigns_only=True)
    rows = [
        (
            desk.local(d.sent_at or d.due_at, person),
            shortened(d.piece.title if d.piece else d.card.title, 60),
            f"{d.status}{f', {d.reason}' if d.reason else ''}",
        )
        for d in found
    ]
    return ("When", "What", "Became of it"), rows


async def _did(desk: Desk, person: Person) -> tuple[Row, Sequence[Row]]:
    found = await desk.store.participations_of(person.key)
    rows = [
        (
            desk.local(at, person),
            did.verb,
            shortened(" ".join(filter(None, (did.item, did.value))) or "-", 60),
            "-" if did.correct is None else "right" if did.correct else "wrong",
        )
        for at, did in reversed(found)
    ]
    return ("When", "You", "What", "Result"), rows


async def _wrote(desk: Desk, person: Person) -> tuple[Row, Sequence[Row]]:
    replies = [
        (each.at, shortened(each.title, 40), each.text) for each in await desk.store.replies.by(person.key)
    ]
    words = [(each.at, "a pulse", each.text) for each in await desk.store.written_by(person.key)]
    ideas = [
        (step.at, f"idea {idea}", step.text) for idea, step in await desk.store.ideas.written_by(person.key)
    ]
    newest = sorted([*replies, *words, *ideas], reverse=True)
    rows = [(desk.local(at, person), about, shortened(said, 200)) for at, about, said in newest]
    return ("When", "About", "Your words"), rows


async def _looked(desk: Desk, person: Person) -> tuple[Row, Sequence[Row]]:
    found = await desk.store.looks_at(person.key)
    known = await desk.store.persons(list({look.actor for look in found if look.actor}))
    rows = []
    for look in found:
        who = known.get(look.actor)
        name = (who.name or who.email if who else "") or ("on the server" if not look.actor else "somebody")
        why = f"exception {look.exception}: {look.why}" if look.exception else "the role allows it"
        what = shortened(" ".join(filter(None, (look.what, look.words))), 60)
        rows.append((desk.local(look.at or desk.clock.now(), person), name, what, shortened(why, 120)))
    return ("When", "Who", "At what", "Why"), rows


PAGES: Mapping[str, tuple[str, Page]] = {
    "sent": ("What you were sent", _sent),
    "did": ("What you did", _did),
    "wrote": ("What you wrote", _wrote),
    "looks": ("Who looked at you", _looked),
}
WISHES = {"copy": wishes.COPY, "export": wishes.COPY, "erase": wishes.ERASURE}


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
