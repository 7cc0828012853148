"""The demo company: made through the real use cases, the same from the same seed, and opened by the playground."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest

from bot.app import opened
from bot.config import Settings
from bot.demo.year import Plot, Year
from storage.engine import connect
from storage.inloop import InLoopStorage
from storage.schema import migrate
from tests.bot.processes import bot

T = TypeVar("T")
PLOT = Plot(seed=3, ends=date(2026, 10, 16), many=20, weeks=1)  # from a Monday to the Friday after the next


async def lived(path: Path, look: Callable[[InLoopStorage], Awaitable[T]]) -> T:
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    store = InLoopStorage(engine, "test")
    try:
        await Year(PLOT, store).live()
        return await look(store)
    finally:
        store.close()


async def test_the_same_seed_makes_the_same_log_to_the_last_hash(tmp_path: Path) -> None:
    async def log(store: InLoopStorage) -> tuple[str, int, object]:
        newest = (await store.entries(1))[0]
        people, entries = await store.people(), await store.entries(3000)
        assert {person.site for person in people} >= {"Berlin", "Vienna", "Porto", "Boston"}
        assert {"delivered", "answered", "acknowledged"} <= {entry.kind for entry in entries}
        return newest.hash, newest.sequence, (await store.verify()).broken

    first = await lived(tmp_path / "one.db", log)
    assert first == await lived(tmp_path / "two.db", log)
    assert first[1] > 300
    assert first[2] is None


async def test_the_command_makes_it_the_playground_opens_it_and_nothing_real_does(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"}
    made = bot("demo", "--weeks", "1", "--people", "20", "--until", "2026-10-16", env=env)
    assert made.returncode == 0, made.stderr
    assert "16 October 2026" in made.stderr
    again = bot("demo", env=env)
    assert again.returncode == 2
    assert "only into an empty one" in again.stderr
    async with opened(Settings.read(env)) as house:
        assert house.library.programme.organisation == "Northlight Instruments"
        assert house.clock.now().date() == date(2026, 10, 16)
    real = bot("report", env=env | {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "1" * 32})
    assert "the playground was played in" in real.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--people", "3"), "fewer than 20"),
        (("--weeks", "0"), "from 1 to 104"),
        (("--until", "soon"), "'soon' is not a day"),
    ],
)
def test_what_cannot_be_made_is_a_sentence(tmp_path: Path, words: tuple[str, str], said: str) -> None:
    done = bot("demo", *words, env={"DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"})
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (2, True, False)
