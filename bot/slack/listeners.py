"""The listeners: `receive` decides and commits, then Slack gets its answer, then nothing can raise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from bot.slack import payloads
from bot.slack.answers import NOT_OPENED, NOT_REACHED, Answers, refusal, to_submission
from bot.slack.chat import SlackChat
from bot.slack.inputs import halves
from bot.slack.people import People
from bot.slack.render import message
from handlers.events import Click, Joined, Outcome
from handlers.ports import Receive, Unavailable

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck

Json = dict[str, Any]

log = logging.getLogger(__name__)

OUTSIDER = "Catchball talks with people of this workspace only."


class Listeners:
    """One for each family of payloads; events go on by the table of their types."""

    def __init__(self, receive: Receive, chat: SlackChat) -> None:
        self._people = People(receive, chat.web)
        self._answers = Answers(chat)
        self._showing: set[asyncio.Task[None]] = set()
        self._events: dict[str, Callable[[Json], Awaitable[None]]] = {
            "message": self._said,
            "app_home_opened": self._home_opened,
            "team_join": self._team_joined,
            "user_change": self._profile_changed,
            "app_uninstalled": self._removed,
            "tokens_revoked": self._removed,
        }

    async def event(self, body: Json) -> None:
        handler = self._events.get(body["event"]["type"])
        if handler:
            await handler(body)

    async def press(self, body: Json) -> None:
        """Kept when this returns, or the person is told why not; what they see of it is on its way.

        Raises what else `receive` raises.
        """
        click = payloads.click_of(body)
        if click is None:
            return
        place = payloads.place_of(body)
        try:
            outcome = await self._people.receive(click)
        except Unavailable as why:  # the database has said so in the log itself
            self._afterwards(self._answers.tell(place, str(why)))
            return
        except BaseException:
            self._afterwards(self._answers.tell(place, NOT_REACHED))
            raise
        if outcome:
            self._afterwards(self._show(place, click, outcome))

    async def shown(self) -> None:
        """Come back when everything that presses have led to is shown, or has been given up."""
        while self._showing:
            await asyncio.wait(self._showing)

    def _afterwards(self, showing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(showing)
        self._showing.add(task)
        task.add_done_callback(self._was_shown)

    def _was_shown(self, task: asyncio.Task[None]) -> None:
        self._showing.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("Slack: a press was kept, but not all of its answer was shown.", exc_info=error)

    async def _show(self, place: payloads.Place, click: Click, outcome: Outcome) -> None:
        await self._answers.to_press(place, click.delivery, outcome)
        if place.kind == "home":
            await self._show_home(Joined(payloads.key_of(click.key, "home"), click.address))

    async def acknowledged_press(self, body: Json, ack: AsyncAck) -> None:
        await self.press(body)
        await ack()

    async def submission(self, body: Json, ack: AsyncAck) -> None:
        missing = halves(body["view"]["state"])
        click = payloads.submission_of(body)
        if missing or click is None:
            await ack(**(refusal(missing) if missing else {"response_action": "clear"}))
            return
        outcome = await self._people.receive(click)
        if outcome is None:
            await ack(response_action="clear")
            return
        await ack(**to_submission(outcome, click.delivery, body["view"]))

    async def command(self, body: Json, ack: AsyncAck) -> None:
        outcome = await self._people.receive(payloads.words_of(body))
        if outcome is None:
            await ack(OUTSIDER)
        elif outcome.form:
            opened = await self._answers.open(payloads.place_of(body), outcome.form)
            await ack("" if opened else NOT_OPENED)
        elif outcome.show:
            await ack(response_type="ephemeral", **message(outcome.show))
        else:
            await ack()

    async def _said(self, body: Json) -> None:
        said = payloads.said_of(body)
        if said:
            await self._people.receive(said)

    async def _home_opened(self, body: Json) -> None:
        """With the profile, each time: it is the first that we hear of many people."""
        if body["event"].get("tab") != "home":
            return
        joined = await self._people.profile(body["event_id"], payloads.event_address(body))
        if joined:
            await self._show_home(joined)

    async def _show_home(self, joined: Joined) -> None:
        outcome = await self._people.receive(joined)
        if outcome and outcome.show:
            await self._answers.publish(joined.address.user, outcome.show)

    async def _team_joined(self, body: Json) -> None:
        user, address = body["event"]["user"], payloads.event_address(body)
        if not payloads.is_outsider(user, address.workspace):
            await self._people.receive(payloads.joined_of(body["event_id"], address, user, welcome=True))

    async def _profile_changed(self, body: Json) -> None:
        """Name, e-mail and time zone of people we know; whoever was deactivated has left."""
        user, address = body["event"]["user"], payloads.event_address(body)
        if user.get("deleted"):
            await self._people.receive(payloads.gone(body["event_id"], address))
        else:
            key = f"slack:{address.workspace}:{address.user}:{user.get('updated', body['event_id'])}"
            await self._people.receive(payloads.joined_of(key, address, user, known_only=True))

    async def _removed(self, body: Json) -> None:
        log.error(
            "Slack: the app was removed or its token revoked (%s). Nothing can be sent until it is installed "
            "again and SLACK_BOT_TOKEN is set anew.",
            body["event"]["type"],
        )
