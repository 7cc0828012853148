"""YAML that we write reads like a pack, and comes back as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.writing import as_yaml
from content.written import read

LIKE_A_PACK = """# Whose this is.

items:
  - id: a-b
    title: 'yes'
    clauses: ["ISO 9001:2015 7.3", "ISO 14001:2015 7.3"]
    audience: [operations, new joiner]
    stem: >-
      The part has to leave today. You take the caliper from the drawer and see that its calibration ran out last
      week. What do you do?
    options:
      A: '7.10'
      B: Hand it in
    explanation: |-
      For two reasons:

      - nobody could show it
      - somebody checks

  - id: c-d
    title: Another
"""


def back(data: dict[str, Any], folder: Path) -> object:
    path = folder / "items.yaml"
    path.write_text(as_yaml(data, "Whose this is."), encoding="utf-8")
    file = read(path)
    assert file.mistakes == []
    return file.data


def test_it_is_written_as_an_author_would(tmp_path: Path) -> None:
    (tmp_path / "by-hand.yaml").write_text(LIKE_A_PACK)
    data = dict(read(tmp_path / "by-hand.yaml").data)
    assert as_yaml(data, "Whose this is.") == LIKE_A_PACK
    assert back(data, tmp_path) == data


def test_no_list_at_all_is_written_too(tmp_path: Path) -> None:
    assert back({"items": [], "also": [{"id": "a-b"}]}, tmp_path) == {"items": [], "also": [{"id": "a-b"}]}


TEXTS = st.text(st.characters(codec="utf-8"), max_size=200)
WORDS = st.text(st.sampled_from(" ab:-#'\"\n.?{}[]&*!|>%@`é€😀\u2028\x85\x07"), max_size=160)


@settings(max_examples=300, deadline=None)
@given(stem=TEXTS | WORDS, option=TEXTS | WORDS, clause=TEXTS | WORDS)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, stem: str, option: str, clause: str
) -> None:
    entry = {"id": "a-b", "stem": stem, "options": {"A": option, "B": "x"}, "clauses": [clause, "x"]}
    data = {"items": [entry, {"id": "c-d", "stem": option}]}
    assert back(data, tmp_path_factory.getbasetemp()) == data
