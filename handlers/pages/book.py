"""The pages of the numbers: which there are, who may open each, and that it is written down who looked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.evidence.asking import ACTION
from handlers.model import Person
from handlers.pages import campaigns, clauses, evidence, items, overview, people, programme
from handlers.pages.asked import Asked, asked
from handlers.pages.views import View, Visitor
from handlers.permissions import Sight, looking, may, sight, whose_numbers
from handlers.privacy.looks import each


class NotForYou(Exception):
    """Whoever asks may not see it, or may not any more."""


class NoSuchPage(Exception):
    """There is nothing under this name."""


@dataclass(frozen=True)
class Page:
    """by_name: it shows people, so that it is also asked whether this person may see any by name.

    action: what it takes beside seeing numbers. listed: whether every page leads to it.
    """

    title: str
    draw: Callable[[Visitor], Awaitable[View]] | None = None
    by_name: bool = False
    action: str = ""
    listed: bool = True


PAGES: Mapping[str, Page] = {
    "overview": Page("Overview", overview.overview),
    "clauses": Page("Clause map", clauses.clauses),
    "campaigns": Page("Campaigns", campaigns.campaigns),
    "items": Page("Questions", items.items),
    "people": Page("People", by_name=True),
    "programme": Page("Programme", programme.programme),
    "sample": Page("Sample", evidence.sample, action=ACTION, listed=False),
}


def pages_for(who: Visitor) -> Mapping[str, Page]:
    """Those that somebody may open."""
    return {
        name: page
        for name, page in PAGES.items()
        if (not page.by_name or _sight(who).anybody) and (not page.action or may(who.person, page.action))
    }


def visitor(desk: Desk, person: Person, query: Mapping[str, str]) -> Visitor:
    """Raises NotForYou: the roles are asked anew each time."""
    manager = whose_numbers(person)
    if manager is None:
        raise NotForYou
    return Visitor(desk, person, manager, asked(query, desk.clock.now(), desk.zone(person)))


async def opened(who: Visitor, name: str) -> View:
    """A page, after it is written down that this person looks at it. Raises NotForYou or NoSuchPage."""
    page = PAGES.get(name)
    if page is None:
        raise NoSuchPage
    if name not in pages_for(who):
        raise NotForYou
    what, words = f"insights {name}", _words(who.asked)
    if page.draw is None:
        by_name = _sight(who)
        view, seen = await people.people(who, by_name.within)
        looks = each(by_name.look(who.person, what, words), seen)
    else:
        view = await page.draw(who)
        looks = tuple(view.looked) or (looking(who.person, what, words),)
    if not view.waits:  # then there was nothing to see
        await who.desk.store.looked(looks, who.desk.clock.now())
    return view


def _sight(who: Visitor) -> Sight:
    """Of whom they may see by name; in works-council mode what its exceptions leave."""
    today = who.desk.clock.now().astimezone(who.asked.zone).date()
    return sight("people", who.person, who.desk.library.programme, today)


def _words(asked: Asked) -> str:
    """Of the filters, without anybody's name: words that were looked for among people are left out."""
    plain = {name: value for name, value in asked.where.items() if name != "leader"}
    return f"{asked.since} to {asked.last}" + "".join(f", {name} {value}" for name, value in plain.items())
