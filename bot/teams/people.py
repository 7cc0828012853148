"""Who is behind an activity: strangers are introduced with their profile before what they did is heard."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.patience import in_time
from bot.teams import events
from bot.teams.chat import TeamsChat
from bot.teams.events import Json
from handlers.events import Click, Outcome, Said, Seen
from handlers.ports import Clock, Receive, Stranger, Undeliverable

log = logging.getLogger(__name__)


class People:
    """The door's way to `receive`, which knows nobody by their Teams address until they are introduced."""

    def __init__(self, receive: Receive, chat: TeamsChat, clock: Clock) -> None:
        self._receive = receive
        self._chat = chat
        self._clock = clock

    async def receive(self, activity: Json, event: Click | Said) -> Outcome:
        """What `receive` decides, a stranger being introduced first.

        Raises Unavailable, and what the roster is answered with: TryLater, Unknown.
        """
        try:
            return await in_time(self._receive(event))
        except Stranger:
            await self.joined(activity, welcome=False)
            return await in_time(self._receive(event))

    async def joined(self, activity: Json, *, welcome: bool) -> None:
        """The person of this activity came to us. Raises as `receive` does."""
        profile = await self._profile(activity)
        await in_time(self._receive(events.joined(activity, profile, self._clock.now(), welcome=welcome)))

    async def left(self, activity: Json) -> None:
        """The person removed the app. Raises Unavailable."""
        await in_time(self._receive(events.left(activity)))

    async def seen(self, event: Seen) -> None:
        """Somebody has read what they got; of a stranger there is nothing to note. Raises Unavailable."""
        await in_time(self._receive(event))

    async def _profile(self, activity: Json) -> Mapping[str, Any]:
        """The member as the roster has them; {} where there is no such roster. Raises TryLater, Unknown."""
        try:
            return await self._chat.member(events.address_of(activity))
        except Undeliverable as refused:
            log.warning("No profile of a Teams user, so no e-mail address: %s", refused)
            return {}
