"""A pair of tokens as it is kept: sealed with a key from the app's secret, so that a stolen database is not enough."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Unreadable(Exception):
    """What is kept was sealed with another secret."""


@dataclass(frozen=True)
class Pair:
    """expires: when the access token ends; NEVER where nobody has told us."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires: datetime = NEVER


@dataclass(frozen=True)
class Kept:
    """The newest pair of all processes.

    began: fingerprints of every refresh token that was ever set by hand. One that is not among them is newer than
    the pair. leased_until: until then somebody is renewing it.
    """

    began: tuple[str, ...]
    pair: Pair
    leased_until: datetime = LONG_AGO


class Safe:
    """secret: SLACK_CLIENT_SECRET, which is long and random, so that a key may be derived from it as it is."""

    def __init__(self, secret: str) -> None:
        from cryptography.fernet import Fernet, InvalidToken  # 10 ms of a start, for those who rotate
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        key = HKDF(SHA256(), 32, salt=None, info=b"catchball: tokens for Slack").derive(secret.encode())
        self._fernet, self._wrong_key = Fernet(base64.urlsafe_b64encode(key)), InvalidToken

    def sealed(self, kept: Kept) -> str:
        pair = [kept.pair.access, kept.pair.refresh, kept.pair.expires.isoformat()]
        return json.dumps(
            {
                "began": kept.began,
                "leased_until": kept.leased_until.isoformat(),
                "pair": self._fernet.encrypt(json.dumps(pair).encode()).decode(),
            }
        )

    def opened(self, text: str | None, first: Pair) -> Kept:
        """What is kept, or `first` where that was set after it. Raises Unreadable."""
        said = json.loads(text) if text else {"began": []}
        began = tuple(said["began"])
        mark = hashlib.sha256(first.refresh.encode()).hexdigest()[:16]
        if mark not in began:
            return Kept((*began, mark), first)
        try:
            access, refresh, expires = json.loads(self._fernet.decrypt(said["pair"]))
        except self._wrong_key as error:
            raise Unreadable from error
        pair = Pair(access, refresh, datetime.fromisoformat(expires))
        return Kept(began, pair, datetime.fromisoformat(said["leased_until"]))
