"""Small things to remember."""

from __future__ import annotations

from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class ValueRow(Base, table=True):
    """Small things to remember across restarts."""

    __tablename__: ClassVar[str] = "value"
    name: str = Field(primary_key=True)
    value: str
