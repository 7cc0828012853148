"""What people wrote, apart from the ledger, so that it can be erased and the ledger still holds."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class WordsRow(Base, table=True):
    """Why somebody rated as they did, or sent something back; the ledger's entry says only how long it is."""

    __tablename__: ClassVar[str] = "words"
    key: str = Field(
        primary_key=True
    )  # the entry's `once`; of a broadcast its id, version and what became of it
    person: str = Field(index=True)  # key of who wrote it
    at: datetime
    text: str
