"""Inputs on a Teams card: how they are drawn, and how what was filled in comes back.

Teams merges the values into the button's own data, so their ids carry a prefix that no field of the
data has; a moment is two inputs, a date and a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from content.cards import Input

Element = dict[str, Any]

_PREFIX = "input-"
_DATE = "date-"
_TIME = "time-"
_EXPANDED = 5  # so many choices are shown as a list; more fold into a menu


def string(value: Any) -> str:
    """A string as it came, without what no encoding and no database takes (halves of surrogate pairs, NUL).

    Whatever is no string is nothing: what comes in may be of any type.
    """
    if not isinstance(value, str):
        return ""
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "").encode(errors="replace").decode()


def draw(block: Input, value: str) -> list[Element]:
    """The elements of one input, holding `value`; a moment's is local, `YYYY-MM-DDTHH:MM`."""
    if block.kind in ("choice", "options"):
        return [_choice(block, value)]
    if block.kind == "moment":
        date, _, time = value.partition("T")
        return [
            _labelled(block, block.label, {"type": "Input.Date", "id": _DATE + block.id, "value": date}),
            _labelled(
                block, f"{block.label}: time", {"type": "Input.Time", "id": _TIME + block.id, "value": time}
            ),
        ]
    text: Element = {
        "type": "Input.Text",
        "id": _PREFIX + block.id,
        "maxLength": block.max_length,
        "value": value,
    }
    if block.kind == "paragraph":
        text["isMultiline"] = True
    return [_labelled(block, block.label, text)]


def collect(data: Mapping[str, Any]) -> dict[str, str]:
    """Input id -> value, from what came back with a press.

    A moment of which only half was filled in comes back as that half ("2026-11-23T"): it must not pass
    for an empty one, which may mean "now".
    """
    values = {name.removeprefix(_PREFIX): string(data[name]) for name in data if name.startswith(_PREFIX)}
    for name in data:
        if name.startswith(_DATE):
            moment = name.removeprefix(_DATE)
            date, time = string(data[name]), string(data.get(_TIME + moment))
            values[moment] = f"{date}T{time}" if date or time else ""
    return values


def _choice(block: Input, value: str) -> Element:
    return _labelled(
        block,
        block.label,
        {
            "type": "Input.ChoiceSet",
            "id": _PREFIX + block.id,
            "choices": [{"title": choice.label, "value": choice.value} for choice in block.choices],
            "style": "expanded" if block.kind == "options" or len(block.choices) <= _EXPANDED else "compact",
            "wrap": True,
            "value": value,
        },
    )


def _labelled(block: Input, label: str, element: Element) -> Element:
    if not element["value"]:
        del element["value"]
    if block.hint and element["type"] != "Input.Time":
        element["placeholder"] = block.hint
    if not block.optional:
        what = "choose one" if block.choices else "fill this in"
        element |= {"isRequired": True, "errorMessage": f"{label}: please {what}."}
    return element | {"label": label}
