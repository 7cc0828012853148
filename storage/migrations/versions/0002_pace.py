"""The pace of each queue in the place of throttles, and messages to be taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NOT_DONE = sa.text("done_at IS NULL")
_PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.drop_table("throttle")  # waits of seconds: nobody misses them after an upgrade
    op.create_table(
        "pace",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("platform", "workspace", "job")),
        sa.Column("rate", sa.Float(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("free_at", "changed_at", "blocked_until")
        ),
        sa.PrimaryKeyConstraint("platform", "workspace", "job", name="pk_pace"),
    )
    texts = ("id", "delivery", "platform", "workspace", "user", "conversation", "service_url", "message")
    op.create_table(
        "withdrawal",
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawal"),
        sa.UniqueConstraint("delivery", "message", name="uq_withdrawal_delivery_message"),
    )
    op.create_index(
        "ix_withdrawal_due",
        "withdrawal",
        ["workspace", "due_at"],
        sqlite_where=_NOT_DONE,
        postgresql_where=_NOT_DONE,
    )
    op.drop_index("ix_delivery_claim", "delivery")
    op.create_index(
        "ix_delivery_claim",
        "delivery",
        ["platform", "workspace", "lane", "due_at"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
