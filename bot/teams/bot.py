"""botbuilder's part: it tells kinds of activities apart, and each becomes an event; presses do not come here."""

from __future__ import annotations

import logging
from typing import Any

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import Activity
from msrest.exceptions import DeserializationError  # type: ignore[attr-defined]

from bot.teams import events
from bot.teams.chat import TeamsChat
from bot.teams.events import Json
from bot.teams.people import People

log = logging.getLogger(__name__)

IN_CHANNEL = "Catchball speaks in personal chats: open one with me and type help."
AS_IT_CAME = "as it came"  # where a turn keeps the JSON of its activity, which is what we read


class Malformed(Exception):
    """An activity with a field that botbuilder cannot read."""


class Bot(ActivityHandler):  # type: ignore[misc]  # botbuilder has no types
    """What happens in a person's own chat. Elsewhere words get one sentence, and the rest nothing."""

    def __init__(self, people: People, chat: TeamsChat) -> None:
        super().__init__()
        self._people = people
        self._chat = chat

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        activity = _as_it_came(turn_context)
        if events.personal(activity):
            await self._people.receive(activity, events.said(activity))
        else:
            await self._chat.answer(events.address_of(activity), IN_CHANNEL)

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        await self._welcome(_as_it_came(turn_context))

    async def on_members_added_activity(self, members_added: list[Any], turn_context: TurnContext) -> None:
        if any(member.id == turn_context.activity.recipient.id for member in members_added):
            await self._welcome(_as_it_came(turn_context))

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        activity = _as_it_came(turn_context)
        if events.personal(activity):
            await self._people.left(activity)

    async def on_unrecognized_activity_type(self, turn_context: TurnContext) -> None:
        log.debug("activity of type %s is not ours", turn_context.activity.type)

    async def _welcome(self, activity: Json) -> None:
        if events.personal(activity):
            await self._people.joined(activity, welcome=True)


class Adapter(BotAdapter):  # type: ignore[misc]
    """Runs a turn. Everything is sent by `TeamsChat`, nothing from here.

    botbuilder's own CloudAdapter is not used: it asks Entra for a token in every turn, on the event loop,
    fetches its keys there too, and its `process` fails on every invoke that is answered with a body.
    """

    async def process(self, activity: Json, bot: Bot) -> None:
        """Raises Malformed, and what the turn raises."""
        try:
            context = TurnContext(self, Activity().deserialize(activity))
        except (DeserializationError, RecursionError) as error:
            raise Malformed from error
        context.turn_state[AS_IT_CAME] = activity
        await self.run_pipeline(context, bot.on_turn)

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[Any]:
        raise self._refusal()

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        raise self._refusal()

    async def delete_activity(self, context: TurnContext, reference: Any) -> None:
        raise self._refusal()

    @staticmethod
    def _refusal() -> TypeError:
        return TypeError("messages go out through TeamsChat, not through a turn")


def _as_it_came(turn_context: TurnContext) -> Json:
    activity: Json = turn_context.turn_state[AS_IT_CAME]
    return activity
