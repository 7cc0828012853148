"""What people type: one table of words, the same on every platform, and an answer to anything."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from content.cards import Block, Button, Buttons, Card, Text
from content.markup import escape
from handlers import kudos, progress, wishes
from handlers import week as weeks
from handlers.api import access
from handlers.broadcasts import audiences, unsent, writing
from handlers.desk import ON_DEMAND, Desk
from handlers.events import Outcome, Said
from handlers.evidence import chat as packs
from handlers.features import compose
from handlers.findings import listing as findings
from handlers.ideas import listing as ideas
from handlers.learning import questions, standing
from handlers.model import Person
from handlers.numbers import digest, entry, insights, review
from handlers.privacy import mydata
from handlers.replies import inbox, replying
from handlers.wishes import sentence


@dataclass(frozen=True)
class Command:
    """words: what may be typed, the first of them as it is listed; `run` gets what follows the word."""

    words: tuple[str, ...]
    shows: str
    run: Callable[[Desk, Person, Said, str], Awaitable[Outcome]]


async def answer(desk: Desk, person: Person, said: Said) -> Outcome:
    """What the words ask for; help for words that mean nothing to us."""
    text = " ".join(said.text.split())
    for command in COMMANDS:
        for word in command.words:
            if re.fullmatch(rf"{re.escape(word)}(\s.*)?", text, re.IGNORECASE):
                return await command.run(desk, person, said, text[len(word) :].strip())
    outcome = await show_help(desk, person, said, "")
    if text and outcome.show:
        unknown = f"I do not know “{escape(text[:80])}”. Here is what I do know."
        blocks = (Text(markdown=unknown), *outcome.show.blocks)
        return replace(outcome, show=outcome.show.model_copy(update={"blocks": blocks}))
    return outcome


async def show_help(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    listed = "\n".join(f"- **{command.words[0]}**: {command.shows}" for command in COMMANDS)
    organisation = escape(desk.library.programme.organisation)
    blocks: tuple[Block, ...] = (
        Text(
            markdown=f"Catchball brings the quality programme of {organisation} to you, one short thing at a time."
        ),
        Text(markdown=listed),
        Buttons(
            buttons=(
                Button(label="A question now", verb="said", value="quiz", style="primary"),
                Button(label="My progress", verb="said", value="progress"),
                Button(label="My week", verb="said", value="week"),
                Button(label="I have an idea", verb="said", value="idea"),
                Button(label="Pause 1 week", verb="said", value="pause 1 week"),
            )
        ),
    )
    return Outcome(show=Card(title="What you can type", blocks=blocks))


async def ask_one(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """One question now: the one that is most worth asking them."""
    quiz = await questions.one(desk, person, ON_DEMAND)
    if quiz is None:
        return sentence(
            "No questions yet", "The packs of this programme hold no question for you. Ask the quality lead."
        )
    card = compose(quiz, person)
    row = desk.answer(person, said.address, card, said.key, piece=quiz, campaign=ON_DEMAND)
    shown = sentence("Your question is in the chat", "Look into your messages with Catchball.").show
    return Outcome(show=shown if said.direct else None, deliver=(row,))


async def today(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return Outcome(show=await progress.today(desk, person))


async def week(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return Outcome(show=await weeks.week(desk, person))


async def own_progress(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return Outcome(show=await standing.progress(desk, person))


async def stats(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await insights.stats(desk, person, rest)


async def management_review(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return Outcome(show=await review.answer(desk, person, rest))


async def weekly(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await digest.answer(desk, person, rest)


async def evidence(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await packs.evidence(desk, person, rest)


async def sample(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await packs.sample(desk, person, rest)


async def broadcast(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await writing.begin(desk, person)


async def templates(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await writing.templates(desk, person)


async def saved_audiences(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await audiences.answer(desk, person, rest)


async def token(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await access.answer(desk, person, rest)


async def page(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return entry.answer(desk, person, rest)


async def milestone(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await writing.milestone(desk, person, rest)


async def give_kudos(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await kudos.answer(desk, person, rest)


async def my_data(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    return await mydata.answer(desk, person, rest)


COMMANDS: tuple[Command, ...] = (
    Command(("quiz", "question"), "one question now", ask_one),
    Command(("today",), "what waits for you and what comes next", today),
    Command(("week", "my week"), "what you will get this week, and what holds it back", week),
    Command(
        ("progress",),
        "what you master, are learning and have not met, by clause; only you see it",
        own_progress,
    ),
    Command(("pause",), "for a week, or `pause 1 day`, `pause until 2026-12-24`", wishes.pause),
    Command(("resume",), "end a pause", wishes.resume),
    Command(("celebrate",), "`celebrate on` or `celebrate off`: your own milestones", wishes.celebrate),
    Command(("kudos",), "thank a team for an improvement; `kudos recent` withdraws some", give_kudos),
    Command(("prefer",), "`prefer slack` or `prefer teams`, if you are on both", wishes.prefer),
    Command(
        ("my data", "mydata"),
        "what is held about you, and who looked at you; `my data copy` and `my data erase` ask for that",
        my_data,
    ),
    Command(("idea",), "what you would do better: `idea` and the words, or alone for a form", ideas.one),
    Command(("my ideas",), "what became of your own", ideas.mine),
    Command(("ideas",), "what waits for a decision; `ideas closed` (quality lead)", ideas.listed),
    Command(("ask",), "ask the leadership for help or resources; tracked to an answer", replying.ask),
    Command(("inbox",), "what people wrote to you, and what waits for your answer (leaders)", inbox.listed),
    Command(("broadcast",), "write to many (leaders)", broadcast),
    Command(
        ("drafts",), "your drafts that were not sent, to go on with or to discard (leaders)", unsent.listed
    ),
    Command(("templates",), "the same, beginning with a message that is written already", templates),
    Command(("audiences",), "whom to write to, saved under a name (leaders)", saved_audiences),
    Command(
        ("token",), "for another system that acts for you; `token off` ends it (leaders, approvers)", token
    ),
    Command(
        ("milestone",),
        "celebrate what the programme or a team has reached (quality lead, leaders)",
        milestone,
    ),
    Command(
        ("findings",),
        "what is being put right: `findings overdue`, `findings closed` (your own; quality lead and auditor: all)",
        findings.listed,
    ),
    Command(
        ("finding",),
        "open one about a number (quality lead), or see one by its id with all that became of it",
        findings.one,
    ),
    Command(
        ("stats",),
        "`stats`, `stats clause`, `stats recall`, `stats wrong`, `stats items`, `stats delayed`, `stats induction`, "
        "`stats replies`, `stats findings`, `stats ideas` (quality lead; managers for their team); `stats messages`, "
        "`stats leaders`, `stats message` (leaders for their own)",
        stats,
    ),
    Command(
        ("digest",),
        "the week in numbers and one thing to do; `digest off`, `digest on` (quality lead, managers)",
        weekly,
    ),
    Command(
        ("evidence",),
        "everything about one standard and period, for an auditor (quality lead, auditor)",
        evidence,
    ),
    Command(("sample",), "people drawn by a seed, and what is known of them (quality lead, auditor)", sample),
    Command(
        ("insights",),
        "the same on a page, with everything in it; `insights off` ends your visits (quality lead, auditors, managers)",
        page,
    ),
    Command(
        ("review",),
        '`review "ISO 9001:2015" 2026-Q3`: the sheet for a management review (quality lead, auditor)',
        management_review,
    ),
    Command(("help", "hi", "hello", "hey"), "this list", show_help),
)
