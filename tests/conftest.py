"""A whole house without a platform: real rules, real SQLite, a clock that stands still."""

from __future__ import annotations

import gc
import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.campaigns import Campaign
from content.cards import Button, Card
from content.packs import Library, check_pack, load
from content.programme import Learning
from handlers.desk import Desk
from handlers.dispatch import Dispatch
from handlers.drain import Drain
from handlers.events import Click, Incoming, Outcome, Said
from handlers.features import compose
from handlers.model import Address, Delivery, Job, Person, Platform
from handlers.numbers.counting import Counting
from handlers.pace import Pace
from handlers.people import Profile, admit
from handlers.plan import Plan
from storage.inloop import InLoopStorage
from storage.store import Storage
from tests.databases import prepared
from tests.fakes import FrozenClock, RecordingChat
from tests.postgres import postgres

__all__ = ["postgres"]

STARTER = Path("content/packs/starter")
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def at(person: str, platform: Platform = Platform.PLAYGROUND) -> Address:
    """Where the tests reach a person of the cast."""
    return Address(platform, "here", person)


@dataclass
class Company:
    """A small company with the whole product in it, driven by what people do."""

    store: Storage
    library: Library
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(SUNDAY))
    chat: RecordingChat = field(default_factory=RecordingChat)
    rang: int = 0

    def __post_init__(self) -> None:
        numbers = itertools.count(1)
        paces = {Platform.PLAYGROUND: self.chat.paces}
        self.desk = Desk(
            *(self.store, self.library, self.clock, lambda: f"id{next(numbers):06d}", paces),
            counting=Counting(stays=0),  # or what a slow machine counted would be what it was before
        )
        self.plan = Plan(self.desk)
        self.drain = Drain(self.desk, {Platform.PLAYGROUND: self.chat}, owner="test")
        self.dispatch = Dispatch(self.desk, self._ring)
        self._keys = itertools.count(1)

    def _ring(self) -> None:
        self.rang += 1

    def run_campaigns(self, *campaigns: Campaign, **rules: object) -> None:
        """These campaigns and no others from now on; `rules` are other fields of the programme."""
        programme = self.library.programme.model_copy(update={"campaigns": campaigns, **rules})
        self.furnish(replace(self.desk, library=Library(self.library.pieces, programme)))

    def keep_pace(self, **paces: Pace) -> None:
        """The chat is paced from now on: send, find and withdraw."""
        self.chat.paces = {Job(job): pace for job, pace in paces.items()}
        self.furnish(replace(self.desk, paces={Platform.PLAYGROUND: self.chat.paces}))

    def furnish(self, desk: Desk) -> None:
        """Everybody works at this desk from now on."""
        self.desk = desk
        self.plan = Plan(self.desk)
        self.drain = replace(self.drain, desk=self.desk)
        self.dispatch = replace(self.dispatch, desk=self.desk)

    async def receive(self, event: Incoming) -> Outcome:
        """For the door of a platform: what comes in, decided at the desk as it is by then."""
        return await self.dispatch(event)

    async def admit(self, who: str, **columns: object) -> Person:
        """A person called `who`, reached in the playground unless the columns say otherwise."""
        profile = Profile(
            **{"email": f"{who}@example.org", "name": who.capitalize(), "addresses": (at(who),), **columns}  # type: ignore[arg-type]
        )
        return await admit(self.desk, profile, "test")

    async def said(self, name: str, text: str, *, direct: bool = True) -> Outcome:
        return await self.dispatch(Said(f"key{next(self._keys)}", at(name), text, direct=direct))

    async def press(
        self,
        name: str,
        delivery: Delivery,
        button: Button,
        key: str = "",
        values: Mapping[str, str] | None = None,
    ) -> Outcome:
        return await self.dispatch(
            Click(
                key or f"key{next(self._keys)}",
                at(name),
                button.verb,
                delivery=delivery.id,
                item=button.item,
                value=button.value,
                values=values or {},
            )
        )

    async def answer(
        self, name: str, delivery: Delivery, option: str, sure: str = "Fairly sure", key: str = ""
    ) -> Outcome:
        """Choose an option of the question that is open on the card, and press how sure one is."""
        assert delivery.piece is not None
        card = compose(delivery.piece, Person("anybody"), await self.store.done(delivery.id))
        return await self.press(name, delivery, button(card, sure), key, chosen(card, option))

    async def go_on(self) -> None:
        """Plan what is due and empty the outbox."""
        await self.plan.tick()
        await self.drain.everything()

    async def latest(self, name: str) -> Delivery:
        """The newest delivery of somebody."""
        person = await self.store.person_at(at(name))
        assert person is not None
        return (await self.store.deliveries_of(person.key))[0]


@pytest.fixture(scope="session")
def library() -> Library:
    """The starter programme with the pieces of the starter pack alone: few enough to know them."""
    whole = load(STARTER / "programme.yaml")
    files = (STARTER / f"{kind}.yaml" for kind in ("messages", "milestones", "pulses", "quizzes"))
    own = {piece.id: whole.pieces[piece.id] for file in files for piece in check_pack(file)}
    return Library(own, whole.programme.model_copy(update={"learning": Learning(), "reminders": None}))


@pytest.fixture
async def company(tmp_path: Path, library: Library, request: pytest.FixtureRequest) -> AsyncIterator[Company]:
    """A company with the starter packs and no campaign yet: `run_campaigns` starts some.

    On a platform it has the memory that people run; elsewhere the one without threads, which is faster.
    """
    memory = Storage if "place" in request.fixturenames else InLoopStorage
    library = Library(library.pieces, library.programme.model_copy(update={"campaigns": ()}))
    store = memory.open(prepared(tmp_path / "catchball.db"), version="test")
    yield Company(store, library)
    store.close()


def button(card: Card, label: str) -> Button:
    """The button of a card that starts with these words."""
    return next(b for b in card.buttons() if b.label.startswith(label))


def chosen(card: Card, option: str) -> dict[str, str]:
    """What comes with a press where this option of the open question is chosen."""
    return {field.id: option for field in card.inputs() if field.kind == "options"}


# Files of which each takes longer than many others: they begin first, so that nobody waits for one of them at the end.
LONG = (
    *(
        "test_playground_page",
        "test_insights",
        "test_managers",
        "test_every_card",
        "test_matrix",
        "test_recall",
    ),
    *(
        "test_outbox_machine",
        "test_promises",
        "test_stories",
        "test_leading_stories",
        "test_calendar",
        "test_rota",
    ),
    *("test_demo", "test_digest_stories", "test_evidence_background", "test_house", "test_reminders"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not look at it again with every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
