"""Sheets of somebody else's are read for their text and nothing else, and ours start nothing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from content.tables import LARGEST, ROWS, Unreadable, read, write

KNOWN = ("id", "title", "stem")
SHEET = [["id", "title", "stem"], ["a-b", "Größe: 7,10", 'He said "no";\nthen left'], ["c-d", "", "x"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_is_read_whatever_separates_it(tmp_path: Path, separator: str, encoding: str, end: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows([*SHEET[:2], [], SHEET[2]])
    (tmp_path / "a.csv").write_bytes(out.getvalue().encode(encoding))
    assert read(tmp_path / "a.csv", KNOWN).rows == [(1, SHEET[0]), (2, SHEET[1]), (4, SHEET[2])]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read_as_it_was(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    write(path, SHEET, [10, 20, 30])
    assert [row for _, row in read(path, KNOWN).rows] == SHEET
    with pytest.raises(FileExistsError):
        write(path, SHEET, [10, 20, 30])


ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "a;=1+1",
    "a,+1",
    "a\n=1+1",
    'a",=1',
    "a\t@b",
    "; =1",
    "==1",
]


def evaluated(cell: str) -> bool:
    """What a spreadsheet would compute when it opens the file; spaces before the sign are no protection to rely on."""
    return cell.lstrip(" ").startswith(tuple("=+-@＝＋－＠"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_of_a_csv_becomes_a_formula_whatever_is_taken_for_its_separator(
    tmp_path: Path, attack: str
) -> None:
    path = tmp_path / "a.csv"
    write(path, [["id", "title"], ["a-b", attack]], [10, 10])
    text = path.read_text(encoding="utf-8-sig")
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not any(map(evaluated, row)), row
    for cell in re.split(r"[,;\t\n]", text):  # and when quotation marks mean nothing
        assert not evaluated(cell.strip('"'))
    assert read(path, KNOWN).rows[1][1] == ["a-b", attack.strip()]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_of_an_xlsx_is_a_formula(tmp_path: Path, attack: str) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [["id", "title"], ["a-b", attack]], [10, 10])
    cells = [cell for row in load_workbook(path).worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(evaluated(str(cell.value)) for cell in cells)
    assert read(path, KNOWN).rows[1][1] == ["a-b", attack.strip()]


@settings(max_examples=40, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\u2060\r"), min_size=1, max_size=40))
def test_any_text_comes_back_from_either_kind(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    written = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text).strip()
    for kind in ("csv", "xlsx"):
        path = tmp_path_factory.mktemp("sheets") / f"a.{kind}"
        write(path, [["title", "id"], [text, "a-b"]], [10, 10])
        assert read(path, KNOWN).rows[1][1] == [written, "a-b"]


def book(path: Path, fill: Callable[[Workbook], None]) -> Path:
    made = Workbook()
    made.worksheets[0].append(["id", "title"])
    fill(made)
    made.save(path)
    return path


def test_numbers_and_results_are_text_and_dates_and_errors_are_told(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        made.worksheets[0].append([9001, 7.5])
        made.worksheets[0].append(["=1+1", True])
        made.worksheets[0].append([date(2026, 5, 3), "#REF!"])

    table = read(book(tmp_path / "a.xlsx", fill), KNOWN)
    assert table.rows[1:3] == [(2, ["9001", "7.5"]), (3, ["", "True"])]  # never computed, so without a result
    assert set(table.wrong) == {(4, 0), (4, 1)}
    assert table.wrong[4, 0].startswith(
        "was made a date or a time by the spreadsheet; format the column as text"
    )
    assert table.wrong[4, 1] == "holds an error, #REF!"


def test_a_cell_far_out_costs_nothing(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        made.worksheets[0].cell(3, 16_384, "far to the right")

    table = read(book(tmp_path / "a.xlsx", fill), KNOWN)
    assert table.rows == [(1, ["id", "title"])]

    def deep(made: Workbook) -> None:
        made.worksheets[0].cell(1_048_576, 1, "far down")

    with pytest.raises(Unreadable, match=f"has more than {ROWS} rows"):
        read(book(tmp_path / "b.xlsx", deep), KNOWN)


def test_a_file_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", lambda made: None)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/large.xml", b" " * (LARGEST + 1))
    assert path.stat().st_size < LARGEST / 100
    with pytest.raises(Unreadable, match="holds more than"):
        read(path, KNOWN)


def test_entities_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", lambda made: None)
    growing = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    sheet = re.sub(r"^<\?xml[^>]*>", "", parts["xl/worksheets/sheet1.xml"]).strip()
    sheet = f'<!DOCTYPE r [<!ENTITY a0 "xxxxxxxxxx">{growing}]>' + sheet.replace(">", ">&a9;", 1)
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as packed:
        for name, part in (parts | {"xl/worksheets/sheet1.xml": sheet}).items():
            packed.writestr(name, part)
    with pytest.raises(Unreadable, match="is no XLSX file"):
        read(tmp_path / "b.xlsx", KNOWN)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.ods", b"", "must be a file that ends in .csv or .xlsx"),
        ("a.xlsx", b"", "is no XLSX file"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "is no XLSX file"),
        ("a.csv", b"id,title\n\xff\xfe", "is not written in UTF-8; save it as CSV UTF-8, or as XLSX"),
        ("a.csv", b'id,title\na,"b\n', "look for a quotation mark too many"),
        ("a.csv", b"id\n" + b"a\n" * (ROWS + 1), f"has more than {ROWS} rows"),
        ("a.csv", b"a" * (LARGEST + 1), "is larger than"),
    ],
)
def test_what_is_no_sheet_is_a_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable, match=re.escape(said)):
        read(tmp_path / name, KNOWN)


def outcome(path: Path) -> str:
    try:
        return "read" if read(path, KNOWN) else ""
    except Unreadable as error:
        return str(error)


def test_a_damaged_sheet_is_a_sentence_wherever_it_is_damaged(tmp_path: Path) -> None:
    whole = book(tmp_path / "a.xlsx", lambda made: made.worksheets[0].append(["a-b", "A title"])).read_bytes()
    for at in range(0, len(whole), 17):
        (tmp_path / "b.xlsx").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        assert outcome(tmp_path / "b.xlsx").startswith(("read", "is no XLSX file", "holds more than"))
