"""One turn with Teams: an activity becomes an event, the house decides, the person sees what came of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes

from bot.patience import in_time
from bot.teams import events, replies
from bot.teams.chat import TeamsChat
from handlers.events import Click, Outcome, Said
from handlers.ports import Clock, Receive, Stranger, TryLater, Unavailable, Undeliverable, Unknown

log = logging.getLogger(__name__)

IN_CHANNEL = "Catchball speaks in personal chats: open one with me and type help."


class Bot(ActivityHandler):  # type: ignore[misc]  # botbuilder has no types
    """What happens in a person's own chat. Elsewhere words get one sentence, and the rest nothing."""

    def __init__(self, receive: Receive, chat: TeamsChat, clock: Clock) -> None:
        super().__init__()
        self._receive = receive
        self._chat = chat
        self._clock = clock

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        activity = turn_context.activity
        if not events.personal(activity):
            await self._chat.answer(events.address_of(activity), IN_CHANNEL)
        elif press := events.click(activity):
            await self._submitted(activity, press)
        else:
            await self._take(activity, events.said(activity))

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """Always 200: Teams repeats what fails, and shows the person its own error in place of ours."""
        activity = turn_context.activity
        press = events.click(activity) if activity.name == "adaptiveCard/action" else None
        if press is None:
            log.debug("invoke %s is not ours", activity.name)
            return InvokeResponse(status=200)
        try:
            outcome = await self._take(activity, press)
        except Unavailable as why:
            return InvokeResponse(status=200, body=replies.message(str(why)))
        except (TryLater, Undeliverable, Unknown, OSError):
            log.exception("A press in Teams could not be taken in; the person is asked to press again")
            return InvokeResponse(status=200, body=replies.message(replies.TROUBLE))
        return InvokeResponse(status=200, body=replies.reply(outcome, press, events.form_of(activity)))

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        await self._welcome(turn_context.activity)

    async def on_members_added_activity(self, members_added: list[Any], turn_context: TurnContext) -> None:
        if any(member.id == turn_context.activity.recipient.id for member in members_added):
            await self._welcome(turn_context.activity)

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        if events.personal(turn_context.activity):
            await in_time(self._receive(events.left(turn_context.activity)))

    async def on_unrecognized_activity_type(self, turn_context: TurnContext) -> None:
        log.debug("activity of type %s is not ours", turn_context.activity.type)

    async def _welcome(self, activity: Activity) -> None:
        if events.personal(activity):
            profile = await self._profile(activity)
            await in_time(self._receive(events.joined(activity, profile, self._clock.now(), welcome=True)))

    async def _take(self, activity: Activity, event: Click | Said) -> Outcome:
        """Hand an event in; a stranger is introduced first, from the roster, and the event comes again.

        Raises Unavailable.
        """
        try:
            return await in_time(self._receive(event))
        except Stranger:
            profile = await self._profile(activity)
            await in_time(self._receive(events.joined(activity, profile, self._clock.now(), welcome=False)))
            return await in_time(self._receive(event))

    async def _submitted(self, activity: Activity, press: Click) -> None:
        """A press from a client without Action.Execute has no answer of its own: its message is replaced.

        One that could not be kept is told so: whether Teams sends a message again that was answered with 503 is
        not documented, and an answer must not be lost in silence.
        """
        try:
            outcome = await self._take(activity, press)
        except Unavailable as why:
            await self._chat.answer(press.address, str(why))
            return
        drawn = replies.card(outcome, press, events.form_of(activity))
        if drawn is not None and activity.reply_to_id:
            await self._chat.replace(press.address, activity.reply_to_id, drawn)
        elif outcome.errors:
            await self._chat.answer(press.address, " ".join(outcome.errors.values()))

    async def _profile(self, activity: Activity) -> Mapping[str, Any]:
        """The member as the roster has them; {} where there is no such roster. Raises TryLater, Unknown."""
        try:
            return await self._chat.member(events.address_of(activity))
        except Undeliverable as refused:
            log.warning("No profile of a Teams user, so no e-mail address: %s", refused)
            return {}


class Adapter(BotAdapter):  # type: ignore[misc]
    """Runs a turn and keeps the answer to an invoke. All else is sent by `TeamsChat`, never from here.

    botbuilder's own CloudAdapter is not used: it asks Entra for a token in every turn, on the event loop,
    fetches its keys there too, and its `process` fails on every invoke that is answered with a body.
    """

    async def process(self, activity: Activity, bot: Bot) -> InvokeResponse | None:
        """The answer to an invoke; None for everything else. Raises what the turn raises."""
        context = TurnContext(self, activity)
        await self.run_pipeline(context, bot.on_turn)
        kept = context.turn_state.get(self._INVOKE_RESPONSE_KEY)
        return kept.value if kept else None

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[Any]:
        for activity in activities:
            if activity.type != ActivityTypes.invoke_response:
                self._refuse()
            context.turn_state[self._INVOKE_RESPONSE_KEY] = activity
        return []

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        self._refuse()

    async def delete_activity(self, context: TurnContext, reference: Any) -> None:
        self._refuse()

    @staticmethod
    def _refuse() -> None:
        raise TypeError("messages go out through TeamsChat, not through a turn")
