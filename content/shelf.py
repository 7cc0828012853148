"""Content files read one after the other: their pieces, where each id stands, and every mistake in any of them.

It does not know the kinds by name: a file with `quizzes:` holds what `content.pieces` calls a quiz; only `items:` is
a shorter way to write quizzes of one item.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, cast, get_args

from pydantic import Field, StringConstraints

from content.cards import Value
from content.mistakes import BadPack, suggestion
from content.pieces import BasePiece, Draft, Item, Piece, Quiz, Words
from content.programme import Programme, Standard
from content.remarks import Accepted, Reasons
from content.rules import rules, standards_named, with_clauses
from content.written import Place, Written, read, shown

HERE = Path(__file__).parent / "packs"


class Pack(Value):
    """The head of a pack, `pack.yaml`; `standards` are those its clauses may name, `covers` what it teaches."""

    name: Words
    title: Words
    language: str = "en"
    standards: tuple[Annotated[str, StringConstraints(pattern=r"^.+:\d{4}$")], ...] = ()
    covers: tuple[Annotated[str, StringConstraints(pattern=r"^.+:\d{4} \S+$")], ...] = ()  # each by an item
    accepted: Reasons = Field(default_factory=dict)


def plural(kind: str) -> str:
    if kind.endswith("z"):
        return f"{kind}zes"
    return f"{kind}es" if kind.endswith(("s", "x", "ch", "sh")) else f"{kind}s"


KINDS: Mapping[str, type[BasePiece]] = {
    plural(model.model_fields["kind"].default): model
    for model in get_args(get_args(Piece)[0])
    if model is not Draft  # written in chat, never in a pack
}


WRITTEN: Mapping[str, type[BasePiece | Item]] = {**KINDS, "items": Item}


class Shelf:
    """The files read so far, the pieces in them, where each id stands, and the packs that were read whole."""

    def __init__(self) -> None:
        self.files: dict[Path, Written] = {}
        self.pieces: dict[str, Piece] = {}
        self.ids: dict[str, tuple[Written, Place]] = {}
        self.packs: dict[Path, Pack] = {}

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
            self._standards(file, made.standards)
        return made

    def pack(self, folder: Path) -> list[Written]:
        """Read a pack's pieces; returns the programmes that lie in its folder."""
        head = self.head(folder)
        files = [self.read(path) for path in sorted(folder.glob("*.y*ml")) if path.name != "pack.yaml"]
        for file in files:
            if not file.is_programme:
                self.pieces_of(file, head)
        if head is not None:
            self.packs[folder.resolve()] = head
        return [file for file in files if file.is_programme]

    def head(self, folder: Path) -> Pack | None:
        file = self.read(folder / "pack.yaml")
        return file.make(Pack, file.data) if file.readable else None

    def pieces_of(self, file: Written, head: Pack | None) -> None:
        for name in file.data:
            model = WRITTEN.get(name)
            if model is None:
                there = ", ".join(WRITTEN)
                file.wrong((name,), f"is no kind of piece; there are {there}{suggestion(name, WRITTEN)}")
            elif not isinstance(file.data[name], list):
                file.wrong((name,), "must be a list")
            else:
                for number, entry in enumerate(file.entries(name)):
                    self._piece(file, (name, number), model, entry, head)

    def _piece(
        self, file: Written, place: Place, model: type[BasePiece | Item], entry: object, head: Pack | None
    ) -> None:
        if not isinstance(entry, dict):
            file.wrong(place, "must be fields with values")
            return
        language = {"language": head.language} if head and model is not Item else {}
        data = language | with_clauses(entry)
        if (accepted := data.pop("accepted", None)) is not None:
            file.make(Accepted, {"accepted": accepted}, place)
        piece = file.make(model, data, place)
        broken = list(rules(piece))
        for inside, what in broken:
            file.wrong((*place, *inside), what)
        for inside, standard in standards_named(data):
            if head is not None and standard not in head.standards:
                there = ", ".join(head.standards) or "none"
                file.wrong((*place, *inside), f"{standard} is not a standard of the pack ({there})")
        self._id(file, place, data.get("id"))
        if piece is not None and not broken:
            made = _of_items(piece, head) if isinstance(piece, Item | Quiz) else piece
            self.pieces[made.id] = cast(Piece, made)
            if isinstance(made, Quiz):
                for number, item in enumerate(made.items):
                    if item.id != made.id:
                        self._id(file, (*place, "items", number), item.id)

    def _id(self, file: Written, place: Place, id: object) -> None:
        if not isinstance(id, str):
            return
        first, there = self.ids.setdefault(id, (file, (*place, "id")))
        if (first, there) != (file, (*place, "id")):
            file.wrong((*place, "id"), f"is already used at {self.where(id)}")

    def where(self, id: str) -> str:
        """File and line of an id. Raises KeyError where there is none."""
        file, place = self.ids[id]
        found = file.mistake(place, "")
        return f"{found.file}:{found.line}"

    def _standards(self, file: Written, standards: Collection[Standard]) -> None:
        """What a campaign says must serve a standard that the programme works to, if it serves any."""
        ours = {str(standard) for standard in standards}
        for number, campaign in enumerate(file.entries("campaigns")):
            for nth, id in enumerate(_list(campaign.get("pieces") if isinstance(campaign, dict) else None)):
                piece = self.pieces.get(str(id))
                named = {f"{c.standard}:{c.edition}" for c in piece.clauses} if piece else set()
                if named and not named & ours:
                    what = f"{id} serves {', '.join(sorted(named))}, and the programme works to none of it"
                    file.wrong(("campaigns", number, "pieces", nth), what)

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


def _of_items(piece: Item | Quiz, head: Pack | None) -> Quiz:
    """A quiz whose items all have a name, a title and clauses of their own; an item alone is a quiz of one."""
    if isinstance(piece, Item):
        language = head.language if head else "en"
        return Quiz(id=piece.id, title=piece.title, clauses=piece.clauses, language=language, items=(piece,))
    named = []
    for number, item in enumerate(piece.items, start=1):
        own = piece.id if len(piece.items) == 1 else f"{piece.id}-{number}"
        kept = {
            "id": item.id or own,
            "title": item.title or piece.title,
            "clauses": item.clauses or piece.clauses,
        }
        named.append(item.model_copy(update=kept))
    return piece.model_copy(update={"items": tuple(named)})


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
