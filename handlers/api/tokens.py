"""What lets another system act for a person: a token, and the code that is exchanged for it once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

TOKEN, CODE = "cb_", "cb_once_"  # how they begin, so that a log and a scanner for secrets know them
LASTS = timedelta(days=365)
CODE_LASTS = timedelta(minutes=10)
COARSE = timedelta(hours=1)  # how exactly it is noted when a token was used last


@dataclass(frozen=True)
class Token:
    """What is kept of a token beside its hash."""

    person: str
    made_at: datetime
    used_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        return self.made_at + LASTS


@dataclass(frozen=True)
class Access:
    """What becomes of who may act for a person: a new code in the place of an older one, or an end of everything."""

    person: str
    code: str = ""  # its hash; empty: their code and their token end


def hashed(secret: str) -> str:
    """What is kept of a secret of 128 random bits or more, for which no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
