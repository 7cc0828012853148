"""What was kept long enough goes once a day, and the ledger says so; what is counted stays."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from content.packs import BadPack, load
from content.retention import KINDS, Retention
from handlers.events import Click, Left
from handlers.model import Role
from handlers.privacy import mydata, retaining
from tests.conftest import STARTER, Company, at
from tests.handlers.privacy.test_erasing import EMAIL, NAME, TEXTS, held, numbers, person, plant

__all__ = ["plant"]


def test_every_kind_has_its_words_and_a_mistake_is_named(tmp_path: Path) -> None:
    assert set(KINDS) == set(Retention.model_fields)
    programme = tmp_path / "programme.yaml"
    programme.write_text((STARTER / "programme.yaml").read_text() + "\nretention: { replies: 0, looks: 3 }\n")
    with pytest.raises(BadPack) as raised:
        load(programme)
    assert "replies: must be at least 1" in str(raised.value)
    assert "looks: is not a field here" in str(raised.value)


async def test_it_runs_once_a_day_over_all_processes_and_leaves_a_record(
    plant: Company, tmp_path: Path
) -> None:
    ada = await person(plant)
    (reply,) = await plant.store.replies.by(ada.key)
    answer = {"answer": "It comes."}
    card = await _card(plant)
    await plant.dispatch(Click("answer", at("grace"), "wrote", delivery=card, item="answer", values=answer))
    await plant.dispatch(Left("gone", at("ada"), gone=True))
    before = await numbers(plant)
    plant.clock.pass_by(timedelta(days=40))
    due = await retaining.due(plant.desk)
    assert {kind: number for kind, (_, number) in due.items()} == dict.fromkeys(KINDS, 0)
    plant.clock.pass_by(timedelta(days=4000))
    due = await retaining.due(plant.desk)
    runs = await asyncio.gather(*(retaining.daily(plant.desk, "the next") for _ in range(3)))
    (counts,) = [run for run in runs if run is not None]
    assert counts["replies"] == due["replies"][1] == 1
    assert counts["leavers"] == 1
    assert counts["event_keys"] > 0
    assert (await plant.store.replies.by(ada.key))[0].text == "(erased)"
    assert list(held(tmp_path, NAME, EMAIL, *TEXTS, "It comes.")) == []
    assert (await plant.store.entries(1))[0].value.startswith("replies 1, ideas 0, pulse_words 0, answers ")
    assert await numbers(plant) == before
    assert (await plant.store.verify()).broken is None
    assert reply.text == TEXTS[0]


async def test_what_is_kept_without_end_stays(plant: Company) -> None:
    forever = Retention(**dict.fromkeys(KINDS))
    plant.run_campaigns(retention=forever)
    plant.clock.pass_by(timedelta(days=4000))
    assert await retaining.run(plant.desk) == {}
    assert (await person(plant)).name == NAME


async def test_the_tick_of_a_day_sees_to_it(plant: Company) -> None:
    plant.clock.pass_by(timedelta(days=1))
    await plant.plan.tick()
    await plant.plan.tick()
    kinds = [entry.kind for entry in await plant.store.entries(500)]
    assert kinds.count("cleared") == 1


async def test_a_card_that_was_emptied_is_whole_again_when_it_is_shown_again(plant: Company) -> None:
    await plant.said("kim1", "help", direct=False)
    await plant.drain.everything()
    shown = (await plant.latest("kim1")).card
    plant.clock.pass_by(timedelta(days=200))
    await retaining.run(plant.desk)
    await plant.said("kim1", "help", direct=False)
    assert (await plant.latest("kim1")).card == shown


async def test_my_data_shows_what_is_held_page_by_page(plant: Company) -> None:
    await plant.admit("olga", roles=frozenset({Role.AUDITOR}))
    for words, sees in (
        ("my data", "Others looked at you by name"),
        ("my data sent", "Thank you"),
        ("my data did", "acknowledged"),
        ("my data wrote", TEXTS[0]),
        ("my data looks", "Nobody has looked at you"),
        ("my data sent 41", "Nothing of this"),
        ("my data nonsense", "Who looked at you"),
    ):
        assert sees in str((await plant.said("ada", words)).show), words
    assert mydata.A_CARD == 20


async def _card(company: Company) -> str:
    grace = await company.store.person_by_email("grace@example.org")
    assert grace is not None
    rows = await company.store.deliveries_of(grace.key)
    return next(row.id for row in rows if row.piece and row.piece.id.startswith("reply-"))
