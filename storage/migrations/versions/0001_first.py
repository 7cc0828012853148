"""The first schema: people, what was said, the plan, the outbox, the inbox and the ledger."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_PENDING = sa.text("status = 'pending'")
_OPEN = sa.text("status IN ('pending', 'sending', 'unknown', 'reconciling')")
_APPEND_ONLY = ("ledger", "ledger_clause")


def upgrade() -> None:
    _people()
    _content()
    _plan()
    _outbox()
    _small_things()
    _ledger()
    for table in _APPEND_ONLY:
        _refuse_changes(table)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _moments(*names: str, nullable: bool) -> list[sa.Column[datetime]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _flags(*names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def _people() -> None:
    op.create_table(
        "person",
        *_texts("key", "name", "email", "email_folded", "team", "site", "manager", "roles"),
        *_texts("zone", "language", "preferred"),
        sa.Column("joined", sa.Date(), nullable=True),
        *_moments("left_at", "paused_until", nullable=True),
        *_flags("celebrates"),
        sa.PrimaryKeyConstraint("key", name="pk_person"),
    )
    op.create_index("ix_person_email_folded", "person", ["email_folded"])
    op.create_table(
        "address",
        *_texts("platform", "workspace", "user", "person", "conversation", "service_url"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.key"], name="fk_address_person_person"),
        sa.PrimaryKeyConstraint("platform", "workspace", "user", name="pk_address"),
    )
    op.create_index("ix_address_person", "address", ["person"])


def _content() -> None:
    op.create_table(
        "content",
        *_texts("hash", "kind", "id", "title", "body"),
        sa.PrimaryKeyConstraint("hash", name="pk_content"),
    )
    op.create_table(
        "content_clause",
        *_texts("hash", "clause"),
        sa.ForeignKeyConstraint(["hash"], ["content.hash"], name="fk_content_clause_hash_content"),
        sa.PrimaryKeyConstraint("hash", "clause", name="pk_content_clause"),
    )
    op.create_index("ix_content_clause_clause", "content_clause", ["clause"])


def _plan() -> None:
    op.create_table(
        "occurrence",
        *_texts("campaign", "slot", "zone", "audience"),
        *_moments("due_at", "planned_at", nullable=False),
        *_moments("closed_at", nullable=True),
        sa.Column("roster_size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "slot", "zone", name="pk_occurrence"),
    )
    op.create_table(
        "broadcast",
        *_texts("id", "message", "audience", "author"),
        *_moments("due_at", nullable=False),
        *_moments("planned_at", "withdrawn_at", nullable=True),
        sa.ForeignKeyConstraint(["message"], ["content.hash"], name="fk_broadcast_message_content"),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast"),
    )
    op.create_index("ix_broadcast_due_at", "broadcast", ["due_at"])


def _outbox() -> None:
    op.create_table(
        "delivery",
        sa.Column("number", sa.Integer(), nullable=False),
        *_texts("id", "person", "campaign", "slot", "piece_id", "card"),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("piece", sa.String(), nullable=True),
        *_texts("platform", "workspace", "user", "conversation"),
        *_texts("policy", "status", "reason", "code", "lease_owner"),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        *_moments("slot_at", "due_at", "expires_at", nullable=False),
        *_moments("lease_until", "sent_at", nullable=True),
        *_texts("week", "receipt", "resolved_by", "audience", "author", "team", "manager"),
        *_flags("to_acknowledge", "withdrawn"),
        sa.ForeignKeyConstraint(["card"], ["content.hash"], name="fk_delivery_card_content"),
        sa.ForeignKeyConstraint(["piece"], ["content.hash"], name="fk_delivery_piece_content"),
        sa.PrimaryKeyConstraint("number", name="pk_delivery"),
        sa.UniqueConstraint("id", name="uq_delivery_id"),
        sa.UniqueConstraint(
            "campaign", "slot", "person", "piece_id", name="uq_delivery_campaign_slot_person_piece_id"
        ),
    )
    op.create_index("ix_delivery_person_slot_at", "delivery", ["person", "slot_at"])
    op.create_index("ix_delivery_slot_at", "delivery", ["slot_at"])
    op.create_index(
        "ix_delivery_claim",
        "delivery",
        ["workspace", "lane", "due_at"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_index(
        "ix_delivery_open", "delivery", ["status", "due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )


def _small_things() -> None:
    op.create_table(
        "inbox",
        *_texts("key"),
        *_moments("at", nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_inbox"),
    )
    op.create_table(
        "throttle",
        *_texts("workspace"),
        *_moments("until", nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_throttle"),
    )
    op.create_table("value", *_texts("name", "value"), sa.PrimaryKeyConstraint("name", name="pk_value"))


def _ledger() -> None:
    op.create_table(
        "ledger",
        *_texts("chain"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        *_moments("at", nullable=False),
        *_texts("kind"),
        *_flags("participation"),
        sa.Column("once", sa.String(), nullable=True),
        *_texts("actor", "platform", "role", "person", "delivery", "campaign", "slot", "zone", "audience"),
        *_moments("due", nullable=True),
        *_texts("object_id", "object_kind", "object_version", "title", "author", "approver", "clauses"),
        *_texts("item", "value"),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.Column("certainty", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        *_texts("reason", "code", "receipt", "resolved_by", "version", "previous", "hash"),
        sa.PrimaryKeyConstraint("chain", "sequence", name="pk_ledger"),
        sa.UniqueConstraint("once", name="uq_ledger_once"),
    )
    op.create_index("ix_ledger_at", "ledger", ["at"])
    for column in ("delivery", "actor"):
        op.create_index(
            f"ix_ledger_{column}",
            "ledger",
            [column],
            sqlite_where=sa.text("participation = 1"),
            postgresql_where=sa.text("participation"),
        )
    op.create_table(
        "ledger_clause",
        *_texts("chain"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        *_texts("clause"),
        sa.PrimaryKeyConstraint("chain", "sequence", "clause", name="pk_ledger_clause"),
    )


def _refuse_changes(table: str) -> None:
    """Triggers, so that no program changes what was logged; the hash chain shows who went around them."""
    sentence = f"{table} is append-only: add an entry that corrects, never change one"
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{sentence}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
