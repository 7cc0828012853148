"""Every table of the house; the migrations create them, and a test holds the two against each other.

Texts are never NULL: the empty string stands for "none", as in `handlers.model`. Times are aware and in UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, cast

from sqlalchemy import BigInteger, Index, MetaData, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

# What has not ended, and the claims' own slices of it: the partial indexes (`storage/indexes.py`), and the queries that
# use them say exactly these words, for a database uses a partial index only when it recognises its condition.
OPEN = "status IN ('pending', 'sending', 'unknown', 'reconciling')"
PENDING = "status = 'pending'"
NOT_DONE = "done_at IS NULL"
REMINDS = "reminds <> ''"
REFUSED = "status = 'failed' AND platform <> ''"  # by a platform, not for want of an address
ACKNOWLEDGED = "kind = 'acknowledged'"  # in the ledger: who may be left out of, or meant by, what comes next


class Base(SQLModel):
    """One catalogue, with names for every constraint, so that a migration can name what it alters.

    Rows are written and read by statements, so that what pydantic would check them with is never made.
    """

    model_config = {"defer_build": True}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: what every statement is written on."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


class PersonRow(Base, table=True):
    """A human; the only place of a name or an e-mail address."""

    __tablename__: ClassVar[str] = "person"
    key: str = Field(primary_key=True)
    name: str
    email: str  # as it was given
    email_folded: str = Field(index=True)  # as it is looked up
    team: str
    site: str
    manager: str
    roles: str  # sorted, with commas
    zone: str
    language: str
    joined: date | None = Field(index=True)
    left_at: datetime | None
    paused_until: datetime | None
    celebrates: bool
    preferred: str


class AddressRow(Base, table=True):
    """Where a platform reaches a person; the one with the highest position is where they came last."""

    __tablename__: ClassVar[str] = "address"
    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    person: str = Field(foreign_key="person.key", index=True)
    position: int
    conversation: str
    service_url: str


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


class AudienceRow(Base, table=True):
    """An audience that an author saved under a name."""

    __tablename__: ClassVar[str] = "audience"
    name_folded: str = Field(primary_key=True)  # as it is looked up
    name: str  # as it was given
    rule: str  # canonical, and without the names of other saved ones
    owner: str  # key of the person who saved it
    at: datetime


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
    team: str  # of the person when it was planned, as is the manager
    manager: str


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


class ValueRow(Base, table=True):
    """Small things to remember across restarts."""

    __tablename__: ClassVar[str] = "value"
    name: str = Field(primary_key=True)
    value: str


class TokenRow(Base, table=True):
    """What lets another system act for a person, by its SHA-256: a token, or a code to be exchanged for one."""

    __tablename__: ClassVar[str] = "token"
    hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    made_at: datetime
    used_at: datetime | None  # to the hour
    code: bool


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


class LedgerClauseRow(Base, table=True):
    """The clauses of a participation, one a row, to count by; derived from `ledger.clauses`."""

    __tablename__: ClassVar[str] = "ledger_clause"
    chain: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    clause: str = Field(primary_key=True)
