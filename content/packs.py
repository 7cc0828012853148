"""Packs and programmes, from YAML to a library, with every mistake of every file told at once.

It does not know the kinds by name: a file with `quizzes:` holds what `content.pieces` calls a quiz.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast, get_args

from pydantic import StringConstraints

from content.cards import Value
from content.mistakes import BadPack, Mistake, suggestion
from content.pieces import BasePiece, Draft, Piece, Words
from content.programme import Programme
from content.rules import rules, standards_named, with_clauses
from content.written import Place, Written, read, shown

__all__ = ["BadPack", "Library", "Mistake", "Pack", "check_pack", "load"]

HERE = Path(__file__).parent / "packs"


class Pack(Value):
    """The head of a pack, `pack.yaml`; `standards` are those its clauses may name."""

    name: Words
    title: Words
    language: str = "en"
    standards: tuple[Annotated[str, StringConstraints(pattern=r"^.+:\d{4}$")], ...] = ()


@dataclass(frozen=True)
class Library:
    """Every piece by its id, and the programme that uses them."""

    pieces: Mapping[str, Piece]
    programme: Programme

    def piece(self, id: str) -> Piece:
        """Raises KeyError when no pack has it."""
        return self.pieces[id]

    def of_kind(self, kind: str) -> tuple[Piece, ...]:
        """All pieces of a kind, in the order of the packs."""
        return tuple(piece for piece in self.pieces.values() if piece.kind == kind)


def load(programme: Path) -> Library:
    """Read a programme and its packs. Raises BadPack with all the mistakes of all their files."""
    shelf = _Shelf()
    made = shelf.programme(shelf.read(programme))
    shelf.judge()
    return Library(shelf.pieces, cast(Programme, made))


def check_pack(path: Path) -> tuple[Piece, ...]:
    """Read a pack (its folder, or its pack.yaml), one file of pieces, or a programme. Raises BadPack.

    The clauses are checked against the standards of the pack; a programme's also against its own.
    """
    shelf = _Shelf()
    folder = path.parent if path.name == "pack.yaml" else path
    if folder.is_dir():
        for file in shelf.pack(folder):
            shelf.programme(file)
    elif (file := shelf.read(path)).is_programme:
        shelf.programme(file)
    else:
        shelf.pieces_of(file, shelf.head(path.parent))
    shelf.judge()
    return tuple(shelf.pieces.values())


class _Shelf:
    """The files read so far, the pieces in them, where each id stands, and the standards that are named."""

    def __init__(self) -> None:
        self.files: dict[Path, Written] = {}
        self.pieces: dict[str, Piece] = {}
        self.ids: dict[str, str] = {}
        self.clauses: list[tuple[Written, Place, str]] = []

    def read(self, path: Path) -> Written:
        path = path.resolve()
        if path not in self.files:
            self.files[path] = read(path)
        return self.files[path]

    def judge(self) -> None:
        """Raises BadPack when anything was wrong anywhere."""
        mistakes = [mistake for file in self.files.values() for mistake in file.mistakes]
        if mistakes:
            raise BadPack(mistakes)

    def programme(self, file: Written) -> Programme | None:
        """Everything a programme names, its packs first, so that its campaigns find their pieces."""
        made = file.make(Programme, file.data) if file.readable else None
        complete = True
        for number, name in enumerate(file.entries("packs")):
            folders = (file.path.parent / str(name), HERE / str(name))
            folder = next((folder for folder in folders if folder.is_dir()), None)
            if folder is None:
                complete = False
                file.wrong(("packs", number), f'no folder "{name}" is beside this file or in {shown(HERE)}')
            elif (folder / "pack.yaml").resolve() not in self.files:
                self.pack(folder)
        self._campaigns(file, complete and all(other.readable for other in self.files.values()))
        if made is not None:
            self._standards({str(standard) for standard in made.standards})
        return made

    def pack(self, folder: Path) -> list[Written]:
        """Read a pack's pieces; returns the programmes that lie in its folder."""
        head = self.head(folder)
        files = [self.read(path) for path in sorted(folder.glob("*.y*ml")) if path.name != "pack.yaml"]
        for file in files:
            if not file.is_programme:
                self.pieces_of(file, head)
        return [file for file in files if file.is_programme]

    def head(self, folder: Path) -> Pack | None:
        file = self.read(folder / "pack.yaml")
        return file.make(Pack, file.data) if file.readable else None

    def pieces_of(self, file: Written, head: Pack | None) -> None:
        for name in file.data:
            model = KINDS.get(name)
            if model is None:
                there = ", ".join(KINDS)
                file.wrong((name,), f"is no kind of piece; there are {there}{suggestion(name, KINDS)}")
            elif not isinstance(file.data[name], list):
                file.wrong((name,), "must be a list")
            else:
                for number, entry in enumerate(file.entries(name)):
                    self._piece(file, (name, number), model, entry, head)

    def _piece(
        self, file: Written, place: Place, model: type[BasePiece], entry: object, head: Pack | None
    ) -> None:
        if not isinstance(entry, dict):
            file.wrong(place, "must be fields with values")
            return
        data = ({"language": head.language} if head else {}) | with_clauses(entry)
        piece = file.make(model, data, place)
        for inside, what in rules(piece):
            file.wrong((*place, *inside), what)
        for inside, standard in standards_named(data):
            if head is not None and standard not in head.standards:
                there = ", ".join(head.standards) or "none"
                file.wrong((*place, *inside), f"{standard} is not a standard of the pack ({there})")
            else:
                self.clauses.append((file, (*place, *inside), standard))
        self._id(file, place, data.get("id"))
        if piece is not None:
            self.pieces[piece.id] = cast(Piece, piece)

    def _id(self, file: Written, place: Place, id: object) -> None:
        if not isinstance(id, str):
            return
        if id in self.ids:
            file.wrong((*place, "id"), f"is already used at {self.ids[id]}")
        where = file.mistake((*place, "id"), "")
        self.ids.setdefault(id, f"{where.file}:{where.line}")

    def _standards(self, standards: Collection[str]) -> None:
        for file, place, standard in self.clauses:
            if standard not in standards:
                file.wrong(
                    place, f"{standard} is not a standard of the programme ({', '.join(sorted(standards))})"
                )

    def _campaigns(self, file: Written, complete: bool) -> None:
        """Only when every piece was found (`complete`) is a piece that was not found a mistake."""
        campaigns = [c if isinstance(c, dict) else {} for c in file.entries("campaigns")]
        ids = [campaign.get("id") for campaign in campaigns]
        for number, campaign in enumerate(campaigns):
            place: Place = ("campaigns", number)
            if campaign.get("id") is not None and campaign["id"] in ids[:number]:
                file.wrong((*place, "id"), "is the id of another campaign too")
            for nth, piece in enumerate(_list(campaign.get("pieces"))):
                if complete and str(piece) not in self.ids:
                    near = suggestion(str(piece), self.ids)
                    file.wrong((*place, "pieces", nth), f'no pack has a piece "{piece}"{near}')
            cadence = campaign.get("cadence")
            after = cadence.get("after") if isinstance(cadence, dict) else None
            if after is not None and (after not in ids or after == campaign.get("id")):
                file.wrong((*place, "cadence", "after"), f'there is no other campaign "{after}"')
            if campaign.get("rota") == "true" and not file.entries("rota"):
                file.wrong((*place, "rota"), "nobody is on the programme's rota")


def plural(kind: str) -> str:
    if kind.endswith("z"):
        return f"{kind}zes"
    return f"{kind}es" if kind.endswith(("s", "x", "ch", "sh")) else f"{kind}s"


KINDS: Mapping[str, type[BasePiece]] = {
    plural(model.model_fields["kind"].default): model
    for model in get_args(get_args(Piece)[0])
    if model is not Draft  # written in chat, never in a pack
}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
