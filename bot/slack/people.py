"""Who is behind an address: strangers are introduced with their profile, outsiders are left alone."""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.patience import in_time
from bot.slack.errors import fields
from bot.slack.payloads import SLACKBOT, is_outsider, joined_of
from handlers.events import Incoming, Joined, Outcome
from handlers.model import Address
from handlers.ports import Receive, Stranger

log = logging.getLogger(__name__)


class People:
    """The door's way to `receive`, which knows nobody by their Slack address until they are introduced."""

    def __init__(self, receive: Receive, web: AsyncWebClient) -> None:
        self._receive = receive
        self._web = web

    async def receive(self, incoming: Incoming) -> Outcome | None:
        """What `receive` decides, a stranger being introduced first; None for an outsider. Raises Unavailable."""
        return await in_time(self._introduced(incoming))

    async def _introduced(self, incoming: Incoming) -> Outcome | None:
        try:
            return await self._receive(incoming)
        except Stranger:
            log.info("Introducing a person at their first word.")
        address = incoming.address
        joined = await self.profile(f"slack:{address.workspace}:{address.user}:first", address)
        if joined is None:
            return None
        await self._receive(joined)
        return await self._receive(incoming)

    async def profile(self, key: str, address: Address) -> Joined | None:
        """The person with their profile as Slack has it now (`users.info`, 100 a minute); None: an outsider.

        Raises what slack_sdk and aiohttp raise.
        """
        if address.user == SLACKBOT:
            return None
        answer = await self._web.users_info(user=address.user, include_locale=True)
        user: dict[str, Any] = fields(answer)["user"]
        return None if is_outsider(user, address.workspace) else joined_of(key, address, user)
