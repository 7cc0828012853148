"""A member of a simulated Slack workspace, and what stands on their screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.simulators.slack_blocks import texts

Json = dict[str, Any]


@dataclass
class Member:
    """A person of the workspace as Slack knows them."""

    id: str
    name: str
    email: str
    tz: str = "Europe/Berlin"
    locale: str = "en-US"
    deleted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    updated: int = 1_790_000_000
    refuses: str = ""  # the error that posting to them is answered with
    keeps: str = ""  # the error that deleting one of their messages is answered with

    @property
    def chat(self) -> str:
        return "D" + self.id[1:]


@dataclass
class Shown:
    """A message on a person's screen; `versions` holds what stood there before."""

    ts: str
    channel: str
    text: str
    blocks: list[Json]
    metadata: Json | None = None
    ephemeral: bool = False
    foreign: bool = False  # somebody else's, which the app may not change
    versions: list[list[Json]] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "\n".join(texts(self.blocks)) or self.text


@dataclass
class Screen:
    """Everything one person sees of the app."""

    messages: list[Shown] = field(default_factory=list)
    ephemeral: list[Shown] = field(default_factory=list)
    modal: Json | None = None
    errors: dict[str, str] = field(default_factory=dict)
    home: Json | None = None
    warnings: list[str] = field(default_factory=list)
