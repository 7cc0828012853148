"""Slack with token rotation: https://docs.slack.dev/authentication/using-token-rotation"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.ports import Clock
from tests.simulators.slack import APP_TOKEN, BOT_TOKEN, SlackSimulator
from tests.simulators.slack_ledger import Json, Refused

CLIENT_ID, CLIENT_SECRET = "1234.5678", "0123456789abcdef0123456789abcdef"
LASTS = timedelta(hours=12)
ACTIVE = 2  # access tokens at once


@dataclass
class Issued:
    """A pair, and what became of it: its refresh token is spent once, and afterwards it has a successor."""

    access: str
    refresh: str
    expires: datetime
    revoked: bool = False
    dead: bool = False  # the refresh token, other than by being spent
    spent: datetime | None = None
    successor: Issued | None = None


class RotatingSlack(SlackSimulator):
    """grace: how long a spent refresh token is taken once more, and its first successor is dead then.

    Later, or without grace, a spent token that comes again kills its successor: then both are of no use.
    """

    def __init__(self, clock: Clock | None = None, *, grace: timedelta = timedelta(0)) -> None:
        super().__init__(clock)
        self.grace = grace
        self.pairs: list[Issued] = []
        self.renewals = 0  # good ones
        self.first = self.issue()

    def issue(self) -> Issued:
        """What an administrator sees after installing, or what a renewal brings."""
        number = len(self.pairs) + 1
        pair = Issued(f"xoxe.xoxb-1-{number:04}", f"xoxe-1-{number:04}", self.now() + LASTS)
        self.pairs.append(pair)
        for old in [p for p in self.pairs if not p.revoked][:-ACTIVE]:
            old.revoked = True
        return pair

    def _answered(self, method: str, arguments: Json, authorization: str) -> Json:
        if method == "oauth.v2.access":
            return self._renewed(arguments, authorization)
        if authorization != f"Bearer {APP_TOKEN}":
            self._check(authorization.removeprefix("Bearer "))
            authorization = f"Bearer {BOT_TOKEN}"
        return super()._answered(method, arguments, authorization)

    def _check(self, token: str) -> None:
        pair = next((p for p in self.pairs if p.access == token), None)
        if pair is None:
            raise Refused("invalid_auth")
        if pair.revoked:
            raise Refused("token_revoked")
        if self.now() >= pair.expires:
            raise Refused("token_expired")

    def _renewed(self, arguments: Json, authorization: str) -> Json:
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if name != CLIENT_ID:
            raise Refused("invalid_client_id")
        if secret != CLIENT_SECRET:
            raise Refused("bad_client_secret")
        pair = next((p for p in self.pairs if p.refresh == arguments.get("refresh_token")), None)
        if pair is None or pair.dead:
            raise Refused("invalid_refresh_token")
        if pair.successor is not None:
            pair.successor.dead = True
            if pair.spent is None or self.now() - pair.spent >= self.grace:
                pair.successor.revoked = True
                raise Refused("invalid_refresh_token")
        pair.spent = pair.spent or self.now()
        pair.successor = self.issue()
        self.renewals += 1
        return {
            "access_token": pair.successor.access,
            "refresh_token": pair.successor.refresh,
            "expires_in": int(LASTS.total_seconds()),
            "token_type": "bot",
        }
