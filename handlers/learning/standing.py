"""How far somebody has come, shown to nobody else: what they master, what they are learning and what is still new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from content.campaigns import Campaign
from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Table, Text
from content.packs import Library
from content.pieces import Item, Quiz
from handlers.desk import Desk
from handlers.learning.memory import A_DAY, EPOCH, Memory, day_of, interval
from handlers.learning.questions import grouping
from handlers.learning.selection import EARLY
from handlers.model import Participation, Person
from handlers.numbers.definitions import LEARNING, MASTERED, NEW
from handlers.numbers.sheets import bars
from handlers.quiz import ANSWERED, score
from handlers.schedule import upcoming

STATES = (MASTERED, LEARNING, NEW)
AHEAD = timedelta(days=60)  # how far a next question is looked for in the plan
MOST = 15  # clauses in the table
Known = Mapping[str, Memory]


async def progress(desk: Desk, person: Person) -> Card:
    """Of the items meant for them; an item counts under each clause that it serves."""
    did = [(at, p) for at, p in await desk.store.participations_of(person.key) if p.verb == ANSWERED]
    known = (await desk.store.memories([person.key])).get(person.key, {})
    groups = grouping(desk)(person, desk.clock.now())
    meant = [item for item in desk.library.items.values() if not groups.isdisjoint(item.audience)]
    following = Note(markdown=_following(desk, person, known, meant))
    if not did:
        start = Button(label="A question now", verb="said", value="quiz", style="primary")
        text = f"You have not answered a question yet. {len(meant)} are meant for you."
        blocks: list[Block] = [Text(markdown=text), Buttons(buttons=(start,)), following]
        return Card(title="Your progress", blocks=tuple(blocks))
    counted = Counter(state_of(known.get(item.id)) for item in meant)
    blocks = [Facts(facts=_facts(desk, person, did, counted))]
    blocks += bars("Questions meant for you", [(s.short, counted[s.name]) for s in STATES], unit="")
    rows = _by_clause(known, meant)
    if rows:
        blocks.append(Table(header=("Clause", *(state.short for state in STATES)), rows=rows[:MOST]))
    if len(rows) > MOST:
        blocks.append(Note(markdown=f"The {MOST} of {len(rows)} clauses of which you have met most."))
    blocks += [Note(markdown=_points([answer for _, answer in did])), following]
    return Card(title="Your progress", blocks=tuple(blocks))


def state_of(memory: Memory | None) -> str:
    if memory is None:
        return NEW.name
    return MASTERED.name if memory.mastered else LEARNING.name


def _facts(
    desk: Desk, person: Person, did: Sequence[tuple[datetime, Participation]], counted: Counter[str]
) -> tuple[Fact, ...]:
    right = sum(bool(answer.correct) for _, answer in did)
    weeks = {at.astimezone(desk.zone(person)).strftime("%G-W%V") for at, _ in did}
    return (
        *(Fact(label=state.short, value=str(counted[state.name])) for state in STATES),
        Fact(label="Answered", value=str(len(did))),
        Fact(label="Right", value=f"{right} ({right / len(did):.0%})"),
        Fact(label="Weeks with an answer", value=str(len(weeks))),
    )


def _by_clause(known: Known, meant: Sequence[Item]) -> tuple[tuple[str, ...], ...]:
    """The clauses of which most has been met first, and else in their order."""
    clauses: dict[str, Counter[str]] = defaultdict(Counter)
    for item in meant:
        for clause in {str(clause.whole) for clause in item.clauses}:
            clauses[clause][state_of(known.get(item.id))] += 1
    met = sorted(clauses.items(), key=lambda entry: (entry[1][NEW.name] - entry[1].total(), entry[0]))
    return tuple((clause, *(str(states[state.name]) for state in STATES)) for clause, states in met)


def _points(answers: Sequence[Participation]) -> str:
    points = [found for answer in answers if (found := score(answer)) is not None]
    line = "Points are 1, 2 or 3 for a right answer, the surer the more, and 0, -2 or -6 for a wrong one. "
    if points:
        line = f"**{sum(points):+d} points** for certainty from {len(points)} answers. {line}"
    return f"{line}Only you see this."


def _following(desk: Desk, person: Person, known: Known, meant: Sequence[Item]) -> str:
    """When the next question is likely: the next slot in which something is due to be asked."""
    now = desk.clock.now()
    learning = desk.library.programme.learning
    ahead = interval(learning.retention)
    here = [known.get(item.id) for item in meant]
    due = [m.reviewed + max(1.0, ahead * m.stability) - EARLY for m in here if m is not None]
    if learning.new_a_week and None in here:
        due.append(day_of(now))
    if not due:
        return "No question is meant for you yet."
    soonest = max(now, EPOCH + min(due) * A_DAY)
    begins = max(now, person.paused_until or now)
    campaigns = desk.library.programme.campaigns
    chosen = _slots(desk, person, [campaign for campaign in campaigns if campaign.questions])
    fixed = _slots(desk, person, [campaign for campaign in campaigns if _asks(desk, campaign)])
    slots = [at for at in chosen if at >= max(soonest, begins)] + [at for at in fixed if at >= begins]
    if slots:
        return f"Your next question is likely on {desk.local(min(slots), person)}."
    when = desk.local(soonest, person).split(",")[0]
    return f"Your next question is due {'now' if soonest == now else f'on {when}'}: type `quiz`."


def _asks(desk: Desk, campaign: Campaign) -> bool:
    """Whether a campaign says quizzes, whatever is due."""
    return any(isinstance(desk.library.piece(id), Quiz) for id in campaign.pieces)


def _slots(desk: Desk, person: Person, campaigns: Sequence[Campaign]) -> list[datetime]:
    programme = desk.library.programme.model_copy(update={"campaigns": tuple(campaigns)})
    narrowed = replace(desk, library=Library(desk.library.pieces, programme))
    return [at for at, _ in upcoming(narrowed, [person], AHEAD)]
