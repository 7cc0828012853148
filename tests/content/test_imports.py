"""Items go from a sheet into a pack and back; what is wrong is told by row and column, and nothing is written then."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from content.imports import Plan, planned, rows_of
from content.packs import BadPack, check_pack
from content.pieces import Quiz
from content.rows import COLUMNS, EXAMPLE, WIDTHS
from content.shelf import HERE
from content.tables import write

PACK = 'name: ours\ntitle: Ours\nstandards: ["ISO 9001:2015", "ISO 9001:2026"]\n'
BY_HAND = """items:
  - id: by-hand
    title: Written by hand
    clauses: ["ISO 9001:2015 7.3"]
    stem: A label is left over. What now?
    options: {A: Keep it, B: Find its part}
    key: B
    explanation: Somewhere a part is without one.
"""
CALIPER = {**EXAMPLE, "id": "caliper"}
BADGE = CALIPER | {
    "id": "badge",
    "title": "No badge",
    "stem": "Who is that?",
    "audience": "",
    "difficulty": "",
}
HAND = {
    "id": "by-hand",
    "title": "Written by hand",
    "clauses": "ISO 9001:2015 7.3",
    "stem": "A label is left over. What now?",
    "A": "Keep it",
    "B": "Find its part",
    "key": "B",
    "explanation": "Somewhere a part is without one.",
}

Take = Callable[..., Plan]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK)
    (folder / "items-hand.yaml").write_text(BY_HAND)
    return folder


def sheet(*rows: Mapping[str, str], name: str = "Our Items.csv", columns: tuple[str, ...] = COLUMNS) -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(
        [columns, *([row.get(name.lower(), row.get(name, "")) for name in columns] for row in rows)]
    )
    Path(name).write_text(out.getvalue(), encoding="utf-8-sig")
    return Path(name)


@pytest.fixture
def take(pack: Path) -> Take:
    """Import these rows; returns what it did."""

    def do(*rows: Mapping[str, str], name: str = "Our Items.csv", columns: tuple[str, ...] = COLUMNS) -> Plan:
        plan = planned(sheet(*rows, name=name, columns=columns), pack)
        plan.carry_out()
        return plan

    return do


@pytest.fixture
def refused(pack: Path) -> Callable[[Path], list[str]]:
    """Import this sheet in vain; returns what was said."""

    def do(path: Path) -> list[str]:
        before = {file: file.read_bytes() for file in pack.iterdir()}
        with pytest.raises(BadPack) as bad:
            planned(path, pack)
        assert {file: file.read_bytes() for file in pack.iterdir()} == before
        return str(bad.value).splitlines()

    return do


def items(pack: Path) -> dict[str, object]:
    quizzes = [piece for piece in check_pack(pack) if isinstance(piece, Quiz)]
    return {item.id: item for quiz in quizzes for item in quiz.items}


def test_each_row_becomes_an_entry_as_an_author_would_write_it(take: Take, pack: Path) -> None:
    plan = take(CALIPER, BADGE)
    assert [(change.id, change.before) for change in plan.changes] == [("caliper", ""), ("badge", "")]
    assert list(items(pack)) == ["by-hand", "caliper", "badge"]
    text = (pack / "items-our-items.yaml").read_text()
    assert text.startswith("# Items that were imported from a sheet.")
    assert (
        '    clauses: ["ISO 9001:2015 7.1.5", "ISO 9001:2026 7.1.5"]\n    audience: [operations, manager]\n'
        in text
    )
    assert "\n\n  - id: badge\n    title: No badge\n" in text


def test_the_same_sheet_again_changes_nothing(take: Take, pack: Path) -> None:
    take(CALIPER, BADGE)
    again = take(CALIPER, BADGE, HAND)
    assert (again.changes, again.unchanged, again.files) == ([], 3, {})


def test_an_item_that_changes_gets_a_new_version_in_its_own_file_and_place(take: Take, pack: Path) -> None:
    first = take(CALIPER, BADGE)
    plan = take(CALIPER | {"today": "Look at one date."}, name="second.csv")
    (change,) = plan.changes
    assert (change.id, change.before) == ("caliper", first.changes[0].after)
    assert change.after != change.before
    assert [path.name for path in plan.files] == ["items-our-items.yaml"]
    assert list(items(pack)) == ["by-hand", "caliper", "badge"]


def test_what_the_sheet_has_no_column_for_stays_and_an_empty_cell_takes_it_away(
    take: Take, pack: Path
) -> None:
    take(CALIPER)
    file = pack / "items-our-items.yaml"
    file.write_text(file.read_text() + "    accepted:\n      near-duplicate: on purpose\n")
    before = items(pack)["caliper"]
    take(CALIPER | {"title": "Another title", "today": ""}, columns=("Title", "ID", "today"))
    after = items(pack)["caliper"]
    assert after == before.model_copy(update={"title": "Another title", "today": ""})  # type: ignore[attr-defined]
    assert "near-duplicate: on purpose" in file.read_text()


def test_what_was_written_by_hand_is_never_changed(
    take: Take, refused: Callable[[Path], list[str]], pack: Path
) -> None:
    changed = "row 2, column id: by-hand: stands at ours/items-hand.yaml:2, which was written by hand; change it there"
    assert refused(sheet(HAND | {"key": "A"})) == [f"Our Items.csv: {changed}"]
    assert refused(sheet(CALIPER, name="hand.csv")) == [
        "hand.csv: row 2, column id: caliper: would go to ours/items-hand.yaml, which was written by hand; "
        "give the sheet another name"
    ]
    (pack / "messages.yaml").write_text("messages:\n  - {id: caliper, title: Hello, text: Hello}\n")
    assert refused(sheet(CALIPER)) == [
        "Our Items.csv: row 2, column id: caliper: is already used at ours/messages.yaml:2"
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"key": "D"}, "row 3, column key: badge: must be one of A, B, C"),
        ({"key": "b"}, "row 3, column key: badge: must be the letter of an option, A to E"),
        ({"stem": ""}, "row 3, column stem: badge: is missing"),
        ({"id": ""}, "row 3, column id: is missing"),
        ({"id": "No Badge"}, "row 3, column id: No Badge: must be 2 to 64 small letters, digits and hyphens"),
        ({"id": "caliper"}, "row 3, column id: caliper: is already used at Our Items.csv:2"),
        ({"clauses": "7.3"}, 'row 3, column clauses: badge: must be written like "ISO 9001:2015 7.3"'),
        (
            {"clauses": "ISO 9001:2008 7.3"},
            "row 3, column clauses: badge: ISO 9001:2008 is not a standard of the pack",
        ),
        ({"B": "", "C": ""}, "row 3, column A to E: badge: must be two to five"),
        ({"audience": "cleaners"}, "row 3, column audience: badge: must be 'everybody', "),
        ({"difficulty": "so-so"}, "row 3, column difficulty: badge: must be 'easy', "),
        (
            {"id": EXAMPLE["id"]},
            "row 3, column id: write-over-this-example: is the example; write an item of your own",
        ),
    ],
)
def test_each_mistake_names_sheet_row_and_column(
    refused: Callable[[Path], list[str]], changed: dict[str, str], said: str
) -> None:
    found = refused(sheet(CALIPER, BADGE | changed))
    assert any(line.startswith(f"Our Items.csv: {said}") for line in found), found


def test_all_mistakes_of_a_sheet_come_at_once(refused: Callable[[Path], list[str]]) -> None:
    assert len(refused(sheet(CALIPER | {"key": ""}, BADGE | {"title": ""}))) == 2


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "id;titel",
            "row 1, column titel: is no column here; there are id, title, clauses, stem, A, B, C, D, E, key",
        ),
        ("id;title;Title", "row 1, column title: is there twice"),
        ("title;stem", "row 1: has no column named id"),
        ("", "row 1: has no column named id"),
    ],
)
def test_a_header_that_cannot_be_understood_is_told(
    refused: Callable[[Path], list[str]], header: str, said: str
) -> None:
    Path("odd.csv").write_text(f"{header}\n\n")
    assert refused(Path("odd.csv"))[0].startswith(f"odd.csv: {said}")


def test_a_sheet_that_is_none_and_a_pack_with_mistakes_are_told(
    refused: Callable[[Path], list[str]], pack: Path
) -> None:
    assert refused(Path("gone.xlsx")) == ["gone.xlsx: cannot be read: No such file or directory"]
    (pack / "more.yaml").write_text("quizes: []\n")
    assert refused(sheet(CALIPER))[0].startswith("ours/more.yaml:1: quizes: is no kind of piece")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_items_of_a_pack_go_out_and_come_back_unchanged(pack: Path, kind: str) -> None:
    for name in ("pack.yaml", "quizzes.yaml"):
        (pack / name).write_text((HERE / "starter" / name).read_text())
    before = items(pack)
    write(Path(f"all.{kind}"), rows_of(pack), WIDTHS)
    plan = planned(Path(f"all.{kind}"), pack)
    assert (plan.changes, plan.unchanged) == ([], len(before))
    (pack / "quizzes.yaml").unlink()
    (pack / "items-hand.yaml").unlink()
    planned(Path(f"all.{kind}"), pack).carry_out()
    assert items(pack) == before


def test_a_file_that_was_imported_keeps_what_else_an_author_put_there(take: Take, pack: Path) -> None:
    take(CALIPER)
    file = pack / "items-our-items.yaml"
    file.write_text(file.read_text() + "messages:\n  - {id: hello, title: Hello, text: Hello}\n")
    take(BADGE)
    assert re.findall(r"- id: (\S+)", file.read_text()) == ["caliper", "badge", "hello"]


def test_where_one_file_cannot_be_written_none_is(take: Take, pack: Path) -> None:
    take(CALIPER)
    before = (pack / "items-our-items.yaml").read_bytes()
    plan = planned(sheet(CALIPER | {"title": "Changed"}, BADGE, name="zz.csv"), pack)
    (pack / ".items-zz.yaml.new").mkdir()
    with pytest.raises(OSError):
        plan.carry_out()
    assert (pack / "items-our-items.yaml").read_bytes() == before
