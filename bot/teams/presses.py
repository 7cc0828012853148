"""A press in Teams: kept first, then answered with the card that takes the place of the pressed one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from bot.teams import events, render, replies
from bot.teams.chat import TeamsChat
from bot.teams.events import Json
from bot.teams.people import People
from handlers.events import Click, Outcome
from handlers.ports import TryLater, Unavailable, Undeliverable, Unknown

T = TypeVar("T")

log = logging.getLogger(__name__)


class Presses:
    """They come in crowds, and most of their time would be botbuilder's: so they go past it."""

    def __init__(self, people: People, chat: TeamsChat) -> None:
        self._people = people
        self._chat = chat

    async def executed(self, activity: Json) -> dict[str, Any] | None:
        """The body of the answer to an invoke; None when it is no press of ours.

        Its status is 200 always: Teams repeats what fails, and shows the person its own error in place of ours.
        """
        press = events.click(activity)
        if press is None:
            log.debug("invoke %s is not ours", activity.get("name"))
            return None
        try:
            outcome = await self._people.receive(activity, press)
        except Unavailable as why:
            return replies.message(str(why))
        except (TryLater, Undeliverable, Unknown, OSError):
            log.exception("A press in Teams could not be taken in; the person is asked to press again")
            return replies.message(replies.TROUBLE)
        return await _drawn(partial(replies.reply, outcome, press, events.form_of(activity)), outcome)

    async def submitted(self, activity: Json, press: Click) -> None:
        """A press from a client without Action.Execute has no answer of its own: its message is replaced.

        One that could not be kept is told so: whether Teams sends a message again that was answered with 503 is
        not documented, and an answer must not be lost in silence.
        """
        try:
            outcome = await self._people.receive(activity, press)
        except Unavailable as why:
            await self._chat.answer(press.address, str(why))
            return
        drawn = await _drawn(partial(replies.card, outcome, press, events.form_of(activity)), outcome)
        if drawn is not None and press.message:
            await self._chat.replace(press.address, press.message, drawn)
        elif outcome.errors:
            await self._chat.answer(press.address, " ".join(outcome.errors.values()))


async def _drawn(draw: Callable[[], T], outcome: Outcome) -> T:
    return await asyncio.to_thread(draw) if render.slow(outcome.show) else draw()
