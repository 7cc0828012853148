"""Teams as a `Chat`: posts a card into a person's own conversation, and replaces one that is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.teams import render
from bot.teams.connector import Connector
from content.cards import Card, Chart
from handlers.model import Address, Receipt
from handlers.ports import TryLater, Unknown

# Where to write to somebody who never wrote to us (a person from a list): the service's worldwide address.
WORLDWIDE = "https://smba.trafficmanager.net/teams/"
PREPARE = 5.0  # seconds for creating the conversation; with the 10 s of the post a send takes 15 s at most
AGAIN = timedelta(seconds=10)


@dataclass(frozen=True)
class TeamsChat:
    """app_id: the bot's own; its name in Teams is `28:` followed by it."""

    connector: Connector
    app_id: str

    async def send(self, address: Address, card: Card, delivery_id: str) -> Receipt:
        """Post once, within 15 s. The receipt carries the conversation, which is created when not known yet.

        Raises TryLater (certainly not posted), Undeliverable, Unknown (a timeout, a reset, 5xx).
        """
        service_url = address.service_url or WORLDWIDE
        conversation = address.conversation or await self._conversation(address, service_url)
        answer = await self.connector.call(
            "POST",
            service_url,
            "conversations",
            conversation,
            "activities",
            body=await _drawn(card, delivery_id),
        )
        return Receipt(message=str(answer.get("id", "")), conversation=conversation)

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """Teams lets no bot read its own messages back, so this never knows."""
        return "cannot tell"

    async def replace(self, address: Address, message: str, drawn: dict[str, Any]) -> None:
        """Show another Adaptive Card in place of one that was posted. Raises as `send` does."""
        path = ("conversations", address.conversation, "activities", message)
        await self.connector.call("PUT", address.service_url, *path, body=render.message(drawn))

    async def answer(self, address: Address, sentence: str) -> None:
        """A sentence, there and then, to words that no card of ours can answer. Raises as `send` does."""
        path = ("conversations", address.conversation, "activities")
        body = {"type": "message", "textFormat": "plain", "text": sentence}
        await self.connector.call("POST", address.service_url, *path, body=body)

    async def member(self, address: Address) -> dict[str, Any]:
        """The person as their conversation's roster has them: name, email, userPrincipalName, aadObjectId.

        Raises TryLater, Undeliverable (there is no such roster, or they are not in it), Unknown.
        """
        path = ("conversations", address.conversation, "members", address.user)
        return await self.connector.call("GET", address.service_url, *path, seconds=PREPARE)

    async def _conversation(self, address: Address, service_url: str) -> str:
        """The person's conversation with the bot. Asking twice gives the same one, so a doubt is TryLater."""
        members: dict[str, Any] = {
            "bot": {"id": f"28:{self.app_id}"},
            "members": [{"id": address.user}],
            "tenantId": address.workspace,
            "channelData": {"tenant": {"id": address.workspace}},
            "isGroup": False,
        }
        try:
            async with asyncio.timeout(PREPARE):
                answer = await self.connector.call("POST", service_url, "conversations", body=members)
        except (Unknown, TimeoutError) as doubt:
            raise TryLater(AGAIN, f"the conversation could not be created: {doubt}") from doubt
        if not answer.get("id"):
            raise TryLater(AGAIN, "the conversation was created without an id")
        return str(answer["id"])


async def _drawn(card: Card, delivery_id: str) -> dict[str, Any]:
    """The activity; a picture of a chart takes a tenth of a second, which is not the event loop's."""
    if any(isinstance(block, Chart) for block in card.blocks):
        return await asyncio.to_thread(render.activity, card, delivery_id)
    return render.activity(card, delivery_id)
