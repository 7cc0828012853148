"""From a number on a page to a finding about it: where a way leads there, and what the form at its end says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from content.cards import Input
from handlers.events import Click
from handlers.findings import forms, measures
from handlers.findings.finding import About, Grouped, Metric
from handlers.findings.measures import EVERYBODY, MEASURES, RATES
from handlers.lookups import Grouping
from handlers.model import Address, Person, Tally
from handlers.numbers import metrics, names
from handlers.numbers.groups import few, hidden
from handlers.pages.views import Choice, Visitor
from handlers.permissions import may

OPEN = "open a finding"
AS_CHOSEN = ("token", "opened", "about")  # of the form, beside what is filled in


@dataclass(frozen=True)
class Form:
    """numbers: of which it may be, each as `measures.read` reads it; whose: of whom or what, in words.

    group: as the form sends it back. opened: when, so that sent twice it is opened once.
    """

    whose: str
    days: int
    numbers: Sequence[Choice]
    group: str
    fields: Sequence[Input]
    opened: str


def way(visitor: Visitor, metric: Metric, by: Grouped, group: str, free: Sequence[Grouping] = ()) -> str:
    """What the address of the form says; "" for whom or where there is none.

    A finding counts everybody of its group up to now: so there is none from a period that is over, nor from within a
    filter, but for the group itself and those that change no number (`free`).
    """
    where = {str(name): value for name, value in visitor.asked.where.items()}
    own = by == "all" or where.pop(by, group) == group
    days = MEASURES[metric].days if metric == "recall" else _back(visitor)
    narrowed = set(where) - set(free)
    if not may(visitor.person, OPEN) or not own or not days or narrowed or (by != "all" and not group):
        return ""
    asked = measures.Asked(About(metric, by), days)
    return urlencode({"about": str(asked), "group": group or EVERYBODY})


def of_total(visitor: Visitor, rate: metrics.Metric, total: Tally) -> str:
    """From a rate of everything that the filters leave."""
    metric = next(name for name, each in RATES.items() if each is rate)
    if few(rate.people(total)) or not rate.of(total):
        return ""
    where = {str(name): value for name, value in visitor.asked.where.items()}
    by: Grouped = next((name for name in MEASURES[metric].by if name in where), "all")
    return way(visitor, metric, by, where.get(by, ""))


def of_rates(visitor: Visitor, by: Grouped, tallies: Sequence[Tally]) -> list[str]:
    """From a row for each: of what the table tells nothing there is none."""
    out = hidden([metrics.PARTICIPATION.people(tally) for tally in tallies])
    return [
        "" if place in out or not tally.audience else way(visitor, "participation", by, tally.group)
        for place, tally in enumerate(tallies)
    ]


def _back(visitor: Visitor) -> int:
    """Days back to the first of the page, by which a finding counts; 0 where the page ends before today."""
    asked, desk = visitor.asked, visitor.desk
    now, zone = desk.clock.now(), ZoneInfo(desk.library.programme.zone)
    if asked.last < now.astimezone(asked.zone).date():
        return 0
    return max(0, (now.astimezone(zone).date() - asked.begins.astimezone(zone).date()).days)


async def form(visitor: Visitor, about: str, group: str) -> Form | None:
    """None where no such number can be had. Of a rate, the other rates of the same group can be chosen, too."""
    asked = measures.read(about)
    if asked is None:
        return None
    numbers = [
        Choice(str(each), MEASURES[each.about.metric].name.capitalize())
        for each in _beside(asked)
        if await _there(visitor, each, group)
    ]
    if not numbers:
        return None
    card = await forms.opened(visitor.desk, asked, ())
    chosen = {"clause": _clause(visitor, asked, group)}
    fields = [
        field.model_copy(update={"value": chosen[field.id]})
        if chosen.get(field.id, "") in {choice.value for choice in field.choices}
        else field
        for field in card.inputs()
    ]
    since = visitor.asked.last - timedelta(days=asked.days)
    whose = await _whose(replace(visitor, asked=replace(visitor.asked, since=since)), asked.about.by, group)
    return Form(whose, asked.days, numbers, group, fields, card.buttons()[0].value)


def filled(person: Person, address: Address, given: Mapping[str, str]) -> Click:
    """The form as it came back: what it would be in the chat."""
    opened, about = given.get("opened", ""), given.get("about", "")
    name = hashlib.sha256(f"{person.key}:{opened}:{about}".encode()).hexdigest()
    values = {name: value for name, value in given.items() if name not in AS_CHOSEN}
    return Click(f"page:{name}", address, forms.FILLED, item=f"about {about}", value=opened, values=values)


def _beside(asked: measures.Asked) -> list[measures.Asked]:
    """The number itself first."""
    metric = asked.about.metric
    others = [name for name in RATES if metric in RATES and name != metric]
    return [
        asked._replace(about=replace(asked.about, metric=name))
        for name in (metric, *others)
        if asked.about.by == "all" or asked.about.by in MEASURES[name].by
    ]


async def _there(visitor: Visitor, asked: measures.Asked, group: str) -> bool:
    desk, about = visitor.desk, measures.chosen(asked, group)
    if about is None or (about.group and group not in dict(await measures.groups(desk, asked))):
        return False
    now = desk.clock.now()
    return await measures.count(desk, about, measures.beginning(desk, asked.days), now) is not None


def _clause(visitor: Visitor, asked: measures.Asked, group: str) -> str:
    """What the number is about, where that says it."""
    if asked.about.by == "item" and (item := visitor.desk.library.items.get(group)):
        return str(next((clause.whole for clause in item.clauses), ""))
    return group if asked.about.by == "clause" else ""


async def _whose(visitor: Visitor, by: Grouped, group: str) -> str:
    if group == EVERYBODY or by == "all":
        return "Everybody"
    if by == "campaign":
        return (await names.campaigns(visitor.desk, [group])).get(group, group)
    if by == "item" and (item := visitor.desk.library.items.get(group)):
        return f"“{item.stem}”"
    return f"The team {group}" if by == "team" else group
