"""Packs and programmes: what an organisation can say, read from YAML with every mistake of every file told at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

from content.mistakes import BadPack, Mistake
from content.pieces import BasePiece, Clause, Item, Piece, Quiz
from content.programme import Programme, Standard
from content.shelf import Shelf

__all__ = ["BadPack", "Library", "Mistake", "check_pack", "load", "read_shelf"]

T = TypeVar("T", bound=BasePiece | Item)


@dataclass(frozen=True)
class Library:
    """Every piece by its id, and the programme that uses them."""

    pieces: Mapping[str, Piece]
    programme: Programme

    def piece(self, id: str) -> Piece:
        """Raises KeyError when no pack has it."""
        return self.pieces[id]

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """The bank that questions are chosen from: every item that serves the programme, by its id."""
        quizzes = (piece for piece in self.pieces.values() if isinstance(piece, Quiz))
        return {item.id: item for quiz in quizzes for item in quiz.items if item.clauses}

    def of_kind(self, kind: str) -> tuple[Piece, ...]:
        """All pieces of a kind, in the order of the packs."""
        return tuple(piece for piece in self.pieces.values() if piece.kind == kind)


def load(programme: Path) -> Library:
    """Read a programme and its packs. Raises BadPack with all the mistakes of all their files."""
    shelf = Shelf()
    made = shelf.programme(shelf.read(programme))
    shelf.judge()
    assert made is not None
    return Library({id: serves(piece, made.standards) for id, piece in shelf.pieces.items()}, made)


def serves(piece: Piece, standards: Collection[Standard]) -> Piece:
    """The piece with those of its clauses that are of these standards: a pack may know more editions than one."""
    known = {(standard.standard, standard.edition) for standard in standards}

    def ours(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
        return tuple(clause for clause in clauses if (clause.standard, clause.edition) in known)

    def fewer(served: T) -> T:
        kept = ours(served.clauses)
        if len(kept) == len(served.clauses):
            return served
        return cast(T, served.model_copy(update={"clauses": kept}))

    if isinstance(piece, Quiz):
        items = tuple(map(fewer, piece.items))
        if any(now is not before for now, before in zip(items, piece.items, strict=True)):
            piece = piece.model_copy(update={"items": items})
    return fewer(piece)


def check_pack(path: Path) -> tuple[Piece, ...]:
    """The pieces of a pack, a folder of packs, a file of pieces or a programme. Raises BadPack, as `read_shelf`."""
    return tuple(read_shelf(path).pieces.values())


def read_shelf(path: Path) -> Shelf:
    """Read a pack (its folder, or its pack.yaml), a folder of packs, a file of pieces or a programme. Raises BadPack.

    The clauses are checked against the standards of the pack; a programme's also against its own.
    """
    shelf = Shelf()
    folder = path.parent if path.name == "pack.yaml" else path
    if folder.is_dir():
        inside = [] if (folder / "pack.yaml").exists() else sorted(folder.glob("*/pack.yaml"))
        for pack in [head.parent for head in inside] or [folder]:
            for file in shelf.pack(pack):
                shelf.programme(file)
    elif (file := shelf.read(path)).is_programme:
        shelf.programme(file)
    else:
        shelf.pieces_of(file, shelf.head(path.parent))
    shelf.judge()
    return shelf
