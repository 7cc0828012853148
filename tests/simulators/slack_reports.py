"""How Slack reports to an app what people did: signed over HTTP, or through the app's socket."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.simulators.slack import SlackSimulator
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_screens import Json

FORM = "application/x-www-form-urlencoded"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


@dataclass
class SlackReports:
    """How Slack reaches the app: at `url`, or through its socket where `url` is empty.

    patience: seconds until Slack gives up on an answer. retries: seconds before each further try of an
    event (Slack's own: at once, after a minute, after five).
    """

    slack: SlackSimulator
    url: str = ""
    shown: Callable[[], Awaitable[None]] | None = (
        None  # comes back when the app has shown what a press led to
    )
    patience: float = 3
    retries: tuple[float, ...] = (0, 0, 0)

    async def post(self, body: bytes, content_type: str, **headers: str) -> tuple[int, Any]:
        """A request signed now; headers replace Slack's own. Status and body; (0, "") where none came."""
        faults = self.slack.wire.faults
        now = self.slack.now() + (faults.skewed() if faults else timedelta())
        timestamp = headers.get("X-Slack-Request-Timestamp", str(int(now.timestamp())))
        own = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.slack.signing_secret, timestamp, body),
        }
        patience = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.post(self.url, data=io.BytesIO(body), headers=own | headers) as answer,
            ):
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""
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

    async def event_until_taken(self, event: Json, event_id: str = "") -> list[int]:
        """As Slack does: at once, then up to three times more under the same id. Returns the statuses.

        Seeded faults send it again although it was taken: Slack does so when an answer was lost.
        """
        event_id = event_id or self.slack.next_id("Ev")
        event = {"event_ts": self.slack.timestamp()} | event
        statuses = [(await self.event(event, event_id))[0]]
        faults = self.slack.wire.faults
        spare = faults.again(str(event.get("user"))) if faults else 0
        for number, wait in enumerate(self.retries, 1):
            taken = any(status // 100 == 2 for status in statuses)
            if taken and not spare:
                break
            spare -= taken
            await asyncio.sleep(wait)
            statuses.append((await self.event(event, event_id, **{"X-Slack-Retry-Num": str(number)}))[0])
        return statuses

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
