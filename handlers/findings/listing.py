"""What is typed: `findings` for the list, `finding` for a new one or for one by its id."""

from __future__ import annotations

from content.cards import Block, Button, Buttons, Card, Note, Text
from handlers.desk import Desk
from handlers.events import Outcome, Said
from handlers.findings import cards, forms, measures, reminding, steps
from handlers.findings.finding import Metric, Which
from handlers.model import Lane, Person
from handlers.permissions import may, refusal

AT_ONCE = 4  # of one list: Teams takes six buttons a card, and two lead on
NOTHING = {
    "open": "Nothing is open.",
    "overdue": "Nothing is overdue.",
    "closed": "Nothing has been closed yet.",
}
NO_NUMBERS = "Type `stats`, and press *Open a finding* under a number; or choose one of these."
OFFERED = ("participation", "acknowledgement", "accuracy", "wrong", "recall", "delayed")


async def listed(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """Four at a time; `findings closed 5` from the fifth on. Everybody's for who may see them, else one's own."""
    words = rest.lower().split()
    which: Which = next((name for name in ("overdue", "closed") if name in words), "open")
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 8]
    start = max(numbers[0], 1) - 1 if numbers else 0
    today = desk.clock.now().astimezone(desk.zone(person)).date()
    owner = "" if may(person, "see findings") else person.key
    page = await desk.store.findings.page(which, today, start, AT_ONCE, owner=owner)
    people = await desk.store.persons([finding.owner for finding in page.findings])
    counts = ", ".join(f"{page.counts[name]:,} {name}" for name in ("open", "overdue", "closed"))
    blocks: list[Block] = [Text(markdown=f"**{counts}**" + ("" if not owner else " of your own"))]
    opens = []
    for number, finding in enumerate(page.findings, start + 1):
        name = people[finding.owner].name if finding.owner in people else ""
        blocks.append(Text(markdown=f"{number}. {cards.listed(finding, today, name or 'somebody')}"))
        opens.append(Button(label=f"Open {number}", verb="said", value=f"finding {finding.id}"))
    if not page.findings:
        blocks.append(Note(markdown=NOTHING[which]))
    after = start + len(page.findings)
    more = page.counts[which] - after
    leads_on = (
        [Button(label=f"{more} more", verb="said", value=f"findings {which} {after + 1}")] if more > 0 else []
    )
    if which != "closed" and page.counts["closed"]:
        leads_on.append(Button(label="Closed ones", verb="said", value="findings closed"))
    blocks += [Buttons(buttons=tuple(row)) for row in (opens, leads_on) if row]
    title = {"open": "Findings", "overdue": "Overdue findings", "closed": "Closed findings"}[which]
    return Outcome(show=Card(title=title, blocks=tuple(blocks)))


async def one(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """`finding`: which number; `finding about participation by team 90`: its form; `finding f-1a2b3c4d`: that one."""
    word, _, more = rest.partition(" ")
    if not word or word.lower() == "about":
        return await _new(desk, person, more)
    finding = await desk.store.findings.one(word) if word.isascii() else None
    if finding is None or not cards.involved(person, finding):
        return steps.sentence(steps.NOT_KNOWN)
    row = await reminding.card_for(desk, finding, person, Lane.INTERACTIVE, said.address)
    shown = Card(title="It is in the chat", blocks=(Note(markdown="Everything about it is there."),))
    return Outcome(show=shown if said.direct else None, deliver=(row,))


async def _new(desk: Desk, person: Person, words: str) -> Outcome:
    if not may(person, "open a finding"):
        return steps.sentence(refusal("open a finding"))
    asked = measures.read(words) if words else None
    if asked is not None:
        return Outcome(form=await forms.opened(desk, asked, await measures.groups(desk, asked)))
    names = [name for name in measures.MEASURES if name in OFFERED]
    buttons = [
        Button(
            label=measures.MEASURES[name].name.capitalize(),
            verb="said",
            value=f"finding about {name}" + _by(name),
        )
        for name in names
    ]
    rows = tuple(Buttons(buttons=tuple(buttons[start : start + 3])) for start in range(0, len(buttons), 3))
    others = ", ".join(f"`finding about {name}`" for name in measures.MEASURES if name not in OFFERED)
    notes = (Note(markdown=NO_NUMBERS), *rows, Note(markdown=f"Also: {others}."))
    return Outcome(show=Card(title="A finding about which number?", blocks=notes))


def _by(name: Metric) -> str:
    groupings = measures.MEASURES[name].by
    return f" by {groupings[0]}" if groupings else ""
