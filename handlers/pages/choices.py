"""What can be chosen by a key on the page, by the names that people know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.lookups import Grouping
from handlers.numbers import names
from handlers.pages.views import Choice, Visitor


async def choices(visitor: Visitor, filters: Sequence[Grouping]) -> Mapping[Grouping, Sequence[Choice]]:
    """What can be chosen of each filter: what there was in the period; nothing of which there was only one."""
    asked, found = visitor.asked, {}
    for by in filters:
        tallies = await visitor.desk.store.tallies(by, asked.begins, asked.ends, manager=visitor.manager)
        groups = [tally.group for tally in tallies if tally.group]
        called = await names.called(visitor.desk, by, groups)
        there = [Choice(group, called.get(group, group)) for group in groups]
        found[by] = sorted(there, key=lambda choice: choice.name.lower())
    return found
