"""The keys that sign Teams' requests, kept here and refreshed without ever holding up the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from handlers.ports import Clock

log = logging.getLogger(__name__)

FRESH = timedelta(hours=12)  # after this the keys are fetched again, while the old ones go on serving
USABLE = timedelta(hours=24)  # after this keys that could not be fetched again are trusted no longer
BETWEEN_TRIES = timedelta(minutes=1)  # so that made-up key ids cannot make us fetch all day
TIMEOUT = aiohttp.ClientTimeout(total=5)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Key:
    """A public key, and the channels whose requests it may sign."""

    public: PyJWK
    endorsements: frozenset[str]


class Keys:
    """Signing keys by key id, from an OpenID configuration; `issuer` is the one published beside them.

    A key id that is not known is looked for at once (keys are rotated), but at most once a minute; a
    fetch that fails leaves the keys as they are.
    """

    def __init__(self, openid_url: str, session: Callable[[], aiohttp.ClientSession], clock: Clock) -> None:
        self.issuer = ""
        self._url = openid_url
        self._session = session
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._fetched = LONG_AGO
        self._tried = LONG_AGO
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> Key | None:
        """The key, or None when nobody publishes one under this id. Waits at most 10 s, for two fetches."""
        if key_id not in self._usable():
            await asyncio.shield(self._refresh())
        elif self._clock.now() - self._fetched > FRESH:
            self._refresh()
        return self._usable().get(key_id)

    @property
    def any(self) -> bool:
        """Whether there is any key to check a request with."""
        return bool(self._usable())

    async def stop(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            with suppress(asyncio.CancelledError):
                await self._fetching

    def _usable(self) -> dict[str, Key]:
        return self._keys if self._clock.now() - self._fetched <= USABLE else {}

    def _refresh(self) -> asyncio.Task[None]:
        """The fetch that is under way, or that has just been; else a new one."""
        now = self._clock.now()
        if self._fetching is None or (self._fetching.done() and now - self._tried >= BETWEEN_TRIES):
            self._tried = now
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        try:
            configuration = await self._json(self._url)
            published = await self._json(configuration["jwks_uri"])
            keys = dict(_key(entry) for entry in published["keys"] if entry.get("kty") == "RSA")
            self._keys, self.issuer = keys, str(configuration["issuer"])
            self._fetched = self._clock.now()
        except (
            aiohttp.ClientError,
            TimeoutError,
            ValueError,
            LookupError,
            AttributeError,
            TypeError,
            PyJWTError,
        ):
            log.warning(
                "The keys that sign Teams' requests could not be fetched from %s", self._url, exc_info=True
            )

    async def _json(self, url: str) -> Any:
        async with self._session().get(url, timeout=TIMEOUT, raise_for_status=True) as response:
            return await response.json(content_type=None)


def _key(entry: dict[str, Any]) -> tuple[str, Key]:
    return entry["kid"], Key(PyJWK(entry, algorithm="RS256"), frozenset(entry.get("endorsements", ())))
