"""Reminders, and when to look who is to get one; what a broadcast was corrected to, and when it ends."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_REMINDS = sa.text("reminds <> ''")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("reminds", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_delivery_reminds", "delivery", ["reminds"], sqlite_where=_REMINDS, postgresql_where=_REMINDS
    )
    for name in ("correction", "shows"):
        op.add_column("broadcast", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in ("told_next", "told_last"):
        op.add_column("broadcast", sa.Column(name, sa.Integer(), nullable=True))
    for name in ("expires_at", "closed_at"):
        op.add_column("broadcast", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_broadcast_expires_at", "broadcast", ["expires_at"])
    op.add_column("occurrence", sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_occurrence_look_at", "occurrence", ["look_at"])
