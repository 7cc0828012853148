"""Bolt's part: whatever Slack sends but the press of a button, over HTTP; and all of it over a socket.

Loading it takes a tenth of a start, so `inbound` does that when the house already listens.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answers import NOT_REACHED, not_reached
from bot.slack.listeners import Listeners
from handlers.ports import Unavailable

Json = dict[str, Any]

log = logging.getLogger(__name__)


class Bolt:
    """The listeners behind Bolt. What comes in is verified before, and its answer waits for the listener.

    It gets a client without a token: with one it would ask `auth.test` before the first event, and acknowledge
    that event unseen where the answer is an error. What goes out is `SlackChat`'s.
    """

    def __init__(self, listeners: Listeners, web_client: AsyncWebClient) -> None:
        self._web_client = web_client
        quiet = logging.getLogger(f"{__name__}.quiet")
        quiet.setLevel(logging.ERROR)
        self._app = AsyncApp(
            name="catchball",
            logger=quiet,
            client=AsyncWebClient(base_url=web_client.base_url),
            authorize=_authorize,
            request_verification_enabled=False,
            process_before_response=True,
        )
        anything = re.compile("")
        self._app.event(anything)(listeners.event)
        self._app.action(anything)(listeners.acknowledged_press)
        self._app.view(anything)(listeners.submission)
        self._app.command(anything)(listeners.command)
        self._app.error(_failed)

    async def answer(self, text: str, headers: Mapping[str, str]) -> web.Response:
        """Raises ValueError for what is no payload of Slack's."""
        asked = AsyncBoltRequest(body=text, headers=dict(headers))
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def socket(self, app_token: str) -> AsyncSocketModeHandler:
        return AsyncSocketModeHandler(self._app, app_token, web_client=self._web_client)


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


async def _failed(error: Exception, body: Json, ack: AsyncAck) -> BoltResponse:
    """Nothing was kept: an event is refused, so that Slack sends it again; a person gets a sentence.

    What failed after the acknowledgement is only logged: its press was kept. A database that is full or away
    has said so in the log itself.
    """
    kind = body.get("type") or ("command" if "command" in body else "unknown payload")
    away = isinstance(error, Unavailable)
    trace = None if away else error
    if ack.response is not None:
        log.error("Slack: %s was kept, but not all of its answer was shown.", kind, exc_info=trace)
        return ack.response
    log.log(logging.INFO if away else logging.ERROR, "Slack: %s was not taken.", kind, exc_info=trace)
    sentence = str(error) if away else NOT_REACHED
    match kind:
        case "block_actions":
            return BoltResponse(status=200)
        case "view_submission":
            return BoltResponse(status=200, body=not_reached(body["view"], sentence))
        case "command":
            return BoltResponse(status=200, body=sentence)
        case _:
            return BoltResponse(status=503 if away else 500)
