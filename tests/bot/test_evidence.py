"""An evidence pack of a year made by chance: each part says the same as what happened, and as every other part."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from openpyxl import load_workbook

from bot.evidence import making, tables
from bot.evidence.making import CannotMake, Order, make, place
from bot.sealing import holds
from handlers.evidence.pack import TABLES, Scope, Source
from handlers.evidence.sums import Disagree
from handlers.ledger.exports import Export
from handlers.model import Reason, Status
from storage.store import Storage
from tests.bot.histories import SINCE, STANDARD, UNTIL, Told, happened, in_scope, on_roster
from tests.bot.report_numbers import says_the_same
from tests.bot.reports import Rate, read

SCOPE = Scope(STANDARD, SINCE, UNTIL, ZoneInfo("Europe/Berlin"))
ORDER = Order(SCOPE, "Lenz & Söhne", "1.2.3", datetime(2027, 1, 5, 9, 30, 15, 123456, tzinfo=UTC))


async def packed(store: Storage, folder: Path, order: Order = ORDER) -> Path:
    with place(folder) as unfinished:
        made = await store.evidence(
            order.scope, lambda source: make(order, source, unfinished, lambda *_: None)
        )
    assert made.held > len(TABLES)
    return folder


def sheets(folder: Path) -> dict[str, list[dict[str, Any]]]:
    book = load_workbook(folder / "evidence.xlsx", read_only=True)
    return {
        sheet.title: [dict(zip(*pair, strict=True)) for pair in _paired(sheet)] for sheet in book.worksheets
    }


def _paired(sheet: Any) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    rows = sheet.iter_rows(values_only=True)
    header = next(rows)
    return ((header, row) for row in rows)


def counted(told: Told) -> dict[str, int]:
    """The year counted once more, from what was made and not from the database."""
    here = {row.id: row for row in told.deliveries if in_scope(row, SCOPE)}
    rostered = [row for row in here.values() if on_roster(row)]
    sent = [row for row in rostered if row.status is Status.SENT]
    answers = {(row, n) for n, (row, clause, _) in enumerate(told.answers) if row in here and _of(clause)}
    return {
        "audience": len(rostered),
        "reached": len(sent),
        "acknowledged": sum(row.id in told.acknowledged for row in sent),
        "people_reached": len({row.person for row in sent}),
        "active": sum(row.id in told.active for row in sent),
        "by clause": len(answers),
        "right by clause": sum(told.answers[n][2] for _, n in answers),
        "failed": sum(row.status is Status.FAILED for row in rostered),
    }


def _of(clause: object) -> bool:
    return str(clause).startswith(f"{STANDARD} ")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing but the schema in it, made once."""
    path = tmp_path_factory.mktemp("empty") / "year.db"
    Storage.open(f"sqlite:///{path}", version="1.2.3").close()
    return path


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=some.integers(0, 2**32), people=some.integers(6, 14))
async def test_every_part_of_a_pack_says_what_happened(
    empty: Path, tmp_path_factory: Any, seed: int, people: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("year")
    shutil.copy(empty, folder / "year.db")
    store = Storage.open(f"sqlite:///{folder}/year.db", version="1.2.3")
    try:
        told = await happened(store, seed, people=people, rosters=6)
        pack = await packed(store, folder / "pack")
        clauses = await store.tallies(
            "clause", *(at.astimezone(SCOPE.zone) for at in (SCOPE.begin, SCOPE.end))
        )
    finally:
        store.close()
    expected, found = counted(told), sheets(pack)
    manifest = json.loads((pack / "manifest.json").read_text())
    assert {name: manifest["counts"][name] for name in expected if name in manifest["counts"]} == {
        name: number for name, number in expected.items() if name in manifest["counts"]
    }
    assert len(found["assignments"]) == expected["audience"]
    states = Counter(row["state"] for row in found["deliveries"] if row["asked for by the person"] == "no")
    assert states["sent"] == expected["reached"]
    assert (
        states["failed"] == sum(row["state"] == "failed" for row in found["exclusions"]) == expected["failed"]
    )
    named = [(c, row["right"]) for row in found["answers"] for c in _wholes(row["clauses"])]
    assert len(named) == expected["by clause"]
    assert sum(right == "yes" for _, right in named) == expected["right by clause"]
    shown = [tally for tally in clauses if _of(tally.group)]
    assert sum(tally.answers for tally in shown) == expected["by clause"]
    says_the_same(pack, found, clauses, SCOPE)
    _checksums_hold(pack)
    _the_ledger_says_the_same(pack, found)


def _wholes(clauses: str) -> set[str]:
    return {each.removeprefix(f"{STANDARD} ").split()[0] for each in clauses.split(", ")}


def _checksums_hold(pack: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=pack, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    files = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    named = {line.split("  ")[1] for line in (pack / "SHA256SUMS").read_text().splitlines()}
    assert named == files - {"SHA256SUMS"}


def _the_ledger_says_the_same(pack: Path, found: dict[str, list[dict[str, Any]]]) -> None:
    with (pack / "ledger.jsonl").open("rb") as file:
        Export.open(file.readline, holds).verify([], lambda *_: None)
    entries = [json.loads(line) for line in (pack / "ledger.jsonl").read_text().splitlines()[1:-1]]
    shown = {row["delivery"]: row["state"] for row in found["deliveries"]}
    arrived = {each["delivery"] for each in entries if each["kind"] == "delivered"}
    assert {id_ for id_, state in shown.items() if state == "sent"} == arrived & set(shown)
    named = {f"{each['chain']}:{each['sequence']}": each for each in entries if each["participation"]}
    answers = {row["event"]: row for row in found["answers"]}
    assert set(answers) == {
        id_
        for id_, each in named.items()
        if each["kind"] == "answered"
        and each["delivery"] in shown
        and any(f"{standard}:{edition}" == STANDARD for standard, edition, _ in json.loads(each["clauses"]))
    }
    for id_, row in answers.items():
        kept = named[id_]
        assert (row["chosen"], row["right"] == "yes") == (kept["value"], kept["correct"])
        assert (row["person"], row["version"]) == (kept["actor"], kept["object_version"])


@pytest.fixture(scope="module")
def whole_year(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Path]:
    """A year with something of everything in it."""
    path = tmp_path_factory.mktemp("whole") / "year.db"
    shutil.copy(empty, path)

    async def made() -> Told:
        store = Storage.open(f"sqlite:///{path}", version="1.2.3")
        told = await happened(store, 1, people=20, rosters=12)
        store.close()
        return told

    return asyncio.run(made()), path


@pytest.fixture
def year(whole_year: tuple[Told, Path]) -> Iterator[tuple[Told, Storage]]:
    told, path = whole_year
    store = Storage.open(f"sqlite:///{path}", version="1.2.3")
    yield told, store
    store.close()


async def test_a_clause_that_people_enough_have_met_has_its_numbers_in_the_pdf(
    year: tuple[Told, Storage], tmp_path: Path
) -> None:
    pack = await packed(year[1], tmp_path / "pack")
    moments = (at.astimezone(SCOPE.zone) for at in (SCOPE.begin, SCOPE.end))
    says_the_same(pack, sheets(pack), await year[1].tallies("clause", *moments), SCOPE)
    (reach, acknowledged, active, right) = read(pack / "report.pdf").rates("Results by clause", "7.3 33")
    assert (reach, acknowledged) == (Rate(61, 44, 75, 20, 33), "-")
    assert isinstance(active, Rate)
    assert isinstance(right, Rate)


async def test_no_cell_of_a_workbook_or_a_csv_file_can_become_a_formula(
    year: tuple[Told, Storage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, titles, options and sentences of this year begin with =, - and @; the long tables are CSV parts."""
    monkeypatch.setattr(making, "LONGEST", 20)
    monkeypatch.setattr(tables, "PART", 15)
    pack = await packed(year[1], tmp_path / "pack")
    book = load_workbook(pack / "evidence.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert any("cmd()" in str(cell.value) for cell in cells)
    paths = sorted(pack.glob("*.csv"))
    written = []
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            written.append(list(csv.reader(file)))
    texts = [cell for rows in written for row in rows for cell in row]
    assert not [cell for cell in texts if cell[:1] in tuple("=+-@\t\r＝＋－＠")]
    assert any("cmd()" in cell for cell in texts)
    where = {row["Table"]: row["Where"] for row in sheets(pack)["contents"]}
    assert where["assignments"].split(", ") == [path.name for path in paths if "assignments" in path.name]
    assert all(len(rows) <= 16 for rows in written)


async def test_a_long_table_has_the_same_rows_in_files_as_in_a_sheet(
    year: tuple[Told, Storage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the names has a comma, quotation marks and two lines."""
    in_sheets = sheets(await packed(year[1], tmp_path / "sheets"))
    monkeypatch.setattr(making, "LONGEST", 3)
    monkeypatch.setattr(tables, "PART", 4)
    pack = await packed(year[1], tmp_path / "files")
    long = [table for table in TABLES if (pack / f"{table.name}-01.csv").exists()]
    assert {table.name for table in long} >= {"assignments", "deliveries", "answers", "participation"}
    for table in long:
        rows = []
        for path in sorted(pack.glob(f"{table.name}-*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                header, *some = csv.reader(file)
            assert tuple(header) == table.columns
            rows += some
        shown = [
            ["" if cell is None else str(cell) for cell in row.values()] for row in in_sheets[table.name]
        ]
        assert rows == shown, table.name
        if "name" in table.columns:
            assert any('José, "Pepe"\nGarcía' in cell for row in rows for cell in row), table.name


async def test_a_pack_whose_parts_disagree_is_not_given_to_anybody(
    year: tuple[Told, Storage], tmp_path: Path
) -> None:
    class Forgetful:
        """Loses one answer."""

        def __init__(self, source: Source) -> None:
            self._source = source

        def __getattr__(self, name: str) -> Any:
            return getattr(self._source, name)

        def rows(self, table: Any) -> Iterator[Any]:
            for rows in self._source.rows(table):
                yield rows[1:] if table.name == "answers" else rows

    with pytest.raises(Disagree, match="answers: "), place(tmp_path / "pack") as folder:
        await year[1].evidence(SCOPE, lambda source: make(ORDER, Forgetful(source), folder, lambda *_: None))
    assert not list(tmp_path.glob("pack*"))


async def test_a_folder_with_something_in_it_is_left_alone(
    year: tuple[Told, Storage], tmp_path: Path
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack/notes.txt").write_text("Mine.")
    with pytest.raises(CannotMake, match="is there already"):
        await packed(year[1], tmp_path / "pack")
    assert [path.name for path in (tmp_path / "pack").iterdir()] == ["notes.txt"]


async def test_what_was_shown_has_the_hash_that_tables_and_ledger_name(
    year: tuple[Told, Storage], tmp_path: Path
) -> None:
    pack = await packed(year[1], tmp_path / "pack")
    lines = [json.loads(line) for line in (pack / "content/versions.jsonl").read_text().splitlines()]
    assert {hashlib.sha256(line["json"].encode()).hexdigest() for line in lines} == {
        line["version"] for line in lines
    }
    found = sheets(pack)
    assert {row["version"] for row in found["assignments"]} <= {line["version"] for line in lines}
    readable = (pack / "content/readable.txt").read_text()
    assert {row["item's version"] for row in found["answers"]} <= {
        line.removeprefix("Version ") for line in readable.splitlines() if line.startswith("Version ")
    } | {""} | {row["item's version"] for row in found["answers"] if row["item"] == "check"}
    assert readable.count("What about phishing?") == 1


async def test_a_pack_without_names_has_none_of_the_people_asked(
    year: tuple[Told, Storage], tmp_path: Path
) -> None:
    order = replace(ORDER, scope=replace(SCOPE, named=None))
    pack = await packed(year[1], tmp_path / "pack", order)
    text = "".join(str(row) for rows in sheets(pack).values() for row in rows)
    assert not [person.name for person in year[0].people if person.name and person.name in text]


async def test_left_out_on_purpose_stands_with_its_sentence_and_the_reasons_are_told(
    year: tuple[Told, Storage], tmp_path: Path
) -> None:
    found = sheets(await packed(year[1], tmp_path / "pack"))
    words = {row["reason"]: row["in words"] for row in found["exclusions"]}
    assert "a course" in words[Reason.EXCLUDED]
    assert {Reason.BLOCKED, Reason.PAUSED, Reason.LATE} <= set(words)
