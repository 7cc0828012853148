"""What is wrong in a content file, and where, in words for the person who wrote it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class Mistake:
    """One thing to mend. `entry` is the id of a piece or campaign, `field` the name of a field; or empty."""

    file: str
    line: int  # from 1
    entry: str
    field: str
    problem: str

    def __str__(self) -> str:
        return ": ".join(
            part for part in (f"{self.file}:{self.line}", self.entry, self.field, self.problem) if part
        )


class BadPack(Exception):
    """A pack or a programme with mistakes: all of them, in the order of files and lines."""

    def __init__(self, mistakes: Collection[Mistake]) -> None:
        self.mistakes = tuple(sorted(dict.fromkeys(mistakes), key=lambda m: (m.file, m.line)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def suggestion(word: str, known: Collection[str]) -> str:
    """ "; did you mean `stem`?" when a known word is near, else nothing."""
    near = get_close_matches(word, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def problem(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What pydantic found, in the words of somebody who writes YAML."""
    names = [str(part) for part in error["loc"] if isinstance(part, str)]
    name = next((part for part in reversed(names) if part != "[key]"), "")
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return "is not a field here" + suggestion(name, _fields(model))
    if error["input"] is None and error["type"] != "missing":
        return "is empty"
    if error["type"] == "string_pattern_mismatch":
        return next((_PATTERNS[part] for part in reversed(names) if part in _PATTERNS), error["msg"])
    if error["type"] in ("model_type", "dict_type") and name in _WRITTEN:
        return _WRITTEN[name]
    say = _SENTENCES.get(error["type"])
    return say(context) if say else error["msg"][:1].lower() + error["msg"][1:]


_PATTERNS = {
    "id": "must be 2 to 64 small letters, digits and hyphens, such as why-quality",
    "pieces": "must be ids of pieces, such as why-quality",
    "edition": "must be a year, such as 2015",
    "key": "must be the letter of an option, A to E",
    "options": "must stand under the letters A to E",
    "who": "must be an e-mail address, such as grace@example.org",
    "deputies": "must be e-mail addresses, such as { grace@example.org: linus@example.org }",
    "rota": "must be e-mail addresses, such as grace@example.org",
    "standards": 'must be written like "ISO 9001:2015"',
}
_WRITTEN = {
    "clauses": 'must be written like "ISO 9001:2015 7.3"',
    "also": "must be days with their names, such as { 2026-12-24: Christmas Eve }",
    "sites": "must be sites with their codes, such as { Vienna: AT }",
    "holidays": "must be fields with values, such as { everybody: DE-BE }",
}
_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is missing",
    "value_error": lambda context: str(context["error"]),
    "literal_error": lambda context: f"must be {context['expected']}",
    "string_type": lambda _: "must be a text",
    "string_too_short": lambda _: "is empty",
    "tuple_type": lambda _: "must be a list",
    "dict_type": lambda _: "must be fields with values",
    "model_type": lambda _: "must be fields with values",
    "bool_parsing": lambda _: "must be true or false",
    "int_parsing": lambda _: "must be a whole number",
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "time_delta_parsing": lambda _: "must be a whole number of hours",
    "too_short": lambda context: f"needs at least {context['min_length']}, has {context['actual_length']}",
    "too_long": lambda context: f"takes at most {context['max_length']}, has {context['actual_length']}",
}


def _fields(model: type[BaseModel]) -> set[str]:
    """The names of all fields of a model and of the models in it, as they are written."""
    found: set[str] = set()
    for name, info in model.model_fields.items():
        found |= {info.alias or name}
        found |= {field for inner in _models(info.annotation) for field in _fields(inner)}
    return found


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
