"""Who asks: the person of the token, and not more often than a token may."""

from __future__ import annotations

import re

from aiohttp import web

from bot.api.problems import Stopped
from bot.rate import Rate
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


async def who(request: web.Request, store: Store, clock: Clock, rate: Rate) -> Person:
    """The person of the request's token. Raises Stopped (401), TooMany, or NotAllowed for who has lost the role."""
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
