"""Things to fill in, both ways: as Slack's input blocks, and their state as `Click.values`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.richtext import plain_text, rich_text
from content.cards import Choice, Input
from content.markup import escape

Json = dict[str, Any]

OPTION_LIMIT = 75  # characters of an option's text
MISSING_HALF = {
    "date": "Choose a date as well, or empty both.",
    "time": "Choose a time as well, or empty both.",
}


def input_blocks(block: Input) -> list[Json]:
    """A moment is two blocks: Slack's own date-and-time picker answers in UTC without naming the zone."""
    match block.kind:
        case "line" | "paragraph":
            element: Json = {"type": "plain_text_input", "multiline": block.kind == "paragraph"}
            element["max_length"] = block.max_length
            return [_block(block, block.id, element | _initial("initial_value", block.value))]
        case "choice":
            chosen = next((_option(c) for c in block.choices if c.value == block.value), None)
            options = {"type": "static_select", "options": [_option(c) for c in block.choices]}
            return [_block(block, block.id, options | _initial("initial_option", chosen))]
        case "options":
            return _radio(block)
        case "moment":
            date, _, time = block.value.partition("T")
            day = {"type": "datepicker"} | _initial("initial_date", date)
            hour = {"type": "timepicker"} | _initial("initial_time", time)
            return [
                _block(block, f"{block.id}.date", day),
                _block(block.model_copy(update={"label": "At", "hint": ""}), f"{block.id}.time", hour),
            ]


def values_of(state: Json) -> dict[str, str]:
    """Input id -> what was filled in, from a payload's `state`; half a moment stays half, so that it is refused."""
    raw = _raw(state)
    values = {block: value for block, value in raw.items() if not block.endswith((".date", ".time"))}
    for moment in _moments(raw):
        date, time = raw[f"{moment}.date"], raw.get(f"{moment}.time", "")
        values[moment] = f"{date}T{time}" if date or time else ""
    return values


def halves(state: Json) -> dict[str, str]:
    """Block id -> sentence, for each moment with a date and no time or the other way round.

    Without this a leader who forgets the time would send at once.
    """
    raw = _raw(state)
    return {
        f"{moment}.{half}": MISSING_HALF[half]
        for moment in _moments(raw)
        for half, other in (("date", "time"), ("time", "date"))
        if raw.get(f"{moment}.{other}") and not raw.get(f"{moment}.{half}")
    }


def errors_by_block(errors: Mapping[str, str], blocks: list[Json]) -> dict[str, str]:
    """A form's mistakes under the block that shows them; one that names no field stands under the first."""
    ids = [block["block_id"] for block in blocks if block["type"] == "input"]
    placed: dict[str, str] = {}
    for name, sentence in errors.items():
        where = next((i for i in (name, f"{name}.date") if i in ids), ids[0] if ids else "")
        placed[where] = f"{placed[where]} {sentence}" if where in placed else sentence
    return placed


def _radio(block: Input) -> list[Json]:
    """Slack's options take 75 characters: when one is longer, all of them stand above in full."""
    chosen = next((_option(c) for c in block.choices if c.value == block.value), None)
    radio = {"type": "radio_buttons", "options": [_option(c) for c in block.choices]}
    drawn = _block(block, block.id, radio | _initial("initial_option", chosen))
    if all(len(choice.label) <= OPTION_LIMIT for choice in block.choices):
        return [drawn]
    listed = "\n".join(f"- {escape(choice.label)}" for choice in block.choices)
    return [*rich_text(listed), drawn]


def _block(block: Input, block_id: str, element: Json) -> Json:
    drawn: Json = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(block.label),
        "element": element | {"action_id": block_id},
        "optional": block.optional,
    }
    return drawn | ({"hint": plain_text(block.hint)} if block.hint else {})


def _initial(name: str, value: object) -> Json:
    return {name: value} if value else {}


def _option(choice: Choice) -> Json:
    label = choice.label
    if len(label) > OPTION_LIMIT:
        label = label[: OPTION_LIMIT - 1].rsplit(" ", 1)[0] + "…"
    return {"text": plain_text(label), "value": choice.value}


def _raw(state: Json) -> dict[str, str]:
    """Block id -> value; each input block holds one element."""
    return {
        block: _value(element)
        for block, elements in state.get("values", {}).items()
        for element in elements.values()
    }


def _value(element: Json) -> str:
    chosen = element.get("selected_option") or {}
    names = ("value", "selected_date", "selected_time")
    return chosen.get("value") or next((element[name] for name in names if element.get(name)), "")


def _moments(raw: Mapping[str, str]) -> list[str]:
    return [block.removesuffix(".date") for block in raw if block.endswith(".date")]
