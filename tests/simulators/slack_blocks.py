"""What Slack refuses in a message or a view: the documented limits, and what the public validators miss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

ONLY_IN = {"table": {"message"}, "data_visualization": {"message", "home"}}
BLOCKS = {"message": 50, "home": 100, "modal": 100}
ONCE = {"table": 1, "data_visualization": 2}


def problem(surface: str, blocks: object) -> str:
    """The first thing Slack would refuse about these blocks; empty when it takes them.

    Limits: https://docs.slack.dev/reference/block-kit/blocks
    """
    return next(_problems(surface, blocks), "")


def view_problem(view: Json) -> str:
    """The same for a whole view: https://docs.slack.dev/reference/views"""
    return next(_view_problems(view), "")


def _view_problems(view: Json) -> Iterator[str]:
    kind = view.get("type")
    if kind not in ("home", "modal"):
        yield f"view type {kind!r}"
        return
    if kind == "modal":
        yield from _plain(view.get("title"), 24, "title")
        for name in ("submit", "close"):
            if name in view:
                yield from _plain(view[name], 24, name)
        if any(b.get("type") == "input" for b in view.get("blocks", [])) and "submit" not in view:
            yield "submit is required where there are inputs"
    elif {"title", "submit", "close"} & set(view):
        yield "a home has no title, submit or close"
    if len(view.get("private_metadata", "")) > 3000:
        yield "private_metadata over 3000 characters"
    if len(view.get("callback_id", "")) > 255:
        yield "callback_id over 255 characters"
    yield from _problems(str(kind), view.get("blocks"))


def _problems(surface: str, blocks: object) -> Iterator[str]:
    if not isinstance(blocks, list) or not blocks:
        yield "no blocks"
        return
    if len(blocks) > BLOCKS[surface]:
        yield f"over {BLOCKS[surface]} blocks"
    ids = [b["block_id"] for b in blocks if "block_id" in b]
    if len(ids) != len(set(ids)):
        yield "duplicate block_id"
    for kind, most in ONCE.items():
        if sum(b.get("type") == kind for b in blocks) > most:
            yield f"over {most} of {kind}"
    for number, block in enumerate(blocks):
        kind = block.get("type")
        if surface not in ONLY_IN.get(kind, {surface}):
            yield f"/blocks/{number}: {kind} is not available in a {surface}"
        check = CHECKS.get(kind)
        if check is None:
            yield f"/blocks/{number}: unsupported type {kind!r}"
        elif len(block.get("block_id", "")) > 255:
            yield f"/blocks/{number}: block_id over 255 characters"
        else:
            yield from (f"/blocks/{number} ({kind}): {what}" for what in check(block))


