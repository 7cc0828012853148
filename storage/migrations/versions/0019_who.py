"""Rollups without managers: there are as many of those as teams, and with them a cell had hardly more than one row.

Filled by `storage.schema`, as in 0014. A manager's own people are looked up by the new index of their deliveries.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_SERVED = ("campaign", "author", "status", "reason")
_COUNTS = (
    "deliveries",
    "reached",
    "to_acknowledge",
    "acknowledged",
    "active",
    "seen",
    "checked",
    "understood",
)


def upgrade() -> None:
    op.drop_table("rollup")
    op.drop_table("who")
    op.create_table(
        "who",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("team", "site", "roles")),
    )
    op.create_table(
        "rollup",
        *(sa.Column(n, sa.BigInteger(), primary_key=True, autoincrement=False) for n in ("part", "who")),
        sa.Column("served", sa.String(), primary_key=True),
        sa.Column("day", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(), primary_key=True) for name in _SERVED),
        sa.Column("shard", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("answers", "correct", "timed")),
        sa.Column("training_ms", sa.BigInteger(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("response_ms", sa.BigInteger(), nullable=False),
        sa.Column("within_a_day", sa.Integer(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delivery_manager",
        "delivery",
        ["manager", "slot_at"],
        sqlite_where=sa.text("manager <> ''"),
        postgresql_where=sa.text("manager <> ''"),
    )
