"""Three libraries of others, asked whether they take what we draw: slack_sdk, slackblocks, blockkit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import blockkit.core as kit
import slackblocks as sb
import slackblocks.rich_text as sb_rich
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = dict[str, Any]
Classes = Mapping[str, Callable[..., Any]]


def asked(payload: Json) -> None:
    """A message or view goes through all three. Raises what the first to object raises."""
    _ask_slack_sdk(payload)
    _ask_slackblocks(payload)
    _ask_blockkit(payload)


def _ask_slack_sdk(payload: Json) -> None:
    for drawn in payload["blocks"]:
        if drawn["type"] == "data_visualization":
            continue  # not modelled
        block = Block.parse(drawn)
        assert block is not None
        block.validate_json()
        assert _plain(block.to_dict()) == _plain(drawn)
    if "type" in payload:
        View(**payload).validate_json()


def _ask_slackblocks(payload: Json) -> None:
    blocks = [_built(SLACKBLOCKS, _unwrapped(block)) for block in payload["blocks"]]
    match payload.get("type"):
        case "modal":
            words = {name: payload[name]["text"] for name in ("title", "close", "submit") if name in payload}
            sb.ModalView(blocks=blocks, private_metadata=payload.get("private_metadata"), **words).to_dict()
        case "home":
            sb.HomeTabView(blocks=blocks).to_dict()
        case _:
            drawn = sb.Message(channel="D1", text=payload["text"], blocks=blocks).to_dict()
            assert len(drawn["blocks"]) == len(blocks)


def _ask_blockkit(payload: Json) -> None:
    for drawn in payload["blocks"]:
        if drawn["type"] != "data_visualization":  # not modelled
            _built(BLOCKKIT, drawn).build()


def _built(classes: Classes, drawn: Any, name: str = "") -> Any:
    """The library's own objects, from the inside out; what has no type goes by the name it stands under."""
    if isinstance(drawn, list):
        return [_built(classes, part, name) for part in drawn]
    if not isinstance(drawn, dict):
        return drawn
    parts = {key: _built(classes, part, key) for key, part in drawn.items() if key != "type"}
    return classes[drawn.get("type", name)](**parts)


def _unwrapped(block: Json) -> Json:
    """slackblocks wraps a table's rich cells by itself."""
    if block["type"] != "table":
        return block
    rows = [[cell["elements"][0] if "elements" in cell else cell for cell in row] for row in block["rows"]]
    return block | {"rows": rows}


def _plain(drawn: Json) -> Json:
    found: Json = json.loads(json.dumps(drawn))
    return found


def _sb_text(text: str, emoji: bool) -> sb.Text:
    return sb.Text(text, sb.TextType.PLAINTEXT, emoji)


def _sb_span(text: str, style: Json | None = None) -> sb_rich.RichText:
    return sb_rich.RichText(text, **(style or {}))


def _sb_link(url: str, text: str, style: Json | None = None) -> sb_rich.RichTextLink:
    return sb_rich.RichTextLink(url, text, **(style or {}))


SLACKBLOCKS: Classes = {
    "header": sb.HeaderBlock,
    "section": sb.SectionBlock,
    "context": sb.ContextBlock,
    "image": sb.ImageBlock,
    "actions": sb.ActionsBlock,
    "input": sb.InputBlock,
    "table": sb.TableBlock,
    "rich_text": sb.RichTextBlock,
    "data_visualization": sb.DataVisualizationBlock,
    "plain_text": _sb_text,
    "button": sb.Button,
    "plain_text_input": sb.PlainTextInput,
    "static_select": sb.StaticSelectMenu,
    "radio_buttons": sb.RadioButtonGroup,
    "datepicker": sb.DatePicker,
    "timepicker": sb.TimePicker,
    "options": sb.Option,
    "initial_option": sb.Option,
    "raw_text": sb.RawText,
    "rich_text_section": sb_rich.RichTextSection,
    "rich_text_list": sb_rich.RichTextList,
    "rich_text_quote": sb_rich.RichTextQuote,
    "rich_text_preformatted": sb_rich.RichTextCodeBlock,
    "text": _sb_span,
    "link": _sb_link,
    "style": dict,
    "bar": sb.BarChart,
    "line": sb.LineChart,
    "series": sb.DataSeries,
    "data": sb.DataPoint,
    "axis_config": sb.AxisConfig,
}

BLOCKKIT: Classes = {
    "header": kit.Header,
    "section": kit.Section,
    "context": kit.Context,
    "image": kit.Image,
    "actions": kit.Actions,
    "input": kit.Input,
    "table": kit.Table,
    "rich_text": kit.RichText,
    "plain_text": lambda **parts: kit.Text(type="plain_text", **parts),
    "button": kit.Button,
    "plain_text_input": kit.PlainTextInput,
    "static_select": kit.StaticSelect,
    "radio_buttons": kit.RadioButtons,
    "datepicker": kit.DatePicker,
    "timepicker": kit.TimePicker,
    "options": kit.Option,
    "initial_option": kit.Option,
    "raw_text": kit.RawText,
    "rich_text_section": kit.RichTextSection,
    "rich_text_list": kit.RichTextList,
    "rich_text_quote": kit.RichTextQuote,
    "rich_text_preformatted": kit.RichTextPreformatted,
    "text": kit.RichTextEl,
    "link": kit.RichLinkEl,
    "style": kit.RichStyle,
}
