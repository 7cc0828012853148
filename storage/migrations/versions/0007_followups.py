"""Reminders name the delivery that they are about; occurrences know when to look who has not acknowledged them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_REMINDS = sa.text("reminds <> ''")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("reminds", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_delivery_reminds", "delivery", ["reminds"], sqlite_where=_REMINDS, postgresql_where=_REMINDS
    )
    op.add_column("occurrence", sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_occurrence_look_at", "occurrence", ["look_at"])
