"""The door to Slack: signed requests or a socket come in, the listeners answer, and `chat` writes back."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.slack.chat import SlackChat
from bot.slack.errors import fields, translated
from bot.slack.listeners import Listeners
from bot.slack.signature import Malformed, json_of, parsed, signed
from bot.slack.tokens import Rotation
from bot.sorry import SORRY
from handlers.ports import Clock, Receive, TryLater, Undeliverable

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    from bot.slack.bolt import Bolt

log = logging.getLogger(__name__)

PATH = "/slack/events"
UNHURRIED = (
    1.0  # seconds after a start until Bolt is loaded, unless a socket or the first event needs it before
)
BODY_LIMIT = 1024 * 1024  # bytes; Slack's own largest payload, a form of a hundred fields, is well below


class SlackDoor:
    """Slack over HTTP, or over Socket Mode where an app-level token is set; the listeners are the same."""

    def __init__(
        self,
        bot_token: str,
        signing_secret: str,
        app_token: str,
        api_url: str,
        receive: Receive,
        clock: Clock,
        rotation: Rotation | None = None,
    ) -> None:
        """rotation: where the bot token is one that has to be renewed."""
        self.chat = SlackChat(bot_token, api_url, clock, rotation)
        self._signing_secret, self._app_token = signing_secret, app_token
        self._clock = clock
        self._listeners = Listeners(receive, self.chat)
        self._bolt: asyncio.Task[Bolt] | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def routes(self) -> list[web.RouteDef]:
        """HTTP mode's one route, for events, presses, forms and commands; none without a signing secret."""
        return [web.post(PATH, self._post)] if self._signing_secret else []

    async def start(self) -> None:
        """Open the session, and the socket where there is one; does not wait for Slack."""
        await self.chat.start()
        self._tasks.append(asyncio.create_task(self._introduce_ourselves()))
        self._tasks.append(asyncio.create_task(self._load()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *([self._bolt] if self._bolt else []), return_exceptions=True)
        if self._socket:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
        await self.shown()
        await self.chat.stop()

    async def shown(self) -> None:
        """Come back when everything that presses have led to is shown, or has been given up."""
        await self._listeners.shown()

    async def _behind_bolt(self) -> Bolt:
        """Bolt, once it is loaded: in a thread, so that nobody's press waits for that."""
        if self._bolt is None:
            self._bolt = asyncio.create_task(self._load_bolt())
        return await asyncio.shield(self._bolt)

    async def _load_bolt(self) -> Bolt:
        module = await asyncio.to_thread(import_module, "bot.slack.bolt")
        bolt: Bolt = module.Bolt(self._listeners, self.chat.web)
        return bolt

    async def _load(self) -> None:
        if not self._app_token:
            await asyncio.sleep(UNHURRIED)
        bolt = await self._behind_bolt()
        if self._app_token:
            self._socket = bolt.socket(self._app_token)
            await self._socket.connect_async()  # type: ignore[no-untyped-call]

    async def _introduce_ourselves(self) -> None:
        """Say in the log whom the token belongs to, or what is wrong with it."""
        try:
            with translated():
                told = fields(await self.chat.web.auth_test())
                log.info("Slack knows us as %s in %s.", told["user"], told["team"])
        except (TryLater, Undeliverable) as error:
            log.warning("Slack does not know us yet: %s.", error)

    async def _post(self, request: web.Request) -> web.Response:
        if (request.content_length or 0) > BODY_LIMIT:
            return web.Response(status=413)
        body = await request.read()
        if not signed(self._signing_secret, request.headers, body, self._clock.now()):
            return web.Response(status=401, text="Not signed by Slack, or not just now.")
        try:
            text = json_of(body, request.content_type)
            payload = parsed(text)
            if not _is_press(payload):
                return await (await self._behind_bolt()).answer(text, request.headers)
        except (Malformed, ValueError) as error:
            return web.Response(status=400, text=f"Not a payload of Slack's: {error}")
        # Presses come in crowds, and half of their time would be Bolt's.
        request[SORRY] = web.Response(status=200)
        await self._listeners.press(payload)
        return web.Response(status=200)


def _is_press(payload: Any) -> bool:
    """Whether this is the press of a button in the shape that Slack gives it; Bolt says what is wrong with another."""
    return (
        isinstance(payload, dict) and payload.get("type") == "block_actions" and bool(payload.get("actions"))
    )
