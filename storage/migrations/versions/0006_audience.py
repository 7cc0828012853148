"""Saved audiences, and who acknowledged what, quickly found."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ACKNOWLEDGED = sa.text("kind = 'acknowledged'")


def upgrade() -> None:
    op.create_table(
        "audience",
        sa.Column("name_folded", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "rule", "owner")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        "ix_ledger_acknowledged",
        "ledger",
        ["campaign", "person"],
        sqlite_where=_ACKNOWLEDGED,
        postgresql_where=_ACKNOWLEDGED,
    )
