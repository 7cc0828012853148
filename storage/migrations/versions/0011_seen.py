"""When a person is known to have seen what was sent to them; what was done with a campaign, to be counted at once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ledger_campaign",
        "ledger",
        ["campaign", "kind", "item", "correct", "duration_ms"],
        sqlite_where=sa.text("participation = 1"),
        postgresql_where=sa.text("participation"),
    )
