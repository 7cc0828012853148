"""Writing to people in Slack: each card posted once, and found again by the delivery id in its metadata."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.calls import Calls
from bot.slack.errors import code_of, fields, translated
from bot.slack.render import encoded, message
from bot.slack.tokens import Fixed, Rotating, Rotation, Tokens
from bot.slack.web import Web
from bot.wire import ACCEPTED_LATE, Bodies, Turns
from content.cards import Card
from handlers.model import Address, Job, Receipt
from handlers.pace import Pace
from handlers.ports import Clock, TryLater, Undeliverable, Unknown

EVENT_TYPE = "catchball_delivery"
TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
JSON = {"Content-Type": "application/json"}
PAGE = 200  # messages a page: https://docs.slack.dev/reference/methods/conversations.history
CLOCKS_APART = timedelta(minutes=2)  # Slack's clock and ours may differ
HIDDEN = {"missing_scope", "no_permission", "channel_not_found", "not_in_channel"}
GONE = {"message_not_found", "channel_not_found"}
TIER_3 = Pace(start=0.8, most=0.8)  # "50+ per minute": https://docs.slack.dev/apis/web-api/rate-limits


class SlackChat:
    """Implements `handlers.ports.Chat`. `start` opens the one session that every call goes through."""

    paces: Mapping[Job, Pace] = MappingProxyType(
        {
            # chat.postMessage: "several hundred messages per minute" a workspace, and no number.
            Job.SEND: Pace(start=5, most=20, step=1),
            Job.FIND: TIER_3,
            Job.WITHDRAW: TIER_3,
            Job.EDIT: TIER_3,
        }
    )

    def __init__(self, bot_token: str, api_url: str, clock: Clock, rotation: Rotation | None = None) -> None:
        """api_url: Slack's Web API or a local peer. rotation: where the token is one that has to be renewed."""
        self._clock = clock
        base_url = f"{api_url.rstrip('/')}/"
        self._tokens: Tokens = Fixed(bot_token)
        if rotation:
            self._tokens = Rotating(bot_token, rotation, base_url, self._http, clock)
        self._calls = Calls(base_url, self._tokens, self._http, clock)
        self._bodies = Bodies(_message, encoded)
        self._workspaces = Turns()
        self._edits = Turns()
        self._channels = Turns((1, 1.0))  # about one message a second and channel
        quiet = logging.getLogger(f"{__name__}.web")
        quiet.setLevel(logging.INFO)  # at DEBUG slack_sdk logs every message's text
        self.web = Web(self._tokens, base_url, quiet)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        no_cookies = (
            aiohttp.DummyCookieJar()
        )  # a token says who we are, and a jar is looked through for each call
        self._session = self.web.session = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=no_cookies)

    async def stop(self) -> None:
        await self._tokens.stop()
        if self._session:
            await self._session.close()

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        """See `handlers.ports.Chat`.

        A person is reached under their user id; only where Slack does not know that as a channel is
        the conversation opened first, since opening is limited to 50 a minute.
        """
        try:
            return await self._post(address, address.conversation or address.user, card, delivery_id, before)
        except Undeliverable as refused:
            if (
                refused.code != "channel_not_found" or not address.user
            ):  # without a user it is a channel's own id
                raise
        return await self._post(address, await self._open(address.user), card, delivery_id, before)

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """See `handlers.ports.Chat`. Needs the scope im:history."""
        try:
            channel = address.conversation or await self._open(address.user)
            return await self._search(channel, delivery_id, since - CLOCKS_APART)
        except Undeliverable:
            return "cannot tell"

    async def withdraw(self, address: Address, message: str) -> None:
        """See `handlers.ports.Chat`. A message that is no longer there is as good as taken away.

        Slack takes no user's id here: https://docs.slack.dev/reference/methods/chat.delete
        """
        try:
            channel = address.conversation or await self._open(address.user)
            with translated():
                await self.web.chat_delete(channel=channel, ts=message)
        except Undeliverable as refused:
            if refused.code not in GONE:
                raise

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        """See `handlers.ports.Chat`. Slack takes no user's id here: https://docs.slack.dev/reference/methods/chat.update"""
        channel = address.conversation or await self._open(address.user)
        body = _to(channel, ts=message) + encoded(_message(card, delivery_id))[1:]
        try:
            await self._calls.call("chat.update", body, before, self._edits, address.workspace)
        except Unknown as doubt:
            raise TryLater(ACCEPTED_LATE, str(doubt)) from doubt

    async def respond(self, url: str, body: bytes) -> None:
        """Answer a press through its `response_url` (five times in 30 minutes) with JSON.

        Raises what aiohttp raises, and SlackClientError where Slack says no with a status of 200.
        """
        async with self._http().post(url, data=body, headers=JSON) as answer:
            answer.raise_for_status()
            text = await answer.read()
            if b'"ok":false' in text.replace(b" ", b""):
                raise SlackClientError(text[:200].decode(errors="replace"))

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise SlackClientError("the door to Slack has not been started")
        return self._session

    async def _post(
        self, address: Address, channel: str, card: Card, delivery_id: str, before: datetime
    ) -> Receipt:
        await self._channels.take(channel)
        body = _to(channel) + self._bodies.body(card, delivery_id)[1:]
        with translated(posted=True):
            answer = await self._calls.call(
                "chat.postMessage", body, before, self._workspaces, address.workspace
            )
            return Receipt(message=answer["ts"], conversation=answer["channel"])

    async def _open(self, user: str) -> str:
        """The id of the conversation with a person; opening it again changes nothing."""
        with translated():
            answer = await self.web.conversations_open(users=user)
            return str(fields(answer)["channel"]["id"])

    async def _search(
        self, channel: str, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        cursor = ""
        while True:
            page = await self._page(channel, since, cursor)
            if page is None:
                return "cannot tell"
            for seen in page.get("messages", []):
                if _delivery_of(seen) == delivery_id:
                    return Receipt(message=seen["ts"], conversation=channel)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return "absent"

    async def _page(self, channel: str, since: datetime, cursor: str) -> dict[str, Any] | None:
        """One page of a conversation, newest first; None where the app may not read it."""
        with translated():
            try:
                answer = await self.web.conversations_history(
                    channel=channel,
                    oldest=f"{since.timestamp():.6f}",
                    include_all_metadata=True,
                    limit=PAGE,
                    cursor=cursor,
                )
            except SlackApiError as error:
                if code_of(error) in HIDDEN:
                    return None
                raise
            return fields(answer)


def _message(card: Card, delivery_id: str) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/chat.postMessage without its channel; it holds at least one field."""
    return {
        **message(card, delivery_id),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"delivery_id": delivery_id}},
        "unfurl_links": False,
        "unfurl_media": False,
        "link_names": False,
        "parse": "none",
    }


def _to(channel: str, **more: str) -> bytes:
    """The beginning of a body: where it goes."""
    return json.dumps({"channel": channel, **more}).encode()[:-1] + b","


def _delivery_of(seen: dict[str, Any]) -> str:
    metadata = seen.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("delivery_id", ""))
