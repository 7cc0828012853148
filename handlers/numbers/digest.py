"""A week in numbers for who leads: what changed by more than noise, and one thing to do; `digest` shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from content.campaigns import WEEKDAYS
from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.digests import Digest
from content.markup import plain
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.ideas import rates as improving
from handlers.model import Participation, Person, Tally
from handlers.numbers import advice
from handlers.numbers.advice import Advice, Week
from handlers.numbers.metrics import METRICS, NOT_FOR_YOU, moved
from handlers.numbers.periods import days
from handlers.numbers.scope import Scope
from handlers.permissions import looking, may, whose_numbers
from handlers.privacy.looks import Looked
from handlers.wishes import sentence

A_WEEK = timedelta(days=7)
TITLE = "Your week in numbers"
OFF, ON = ("off", "no", "stop"), ("on", "yes", "start")
NOTHING = (
    "Nothing needs you this week: no finding is overdue, and nobody has waited for an answer for over a week."
)
OFF_NOW = "It does not come by itself any more. `digest` shows it, `digest on` brings it back."
QUIET = "Nothing changed since the week before by more than noise."
STILL = "What was sent late in the week may still be answered."
LEADS = Buttons(
    buttons=(
        Button(label="All numbers", verb="said", value="stats 7"),
        Button(label="Stop these", verb="said", value="digest off"),
    )
)


class Shown(NamedTuple):
    """empty: nothing was planned in either week, and nothing has to be done."""

    card: Card
    looked: tuple[Looked, ...]
    empty: bool


def day_of(desk: Desk, person: Person) -> date:
    """The programme's day for it, today or the last before it, where this person is."""
    today = desk.clock.now().astimezone(desk.zone(person)).date()
    rule = desk.library.programme.digest or Digest()
    return today - timedelta(days=(today.weekday() - WEEKDAYS.index(rule.day)) % 7)


async def compose(desk: Desk, person: Person, manager: str) -> Shown:
    """Of the seven days before `day_of`, beside the seven before them."""
    zone = desk.zone(person)
    ends = datetime.combine(day_of(desk, person), time(0), zone)
    scope = Scope(desk, desk.clock.now(), ends - A_WEEK, ends, zone, manager=manager, person=person)
    week = await _week(scope)
    found = await advice.one_thing(week)
    period = days(scope.since, scope.until, zone)
    ideas = None if manager else await improving.counted(scope)
    shown = _card(week, found, period, ideas)
    empty = found is None and not (week.now.audience or week.before.audience)
    return Shown(shown, (looking(person, "digest", period),), empty)


async def _week(scope: Scope) -> Week:
    tallies, whose = scope.desk.store.tallies, scope.manager
    before = scope.since - A_WEEK
    none = Tally(group="all")
    return Week(
        scope,
        (*await tallies("all", scope.since, scope.until, manager=whose), none)[0],
        (*await tallies("all", before, scope.since, manager=whose), none)[0],
        await tallies("team", scope.since, scope.until, manager=whose),
        await tallies("team", before, scope.since, manager=whose),
    )


def _card(week: Week, found: Advice | None, period: str, ideas: improving.Counted | None) -> Card:
    says = found.says if found else NOTHING
    facts = [Fact(label=m.name.capitalize(), value=m.told(week.now)) for m in METRICS]
    if ideas:
        decided = f"{len(ideas.proposed):,} proposed, {len(ideas.decided):,} decided"
        facts.append(Fact(label="Ideas", value=decided))
    blocks: list[Block] = [Text(markdown=f"**One thing to do.** {says}" if found else says)]
    blocks += [Buttons(buttons=found.leads)] if found else []
    blocks += [Facts(facts=tuple(facts)), Text(markdown=_changes(week))]
    whose = "of your own people" if week.scope.manager else "of everybody"
    blocks += [Note(markdown=f"{period}, {whose}. {STILL}"), LEADS]
    title = f"{TITLE}{week.scope.of_whom}"
    return Card(title=title, blocks=tuple(blocks), summary=f"{title}: {plain(says)}"[:300])


def _changes(week: Week) -> str:
    changed = []
    for metric in METRICS:
        if moved(metric, week.now, week.before):
            now, before = metric.rate(week.now) or 0.0, metric.rate(week.before) or 0.0
            word = "rose" if now > before else "fell"
            changed.append(f"{metric.name} {word} from {before:.0%} to {now:.0%}")
    if not changed:
        return QUIET
    return f"**Changed since the week before:** {', '.join(changed)}."


async def answer(desk: Desk, person: Person, words: str) -> Outcome:
    """`digest` now; `digest off` and `digest on` for what comes by itself."""
    word = words.lower()
    manager = whose_numbers(person)
    if manager is None:
        return sentence(TITLE, NOT_FOR_YOU)
    if word in OFF:
        return _wants(
            person,
            False,
            "It does not come by itself any more. `digest` shows it, `digest on` brings it back.",
        )
    if word in ON:
        return _wants(person, True, _comes(desk, person))
    shown = await compose(desk, person, manager)
    return Outcome(show=shown.card, looked=shown.looked)


def _wants(person: Person, on: bool, says: str) -> Outcome:
    return Outcome(
        show=sentence("The digest is " + ("on" if on else "off"), says).show,
        person=replace(person, digest=on),
        remember=(Participation(verb="opted in" if on else "opted out", value="digest"),),
    )


def _comes(desk: Desk, person: Person) -> str:
    rule = desk.library.programme.digest
    if rule is None:
        return "The programme sends none at the moment; `digest` shows it."
    if not may(person, "get the digest"):
        return "It comes by itself to quality leads and managers only; `digest` shows it."
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[
        WEEKDAYS.index(rule.day)
    ]
    return f"It comes on {name} at {rule.at:%H:%M}, or on the next working day. `digest off` stops it."
