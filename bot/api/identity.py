"""Who asks: the person of the token, and not more often than a token may."""

from __future__ import annotations

import asyncio
import math
import re
from collections import deque

from aiohttp import web

from bot.api.problems import Stopped
from handlers.api.asks import NotAllowed
from handlers.api.tokens import COARSE, hashed
from handlers.model import Person
from handlers.permissions import may, refusal
from handlers.ports import Clock, Store

_BEARER = re.compile(r"[Bb]earer (cb_[\w-]{43})", re.ASCII)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="catchball"'}
NO_TOKEN = (
    "This needs a token in the header Authorization: Bearer cb_... Type `token` in the chat with Catchball, "
    "or run `python -m bot token --for EMAIL`."
)
NOT_KNOWN = "This token is not known, or has ended. Type `token` in the chat with Catchball for a new one."
GONE = "The person of this token has left, so it no longer works."
NAMES = 10_000  # tokens whose last requests are remembered


class Rate:
    """So many requests in so many seconds under one name; in this process."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._asked: dict[str, deque[float]] = {}

    def take(self, name: str) -> None:
        """Count one. Raises Stopped with when to come again."""
        now = asyncio.get_running_loop().time()
        asked = self._asked.setdefault(name, deque(maxlen=self._most))
        if len(asked) == self._most and now - asked[0] < self._seconds:
            wait = math.ceil(self._seconds - (now - asked[0]))
            much = f"This was more than {self._most} requests in {self._seconds:.0f} seconds."
            raise Stopped(429, f"{much} Go on in {wait} seconds.", {"Retry-After": str(wait)})
        asked.append(now)
        if len(self._asked) > NAMES:
            old = now - self._seconds
            self._asked = {each: times for each, times in self._asked.items() if times and times[-1] > old}


async def who(request: web.Request, store: Store, clock: Clock, rate: Rate) -> Person:
    """The person of the request's token. Raises Stopped (401, 429), or NotAllowed for who has lost the role."""
    given = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if given is None:
        raise Stopped(401, NO_TOKEN, CHALLENGE)
    hash_, now = hashed(given[1]), clock.now()
    rate.take(hash_)
    token = await store.token(hash_)
    if token is None or token.ends_at <= now:
        raise Stopped(401, NOT_KNOWN, CHALLENGE)
    person = await store.person(token.person)
    if person is None or person.left_at is not None:
        raise Stopped(401, GONE, CHALLENGE)
    if not may(person, "use the API"):
        raise NotAllowed(refusal("use the API"))
    if token.used_at is None or now - token.used_at >= COARSE:
        await store.token_used(hash_, now)
    return person
