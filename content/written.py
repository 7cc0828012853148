"""A content file as it was written: its values, the line of each of them, and what is wrong with it.

It is the only place that knows yaml. Every value is text until a model says what it means, so 10:30 is a
time and 2015 an edition; tags, references and keys that stand twice are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from content.mistakes import Mistake, problem

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]
"""Where a value stands: ("quizzes", 0, "items", 1, "key")."""

DEEPEST = 12  # lists and fields inside each other; ours need seven
LARGEST = 1_000_000  # bytes of one file
_ONE_OF_TWO = re.compile(r"constrained-str$|literal\[")  # how pydantic calls them in the place of an error
_HINT = "A text that holds a colon and a space, or begins with a sign such as [ { * & !, needs double quotes"


@dataclass
class Written:
    """`data` is the file's mapping, {} when it could not be read (`readable` is then False)."""

    path: Path
    data: Mapping[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    readable: bool = True

    @property
    def is_programme(self) -> bool:
        return self.path.stem == "programme" or "organisation" in self.data

    def entries(self, name: str) -> list[Any]:
        """The list under this name at the top of the file; empty when there is something else, or nothing."""
        found = self.data.get(name)
        return found if isinstance(found, list) else []

    def mistake(self, place: Place, problem: str) -> Mistake:
        """A mistake at this place, or at the nearest thing around it that was written."""
        line = next((self.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self.lines), 1)
        entry, inside = self._entry(place)
        named = [part for part in inside if isinstance(part, str) and part != "[key]"]
        return Mistake(shown(self.path), line, entry, named[-1] if named else "", problem)

    def wrong(self, place: Place, problem: str) -> None:
        self.mistakes.append(self.mistake(place, problem))

    def make(self, model: type[M], data: Mapping[str, Any], place: Place = ()) -> M | None:
        """The value that `data`, written at `place`, stands for; None and mistakes when there is none."""
        try:
            return model.model_validate(data)
        except ValidationError as invalid:
            errors: dict[Place, ErrorDetails] = {}
            for error in invalid.errors(
                include_url=False
            ):  # of what may be one of two, each tells what it is not
                errors.setdefault(
                    tuple(part for part in error["loc"] if not _ONE_OF_TWO.match(str(part))), error
                )
            for here, error in errors.items():  # a list whose entries are wrong is called too short as well
                if not any(other[: len(here)] == here != other for other in errors):
                    self.wrong((*place, *here), problem(error, model))
            return None

    def _entry(self, place: Place) -> tuple[str, Place]:
        """The id of the list entry that holds this place, and the rest of the way from there."""
        if len(place) < 2 or not isinstance(place[1], int):
            return "", place
        entries = self.entries(str(place[0]))
        entry = entries[place[1]] if place[1] < len(entries) else None
        if not isinstance(entry, Mapping):
            return "", place
        name = entry.get("id")
        return name if isinstance(name, str) else "", place[2:]


def shown(path: Path) -> str:
    """The path as people would type it: relative to where they are, when it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def read(path: Path) -> Written:
    """The file; one that cannot be read comes back with the mistake that says why. Never raises."""
    file = Written(path, readable=False)
    try:
        if path.stat().st_size > LARGEST:
            file.wrong((), f"is larger than {LARGEST} bytes; split it")
            return file
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        file.wrong((), f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        file.lines[()] = error.object[: error.start].count(b"\n") + 1
        file.wrong((), "is not written in UTF-8; save it so")
    else:
        _compose(file, text)
    return file


def _compose(file: Written, text: str) -> None:
    composer = _Composer(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    try:
        data = composer.document()
    except _Refused as refused:
        file.lines[()] = refused.line
        file.wrong((), str(refused))
    except yaml.MarkedYAMLError as error:
        file.lines[()] = _line(error.problem_mark)
        file.wrong((), f"is not YAML here: {error.problem}. {_HINT}")
    except yaml.YAMLError as error:
        file.wrong((), f"is not YAML: {error}")
    else:
        file.data, file.lines, file.readable = data, composer.lines, True
        for place in composer.twice:
            file.wrong(place, "is there twice")


class _Refused(Exception):
    """YAML that is right, but not taken here."""

    def __init__(self, event: yaml.Event, why: str) -> None:
        super().__init__(why)
        self.line = _line(event.start_mark)


class _Composer:
    """Values and lines from the events of a YAML parser."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.lines: dict[Place, int] = {}
        self.twice: list[Place] = []

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingStartEvent) and not self.lines:
                found = self.mapping(event, ())
            elif isinstance(event, yaml.NodeEvent):
                raise _Refused(event, "must begin with a name and a colon, such as quizzes:")
            elif isinstance(event, yaml.DocumentStartEvent) and self.lines:
                raise _Refused(event, "holds more than one document (---); make it two files")
        return found

    def value(self, event: yaml.Event, place: Place) -> Any:
        self.lines.setdefault(place, _line(event.start_mark))
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(event, f"*{event.anchor} refers to another place; write it out instead")
        if isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent) and event.tag is not None:
            raise _Refused(event, f"the tag {event.tag} is not taken; put a text in double quotes")
        if len(place) > DEEPEST:
            raise _Refused(event, f"lists and fields are more than {DEEPEST} deep here")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            parts = enumerate(self.inside(yaml.SequenceEndEvent))
            return [self.value(part, (*place, number)) for number, part in parts]
        assert isinstance(event, yaml.ScalarEvent)
        return None if event.implicit[0] and event.value in ("", "~", "null") else event.value

    def mapping(self, event: yaml.Event, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.lines.setdefault(place, _line(event.start_mark))
        for key in self.inside(yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise _Refused(key, "a name must be a plain word")
            inner: Place = (*place, key.value)
            if key.value in found:
                self.twice.append(inner)
            self.lines[inner] = _line(key.start_mark)
            found[key.value] = self.value(next(self.events), inner)
        return found

    def inside(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event


def _line(mark: object) -> int:
    """The line of one of yaml's marks, from 1; it has two classes of them, and may have none at hand."""
    return int(getattr(mark, "line", 0)) + 1
