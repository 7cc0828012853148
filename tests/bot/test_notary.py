"""Every hour a signed checkpoint: once, also by several processes, also after downtime, and a copy of it outside."""

from __future__ import annotations

import asyncio
import logging
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import sealing
from bot.config import Settings
from bot.notary import HouseNotary, key_of
from bot.sealing import BadKey, holds
from handlers.ledger.checkpoints import Checkpoint, NotACheckpoint, faults, from_line
from handlers.ledger.posting import Posting
from handlers.model import Role
from storage.store import Storage
from tests.conftest import Company

HOUR = timedelta(hours=1)


def _settings(tmp_path: Path, **more: str) -> Settings:
    return Settings.read(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db",
            "LEDGER_CHECKPOINTS": f"{tmp_path}/outside/checkpoints.jsonl",
            **more,
        }
    )


def _with_notary(company: Company, tmp_path: Path, **more: str) -> None:
    notary = HouseNotary(_settings(tmp_path, **more), "1.2.3")
    company.furnish(replace(company.desk, notary=notary))


async def _kept(company: Company) -> list[Checkpoint]:
    return list(await company.store.checkpoints.after(0))


def _outside(tmp_path: Path) -> list[Checkpoint]:
    return [from_line(line) for line in (tmp_path / "outside/checkpoints.jsonl").read_text().splitlines()]


async def test_an_empty_log_has_nothing_to_vouch_for(company: Company, tmp_path: Path) -> None:
    _with_notary(company, tmp_path)
    await company.go_on()
    assert await _kept(company) == []
    assert not (tmp_path / "catchball.db.key").exists()


async def test_each_hour_has_one_checkpoint_and_downtime_none(company: Company, tmp_path: Path) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    for minutes in (
        0,
        1,
        59,
        1,
        60,
        60 * 30,
        5,
    ):  # SUNDAY is 12:00: 12:00, :01, 13:00, :01, 14:01, 20:01, :06
        company.clock.pass_by(timedelta(minutes=minutes))
        await company.go_on()
    made = await _kept(company)
    assert [f"{c.at:%a %H:%M}" for c in made] == ["Sun 12:00", "Sun 13:00", "Sun 14:01", "Mon 20:01"]
    assert [c.number for c in made] == [1, 2, 3, 4]
    assert _outside(tmp_path) == made
    for before, checkpoint in zip([None, *made[:-1]], made, strict=True):
        assert faults(checkpoint, before, holds) == ""
    assert made[0].count == 1
    assert made[0].heads[0].sequence == 1


async def test_several_processes_make_one(company: Company, tmp_path: Path) -> None:
    await company.admit("ada")
    others = [Storage.open(f"sqlite:///{tmp_path}/catchball.db", version="test") for _ in range(3)]
    posts = []
    for store in (company.store, *others):
        notary = HouseNotary(_settings(tmp_path), "1.2.3")
        posts.append(Posting(replace(company.desk, store=store, notary=notary)))
    *together, late = posts
    for hour in range(3):
        now = company.clock.now() + hour * HOUR
        await asyncio.gather(*(posting.look(now) for posting in together))
        await late.look(now)
    for store in others:
        store.close()
    made = await _kept(company)
    assert [c.number for c in made] == [1, 2, 3]
    assert _outside(tmp_path) == made


async def test_what_two_processes_have_for_outside_is_there_once(company: Company, tmp_path: Path) -> None:
    await company.admit("ada")
    first, second = (HouseNotary(_settings(tmp_path), "1.2.3") for _ in range(2))
    await Posting(replace(company.desk, notary=first)).look(company.clock.now())
    made = await _kept(company)
    await second.publish(made)
    assert _outside(tmp_path) == made


async def test_each_auditor_gets_one_card_a_day_in_working_time(company: Company, tmp_path: Path) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    vera = await company.admit("vera", roles=frozenset({Role.AUDITOR}))
    for _ in range(60):  # from Sunday noon until Tuesday night
        await company.go_on()
        company.clock.pass_by(HOUR)
    shown = [(address.user, card) for address, card, _ in company.chat.shown]
    made = await _kept(company)
    assert [user for user, _ in shown] == ["vera"] * 2
    monday = next(c for c in made if f"{c.at:%a %H}" == "Mon 08")  # 09:00 in Berlin
    assert monday.short in shown[0][1].model_dump_json()
    assert f"{monday.count:,} entries" in shown[0][1].title
    assert made[0].has(made[0].short)
    assert not made[0].has(made[0].short[:20])
    sent = [row.sent_at for row in await company.store.deliveries_of(vera.key) if row.sent_at]
    assert [f"{at:%a %H:%M}" for at in sorted(sent)] == ["Mon 08:00", "Tue 08:00"]


