"""What people wrote that the ledger must not hold."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class ErasedRow(Base, table=True):
    """Somebody who was erased: an import does not bring them back."""

    __tablename__: ClassVar[str] = "erased"
    person: str = Field(primary_key=True)  # key
    address: str = Field(index=True)  # scrypt of the e-mail; empty: there was none
    at: datetime


class WordsRow(Base, table=True):
    """Words that an entry of the ledger points to; they may go while the entry stays."""

    __tablename__: ClassVar[str] = "words"
    id: str = Field(primary_key=True)  # what the entry counts once, or what its `code` says
    person: str = Field(index=True)  # key of who wrote them; empty: the programme
    at: datetime = Field(index=True)
    text: str
