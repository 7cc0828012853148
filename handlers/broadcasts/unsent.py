"""An author's drafts that were not sent: a list, and each brought down into the chat to go on with or to discard."""

from __future__ import annotations

from dataclasses import replace

from content.cards import Button, Buttons, Card, Note, Text
from content.markup import escape
from handlers.broadcasts import authored, spoken, writing
from handlers.broadcasts.stages import Broadcast, Stage
from handlers.desk import Desk, about_slots
from handlers.events import Outcome, Said
from handlers.model import Person
from handlers.permissions import may, refusal
from handlers.wishes import sentence

AT_ONCE = 5  # in one list: Teams takes six buttons a card
LOOKED_THROUGH = 200  # of an author's broadcasts, those changed last
ROW = 1000  # of their deliveries, to see which cards they have
NOTHING = "Nothing lies unsent. Type `broadcast` to write a message."
OFTEN = "Its card is in this chat several times already: scroll up to the newest of them."
IN_THE_CHAT = "Go on with it there, or discard it."
STAGES = {Stage.DRAFT: "", Stage.WAITING: ", waits for a second person"}


async def listed(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """The newest first, five at a time; `drafts 6` from the sixth on, `drafts open ID` brings one down."""
    if not (may(person, "broadcast") or may(person, "celebrate")):
        return sentence("Drafts", refusal("broadcast", "celebrate"))
    found = [b for b in await desk.store.broadcasts_of(person.key, LOOKED_THROUGH) if b.stage in STAGES]
    word, _, which = rest.partition(" ")
    if word.lower() == "open":
        known = next((broadcast for broadcast in found if broadcast.id == which.strip()), None)
        return await _opened(desk, person, said, known)
    start = min(max(int(word), 1), LOOKED_THROUGH) - 1 if word.isdecimal() and len(word) < 8 else 0
    return Outcome(show=_list(desk, person, found, start)) if found else sentence("Drafts", NOTHING)


def _list(desk: Desk, person: Person, found: list[Broadcast], start: int) -> Card:
    shown = found[start : start + AT_ONCE]
    lines, buttons = [], []
    for number, broadcast in enumerate(shown, start + 1):
        people = f"{broadcast.people:,} {'person' if broadcast.people == 1 else 'people'}"
        changed = f"last changed {desk.local(broadcast.at, person)}"
        title = escape(spoken.said(broadcast).title)
        lines.append(f"**{number}.** {title}: {people}, {changed}{STAGES[broadcast.stage]}")
        buttons.append(Button(label=f"Open {number}", verb="said", value=f"drafts open {broadcast.id}"))
    if left := len(found) - start - len(shown):
        buttons.append(Button(label=f"{left} more", verb="said", value=f"drafts {start + len(shown) + 1}"))
    rows = [Buttons(buttons=tuple(row)) for row in (buttons[:AT_ONCE], buttons[AT_ONCE:]) if row]
    return Card(title="Drafts", blocks=(Text(markdown="\n\n".join(lines) or NOTHING), *rows))


async def _opened(desk: Desk, person: Person, said: Said, known: Broadcast | None) -> Outcome:
    """One more card about it; whatever is done on one of them is seen on all."""
    if known is None:
        return sentence(
            "Drafts", "There is no such draft of yours any more. Type `drafts` to see those there are."
        )
    there = {row.slot for row in await desk.store.deliveries_of(person.key, limit=ROW)}
    slot = next((slot for slot in about_slots(known.id) if slot not in there), None)
    if slot is None:
        return sentence("Drafts", OFTEN)
    card = authored.compose(await authored.watch(desk, known, person), person)
    row = replace(writing.preview(desk, person, said.address, known, card), slot=slot)
    shown = Card(title="It is in the chat", blocks=(Note(markdown=IN_THE_CHAT),))
    return Outcome(show=shown if said.direct else None, deliver=(row,))