async def test_the_key_is_made_once_and_is_nobody_elses_to_read(company: Company, tmp_path: Path) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    await company.go_on()
    path = tmp_path / "catchball.db.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (made,) = await _kept(company)
    assert made.key == sealing.make(path).public  # a second making finds the first
    with company.store._engine.connect() as connection:
        everything = str(
            [connection.execute(text(f"SELECT * FROM {t}")).all() for t in ("checkpoint", "value")]
        )
    assert path.read_text().strip() not in everything
    assert [p.name for p in tmp_path.iterdir() if "key" in p.name] == ["catchball.db.key"]


async def test_who_lost_the_key_or_has_another_makes_none_and_says_what_to_do(
    company: Company, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    await company.go_on()
    path = tmp_path / "catchball.db.key"
    path.unlink()
    company.clock.pass_by(HOUR)
    with caplog.at_level(logging.WARNING):
        await company.go_on()
        company.clock.pass_by(HOUR)
        await company.go_on()
    (said,) = caplog.messages
    assert "is not there" in said
    assert "python -m bot ledger key --new" in said
    assert len(await _kept(company)) == 1
    last = (await _kept(company))[-1]
    with pytest.raises(BadKey, match="is another key"):
        key_of(_settings(tmp_path, LEDGER_KEY="ab" * 32), last)
    path.write_text("not a key\n")
    with pytest.raises(BadKey, match="64 hex digits"):
        key_of(_settings(tmp_path), last)


async def test_what_is_outside_is_caught_up_with_and_a_line_cut_off_is_written_again(
    company: Company, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    file = tmp_path / "outside/checkpoints.jsonl"
    await company.go_on()
    file.chmod(0o400)
    whole = file.read_text()
    file.unlink()
    file.mkdir()  # nothing can be written there for an hour
    company.clock.pass_by(HOUR)
    with caplog.at_level(logging.WARNING):
        await company.go_on()
    assert "cannot be continued" in caplog.text
    file.rmdir()
    file.write_text(whole + whole[:100])
    company.clock.pass_by(HOUR)
    await company.go_on()
    made = await _kept(company)
    assert len(made) == 3
    assert _outside(tmp_path) == made


async def test_the_memory_refuses_to_change_a_checkpoint(company: Company, tmp_path: Path) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    await company.go_on()
    for deed in ("UPDATE checkpoint SET count = 5", "DELETE FROM checkpoint"):
        with pytest.raises(DBAPIError, match="append-only"), company.store._engine.begin() as connection:
            connection.execute(text(deed))


async def test_a_changed_character_of_a_checkpoint_is_found(company: Company, tmp_path: Path) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    await company.go_on()
    (made,) = await _kept(company)
    line = made.line
    for place, character in enumerate(line):
        other = line[:place] + chr(ord(character) ^ 1) + line[place + 1 :]
        try:
            changed = from_line(other)
        except NotACheckpoint:
            continue
        assert faults(changed, None, holds), other


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"count": 2}, "its count is not that of its chains"),
        ({"number": 3}, "it does not follow number 1"),
        ({"previous": "0" * 64}, "it does not name number 1 as it is"),
    ],
)
async def test_a_checkpoint_that_was_signed_has_to_fit_as_well(
    company: Company, tmp_path: Path, wrong: dict[str, Any], why: str
) -> None:
    _with_notary(company, tmp_path)
    await company.admit("ada")
    await company.go_on()
    company.clock.pass_by(HOUR)
    await company.go_on()
    first, second = await _kept(company)
    key = sealing.read(tmp_path / "catchball.db.key")
    assert key is not None
    other = replace(second, **wrong)
    assert faults(other.signed_with(key.sign(other.signed)), first, holds) == why
    assert faults(second, first, holds) == ""
