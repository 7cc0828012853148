"""The pages of the numbers: which there are, who may open each, and that it is written down who looked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from handlers.desk import Desk
from handlers.model import Person
from handlers.pages import campaigns, clauses, items, overview, people, programme
from handlers.pages.asked import Asked, asked
from handlers.pages.views import View, Visitor
from handlers.permissions import may, whose_numbers
from handlers.privacy.looks import Looked, each


class NotForYou(Exception):
    """Whoever asks may not see it, or may not any more."""


class NoSuchPage(Exception):
    """There is nothing under this name."""


@dataclass(frozen=True)
class Page:
    title: str
    draw: Callable[[Visitor], Awaitable[View]] | None  # None: of people by name, see `_people`
    may: str = ""  # an action that is asked for beside the numbers


PAGES: Mapping[str, Page] = {
    "overview": Page("Overview", overview.overview),
    "clauses": Page("Clause map", clauses.clauses),
    "campaigns": Page("Campaigns", campaigns.campaigns),
    "items": Page("Questions", items.items),
    "people": Page("People", None, "see people by name"),
    "programme": Page("Programme", programme.programme),
}


def pages_for(person: Person) -> Mapping[str, Page]:
    """Those that somebody may open."""
    if whose_numbers(person) is None:
        return {}
    return {name: page for name, page in PAGES.items() if not page.may or may(person, page.may)}


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
    if name not in pages_for(who.person):
        raise NotForYou
    look = Looked(who.person.key, f"insights {name}", _words(who.asked), role=_role(who.person))
    if page.draw is None:
        view, seen = await people.people(who)
        looks = each(look, seen)
    else:
        looks = (look,)
        view = await page.draw(who)
    await who.desk.store.looked(looks, who.desk.clock.now())
    return view


def _role(person: Person) -> str:
    return ", ".join(sorted(str(role) for role in person.roles))


def _words(asked: Asked) -> str:
    """Of the filters, without anybody's name: words that were looked for among people are left out."""
    plain = {name: value for name, value in asked.where.items() if name != "leader"}
    return f"{asked.since} to {asked.last}" + "".join(f", {name} {value}" for name, value in plain.items())
