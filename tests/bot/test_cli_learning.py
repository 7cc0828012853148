"""`learning evaluate`, as an administrator types it, on a ledger that was written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.engine import connect, writing
from storage.ledger import Ledger
from storage.store import Storage
from tests.bot.processes import bot

BEGIN = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db"}


def answers(env: dict[str, str], people: int) -> None:
    """Each answers one item on five days, and knows it after the first."""
    url = env["DATABASE_URL"]
    Storage.open(url, version="1.2.3").close()
    engine = connect(url)
    did = {"kind": "answered", "participation": True, "item": "why-quality", "certainty": 2}
    records = [
        {**did, "actor": f"person-{number}", "at": BEGIN + timedelta(days=day), "correct": day > 0}
        for day in (0, 2, 9, 30, 60)
        for number in range(people)
    ]
    with writing(engine.connect()) as connection, connection.begin():
        Ledger("1.2.3").append(connection, records)
    engine.dispose()


def test_the_table_names_each_model_and_the_plot_has_ten_bins(env: dict[str, str], tmp_path: Path) -> None:
    answers(env, people=60)
    plot = tmp_path / "calibration.svg"
    done = bot("learning", "evaluate", "--plot", str(plot), env=env)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[-1] for line in lines[1:4]] == ["240"] * 3
    assert sum(line.split("%")[0].isdigit() and " to " in line for line in lines) == 10
    assert "too few" not in done.stdout
    assert plot.read_text().startswith("<svg")


def test_under_two_hundred_predictions_it_says_that_these_are_too_few(env: dict[str, str]) -> None:
    answers(env, people=60)
    done = bot("learning", "evaluate", "--since", "2026-10-30", env=env)
    assert done.returncode == 0
    assert "60 predictions are too few to judge" in done.stdout
    empty = bot("learning", "evaluate", env={"DATABASE_URL": env["DATABASE_URL"] + "2"})
    assert "0 predictions are too few to judge" in empty.stdout


def test_what_cannot_be_understood_or_written_is_a_sentence(env: dict[str, str], tmp_path: Path) -> None:
    for words, said in (
        (("--since", "yesterday"), "--since: 'yesterday' is not a day like"),
        (("--plot", str(tmp_path / "no" / "such.svg")), "--plot"),
    ):
        done = bot("learning", "evaluate", *words, env=env)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
