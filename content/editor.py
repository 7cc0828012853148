"""The editor's eye: what in packs without mistakes should be looked at again before anybody gets it.

A remark is told like a mistake, with its name in brackets. Its author mends it, or accepts it under that name with a
reason: `accepted:` at the entry, or in `pack.yaml` for what is said of the whole pack. Every rule is a pure function.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from content.editions import REPLACED, next_edition, replaced
from content.items import of_item
from content.mistakes import Mistake
from content.pieces import BasePiece, Clause, Item, Message, Milestone, Pulse, Quiz
from content.remarks import Name, Remark, words
from content.sets import near_duplicates, of_set
from content.shelf import WRITTEN, Shelf
from content.written import Place, Written, shown

MESSAGE = 250  # words: two minutes' reading
_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|FIXME|TKTK|[Xx]{3,}|(?i:lorem ipsum))\b")


@dataclass
class Spot:
    """Where an author accepts remarks: an entry of a file, or the head of a pack. told: the names that came up."""

    file: Written
    place: Place
    accepted: Mapping[Name, str]
    told: set[Name] = field(default_factory=set)

    def tell(self, remark: Remark) -> Iterator[Mistake]:
        """The remark, unless it is accepted here."""
        self.told.add(remark.name)
        if remark.name not in self.accepted:
            yield self.file.mistake((*self.place, *remark.place), f"{remark.problem} [{remark.name}]")

    def needless(self) -> Iterator[Mistake]:
        """What is accepted and did not come up; only the other of two that are near may lie in a pack not at hand."""
        for name in self.accepted.keys() - self.told - {"near-duplicate"}:
            what = "is accepted here, and there is nothing to accept any more; take the line out"
            yield self.file.mistake((*self.place, "accepted", name), what)


@dataclass(frozen=True)
class Entry:
    """A piece, and where it stands in a pack."""

    spot: Spot
    piece: BasePiece

    @property
    def folder(self) -> Path:
        return self.spot.file.path.parent

    def items(self) -> Iterator[tuple[Place, Item]]:
        """Its items, each with its place inside the entry: an entry of `items:` is an item itself."""
        alone = self.spot.place[0] == "items"
        for number, item in enumerate(self.piece.items if isinstance(self.piece, Quiz) else ()):
            yield (() if alone else ("items", number)), item


@dataclass(frozen=True)
class Edited:
    """What there is to say of a pack, or of a file that was read alone. notes: what is only good to know."""

    path: Path
    pieces: Sequence[BasePiece]
    remarks: Sequence[Mistake]
    notes: Sequence[str]


def edited(shelf: Shelf, today: date) -> Iterator[Edited]:
    """Look at everything on a shelf that was read without mistakes. What is said of a pack needs all of it."""
    entries = list(_entries(shelf))
    heads = {
        folder: Spot(shelf.files[folder / "pack.yaml"], (), head.accepted)
        for folder, head in shelf.packs.items()
    }
    found: list[Mistake] = []
    for entry in entries:
        head = shelf.packs.get(entry.folder)
        for remark in _of_entry(entry, head is not None and bool(head.covers), today):
            found += entry.spot.tell(remark)
    found += _of_pairs(entries)
    for folder, spot in heads.items():
        items = [(item.id, item) for entry in entries if entry.folder == folder for _, item in entry.items()]
        for remark in of_set(items, shelf.packs[folder].covers):
            found += spot.tell(remark)
    for spot in (*(entry.spot for entry in entries if entry.folder in heads), *heads.values()):
        found += spot.needless()
    found = sorted(dict.fromkeys(found), key=lambda mistake: (mistake.file, mistake.line))
    for path in heads or dict.fromkeys(entry.spot.file.path for entry in entries):
        inside = [entry for entry in entries if path in (entry.folder, entry.spot.file.path)]
        files = {shown(file) for file in shelf.files if path in (file, file.parent)}
        remarks = [mistake for mistake in found if mistake.file in files]
        yield Edited(path, [entry.piece for entry in inside], remarks, list(_notes(inside, today)))


def _entries(shelf: Shelf) -> Iterator[Entry]:
    for file in shelf.files.values():
        for name in WRITTEN:
            for number, written in enumerate(file.entries(name)):
                spot = Spot(file, (name, number), written.get("accepted", {}))
                yield Entry(spot, shelf.pieces[written["id"]])


def _of_entry(entry: Entry, covers: bool, today: date) -> Iterator[Remark]:
    piece = entry.piece
    if isinstance(piece, Message) and len(words(piece.text)) > MESSAGE:
        found = f"has {len(words(piece.text))} words; one thought in at most {MESSAGE}, or two messages"
        yield Remark("long-message", ("text",), found)
    for place, item in entry.items():
        for remark in of_item(item, piece.language, covers):
            yield remark._replace(place=(*place, *remark.place))
    for place, text in _texts(entry):
        if found_there := _PLACEHOLDER.search(text):
            yield Remark("placeholder", place, f'still says "{found_there.group()}"; write it out')
    for edition in sorted(replaced(_clauses(piece))):
        if today >= REPLACED[edition].ends:
            found = f"{edition} is withdrawn; take its clause out, and name that of {next_edition(edition)}"
            yield Remark("old-edition", ("clauses",), found)


def _texts(entry: Entry) -> Iterator[tuple[Place, str]]:
    piece = entry.piece
    yield ("title",), piece.title
    if isinstance(piece, Message | Milestone):
        yield ("text",), piece.text
    if isinstance(piece, Pulse):
        yield ("question",), piece.question
    for place, item in entry.items():
        for name in ("stem", "explanation", "today"):
            yield (*place, name), getattr(item, name)
        for letter, option in item.options.items():
            yield (*place, "options", letter), option


def _clauses(piece: BasePiece) -> set[Clause]:
    items = piece.items if isinstance(piece, Quiz) else ()
    return {*piece.clauses, *(clause for item in items for clause in item.clauses)}


def _of_pairs(entries: Sequence[Entry]) -> Iterator[Mistake]:
    """A pair is told at the second of the two, and may be accepted at either."""
    items = [(entry.spot, place, item) for entry in entries for place, item in entry.items()]
    for near in near_duplicates([item.stem for _, _, item in items]):
        first, _, earlier = items[near.first]
        second, place, _ = items[near.second]
        where = first.file.mistake(first.place, "")
        found = (
            f"asks nearly what {earlier.id} asks at {where.file}:{where.line} ({near.share:.0%} the same); "
            "keep one of them, or change the situation"
        )
        first.told.add("near-duplicate")
        told = list(second.tell(Remark("near-duplicate", (*place, "stem"), found)))
        yield from () if "near-duplicate" in first.accepted else told


def _notes(entries: Sequence[Entry], today: date) -> Iterator[str]:
    """One line for each edition that was replaced, can still be used, and stands where the next one does not."""
    waiting: Counter[str] = Counter()
    for entry in entries:
        named = _clauses(entry.piece)
        editions = {f"{clause.standard}:{clause.edition}" for clause in named}
        waiting.update(edition for edition in replaced(named) if next_edition(edition) not in editions)
    for edition, pieces in sorted(waiting.items()):
        if today < REPLACED[edition].ends:
            some = "1 piece names" if pieces == 1 else f"{pieces} pieces name"
            until = f"the old edition can be used until {REPLACED[edition].ends}"
            yield f"{some} {edition} and not yet {next_edition(edition)}; {until}"
