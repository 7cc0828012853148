"""What is chosen by a key on the page has a name for people: campaigns and leaders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.lookups import Grouping
from handlers.model import Tally
from handlers.pages.views import Choice, Visitor

MOST = 500  # messages of leaders whose titles are looked up
NOBODY = "the packs"


async def campaigns(visitor: Visitor) -> Mapping[str, str]:
    """Id -> title: of the programme, and of what leaders sent in the period."""
    desk, asked = visitor.desk, visitor.asked
    found = {each.id: each.title for each in desk.library.programme.campaigns}
    results = await desk.store.results(asked.begins, asked.ends, most=MOST)
    return {**{result.id: result.title for result in results}, "on-demand": "asked for"} | found


async def leaders(visitor: Visitor, keys: Sequence[str]) -> Mapping[str, str]:
    known = await visitor.desk.store.persons([key for key in keys if key])
    return {
        key: known[key].name or "name not known" if key in known else "name not known" for key in keys if key
    } | {"": NOBODY}


async def choices(visitor: Visitor, names: Sequence[Grouping]) -> Mapping[Grouping, Sequence[Choice]]:
    """What can be chosen of each filter: what there was in the period; nothing of which there was only one."""
    asked, found = visitor.asked, {}
    for name in names:
        tallies = await visitor.desk.store.tallies(name, asked.begins, asked.ends, manager=visitor.manager)
        called = await _called(visitor, name, tallies)
        there = [
            Choice(tally.group, called.get(tally.group, tally.group)) for tally in tallies if tally.group
        ]
        found[name] = sorted(there, key=lambda choice: choice.name.lower())
    return found


async def _called(visitor: Visitor, name: Grouping, tallies: Sequence[Tally]) -> Mapping[str, str]:
    if name == "campaign":
        return await campaigns(visitor)
    if name == "leader":
        return await leaders(visitor, [tally.group for tally in tallies])
    return {}
