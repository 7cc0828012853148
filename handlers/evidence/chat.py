"""`evidence` and `sample` in the chat: a pack made in the background, and people drawn by a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Table, Text
from content.markup import escape
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.evidence import asking, jobs
from handlers.evidence.asking import ACTION, Asked, NotUnderstood
from handlers.evidence.jobs import Job
from handlers.evidence.pack import ROSTER, TRAIL, Source
from handlers.evidence.sample import Draw, Drawn, drawn
from handlers.model import Person
from handlers.permissions import may, refusal

TITLE = "Evidence"
MOST = 5  # standards that have a button
LISTED = 40  # people of a sample on a card
COUNTED = (
    "assigned",
    "delivered",
    "seen",
    "reminded",
    "acknowledged",
    "answered",
    "excluded",
    "failed",
    "expired",
)


async def evidence(desk: Desk, person: Person, words: str) -> Outcome:
    """Starts a pack, or says how far the one is that was asked for."""
    if not may(person, ACTION):
        return _note(refusal(ACTION))
    if not words:
        return Outcome(show=await _overview(desk, person))
    try:
        asked = await asking.understood(desk, person, words)
    except NotUnderstood as why:
        return Outcome(show=await _overview(desk, person, str(why)))
    if desk.makers is None:
        return _note(f"Packs are made in a terminal here:\n\n`{asking.command('evidence', asked)} --out DIR`")
    await asking.begin(desk, desk.makers, person, asked)
    return Outcome(show=await _overview(desk, person))


async def sample(desk: Desk, person: Person, words: str) -> Outcome:
    """Who is drawn, and how much of what is known of each."""
    if not may(person, ACTION):
        return _note(refusal(ACTION))
    try:
        asked = await asking.understood(desk, person, words)
    except NotUnderstood as why:
        return _note(
            f"{escape(str(why))} For example `sample {_example(desk)} 2026 seed 42 n 5`, or `... by team`."
        )
    counted = await desk.counting.result(("sample", str(asked)), partial(drawn_of, desk, asked))
    if counted is None:
        again = Button(label="Show the sample", verb="said", value=f"sample {words}"[:200], style="primary")
        waits = Text(markdown="The people are being drawn. They will be here when you press.")
        return Outcome(show=Card(title="Sample", blocks=(waits, Buttons(buttons=(again,)))))
    looked = asking.looks(desk, person, asked, "sample", (each.person for each, _ in counted if each.name))
    return Outcome(show=_sample_card(asked, counted), looked=looked)


def drawing(source: Source, draw: Draw) -> list[tuple[Drawn, Counter[str]]]:
    """Who is drawn, each with the number of their entries by what happened."""
    what = TRAIL.columns.index("what") - TRAIL.columns.index("at")
    found = drawn(source.rows(ROSTER), draw)
    trails = source.trails([each.person for each in found])
    return [(each, Counter(str(row[what]) for row in trails[each.person])) for each in found]


async def drawn_of(desk: Desk, asked: Asked) -> Sequence[tuple[Drawn, Counter[str]]]:
    return await desk.store.evidence(asked.scope, lambda source: drawing(source, asked.draw))


def _sample_card(asked: Asked, found: Sequence[tuple[Drawn, Counter[str]]]) -> Card:
    scope = asked.scope
    blocks: list[Block] = [
        Text(markdown=escape(f"{scope.standard}, {scope.since} to {scope.until}: {asked.draw}.")),
    ]
    if found:
        rows = tuple(
            (each.name or each.person, each.team or "none", told(did)) for each, did in found[:LISTED]
        )
        blocks.append(Table(header=("Who", "Team", "What is known"), rows=rows))
    else:
        blocks.append(Note(markdown="Nobody under the standard was here in this period."))
    blocks.append(
        Note(
            markdown="Drawn by SHA-256 of the seed, a vertical bar and the person's key, smallest first: who computes "
            f"it anew draws the same. Each with their complete trail: `{asking.command('sample', asked)}`"
        )
    )
    return Card(title="Sample", blocks=tuple(blocks))


def told(did: Counter[str]) -> str:
    return ", ".join(f"{did[what]} {what}" for what in COUNTED if did[what]) or "nothing"


async def _overview(desk: Desk, person: Person, problem: str = "") -> Card:
    job = await jobs.latest(desk.store)
    blocks: list[Block] = [Note(markdown=escape(problem))] if problem else []
    if job:
        blocks += _about(desk, job)
    blocks.append(
        Text(
            markdown="A pack holds everything about one standard and period: the report, the tables behind it, what "
            "was shown, the ledger, and how to verify it. Type `evidence`, the standard with its edition, and a "
            f"period: `evidence {_example(desk)} 2026-Q3`. For people drawn by a seed: `sample {_example(desk)} "
            "2026 seed 42`."
        )
    )
    if not (job and job.open(desk.clock.now())) and desk.makers is not None:
        there = (await asking.standards(desk))[:MOST]
        buttons = [Button(label=each[:75], verb="said", value=f"evidence {each}") for each in there]
        blocks.append(Text(markdown="Of the last twelve months:"))
        blocks.append(Buttons(buttons=tuple(buttons)))
    return Card(title=TITLE, blocks=tuple(blocks))


def _about(desk: Desk, job: Job) -> list[Block]:
    label, value = job.outcome(desk.clock.now())
    pack = Fact(label="Pack", value=f"{job.standard}, {job.since} to {job.until}")
    blocks: list[Block] = [Facts(facts=(pack, Fact(label=label, value=value)))]
    if job.open(desk.clock.now()):
        far = Button(label="How far is it?", verb="said", value="evidence", style="primary")
        blocks.append(Buttons(buttons=(far,)))
    return blocks


def _example(desk: Desk) -> str:
    own = desk.library.programme.standards
    return str(own[0]) if own else "ISO 9001:2015"


def _note(markdown: str) -> Outcome:
    return Outcome(show=Card(title=TITLE, blocks=(Note(markdown=markdown),)))
