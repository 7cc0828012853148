"""The programme that the demo company works to, with its dates counted from the day on which its year ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from content.campaigns import Cadence, Campaign
from content.holidays import Holidays
from content.packs import Library, load
from content.pieces import Item, Piece, Quiz
from content.programme import Audit, Names, Programme, Reminders, RotaAsk, SecondPerson, Standard
from handlers.ports import Store

STARTER = Path("content/packs/starter/programme.yaml")
MADE = "demo company, its year ends on"  # the name under which the memory keeps that day
ROTA = ("grace", "linus", "rosa", "viktor")
FORGOTTEN = "ISO 14001:2015 8.2"  # the clause that nobody remembers
MISPRINTED = "27001-phone-in-a-taxi"  # the item whose key is wrong, an easy one: who is good knows it
SITES: Mapping[str, str] = {
    "Berlin": "DE-BE",
    "Vienna": "AT-9",
    "Porto": "PT",
    "Boston": "US-MA",
    "Pune": "IN-MH",
}


def at_work(name: str) -> str:
    return f"{name}@example.org"


async def library_of(store: Store) -> Library | None:
    """What the demo company's memory goes with; None where the memory is another's."""
    ends = await store.recall_value(MADE)
    return library(date.fromisoformat(ends)) if ends else None


def library(ends: date) -> Library:
    """The starter's pieces, one of them with a wrong key, under a programme of this company's own."""
    whole = load(STARTER)
    pieces = {id_: _with(piece, whole.items[MISPRINTED]) for id_, piece in whole.pieces.items()}
    return Library(pieces, _programme(whole.programme, ends))


def _with(piece: Piece, wrong: Item) -> Piece:
    if not isinstance(piece, Quiz) or all(item.id != wrong.id for item in piece.items):
        return piece
    letters = sorted(wrong.options)
    key = letters[(letters.index(wrong.key) + 1) % len(letters)]
    items = tuple(
        item.model_copy(update={"key": key}) if item.id == wrong.id else item for item in piece.items
    )
    return piece.model_copy(update={"items": items})


def _programme(starter: Programme, ends: date) -> Programme:
    begins = ends - timedelta(weeks=54)
    return starter.model_copy(
        update={
            "organisation": "Northlight Instruments",
            "standards": _standards(starter.standards, ends),
            "holidays": Holidays.model_validate({"everybody": "DE-BE", "sites": SITES}),
            "at_most_a_week": 5,
            "rota": tuple(map(at_work, ROTA)),
            "rota_ask": RotaAsk(days=3, deputy_after=1),
            "deputies": {at_work("viktor"): at_work("grace")},
            "approval": SecondPerson(above=150, everyone=True),
            "reminders": Reminders(after=48, most=1, escalate_after=48),
            "names": Names(not_acknowledged=("quality lead", "author")),
            "anonymous_replies": True,
            "campaigns": tuple(_moved(campaign, begins) for campaign in _ours(starter.campaigns, ends)),
        }
    )


def _standards(standards: tuple[Standard, ...], ends: date) -> tuple[Standard, ...]:
    """Each with an internal audit and a stage 1 that lie behind, and a stage 2 ahead."""
    ahead = {"ISO 9001": 38, "ISO 14001": 39, "ISO/IEC 27001": 108}
    return tuple(
        each.model_copy(
            update={
                "audits": (
                    Audit(kind="internal", date=ends - timedelta(days=140)),
                    Audit(kind="stage 1", date=ends - timedelta(days=80)),
                    Audit(kind="stage 2", date=ends + timedelta(days=ahead.get(each.standard, 60))),
                )
            }
        )
        for each in standards
    )


def _ours(campaigns: tuple[Campaign, ...], ends: date) -> list[Campaign]:
    """The starter's, and one that begins after the working day in Porto, where it is quiet by then."""
    kept = [campaign for campaign in campaigns if campaign.id != "first-milestone"]
    late = Campaign(
        id="shift-handover",
        title="Before the night shift",
        audience='site:"Porto"',
        cadence=Cadence.model_validate({"repeat": "monthly", "day": 12, "at": "19:00"}),
        starts=ends,
        grace=timedelta(hours=2),
        pieces=("when-something-looks-wrong",),
    )
    return [*kept, late]


def _moved(campaign: Campaign, begins: date) -> Campaign:
    if not campaign.cadence.repeat:
        return campaign
    return campaign.model_copy(update={"starts": begins - timedelta(days=begins.weekday())})
