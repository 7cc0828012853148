"""What people remember of items."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class MemoryRow(Base, table=True):
    """What a person remembers of an item: `handlers.learning.memory.Memory`. Days are counted from 1970, in UTC."""

    __tablename__: ClassVar[str] = "memory"
    person: str = Field(primary_key=True)
    item: str = Field(primary_key=True, index=True)
    stability: float  # days
    difficulty: float
    met: float  # day
    reviewed: float  # day
    answers: int
    streak: int
