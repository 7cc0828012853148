"""Somebody in a simulated tenant, what their chat with the bot holds, and the connector's errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.simulators import teams_limits

ADAPTIVE = "application/vnd.microsoft.card.adaptive"


@dataclass
class Message:
    """One message in a chat: the card it shows now, and those it showed before."""

    id: str
    card: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    text: str = ""
    before: list[dict[str, Any]] = field(default_factory=list)

    def replace(self, card: dict[str, Any]) -> None:
        self.before.append(self.card)
        self.card = card


@dataclass
class Member:
    """Somebody in the tenant, and what their chat with the bot holds."""

    name: str
    email: str
    zone: str = "Europe/Berlin"
    locale: str = "en-GB"
    installed: bool = True
    refuses: str = ""  # the code that their chat answers with: a 403, or a 413 for MessageSizeTooBig
    keeps: str = ""  # the code that deleting one of their messages is answered with, a 403
    messages: list[Message] = field(default_factory=list)

    @property
    def user(self) -> str:
        return f"29:{self.name.lower()}"

    @property
    def conversation(self) -> str:
        return f"a:{self.name.lower()}"


def card_of(activity: dict[str, Any]) -> dict[str, Any]:
    """The Adaptive Card of a message; {} for none."""
    cards = (a["content"] for a in activity.get("attachments", ()) if a["contentType"] == ADAPTIVE)
    return next(cards, {})


def delivery_of(activity: dict[str, Any]) -> str:
    """The delivery that a card's buttons carry; empty for none."""
    data = (action.get("data", {}) for action in teams_limits.actions(card_of(activity)))
    return next((str(carried["delivery"]) for carried in data if carried.get("delivery")), "")


def error(status: int, code: str, retry_after: str = "", text: str = "") -> web.Response:
    headers = {"Retry-After": retry_after} if retry_after else None
    return web.json_response(
        {"error": {"code": code, "message": text or code}}, status=status, headers=headers
    )
