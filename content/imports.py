"""Items from a sheet into a pack, and back. What an import wrote it may write again; the rest it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.cards import content_hash
from content.mistakes import BadPack, Mistake
from content.pieces import Item, Quiz
from content.rows import COLUMNS, Sheet, cells_of, entry_of
from content.shelf import Pack, Shelf
from content.writing import as_yaml
from content.written import LARGEST, Written, shown

_HEAD = (
    "Items that were imported from a sheet. To change them: `python -m bot pack export`, then the sheet, then\n"
    "`python -m bot pack import`, which writes this file anew; or move them to a file of your own."
)


@dataclass(frozen=True)
class Change:
    """An item and its versions; `before` is empty for a new one."""

    id: str
    before: str
    after: str


@dataclass(frozen=True)
class Plan:
    """What an import would do: its changes, how many items stay as they are, and the files with their new text."""

    changes: Sequence[Change]
    unchanged: int
    files: Mapping[Path, str]

    def carry_out(self) -> None:
        """Write all files or, where one of them cannot be written, none. Raises OSError."""
        halfway = {path: path.with_name(f".{path.name}.new") for path in self.files}
        try:
            for path, text in self.files.items():
                halfway[path].write_text(text, encoding="utf-8")
            for path, new in halfway.items():
                new.replace(path)
        finally:
            for new in halfway.values():
                new.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Kept:
    """An item of the pack where it stands. number: its place in `items:` of a file that an import may write."""

    item: Item
    file: Written
    number: int | None

    def entry(self) -> dict[str, Any]:
        made = entry_of(self.item)
        if self.number is not None and (accepted := self.file.entries("items")[self.number].get("accepted")):
            made["accepted"] = accepted
        return made


def version(item: Item) -> str:
    """The beginning of the hash of its content: an item in other words is another version of it."""
    return content_hash(item)[:12]


def rows_of(folder: Path) -> list[Sequence[str]]:
    """The header and every item of a pack as a row, in the order of its files. Raises BadPack."""
    pack, _ = _pack(folder)
    return [COLUMNS, *(cells_of(entry_of(kept.item)) for kept in _kept(pack))]


def planned(sheet: Path, folder: Path) -> Plan:
    """What importing this sheet into this pack would do. Raises BadPack with the mistakes of either; writes nothing."""
    pack, head = _pack(folder)
    kept = {one.item.id: one for one in _kept(pack)}
    target = (folder / f"items-{_slug(sheet.stem)}.yaml").resolve()
    rows = Sheet(sheet, {id: one.entry() for id, one in kept.items()})
    items = rows.items(head)
    changes: list[Change] = []
    lists: dict[Path, list[Any]] = {}
    for number, item in enumerate(items):
        old = kept.get(item.id)
        if old and old.item == item:
            continue
        if why := _why_not(item, old, pack, target):
            rows.wrong(number, "id", why)
            continue
        changes.append(Change(item.id, version(old.item) if old else "", version(item)))
        path = old.file.path if old else target
        listed = lists.setdefault(path, list(pack.files[path].entries("items") if path in pack.files else ()))
        if old and old.number is not None:
            listed[old.number] = rows.entries[number]
        else:
            listed.append(rows.entries[number])
    rows.judge()
    return Plan(
        changes, len(items) - len(changes), {path: _text(pack, path, those) for path, those in lists.items()}
    )


def _why_not(item: Item, old: _Kept | None, pack: Shelf, target: Path) -> str:
    """Why the item cannot be written: nothing that was written by hand is changed."""
    if old and old.number is None:
        return f"stands at {pack.where(item.id)}, which was written by hand; change it there"
    if not old and item.id in pack.ids:
        return f"is already used at {pack.where(item.id)}"
    if not old and target in pack.files and not _ours(pack.files[target]):
        return f"would go to {shown(target)}, which was written by hand; give the sheet another name"
    return ""


def _text(pack: Shelf, path: Path, items: Sequence[Any]) -> str:
    data = pack.files[path].data if path in pack.files else {}
    text = as_yaml({**data, "items": items}, _HEAD)
    if len(text.encode()) > LARGEST:
        raise BadPack(
            [Mistake(shown(path), 1, "", "", f"would be larger than {LARGEST} bytes; split the sheet")]
        )
    return text


def _pack(folder: Path) -> tuple[Shelf, Pack]:
    shelf = Shelf()
    shelf.pack(folder)
    shelf.judge()
    return shelf, shelf.packs[folder.resolve()]


def _kept(pack: Shelf) -> Iterator[_Kept]:
    for file in pack.files.values():
        ours = _ours(file)
        for name in ("items", "quizzes"):
            for number, entry in enumerate(file.entries(name)):
                quiz = pack.pieces[entry["id"]]
                for item in quiz.items if isinstance(quiz, Quiz) else ():
                    yield _Kept(item, file, number if ours and name == "items" else None)


def _ours(file: Written) -> bool:
    """Whether an import wrote the file: it says so in its first line."""
    return file.path.read_text(encoding="utf-8-sig").startswith(f"# {_HEAD.splitlines()[0]}")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-").removeprefix("items-") or "sheet"
