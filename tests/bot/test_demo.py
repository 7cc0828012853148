"""The demo company: made through the real use cases, the same from the same seed, and opened by the playground."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.__main__ import parser
from bot.app import opened
from bot.cli.demo import demo
from bot.config import BadSetting, Settings
from bot.demo.programme import library
from bot.demo.year import Plot, Year
from content.packs import Library
from content.pieces import Due
from handlers.findings.effect import BETTER, effect
from handlers.findings.finding import Stage
from storage.engine import connect
from storage.inloop import InLoopStorage
from storage.schema import migrate

MADE = ("--seed", "3", "--weeks", "1", "--people", "20", "--until", "2026-10-12")
PLOT = Plot(seed=3, ends=date(2026, 10, 12), many=20, weeks=1)


async def make(url: str, *words: str) -> int:
    return await demo(Settings.read({"DATABASE_URL": url}), parser().parse_args(["demo", *words]))


async def test_the_same_seed_makes_the_same_log_and_the_playground_opens_it_and_nothing_real(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    assert await make(url, *MADE) == 0
    with pytest.raises(BadSetting, match="only into an empty one"):
        await make(url)
    env = {"DATABASE_URL": url}
    async with opened(Settings.read(env)) as house:
        assert house.library.programme.organisation == "Northlight Instruments"
        assert house.clock.now().date() == PLOT.ends
        entries = await house.store.entries(3000)
        assert {"delivered", "answered", "acknowledged", "idea proposed"} <= {e.kind for e in entries}
        people = await house.store.people()
        assert {person.site for person in people} >= {"Berlin", "Vienna", "Porto", "Boston"}
        assert all(person.name and person.email for person in people)
        assert any(person.address is None for person in people) or len(people) < 20
        assert (await house.store.verify()).broken is None
    with pytest.raises(BadSetting, match="the playground was played in"):
        async with opened(
            Settings.read(env | {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "1" * 32})
        ):
            pass

    engine = connect(f"sqlite:///{tmp_path}/again.db")
    migrate(engine)
    again = InLoopStorage(engine, "0.1.0")
    try:
        await Year(PLOT, again).live()
        assert (await again.entries(1))[0].hash == entries[0].hash
    finally:
        again.close()


def asking(ends: date) -> Library:
    whole = library(ends)
    campaigns = tuple(each for each in whole.programme.campaigns if each.questions)
    return replace(whole, programme=whole.programme.model_copy(update={"campaigns": campaigns}))


async def test_within_seven_weeks_something_is_put_right_and_something_else_is_overdue(
    tmp_path: Path,
) -> None:
    """By the numbers of this seed: another company may judge otherwise."""
    plot = Plot(seed=3, ends=date(2026, 11, 27), many=30, weeks=7)
    engine = connect(f"sqlite:///{tmp_path}/weeks.db")
    migrate(engine)
    store = InLoopStorage(engine, "0.1.0")
    try:
        year = Year(plot, store)
        ended = await year.live()
        found = await store.findings.findings("", datetime(2026, 10, 1, tzinfo=UTC), ended)
        (closed,) = [each for each in found if each.stage is Stage.CLOSED]
        assert [step.kind.removeprefix("finding ") for step in closed.trail] == [
            *("opened", "planned", "done", "retest", "effective", "closed")
        ]
        assert closed.after is not None
        assert effect(closed.before, closed.after).says == BETTER
        assert closed.linked in year.library.pieces
        assert closed.owner not in (closed.judged_by, closed.closed_by)
        (late,) = [each for each in found if each.overdue(plot.ends)]
        owner = (await store.persons([late.owner]))[late.owner]
        cards = [row for row in await store.deliveries_of(owner.key) if isinstance(row.piece, Due)]
        assert "overdue" in {card.piece.why for card in cards if card.piece.finding == late.id}
        assert {each.stage for each in found} >= {Stage.OPEN, Stage.PLANNED, Stage.RETEST}
        assert (await store.verify()).broken is None
    finally:
        store.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--people", "3"), "fewer than 20"),
        (("--weeks", "0"), "from 1 to 104"),
        (("--until", "soon"), "'soon' is not a day"),
    ],
)
async def test_what_cannot_be_made_is_a_sentence(tmp_path: Path, words: tuple[str, str], said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        await make(f"sqlite:///{tmp_path}/demo.db", *words)
