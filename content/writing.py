"""YAML as our packs are written: short lists in one line, long texts folded, two spaces deep.

Beside `content.written` it is the only place that knows yaml; what is written here is read there as it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_WIDTH = 110
_OTHER_LINE_ENDS = re.compile(
    r"[\r\x85\u2028\u2029\ufeff]"
)  # which yaml takes for a new line unless it is escaped
_FOLDED = 70  # characters, from which a text does not stay on the line of its name


class _Inline(list[str]):
    """A list that is written in one line."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _list(dumper: yaml.SafeDumper, words: _Inline) -> yaml.Node:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", words, flow_style=True)
    for part in node.value:
        part.style = '"' if ":" in part.value else part.style
    return node


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    if _OTHER_LINE_ENDS.search(text):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    style = "|" if "\n" in text else ">" if len(text) > _FOLDED else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(_Inline, _list)
_Dumper.add_representer(str, _text)


def as_yaml(data: Mapping[str, Any], comment: str) -> str:
    """The data, all of it text, under a comment; an empty line before each entry of a list but the first."""
    parts = []
    for name, value in data.items():
        entries = value if isinstance(value, list) else [value]
        dumped = [
            yaml.dump({name: [_styled(entry)] if isinstance(value, list) else _styled(entry)}, None, _Dumper,
                      sort_keys=False, allow_unicode=True, width=_WIDTH)
            for entry in entries
        ]  # fmt: skip
        first, *rest = dumped or [f"{name}: []\n"]
        parts.append("\n".join([first, *(text.partition("\n")[2] for text in rest)]))
    return "".join(f"# {line}\n" for line in comment.splitlines()) + "\n" + "\n".join(parts)


def _styled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _styled(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return (
            _Inline(value)
            if all(isinstance(part, str) for part in value)
            else [_styled(part) for part in value]
        )
    return value
