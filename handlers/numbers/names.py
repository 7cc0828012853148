"""What is counted under a key has a name for people: campaigns and leaders."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from handlers.desk import ON_DEMAND, Desk
from handlers.findings.finding import retested
from handlers.lookups import Grouping

NOBODY = "the packs"
NOT_KNOWN = "name not known"


async def called(desk: Desk, by: Grouping, groups: Collection[str]) -> Mapping[str, str]:
    """Group -> name, where it has another than itself."""
    if by == "campaign":
        return await campaigns(desk, groups)
    return await leaders(desk, groups) if by == "leader" else {}


async def campaigns(desk: Desk, ids: Collection[str]) -> Mapping[str, str]:
    """Id -> title; what neither the programme has nor a leader sent has none."""
    known = {each.id: each.title for each in desk.library.programme.campaigns} | {ON_DEMAND: "asked for"}
    titles = await desk.store.titles([id_ for id_ in ids if id_ not in known])
    return known | {id_: titled(id_, title) for id_, title in titles.items()}


def titled(campaign: str, title: str) -> str:
    """title: what a leader sent is called, or the finding whose people are asked again."""
    return f"Asked again: {title}" if retested(campaign) else title


async def leaders(desk: Desk, keys: Collection[str]) -> Mapping[str, str]:
    """Key -> name; of none, who speaks there."""
    known = await desk.store.persons([key for key in keys if key])
    return {key: (known[key].name or NOT_KNOWN) if key in known else NOT_KNOWN for key in keys if key} | {
        "": NOBODY
    }
