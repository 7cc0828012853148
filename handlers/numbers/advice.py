"""The one thing to do about a week: rules in their order, of which the first that finds something speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from content.cards import Button
from content.markup import escape
from handlers.findings.offers import ONE
from handlers.ideas.cards import decides
from handlers.ideas.deciders import promised
from handlers.ideas.idea import UNDECIDED
from handlers.learning import induction, recall
from handlers.model import Reason, Tally
from handlers.numbers.groups import few, hidden
from handlers.numbers.metrics import PARTICIPATION
from handlers.numbers.scope import Scope
from handlers.permissions import may

LEFT_LYING = timedelta(days=7)  # a reply that has waited for longer
AS_FAR = timedelta(days=365)  # older replies nobody waits for any more
NEW_HERE = timedelta(days=30)  # whose first day is longer ago is no joiner any more
NOT_INSTALLED = 0.1  # of what was planned, from which on it is worth an administrator's time
AT_LEAST = 5  # deliveries
A_FALL = 0.1  # of a team's participation: with many teams one of them falls by more than noise every week
FORGOTTEN = 0.1  # below the recall at which the programme asks again


@dataclass(frozen=True)
class Week:
    """A week and the one before it, of those whom somebody may see: altogether and by team."""

    scope: Scope
    now: Tally
    before: Tally
    teams: Sequence[Tally]
    teams_before: Sequence[Tally]


@dataclass(frozen=True)
class Advice:
    """says: what, and the reason for it (Markdown); leads: the buttons that type what leads there."""

    says: str
    leads: tuple[Button, ...]


async def one_thing(week: Week) -> Advice | None:
    """None: nothing has to be done."""
    for rule in RULES:
        found = await rule(week)
        if found is not None:
            return found
    return None


async def overdue(week: Week) -> Advice | None:
    """Everybody's for who may see them, else one's own."""
    scope = week.scope
    assert scope.person is not None
    owner = "" if may(scope.person, "see findings") else scope.person.key
    today = scope.now.astimezone(scope.zone).date()
    page = await scope.desk.store.findings.page("overdue", today, 0, 1, owner=owner)
    if not page.findings:
        return None
    (oldest,), many = page.findings, page.counts["overdue"]
    late = _several((today - oldest.due).days, "day")
    title = escape(oldest.words.title[:80])
    if many == 1 and owner:
        says = f"Your finding “{title}” is {late} overdue. Say what was done, or agree on another day."
    elif many == 1:
        says = f"The finding “{title}” is {late} overdue. Ask what it waits for."
    if many == 1:
        return Advice(says, (_said("Open the finding", f"finding {oldest.id}"),))
    whose = "of your findings" if owner else "findings"
    says = f"{many} {whose} are overdue; “{title}” has been for longest, for {late}."
    return Advice(says, (_said("Overdue findings", "findings overdue"),))


async def unanswered(week: Week) -> Advice | None:
    """What people wrote to leaders, without the names of these: who may see them finds them where it leads."""
    scope = week.scope
    until = scope.now - LEFT_LYING
    rates = await scope.desk.store.replies.rates(until - AS_FAR, until, manager=scope.manager)
    waiting = [rate.wanted - rate.answered for rate in rates if rate.wanted > rate.answered]
    if not waiting:
        return None
    replies, many = _several(sum(waiting), "reply", "replies"), "has" if sum(waiting) == 1 else "have"
    says = (
        f"{replies} to {_several(len(waiting), 'leader')} {many} waited for an answer for more than a week. Ask for "
        "one: who is not answered writes no more."
    )
    return Advice(says, (_said("Replies", "stats replies"),))


async def undecided(week: Week) -> Advice | None:
    """Of others, by who may decide them: what has waited for longer than whoever had it was told."""
    scope = week.scope
    assert scope.person is not None
    if not may(scope.person, "decide ideas"):
        return None
    found = await scope.desk.store.ideas.between(scope.now - AS_FAR, scope.now)
    late = [
        idea
        for idea in found
        if idea.stage in UNDECIDED
        and decides(scope.person, idea)
        and promised(scope.desk, idea) < scope.today
    ]
    if not late:
        return None
    ideas, many = _several(len(late), "idea"), "has" if len(late) == 1 else "have"
    says = (
        f"{ideas} {many} waited for a decision for longer than whoever had it was told. Accept or decline, with a "
        "reason: who hears nothing has no second one."
    )
    return Advice(says, (_said("Ideas", "ideas"),))


async def not_installed(week: Week) -> Advice | None:
    missing, planned = _missing(week.now), week.now.audience
    if missing < AT_LEAST or missing < NOT_INSTALLED * planned:
        return None
    most = max(week.teams, key=lambda team: (_missing(team), team.group), default=None)
    where = f", most of them in {escape(most.group)}" if most and most.group and len(week.teams) > 1 else ""
    says = (
        f"{missing:,} of {planned:,} deliveries of the week reached nobody, because Catchball is not installed for "
        f"them{where}. Ask an administrator of Slack or Teams to install it."
    )
    return Advice(says, (_said("By team", "stats team 7"),))


async def without_induction(week: Week) -> Advice | None:
    """Who has not done any of it, after 48 hours and until now; the same people of whom `stats induction` tells."""
    scope = week.scope
    programme = scope.desk.library.programme
    campaigns = [campaign.id for campaign in programme.campaigns if campaign.cadence.joined is not None]
    if not campaigns:
        return None
    today = scope.now.astimezone(scope.zone).date()
    found = await scope.desk.store.inducted(campaigns, today - NEW_HERE, today, manager=scope.manager)
    if few(len(found)) and await scope.seen("induction") is not None:
        return None
    never = [
        each
        for each in found
        if not each.left and induction.state(each, scope.now, programme.zone) == induction.NEVER
    ]
    if not never:
        return None
    says = (
        f"{_several(len(never), 'person', 'people')} of {len(found)} who joined in the last {NEW_HERE.days} days did "
        "nothing of the induction within 48 hours, and nothing since. Auditors ask for exactly these: see to them."
    )
    return Advice(says, (_said("Induction", f"stats induction {NEW_HERE.days}"),))


async def fell(week: Week) -> Advice | None:
    """The team whose participation fell most, by more than noise, among those that are large enough then and now."""
    before = {team.group: team for team in _shown(week.teams_before)}
    falls = []
    for team in _shown(week.teams):
        then = before.get(team.group)
        change = PARTICIPATION.change(team, then) if then and team.group else None
        if change and change.value <= -A_FALL:
            falls.append((change.value, team, then))
    if not falls:
        return None
    _, team, then = min(falls, key=lambda fall: (fall[0], fall[1].group))
    assert then is not None
    says = (
        f"In {escape(team.group)} something was done with {PARTICIPATION.rate(team):.0%} of what was sent, and with "
        f"{PARTICIPATION.rate(then):.0%} the week before: more than noise. Ask there what came in between."
    )
    return Advice(says, (_said("By team", "stats team 7"), *_finding(week.scope, "participation by team 7")))


async def forgotten(week: Week) -> Advice | None:
    """The clause that is known least, if that is less than questions alone keep up; nothing while it is counted."""
    scope = replace(week.scope, word="clause")
    asked = ("digest", scope.manager, scope.today)
    sheet = await scope.desk.counting.result(asked, partial(recall.recall, scope))
    known = [row for row in sheet.data if row["now"] is not None] if sheet else []
    if not known:
        return None
    worst = min(known, key=lambda row: (float(row["now"] or 0), str(row["group"])))
    enough = scope.desk.library.programme.learning.retention - FORGOTTEN
    if float(worst["now_high"] or 0) >= enough:
        return None
    says = (
        f"{escape(str(worst['group']))} is known least: people would know {float(worst['now'] or 0):.0%} of what they "
        f"have met of it, n = {worst['people']}. Say something about it, or give it a campaign of questions."
    )
    return Advice(says, (_said("Recall", "stats recall"), *_finding(week.scope, "recall by clause")))


Rule = Callable[[Week], Awaitable[Advice | None]]
RULES: tuple[Rule, ...] = (overdue, unanswered, undecided, not_installed, without_induction, fell, forgotten)
"""What was promised comes first, then what people wait for, who is not reached, and what numbers say."""


def _shown(teams: Sequence[Tally]) -> list[Tally]:
    out = hidden([PARTICIPATION.people(team) for team in teams])
    return [team for place, team in enumerate(teams) if place not in out]


def _missing(tally: Tally) -> int:
    return sum(number for (_, reason), number in tally.by_status.items() if reason is Reason.NOT_INSTALLED)


def _finding(scope: Scope, number: str) -> tuple[Button, ...]:
    assert scope.person is not None
    return (_said(ONE, f"finding about {number}"),) if may(scope.person, "open a finding") else ()


def _several(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _said(label: str, words: str) -> Button:
    return Button(label=label, verb="said", value=words)
