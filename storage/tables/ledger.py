"""The participation log."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field

from storage.tables.base import Base


class LedgerRow(Base, table=True):
    """The participation log: append-only, each entry hashed with the one before it in its chain."""

    __tablename__: ClassVar[str] = "ledger"
    chain: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)  # from 1, without a gap; chain and sequence are the event's id
    at: datetime = Field(index=True)
    kind: str  # planned, assigned, delivered, ... or the verb of a participation
    participation: bool  # a person did it; otherwise the house noted it
    once: str | None = Field(unique=True)  # what counts once: delivery, verb and item
    actor: str  # key of the person who did it; empty: the house
    platform: str
    role: str
    person: str  # key of the person it is about
    delivery: str
    campaign: str
    slot: str
    zone: str  # with campaign and slot the roster
    audience: str
    due: datetime | None
    object_id: str
    object_kind: str
    object_version: str  # content hash of the piece, or of the card where there is no piece
    title: str
    author: str
    approver: str
    clauses: str  # JSON: [[standard, edition, clause], ...]
    item: str
    value: str
    correct: bool | None
    certainty: int | None  # 1 to 3
    duration_ms: int | None = Field(sa_type=BigInteger)  # from sent to done
    reason: str
    code: str  # the platform's own word
    receipt: str  # the platform's message id
    resolved_by: str
    version: str  # of the software
    previous: str
    hash: str


class CheckpointRow(Base, table=True):
    """Where every chain ended at some moment, signed with a key that is not in here; append-only too."""

    __tablename__: ClassVar[str] = "checkpoint"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # from 1, without a gap
    at: datetime
    heads: str  # JSON: [[chain, sequence, hash], ...]
    count: int  # entries in all chains
    version: str  # of the software
    previous: str  # fingerprint of the one before
    key: str  # public
    signature: str
    stamp: str  # RFC 3161, base64
