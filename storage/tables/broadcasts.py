"""Slots, broadcasts, and what people write back."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from storage.tables.base import Base


class OccurrenceRow(Base, table=True):
    """One slot of a campaign in one zone; written before its deliveries, closed after the last of them."""

    __tablename__: ClassVar[str] = "occurrence"
    campaign: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    zone: str = Field(primary_key=True)
    due_at: datetime
    audience: str
    roster_size: int
    planned_at: datetime
    closed_at: datetime | None  # NULL: the plan was interrupted and goes on where it stopped
    look_at: datetime | None = Field(index=True)  # when to look who has not acknowledged it; NULL: no more


class BroadcastRow(Base, table=True):
    """A message launched to an audience."""

    __tablename__: ClassVar[str] = "broadcast"
    id: str = Field(primary_key=True)
    message: str = Field(foreign_key="content.hash")
    audience: str
    exclusions: str  # JSON: [{"rule": ..., "why": ...}, ...]
    author: str = Field(index=True)
    stage: str
    version: int
    timing: str  # JSON
    people: int
    forecast: str  # JSON; empty: none
    approver: str
    remark: str
    reply_to: str  # key of who gets people's replies; empty: the author
    occasion: str
    changed_at: datetime | None
    due_at: datetime = Field(index=True)  # when the next of it falls due
    slot: str
    planned_at: datetime | None  # NULL: something of it is still to be planned
    held_at: datetime | None  # since when it is paused
    telling: bool  # its deliveries have still to be told of a pause, or of its end
    withdrawn_at: datetime | None
    recall_next: (
        int | None
    )  # number of the next delivery to see to after a recall; NULL: nothing is left to do
    recall_last: int | None  # number of the last of them
    correction: str  # content hash of what waits for a second person; empty: nothing
    shows: str  # JSON of what was corrected: piece id -> the hashes of the piece and the card in its place
    told_next: int | None  # number of the next delivery to be brought up to date; NULL: all of them are
    told_last: int | None
    expires_at: datetime | None = Field(index=True)  # when it can no longer be answered
    closed_at: datetime | None  # since when its cards say so


class ReplyRow(Base, table=True):
    """What a person wrote to a leader, and what became of it: `handlers.replies.reply.Reply`."""

    __tablename__: ClassVar[str] = "reply"
    __table_args__ = (Index("ix_reply_receiver_answered_at", "receiver", "answered_at"),)
    id: str = Field(primary_key=True)
    broadcast: str  # the broadcast or campaign it is about; empty: asked of the leadership
    delivery: str  # what was written back to; empty for what has no name under it
    person: str = Field(index=True)  # who wrote it; of what has no name under it only until it has ended
    anonymous: bool
    title: str  # of what it is about
    text: str
    at: datetime  # of what has no name under it the hour
    receiver: str
    answer: str
    answered_at: datetime | None  # NULL: it waits
    answered_by: str
    public: bool  # answered for all
