"""Where a person belonged when something was planned for them, by site and roles too; the numbers as rollups.

The rollups are filled by `storage.schema`, which reckons them from the rows, once every table is as it is now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_TEXTS = ("campaign", "author", "status", "reason")
_NUMBERS = (
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
    for name in ("site", "roles"):
        op.add_column("delivery", sa.Column(name, sa.String(), nullable=False, server_default=""))
        op.execute(
            f"UPDATE delivery SET {name} = coalesce("
            f"(SELECT person.{name} FROM person WHERE person.key = delivery.person), '')"
        )
    op.create_table(
        "who",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("team", "site", "roles", "manager")),
    )
    op.create_table(
        "rollup",
        sa.Column("part", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("served", sa.String(), primary_key=True),
        sa.Column("who", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(), primary_key=True) for name in _TEXTS),
        sa.Column("shard", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _NUMBERS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("answers", "correct", "timed")),
        sa.Column("training_ms", sa.BigInteger(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("response_ms", sa.BigInteger(), nullable=False),
        sa.Column("within_a_day", sa.Integer(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
