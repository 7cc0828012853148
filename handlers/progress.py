"""What a person sees first: the home, and what waits today."""

from __future__ import annotations

from datetime import timedelta

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.markup import escape
from handlers.desk import Desk
from handlers.features import looks_now
from handlers.model import Delivery, Person, Status
from handlers.permissions import may
from handlers.quiz import ANSWERED
from handlers.replies.letters import WRITES
from handlers.schedule import upcoming

WAITS = timedelta(days=14)


async def home(desk: Desk, person: Person) -> Card:
    """The person's home: what this is, where they stand, and one to three things to do."""
    waiting = await waiting_for(desk, person)
    answers = [p for _, p in await desk.store.participations_of(person.key) if p.verb == ANSWERED]
    right = sum(bool(p.correct) for p in answers)
    paused = person.paused(desk.clock.now())
    facts = [
        Fact(label="Waiting for you", value=str(len(waiting)) if waiting else "nothing"),
        Fact(
            label="Answered so far",
            value=f"{len(answers)}, {right} of them right" if answers else "nothing yet",
        ),
    ]
    if paused and person.paused_until:
        facts.append(Fact(label="Paused until", value=desk.local(person.paused_until, person)))
    pause = Button(label="Resume", verb="said", value="resume")
    if not paused:
        pause = Button(label="Pause 1 week", verb="said", value="pause 1 week")
    idea = Button(label="I have an idea", verb="said", value="idea")
    buttons = [Button(label="A question now", verb="said", value="quiz", style="primary"), idea, pause]
    if may(person, "broadcast"):
        buttons.append(Button(label="Write a message", verb="said", value="broadcast"))
    if may(person, "see everybody's numbers") or may(person, "see the own team's numbers"):
        buttons.append(Button(label="Numbers", verb="said", value="stats"))
    organisation = escape(desk.library.programme.organisation)
    standards = escape(", ".join(str(standard) for standard in desk.library.programme.standards))
    return Card(
        title=f"Hello {person.name}".strip(),
        blocks=(
            Text(
                markdown=f"Catchball carries the programme of **{organisation}** ({standards}) to you: a short "
                "message, a question or something to celebrate, at a good time and answered with one press."
            ),
            Facts(facts=tuple(facts)),
            Buttons(buttons=tuple(buttons)),
            Note(markdown="Type `help` for everything else: your progress, your data, a pause until a date."),
        ),
    )


async def today(desk: Desk, person: Person) -> Card:
    waiting = await waiting_for(desk, person)
    blocks: list[Block] = []
    if waiting:
        listed = "\n".join(f"- {escape(d.piece.title)}" for d in waiting if d.piece is not None)
        blocks += [Text(markdown=f"**Waiting for you**, further up in this chat:\n\n{listed}")]
    else:
        blocks += [Text(markdown="Nothing waits for you.")]
    coming = upcoming(desk, [person], timedelta(days=7))[:5]
    if coming:
        listed = "\n".join(f"- {desk.local(due, person)}: {escape(title)}" for due, title in coming)
        blocks += [Text(markdown=f"**Coming in the next seven days**\n\n{listed}")]
    if person.paused(desk.clock.now()) and person.paused_until:
        blocks += [Note(markdown=f"You are paused until {desk.local(person.paused_until, person)}.")]
    more = Button(label="My week", verb="said", value="week")
    blocks += [Buttons(buttons=(Button(label="A question now", verb="said", value="quiz"), more))]
    return Card(title="Today", blocks=tuple(blocks))


async def waiting_for(desk: Desk, person: Person) -> list[Delivery]:
    """What was sent lately and still has a button to press, newest first."""
    since = desk.clock.now() - WAITS
    waiting = []
    for delivery in await desk.store.deliveries_of(person.key, limit=30, campaigns_only=True):
        if (
            delivery.status is not Status.SENT
            or delivery.withdrawn
            or delivery.piece is None
            or delivery.reminds
        ):
            continue
        card = looks_now(desk, delivery, person, await desk.store.done(delivery.id))
        asks = any(button.verb != WRITES for button in card.buttons())
        if asks and (delivery.sent_at or delivery.due_at) >= since:
            waiting.append(delivery)
    return waiting