def _text(value: object, most: int, name: str, kinds: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"{name} must be {' or '.join(kinds)}"
    elif not 1 <= len(value.get("text", "")) <= most:
        yield f"{name} must have 1 to {most} characters"
    elif value["type"] == "mrkdwn" and "emoji" in value:
        yield f"{name}: emoji is for plain_text only"


def _plain(value: object, most: int, name: str) -> Iterator[str]:
    yield from _text(value, most, name, ("plain_text",))


def _header(block: Json) -> Iterator[str]:
    yield from _plain(block.get("text"), 150, "text")


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and not block.get("fields"):
        yield "needs text or fields"
    if "text" in block:
        yield from _text(block["text"], 3000, "text", ("plain_text", "mrkdwn"))
    if len(block.get("fields", [])) > 10:
        yield "over 10 fields"
    for field in block.get("fields", []):
        yield from _text(field, 2000, "field", ("plain_text", "mrkdwn"))


def _context(block: Json) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 10:
        yield "needs 1 to 10 elements"
    for element in elements:
        if element.get("type") == "image":
            yield from _image(element)
        else:
            yield from _text(element, 3000, "element", ("plain_text", "mrkdwn"))


def _image(block: Json) -> Iterator[str]:
    if not 1 <= len(block.get("alt_text", "")) <= 2000:
        yield "alt_text must have 1 to 2000 characters"
    url = block.get("image_url", "")
    if not url.startswith(("https://", "http://")) or len(url) > 3000:
        yield "image_url must be a URL of at most 3000 characters"


def _actions(block: Json) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 25:
        yield "needs 1 to 25 elements"
    ids = [element.get("action_id") for element in elements]
    if len(ids) != len(set(ids)):
        yield "duplicate action_id"
    for element in elements:
        if element.get("type") != "button":
            yield f"element {element.get('type')!r} is not checked here"
            continue
        yield from _plain(element.get("text"), 75, "button text")
        for name, most in (("value", 2000), ("action_id", 255), ("url", 3000), ("accessibility_label", 75)):
            if len(element.get(name, "")) > most:
                yield f"button {name} over {most} characters"
        if element.get("style", "primary") not in ("primary", "danger"):
            yield "button style must be primary or danger"


def _input(block: Json) -> Iterator[str]:
    yield from _plain(block.get("label"), 2000, "label")
    if "hint" in block:
        yield from _plain(block["hint"], 2000, "hint")
    element = block.get("element", {})
    match element.get("type"):
        case "plain_text_input":
            if not 1 <= element.get("max_length", 3000) <= 3000:
                yield "max_length must be 1 to 3000"
            if len(element.get("initial_value", "")) > element.get("max_length", 3000):
                yield "initial_value is longer than max_length"
        case "static_select" | "radio_buttons" as kind:
            options = element.get("options", [])
            most = 100 if kind == "static_select" else 10
            if not 1 <= len(options) <= most:
                yield f"needs 1 to {most} options"
            for option in options:
                yield from _plain(option.get("text"), 75, "option text")
                if not 1 <= len(option.get("value", "")) <= 150:
                    yield "option value must have 1 to 150 characters"
            if "initial_option" in element and element["initial_option"] not in options:
                yield "initial_option must be one of the options"
        case "datepicker" | "timepicker":
            pass
        case other:
            yield f"element {other!r} is not checked here"


def _table(block: Json) -> Iterator[str]:
    rows = block.get("rows", [])
    if not 1 <= len(rows) <= 100:
        yield "needs 1 to 100 rows"
    if any(not 1 <= len(row) <= 20 for row in rows):
        yield "needs 1 to 20 cells a row"
    if len({len(row) for row in rows}) > 1:
        yield "rows differ in length"
    for row in rows:
        for cell in row:
            if cell.get("type") == "rich_text":
                yield from _rich_text(cell)
            elif cell.get("type") != "raw_text" or not cell.get("text"):
                yield "a cell must be raw_text with a character or rich_text"
    if sum(len(words) for words in texts(rows)) > 10_000:
        yield "over 10000 characters"


def _chart(block: Json) -> Iterator[str]:
    """https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block"""
    chart = block.get("chart", {})
    if not 1 <= len(block.get("title", "")) <= 50:
        yield "title must have 1 to 50 characters"
    if chart.get("type") not in ("bar", "line", "area"):
        yield "chart type must be bar, line or area here"
    axes, series = chart.get("axis_config", {}), chart.get("series", [])
    categories = axes.get("categories", [])
    if any(not 1 <= len(category) <= 20 for category in categories):
        yield "a category must have 1 to 20 characters"
    if any(len(axes.get(name, "")) > 50 for name in ("x_label", "y_label")):
        yield "an axis label has at most 50 characters"
    if not 1 <= len(series) <= 6 or len({one.get("name") for one in series}) != len(series):
        yield "needs 1 to 6 series of different names"
    for one in series:
        if not 1 <= len(one.get("name", "")) <= 20 or not 1 <= len(one.get("data", [])) <= 20:
            yield "a series needs a name of at most 20 characters and 1 to 20 points"
        if [point.get("label") for point in one.get("data", [])] != categories:
            yield "the labels must be the categories"


STYLES = {"bold", "italic", "strike", "code"}


def _rich_text(block: Json) -> Iterator[str]:
    elements = block.get("elements", [])
    if not elements:
        yield "no elements"
    for element in elements:
        kind = element.get("type")
        if kind == "rich_text_list":
            if element.get("style") not in ("bullet", "ordered") or not element.get("elements"):
                yield "a list needs a style and elements"
            yield from (p for section in element.get("elements", []) for p in _spans(section))
        elif kind in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
            yield from _spans(element)
        else:
            yield f"unknown element {kind!r}"


def _spans(section: Json) -> Iterator[str]:
    if not section.get("elements"):
        yield "a section needs elements"
    for span in section.get("elements", []):
        if span.get("type") not in ("text", "link") or not span.get("text"):
            yield "only text and links, never empty, and never a mention"
        if span.get("type") == "link" and not span.get("url"):
            yield "a link needs a url"
        if not set(span.get("style", {})) <= STYLES:
            yield "unknown style"


CHECKS: dict[Any, Callable[[Json], Iterator[str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "image": _image,
    "actions": _actions,
    "input": _input,
    "table": _table,
    "data_visualization": _chart,
    "rich_text": _rich_text,
    "divider": lambda block: iter(()),
}


def texts(drawn: object) -> list[str]:
    """Every text a reader sees in blocks or a view, top to bottom."""
    if isinstance(drawn, list):
        return [words for part in drawn for words in texts(part)]
    if not isinstance(drawn, dict):
        return []
    own = [drawn[name] for name in ("text", "alt_text", "title") if isinstance(drawn.get(name), str)]
    skipped = {"state", "private_metadata", "options"}
    return own + [words for name, part in drawn.items() if name not in skipped for words in texts(part)]
