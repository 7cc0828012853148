"""Whether a request comes from Teams, is meant for this bot, and speaks for our own tenant."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import jwt

from bot.teams.events import Json, tenant_of
from bot.teams.keys import Key, Keys
from handlers.ports import Clock

SKEW = timedelta(minutes=5)  # Microsoft's own tolerance for clocks that differ


class Refused(Exception):
    """A request that is not let in, with the HTTP status it is answered with."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Gate:
    """Checks as "Authenticate requests from the Bot Connector service to your bot" (Microsoft) lists them.

    tenant_id: the only tenant let in; empty: any (a multi-tenant bot).
    """

    app_id: str
    tenant_id: str
    keys: Keys
    clock: Clock

    async def check(self, header: str, activity: Json) -> None:
        """Raises Refused: 401 for anything about the token, 403 for another tenant, 503 without any keys."""
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(401, "no bearer token")
        key = await self._key(token)
        try:
            claims = _signed(token, key, self.app_id, self.keys.issuer)
        except jwt.InvalidTokenError as error:
            raise Refused(401, str(error)) from error
        if not self._timely(claims):
            raise Refused(401, "the token has expired or is not valid yet")
        channel, service_url = activity.get("channelId"), activity.get("serviceUrl")
        if not isinstance(channel, str) or channel not in key.endorsements:
            raise Refused(401, f"the key is not endorsed for channel {channel!r}")
        if not service_url or claims.get("serviceurl") != service_url:
            raise Refused(401, "the token was made for another service URL")
        if self.tenant_id and tenant_of(activity) != self.tenant_id:
            raise Refused(403, "another tenant than MicrosoftAppTenantId")

    async def _key(self, token: str) -> Key:
        key = await self.keys.find(_key_id(token))
        if key is not None:
            return key
        if not self.keys.any:
            raise Refused(503, "the keys that sign Teams' requests cannot be fetched")
        raise Refused(401, "signed with an unknown key")

    def _timely(self, claims: Mapping[str, Any]) -> bool:
        now, skew = self.clock.now().timestamp(), SKEW.total_seconds()
        try:
            return float(claims.get("nbf", 0)) - skew <= now <= float(claims["exp"]) + skew
        except (TypeError, ValueError):
            return False


@lru_cache(maxsize=64)
def _signed(token: str, key: Key, audience: str, issuer: str) -> Mapping[str, Any]:
    """What a token claims, once its signature, audience and issuer have been checked. Raises InvalidTokenError.

    A token is good for an hour and may come with many requests; for the same bytes under the same key the answer stays
    the same. What may change meanwhile (the keys, the time, what the request says) is asked every time, and not here.
    """
    return MappingProxyType(
        jwt.decode(
            token,
            key.public,
            algorithms=["RS256"],
            audience=audience,
            issuer=issuer,
            options={
                "require": ["exp", "aud", "iss"],
                "verify_exp": False,  # by our own clock, in _timely
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    )


def _key_id(token: str) -> str:
    """The key that a token says it is signed with. PyJWT would read all of it for that, and then once more."""
    try:
        head = json.loads(urlsafe_b64decode(token.partition(".")[0] + "=="))
    except (ValueError, RecursionError) as error:
        raise Refused(401, "no readable token") from error
    key_id = head.get("kid") if isinstance(head, dict) else None
    if not isinstance(key_id, str) or not token.isascii():
        raise Refused(401, "a token that does not say who signed it")
    return key_id
