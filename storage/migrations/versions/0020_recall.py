"""What everybody remembers, a night each: reckoned over millions of memories nobody waits for it by day."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_SUMS = ("m", "r", "mm", "mr", "rr")


def upgrade() -> None:
    op.create_table(
        "recall",
        sa.Column("by", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), primary_key=True),
        *(sa.Column(name, sa.String(), primary_key=True) for name in ("name", "team")),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in _SUMS),
        sa.Column("audit_n", sa.Integer(), nullable=False),
        *(sa.Column(f"audit_{name}", sa.Float(), nullable=False) for name in _SUMS),
        sqlite_with_rowid=False,
    )
