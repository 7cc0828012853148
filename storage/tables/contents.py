"""What was said, as it was shown."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class ContentRow(Base, table=True):
    """A card or a piece as it was shown, kept once however many got it."""

    __tablename__: ClassVar[str] = "content"
    hash: str = Field(primary_key=True)
    kind: str  # "card", or the piece's kind
    id: str  # the piece's id; empty for a card
    title: str
    body: str  # JSON


class ContentClauseRow(Base, table=True):
    """The clauses a piece serves, its items' included."""

    __tablename__: ClassVar[str] = "content_clause"
    hash: str = Field(primary_key=True, foreign_key="content.hash")
    clause: str = Field(primary_key=True, index=True)  # "ISO 9001:2015 7.3"


class ContentItemRow(Base, table=True):
    """The items of a quiz as it was shown; the version is the hash of the item, whatever quiz it stood in."""

    __tablename__: ClassVar[str] = "content_item"
    hash: str = Field(primary_key=True, foreign_key="content.hash")
    item: str = Field(primary_key=True, index=True)
    version: str
