"""Writing to people in Slack: each card posted once, and found again by the delivery id in its metadata."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import code_of, fields, translated
from bot.slack.render import message
from content.cards import Card
from handlers.model import Address, Receipt
from handlers.ports import Undeliverable

EVENT_TYPE = "catchball_delivery"
TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
PAGE = 200  # messages a page: https://docs.slack.dev/reference/methods/conversations.history
CLOCKS_APART = timedelta(minutes=2)  # Slack's clock and ours may differ
HIDDEN = {"missing_scope", "no_permission", "channel_not_found", "not_in_channel"}


class SlackChat:
    """Implements `handlers.ports.Chat`. `start` opens the one session that every call goes through."""

    def __init__(self, bot_token: str, api_url: str) -> None:
        """api_url: Slack's Web API or a local peer."""
        quiet = logging.getLogger(f"{__name__}.web")
        quiet.setLevel(logging.INFO)  # at DEBUG slack_sdk logs every message's text
        self.web = AsyncWebClient(
            bot_token, base_url=f"{api_url.rstrip('/')}/", retry_handlers=[], logger=quiet
        )
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = self.web.session = aiohttp.ClientSession(timeout=TIMEOUT)

    async def stop(self) -> None:
        if self._session:
            await self._session.close()

    async def send(self, address: Address, card: Card, delivery_id: str) -> Receipt:
        """See `handlers.ports.Chat`.

        A person is reached under their user id; only where Slack does not know that as a channel is
        the conversation opened first, since opening is limited to 50 a minute.
        """
        try:
            return await self._post(address.conversation or address.user, card, delivery_id)
        except Undeliverable as refused:
            if refused.code != "channel_not_found":
                raise
        return await self._post(await self._open(address.user), card, delivery_id)

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """See `handlers.ports.Chat`. Needs the scope im:history."""
        try:
            channel = address.conversation or await self._open(address.user)
            return await self._search(channel, delivery_id, since - CLOCKS_APART)
        except Undeliverable:
            return "cannot tell"

    async def respond(self, url: str, said: dict[str, Any]) -> None:
        """Answer a press through its `response_url` (five times in 30 minutes).

        Raises what aiohttp raises, and SlackClientError where Slack says no with a status of 200.
        """
        async with self._http().post(url, json=said) as answer:
            answer.raise_for_status()
            text = await answer.text()
            if '"ok":false' in text.replace(" ", ""):
                raise SlackClientError(text[:200])

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise SlackClientError("the door to Slack has not been started")
        return self._session

    async def _post(self, channel: str, card: Card, delivery_id: str) -> Receipt:
        with translated(posted=True):
            answer = await self.web.chat_postMessage(
                channel=channel,
                **message(card, delivery_id),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"delivery_id": delivery_id}},
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                parse="none",
            )
            told = fields(answer)
            return Receipt(message=told["ts"], conversation=told["channel"])

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


def _delivery_of(seen: dict[str, Any]) -> str:
    metadata = seen.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("delivery_id", ""))
