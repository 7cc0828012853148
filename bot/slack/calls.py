"""Our own calls to Slack that carry a card: slack_sdk's take twice the time, and draw it for each person anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp

from bot.slack.errors import ENDED, refusal, translated
from bot.slack.tokens import Tokens
from bot.wire import Outgoing, Turns
from handlers.ports import Clock, TryLater


@dataclass(frozen=True)
class Calls:
    """base_url: the Web API's, with a slash at its end."""

    base_url: str
    tokens: Tokens
    session: Callable[[], aiohttp.ClientSession]
    clock: Clock

    async def call(
        self, method: str, body: bytes, before: datetime, turns: Turns, workspace: str
    ) -> dict[str, Any]:
        """One request whose body leaves in the workspace's turn, and before that moment or not at all.

        Raises TryLater, Undeliverable or Unknown.
        """
        payload = Outgoing(body, self.clock, before, partial(turns.take, workspace))
        with translated(posted=True):
            token = await self.tokens.current()
            headers = {"Authorization": f"Bearer {token}"}
            try:
                async with self.session().post(
                    f"{self.base_url}{method}", data=payload, headers=headers
                ) as response:
                    status, said, text = response.status, response.headers, await response.read()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if payload.unsent and not isinstance(error, aiohttp.ClientConnectorError):
                    raise payload.unsent from error
                raise
            answer = _object(text)
            if status == 200 and answer.get("ok"):
                return answer
            code = str(answer.get("error", ""))
            if code in ENDED and self.tokens.refused(token):
                raise TryLater(timedelta(), "the token had just ended")
            refused = refusal(status, code, said)
            if isinstance(refused, TryLater) and refused.whole_workspace:
                turns.block(workspace, refused.after)
            raise refused


def _object(text: bytes) -> dict[str, Any]:
    """The answer's fields; an answer that is not JSON says what its status says."""
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
