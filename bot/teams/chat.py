"""Teams as a `Chat`: posts a card into a person's own conversation, and replaces one that is there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from bot.teams import render
from bot.teams.connector import Connector
from bot.wire import ACCEPTED_LATE, Bodies
from content.cards import Card
from handlers.model import Address, Job, Reason, Receipt
from handlers.pace import Pace
from handlers.ports import TryLater, Undeliverable, Unknown

PREPARE = 5.0  # seconds for creating the conversation; with the 10 s of the post a send takes 15 s at most
AGAIN = timedelta(seconds=10)


class TeamsChat:
    """Implements `handlers.ports.Chat`."""

    paces: Mapping[Job, Pace] = MappingProxyType(
        {
            # 50 requests a second for an app in a tenant; the connector keeps all its calls together below that.
            Job.SEND: Pace(start=49, most=49, first_contact=2),
            Job.WITHDRAW: Pace(start=10, most=10),
            Job.EDIT: Pace(start=10, most=10),
        }
    )

    def __init__(self, connector: Connector, app_id: str) -> None:
        """app_id: the bot's own; its name in Teams is `28:` followed by it."""
        self._connector = connector
        self._app_id = app_id
        self._bodies = Bodies(render.activity, render.encoded)

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        """Post once, within 15 s. The receipt carries the conversation, which is created when not known yet.

        Raises TryLater (certainly not posted), Undeliverable, Unknown (a timeout, a reset, 5xx).
        """
        conversation = address.conversation or await self._conversation(address)
        path = ("conversations", conversation, "activities")
        body = await self._body(card, delivery_id)
        answer = await self._connector.call("POST", address, *path, body=body, before=before)
        return Receipt(message=str(answer.get("id", "")), conversation=conversation)

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """Teams lets no bot read its own messages back, so this never knows."""
        return "cannot tell"

    async def withdraw(self, address: Address, message: str) -> None:
        """See `handlers.ports.Chat`. A message that is no longer there is as good as taken away."""
        path = ("conversations", address.conversation, "activities", message)
        try:
            await self._connector.call("DELETE", address, *path)
        except Unknown as doubt:
            raise TryLater(AGAIN, str(doubt)) from doubt
        except Undeliverable as refused:
            if refused.reason is not Reason.NOBODY:
                raise

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        """See `handlers.ports.Chat`."""
        path = ("conversations", address.conversation, "activities", message)
        body = await self._body(card, delivery_id)
        try:
            await self._connector.call("PUT", address, *path, body=body, before=before)
        except Unknown as doubt:
            raise TryLater(ACCEPTED_LATE, str(doubt)) from doubt

    async def replace(self, address: Address, message: str, drawn: dict[str, Any]) -> None:
        """Show another Adaptive Card in place of one that was posted. Raises as `send` does."""
        path = ("conversations", address.conversation, "activities", message)
        await self._connector.call("PUT", address, *path, body=render.encoded(render.message(drawn)))

    async def answer(self, address: Address, sentence: str) -> None:
        """A sentence, there and then, to words that no card of ours can answer. Raises as `send` does."""
        path = ("conversations", address.conversation, "activities")
        body = {"type": "message", "textFormat": "plain", "text": sentence}
        await self._connector.call("POST", address, *path, body=render.encoded(body))

    async def member(self, address: Address) -> dict[str, Any]:
        """The person as their conversation's roster has them: name, email, userPrincipalName, aadObjectId.

        Raises TryLater, Undeliverable (there is no such roster, or they are not in it), Unknown.
        """
        path = ("conversations", address.conversation, "members", address.user)
        return await self._connector.call("GET", address, *path, seconds=PREPARE)

    async def _conversation(self, address: Address) -> str:
        """The person's conversation with the bot. Asking twice gives the same one, so a doubt is TryLater."""
        members: dict[str, Any] = {
            "bot": {"id": f"28:{self._app_id}"},
            "members": [{"id": address.user}],
            "tenantId": address.workspace,
            "channelData": {"tenant": {"id": address.workspace}},
            "isGroup": False,
        }
        try:
            async with asyncio.timeout(PREPARE):
                answer = await self._connector.call(
                    "POST", address, "conversations", body=render.encoded(members)
                )
        except (Unknown, TimeoutError) as doubt:
            raise TryLater(AGAIN, f"the conversation could not be created: {doubt}") from doubt
        if not answer.get("id"):
            raise TryLater(AGAIN, "the conversation was created without an id")
        return str(answer["id"])

    async def _body(self, card: Card, delivery_id: str) -> bytes:
        """The activity."""
        if render.slow(card):
            return await asyncio.to_thread(lambda: render.encoded(render.activity(card, delivery_id)))
        return self._bodies.body(card, delivery_id)
