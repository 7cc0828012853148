"""Slack's side of the ledger: who is in the workspace, and what each of them sees of the app."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.ports import Clock
from tests.fakes import FrozenClock
from tests.simulators.ledger import Ledger
from tests.simulators.slack_blocks import problem, view_problem
from tests.simulators.slack_screens import Json, Member, Screen, Shown

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEAM = "T0CATCHBALL"
SCOPES = {"chat:write", "commands", "im:write", "im:history", "users:read", "users:read.email"}
TRIGGER_LASTS = timedelta(seconds=3)
RESPONSES = 5  # uses of a response_url


class Refused(Exception):
    """A method's `ok: false`."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer = {"ok": False, "error": error, **more}


class Workspace:
    """Members and their screens; time passes only where the test moves the clock."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or FrozenClock(MONDAY)
        self.url = ""
        self.ledger = Ledger()
        self.members: dict[str, Member] = {}
        self.screens: dict[str, Screen] = defaultdict(Screen)
        self.channels: set[str] = set()  # that the app was invited to; what stands in one is its screen
        self.closed: dict[str, str] = {}  # other channels -> why nothing is posted there
        self.scopes = set(SCOPES)
        self.page_size = 100  # the most that conversations.history gives at once
        self.posts_to_users = True  # some tokens may not: they have to open the conversation first
        self._triggers: dict[str, tuple[str, datetime]] = {}
        self._responses: dict[str, tuple[str, str, int]] = {}
        self._count = 0

    def now(self) -> datetime:
        return self.clock.now()

    def add(self, user: str, name: str, email: str, **more: Any) -> Member:
        self.members[user] = Member(user, name, email, **more)
        return self.members[user]

    def next_id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count:06d}"

    def timestamp(self) -> str:
        self._count += 1
        return f"{int(self.now().timestamp())}.{self._count:06d}"

    def trigger(self, user: str) -> str:
        trigger = self.next_id("trigger.")
        self._triggers[trigger] = (user, self.now())
        return trigger

    def response_url(self, user: str, ts: str) -> str:
        token = self.next_id("R")
        self._responses[token] = (user, ts, RESPONSES)
        return self.url.replace("/api/", f"/response/{token}")

    def user_object(self, member: Member) -> Json:
        """https://docs.slack.dev/reference/objects/user-object"""
        profile = {"real_name": member.name, "display_name": member.name.lower(), "team": TEAM}
        if "users:read.email" in self.scopes:
            profile["email"] = member.email
        return {
            "id": member.id,
            "team_id": "T0ELSEWHERE" if member.is_stranger else TEAM,
            "name": member.name.lower(),
            "real_name": member.name,
            "deleted": member.deleted,
            "tz": member.tz,
            "tz_offset": 3600,
            "locale": member.locale,
            "profile": profile,
            "is_bot": member.is_bot,
            "is_stranger": member.is_stranger,
            "is_restricted": False,
            "updated": member.updated,
        }

    def triggered_by(self, trigger: str) -> str:
        """The person behind a trigger, once. Raises Refused."""
        user, since = self._triggers.pop(trigger, ("", self.now()))
        if not user:
            raise Refused("invalid_trigger_id")
        if self.now() - since > TRIGGER_LASTS:
            raise Refused("expired_trigger_id")
        return user

    def responded(self, token: str, said: Json) -> None:
        """response_url, five times: https://docs.slack.dev/interactivity/handling-user-interaction"""
        user, ts, left = self._responses.get(token, ("", "", 0))
        if not left:
            raise Refused("used_url")
        self._responses[token] = (user, ts, left - 1)
        self.check_message(said)
        if said.get("replace_original"):
            self.replace(user, ts, said)
        else:
            self.show_ephemeral(user, said)

    def replace(self, user: str, ts: str, said: Json) -> None:
        screen = self.screens[user]
        shown = next((m for m in [*screen.messages, *screen.ephemeral] if m.ts == ts), None)
        if shown is None:
            raise Refused("message_not_found")
        shown.versions.append(shown.blocks)
        self.ledger.replaced(self.now(), ts)
        shown.text, shown.blocks = said.get("text", ""), said.get("blocks") or []

    def show_ephemeral(self, user: str, said: Json) -> None:
        shown = Shown(
            self.timestamp(), "C0GENERAL", said.get("text", ""), said.get("blocks") or [], ephemeral=True
        )
        self.screens[user].ephemeral.append(shown)

    def view(self, arguments: Json) -> Json:
        view = arguments.get("view")
        drawn: Json = json.loads(view) if isinstance(view, str) else view or {}
        if what := view_problem(drawn):
            raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {what}"]})
        return drawn | {"id": self.next_id("V"), "hash": self.next_id("h"), "team_id": TEAM}

    def reachable(self, user: str) -> Member:
        member = self.members.get(user)
        if member is None:
            raise Refused("user_not_found")
        if member.deleted:
            raise Refused("user_disabled")
        if member.is_bot:
            raise Refused("cannot_dm_bot")
        return member

    def of_chat(self, channel: str) -> Member:
        member = next((m for m in self.members.values() if m.chat == channel), None)
        if member is None:
            raise Refused("channel_not_found")
        return member

    def meant(self, arguments: Json) -> str:
        """The person whom a call is about; empty for none."""
        named = str(arguments.get("channel") or arguments.get("users") or arguments.get("user_id") or "")
        return "U" + named[1:] if named.startswith("D") else named

    def behind(self, token: str) -> str:
        """The person whose press a response_url belongs to."""
        return self._responses.get(token, ("", "", 0))[0]

    def check_message(self, arguments: Json) -> None:
        blocks, text = arguments.get("blocks"), arguments.get("text", "")
        if not blocks and not text:
            raise Refused("no_text")
        if len(text) > 40_000:
            raise Refused("msg_too_long")
        if blocks and (what := problem("message", blocks)):
            raise Refused("invalid_blocks", response_metadata={"messages": [f"[ERROR] {what}"]})


def delivery_of(arguments: Json) -> str:
    """The delivery that a message carries in its metadata; empty for none."""
    metadata = arguments.get("metadata") or {}
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    return str((metadata.get("event_payload") or {}).get("delivery_id", ""))
