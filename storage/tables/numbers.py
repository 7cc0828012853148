"""The numbers as they are kept up to date: sums over deliveries and what was done with them."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field

from storage.tables.base import Base


class RollupRow(Base, table=True):
    """What one cell counts, as far as one chain of the ledger has written it: writers have no row in common."""

    __tablename__: ClassVar[str] = "rollup"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLModel wants it
    part: int = Field(
        primary_key=True, sa_type=BigInteger
    )  # of everybody 0 to 2, of some 3 to 5; by state 6 more
    who: int = Field(primary_key=True, sa_type=BigInteger)  # 0: everybody
    served: str = Field(primary_key=True)  # a clause or a standard; empty: whatever it serves
    day: int = Field(primary_key=True, sa_type=BigInteger)  # ordinal of the local day it was due first
    campaign: str = Field(primary_key=True)
    author: str = Field(primary_key=True)
    status: str = Field(
        primary_key=True
    )  # that it ended in without being sent; empty: whatever becomes of it
    reason: str = Field(primary_key=True)
    shard: int = Field(primary_key=True, sa_type=BigInteger)
    deliveries: int
    reached: int
    to_acknowledge: int
    acknowledged: int
    active: int
    seen: int
    checked: int
    understood: int
    answers: int
    correct: int
    timed: int
    training_ms: int = Field(sa_type=BigInteger)
    responses: int
    response_ms: int = Field(sa_type=BigInteger)
    within_a_day: int
    people: int = Field(sa_type=BigInteger)  # bits


class WhoRow(Base, table=True):
    """People who were alike when something was planned for them, under a number: `storage.cells.who_of`."""

    __tablename__: ClassVar[str] = "who"
    id: int = Field(primary_key=True, sa_type=BigInteger)
    team: str
    site: str
    roles: str
