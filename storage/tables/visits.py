"""Who may look at the page of the numbers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class VisitRow(Base, table=True):
    """A visit to the page, or a link that opens it once, by the SHA-256 of its secret."""

    __tablename__: ClassVar[str] = "visit"
    hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    made_at: datetime
    used_at: datetime  # to five minutes
    link: bool
