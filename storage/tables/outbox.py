"""The outbox and what keeps it: paces, withdrawals, cards to be drawn anew, events that came."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.tables.base import Base


class DeliveryRow(Base, table=True):
    """The outbox: one card for one person for one slot, from its plan to its end."""

    __tablename__: ClassVar[str] = "delivery"
    __table_args__ = (
        UniqueConstraint("campaign", "slot", "person", "piece_id"),
        Index("ix_delivery_person_slot_at", "person", "slot_at"),
    )
    number: int | None = Field(default=None, primary_key=True)  # the order of arrival
    id: str = Field(unique=True)
    person: str
    campaign: str
    slot: str
    zone: str | None  # NULL: on no roster, an answer to one person
    piece: str | None = Field(foreign_key="content.hash")
    piece_id: str
    card: str = Field(foreign_key="content.hash")
    to_acknowledge: bool  # the card asks for it
    platform: str
    workspace: str
    user: str
    conversation: str
    lane: int
    policy: str
    status: str
    reason: str
    code: str
    attempt: int
    lease_owner: str
    lease_until: datetime | None
    slot_at: datetime = Field(index=True)  # when it was due first; the numbers go by it
    week: str  # ISO week of slot_at: "2026-W48"
    due_at: datetime  # when it falls due next; every retry moves it
    expires_at: datetime
    sent_at: datetime | None
    reminds: str  # id of the delivery that this is a reminder of
    receipt: str
    resolved_by: str
    withdrawn: bool
    held: bool  # its broadcast is paused: if it would wait, it waits for the end of that
    seen_at: datetime | None  # as the platform told; a press, which proves it too, is in the ledger
    audience: str
    author: str
    team: str  # of the person when it was planned, as are the site, the roles and the manager
    manager: str
    site: str
    roles: str  # sorted, with commas


class InboxRow(Base, table=True):
    """The keys of the events that were committed."""

    __tablename__: ClassVar[str] = "inbox"
    key: str = Field(primary_key=True)
    at: datetime


class PaceRow(Base, table=True):
    """How fast each queue is drained: `handlers.pace.Gauge`, shared by every process."""

    __tablename__: ClassVar[str] = "pace"
    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    job: str = Field(primary_key=True)
    rate: float  # calls a second
    free_at: datetime
    changed_at: datetime
    blocked_until: datetime


class WithdrawalRow(Base, table=True):
    """Messages to be taken away from people's chats; taking away twice does no harm."""

    __tablename__: ClassVar[str] = "withdrawal"
    __table_args__ = (UniqueConstraint("delivery", "message"),)
    id: str = Field(primary_key=True)
    delivery: str
    platform: str
    workspace: str
    user: str
    conversation: str
    service_url: str
    message: str  # the platform's id
    attempt: int
    due_at: datetime  # a claim moves it to the end of its lease
    done_at: datetime | None
    code: str  # why it could not be done; empty: it was


class RefreshRow(Base, table=True):
    """Cards that were sent and are to be drawn anew where they stand; drawing one twice does no harm."""

    __tablename__: ClassVar[str] = "refresh"
    delivery: str = Field(primary_key=True)
    platform: str
    workspace: str
    wanted: int  # counted up with every request
    due_at: datetime | None  # NULL: when its delivery has been sent
    held_until: datetime | None  # by a claim until its lease is over, by a try that failed until the next one
    attempt: int
    done_at: datetime | None
    code: str  # why it could not be done; empty: it was
