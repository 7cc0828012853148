"""How Slack reports to an app what people did: signed over HTTP, or through the app's socket."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.simulators.slack import SIGNING_SECRET, SlackSimulator
from tests.simulators.slack_ledger import TEAM, Json

FORM = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass
class SlackReports:
    """How Slack reaches the app: at `url`, or through its socket where `url` is empty."""

    slack: SlackSimulator
    url: str = ""
    shown: Callable[[], Awaitable[None]] | None = (
        None  # comes back when the app has shown what a press led to
    )

    async def post(self, body: bytes, content_type: str, **headers: str) -> tuple[int, Any]:
        """A request signed now; headers replace Slack's own. Returns status and body."""
        timestamp = headers.get("X-Slack-Request-Timestamp", str(int(self.slack.now().timestamp())))
        own = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(SIGNING_SECRET, timestamp, body),
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=io.BytesIO(body), headers=own | headers) as answer,
        ):
            text = await answer.text()
        return answer.status, json.loads(text) if text.startswith("{") else text

    async def event(self, event: Json, event_id: str = "", **headers: str) -> tuple[int, Any]:
        """One delivery of an event; the same `event_id` again is a retry."""
        body = {
            "type": "event_callback",
            "token": "verification",
            "team_id": TEAM,
            "api_app_id": "A0CATCHBALL",
            "event_id": event_id or self.slack.next_id("Ev"),
            "event_time": int(self.slack.now().timestamp()),
            "authorizations": [{"team_id": TEAM, "user_id": "U0BOT", "is_bot": True}],
            "event": {"event_ts": self.slack.timestamp()} | event,
        }
        if self.url:
            return await self.post(json.dumps(body).encode(), "application/json", **headers)
        return await self._through_socket("events_api", body)

    async def event_until_taken(self, event: Json) -> list[int]:
        """As Slack does: at once, then up to three times more under the same id. Returns the statuses."""
        event_id, statuses = self.slack.next_id("Ev"), [0]
        while statuses[-1] // 100 != 2 and len(statuses) <= 4:
            retry = {"X-Slack-Retry-Num": str(len(statuses) - 1)} if len(statuses) > 1 else {}
            statuses.append((await self.event(event, event_id, **retry))[0])
        return statuses[1:]

    async def interaction(self, payload: Json) -> tuple[int, Any]:
        if self.url:
            answer = await self.post(urlencode({"payload": json.dumps(payload)}).encode(), FORM)
        else:
            answer = await self._through_socket("interactive", payload)
        if self.shown:
            await self.shown()
        return answer

    async def command(self, form: dict[str, str]) -> tuple[int, Any]:
        if self.url:
            return await self.post(urlencode(form).encode(), FORM)
        return await self._through_socket("slash_commands", form)

    async def _through_socket(self, kind: str, payload: Json) -> tuple[int, Any]:
        answer = await self.slack.through_socket(kind, payload)
        if answer is None:
            return 500, ""
        return 200, answer.get("text", answer) if set(answer) == {"text"} else answer
