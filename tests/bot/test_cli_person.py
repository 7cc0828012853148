"""A copy of somebody's data, their erasure and what retention would take, as an administrator types it."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.__main__ import parser
from bot.cli.numbers import report
from bot.cli.people import FORGOTTEN, people
from bot.cli.person import person, retention
from bot.config import BadSetting, Settings
from storage.store import Storage

LIST = """email,name,team,roles,joined
ada.quist@example.org,Ada <Quist>,Assembly,employee,{today}
marie@example.org,Marie,Quality,quality lead,2020-01-01
"""
COUNCIL = """
works_council:
  exceptions:
    - { id: audit, who: marie@example.org, views: [induction], why: Audit, until: 2999-01-01, agreed: council }
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    programme = tmp_path / "programme.yaml"
    programme.write_text(Path("content/packs/starter/programme.yaml").read_text() + COUNCIL)
    (tmp_path / "people.csv").write_text(LIST.format(today=date.today()))  # noqa: DTZ011
    return Settings.read({"DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db", "PROGRAMME": str(programme)})


async def test_a_copy_is_written_and_an_erasure_asks_once_more(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = parser().parse_args
    await people(settings, typed(["people", "import", str(tmp_path / "people.csv")]))
    out = tmp_path / "a" / "copy"
    assert (
        await person(settings, typed(["person", "export", "ADA.quist@example.org", "--out", str(out)])) == 0
    )
    copy = json.loads((out / "ada.quist@example.org.json").read_text())
    assert (copy["person"]["name"], copy["person"]["team"]) == ("Ada <Quist>", "Assembly")
    page = (out / "ada.quist@example.org.html").read_text()
    assert "Ada &lt;Quist&gt;" in page
    assert "Who looked at you by name" in page
    again = ["person", "export", "ada.quist@example.org", "--out", str(out)]
    await person(settings, typed(again))
    assert json.loads((out / "ada.quist@example.org.json").read_text())["looks"][0]["what"] == "person export"
    erase = ["person", "erase", "ada.quist@example.org"]
    monkeypatch.setattr("sys.stdin", io.StringIO("somebody@example.org\n"))
    assert await person(settings, typed(erase)) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("Ada.Quist@example.org\n"))
    assert await person(settings, typed(erase)) == 0
    assert "Erased." in capsys.readouterr().out
    with pytest.raises(BadSetting, match="nobody with the e-mail"):
        await person(settings, typed([*erase, "--yes"]))
    assert await people(settings, typed(["people", "import", str(tmp_path / "people.csv")])) == 1
    told = capsys.readouterr()
    assert FORGOTTEN in told.err
    assert "1 people imported, 1 rows left out" in told.out


REFUSES = """
CREATE TRIGGER refuses BEFORE INSERT ON ledger WHEN NEW.kind = 'looked'
BEGIN SELECT RAISE(ABORT, 'nothing is kept of who looked'); END
"""


@pytest.mark.parametrize(
    "typed",
    [
        "person export marie@example.org --out OUT",
        "evidence --standard {standard} --out OUT/pack",
        "sample --standard {standard} --out OUT/sample.xlsx",
    ],
)
async def test_nothing_is_there_under_its_name_while_no_entry_says_that_somebody_looked(
    typed: str, settings: Settings, tmp_path: Path
) -> None:
    await people(settings, parser().parse_args(["people", "import", str(tmp_path / "people.csv")]))
    out = tmp_path / "out"
    words = [word.format(standard="ISO 9001:2015").replace("OUT", str(out)) for word in typed.split()]
    arguments = parser().parse_args(words)
    run = getattr(import_module(arguments.module), arguments.function)
    with closing(sqlite3.connect(tmp_path / "catchball.db")) as database:
        database.execute(REFUSES)
        with pytest.raises(IntegrityError, match="nothing is kept"):
            await run(settings, arguments)
        assert list(out.iterdir()) == []
        database.execute("DROP TRIGGER refuses")
        assert await run(settings, arguments) == 0
        assert database.execute("SELECT count(*) FROM ledger WHERE kind = 'looked'").fetchone()[0] > 0
    assert not [path for path in out.iterdir() if "unfinished" in path.name]
    assert list(out.iterdir())


async def test_a_report_names_people_only_by_an_exception_which_is_noted(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = parser().parse_args
    await people(settings, typed(["people", "import", str(tmp_path / "people.csv")]))
    await report(settings, typed(["report", "induction"]))
    assert "Quist" not in capsys.readouterr().out
    await report(settings, typed(["report", "induction", "--as", "marie@example.org"]))
    assert "Ada <Quist>" in capsys.readouterr().out
    store = Storage.open(settings.database_url, version="test")
    ada = await store.person_by_email("ada.quist@example.org")
    assert ada is not None
    assert [look.exception for look in await store.looks_at(ada.key)] == ["audit"]
    store.close()
    with pytest.raises(BadSetting, match="nobody with this e-mail"):
        await report(settings, typed(["report", "induction", "--as", "who@example.org"]))


async def test_what_would_go_is_said_and_nothing_goes(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await retention(settings, parser().parse_args(["retention"])) == 0
    said = capsys.readouterr().out
    assert "replies" in said
    assert "before 20" in said
    assert "The ledger is kept." in said
