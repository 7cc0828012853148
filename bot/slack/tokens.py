"""The token we write to Slack with: one that lasts, or one of twelve hours that is renewed once for all processes.

Renewing spends the refresh token, and two who do it at once spoil each other's pair, so it is done under a lease in
the memory: https://docs.slack.dev/authentication/using-token-rotation
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

import aiohttp

from bot.slack.errors import MENDED_AGAIN, NOT_SENT_AGAIN, NoToken
from bot.slack.pairs import LONG_AGO, NEVER, Kept, Pair, Safe, Unreadable
from bot.slack.renewal import BY_HAND, Renewal
from handlers.ports import Clock, Store, TryLater, Unavailable

log = logging.getLogger(__name__)

NAME = "slack tokens"  # what they are kept under
MARGIN = timedelta(hours=2)  # a token with less than this left is renewed, and serves meanwhile
LEASE = timedelta(seconds=30)  # longer than all that a renewal does at Slack
LOOK_AGAIN = 0.2  # seconds until the next look whether another process has renewed
KEEP_AGAIN = 1.0  # seconds until the next try to keep a new pair
WAIT = 5.0  # seconds that a call waits for a token
JUST_NOW = timedelta(minutes=1)


class Tokens(Protocol):
    async def current(self) -> str:
        """A token that is good now, as far as we know. Raises NoToken."""
        ...

    def refused(self, token: str) -> bool:
        """Slack does not take this token for a good one. True: `current` may have another, so try once more."""
        ...

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Fixed:
    """A token that lasts until somebody revokes it."""

    token: str = field(repr=False)

    async def current(self) -> str:
        return self.token

    def refused(self, token: str) -> bool:
        return False

    async def stop(self) -> None:
        return


@dataclass(frozen=True)
class Rotation:
    """What renewing takes: the app's own id and secret, the refresh token that was set, and a place for pairs."""

    refresh_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    memory: Store


class Rotating:
    """The newest pair is in the memory, whoever renewed it; the one that was set by hand begins it, once."""

    def __init__(
        self,
        bot_token: str,
        rotation: Rotation,
        api_url: str,
        http: Callable[[], aiohttp.ClientSession],
        clock: Clock,
    ) -> None:
        """api_url and http: as `Renewal` takes them."""
        self._first = Pair(bot_token, rotation.refresh_token)
        self._renewal = Renewal(rotation.client_id, rotation.client_secret, api_url, http, clock)
        self._safe, self._memory, self._clock = Safe(rotation.client_secret), rotation.memory, clock
        self._pair = Pair("", "", LONG_AGO)
        self._refused = ""  # the token that Slack takes no more, whatever was said of its end
        self._renewed_at = self._not_before = LONG_AGO
        self._renewing: asyncio.Task[None] | None = None

    async def current(self) -> str:
        """The old token serves while the new one is fetched. Raises NoToken if there is none within 5 s."""
        if not self._pair.access:
            await self._look()
        if self._due() and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew())
        if not self._good() and self._renewing is not None:
            await asyncio.wait([self._renewing], timeout=WAIT)
        if not self._good():
            raise NoToken("the token for Slack has ended and is not renewed yet")
        return self._pair.access

    def refused(self, token: str) -> bool:
        if token == self._pair.access:
            if self._clock.now() - self._renewed_at < JUST_NOW:
                return False
            self._refused = token
        return True

    async def stop(self) -> None:
        """Waits for a renewal under way, whose pair would be lost."""
        if self._renewing is not None:
            await asyncio.wait([self._renewing], timeout=LEASE.total_seconds())
            self._renewing.cancel()

    def _good(self) -> bool:
        pair = self._pair
        return pair.access not in ("", self._refused) and self._clock.now() < pair.expires

    def _due(self) -> bool:
        """A pair that was set by hand is renewed at once: nobody has told us when it ends."""
        now, ends = self._clock.now(), self._pair.expires
        return now >= self._not_before and (not self._good() or ends == NEVER or ends - now <= MARGIN)

    async def _look(self) -> None:
        try:
            self._pair = self._safe.opened(await self._memory.recall_value(NAME), self._first).pair
        except Unavailable as error:
            raise NoToken("the token for Slack cannot be read from the database") from error
        except Unreadable:
            self._pair = self._first  # it may still serve

    async def _renew(self) -> None:
        """Until it is done, by whomever, or cannot be done now."""
        try:
            while True:
                if await self._tried():
                    return
                await asyncio.sleep(LOOK_AGAIN)
        except Unavailable:
            self._not_before = self._clock.now() + NOT_SENT_AGAIN
        except Unreadable:
            log.error(
                "The kept tokens for Slack were sealed with another SLACK_CLIENT_SECRET; set that one, or %s.",
                BY_HAND,
            )
            self._not_before = self._clock.now() + MENDED_AGAIN

    async def _tried(self) -> bool:
        """False: another process has the lease, or was faster in taking it."""
        text = await self._memory.recall_value(NAME)
        kept = self._safe.opened(text, self._first)
        self._pair = kept.pair
        if not self._due():
            return True
        now = self._clock.now()
        if kept.leased_until > now:
            return False
        leased = self._safe.sealed(replace(kept, leased_until=now + LEASE))
        if not await self._memory.swap_value(NAME, text, leased):
            return False
        try:
            pair = await self._renewal.pair(kept.pair.refresh)
        except TryLater as later:
            self._not_before = self._clock.now() + later.after
            await self._memory.swap_value(NAME, leased, self._safe.sealed(kept))
            return True
        self._pair, self._renewed_at = pair, self._clock.now()
        await self._keep(leased, self._safe.sealed(Kept(kept.began, pair)))
        log.info("The tokens for Slack are renewed; the next time before %s.", pair.expires)
        return True

    async def _keep(self, leased: str, text: str) -> None:
        """However long it takes: whoever else renewed from what is kept would spend a token that is spent."""
        said = False
        while True:
            try:
                if not await self._memory.swap_value(NAME, leased, text):
                    await self._overtaken(text)
                return
            except Unavailable:
                if not said:
                    log.error(
                        "New tokens for Slack cannot be kept yet. If this process ends before: %s.", BY_HAND
                    )
                said = True
            await asyncio.sleep(KEEP_AGAIN)

    async def _overtaken(self, text: str) -> None:
        """It was kept after all and only the answer was lost, or our lease ran out and somebody else has renewed."""
        there = await self._memory.recall_value(NAME)
        if there != text:
            log.warning(
                "Another process has renewed the tokens for Slack at the same time; going on with its own."
            )
            self._pair = self._safe.opened(there, self._first).pair
