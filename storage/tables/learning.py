"""What people remember of items, each by themselves and all together, and what answers told."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger
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


class RecallRow(Base, table=True):
    """What everybody remembered of one group in one night. A person's own part of it is in no row."""

    __tablename__: ClassVar[str] = "recall"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLModel wants it
    by: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)  # when that night's reckoning began
    name: str = Field(primary_key=True)  # a clause, a standard, a team or a site; empty: everything
    team: str = Field(primary_key=True)  # where it is by clause and team
    people: int  # who are here
    pairs: int = Field(sa_type=BigInteger)
    n: int  # people who have met something
    m: float
    r: float
    mm: float
    mr: float
    rr: float
    audit_n: int
    audit_m: float
    audit_r: float
    audit_mm: float
    audit_mr: float
    audit_rr: float


class LessonRow(Base, table=True):
    """What everybody's answers told of one number in the newest night, as sums."""

    __tablename__: ClassVar[str] = "lesson"
    kind: str = Field(primary_key=True)
    at: datetime  # when that night's reckoning began
    since: datetime
    until: datetime
    rows: str  # JSON: sums over people, with the items as they were shown
