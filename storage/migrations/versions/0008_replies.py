"""What people write back to leaders, with what became of it; and who gets the replies to a broadcast."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TEXTS = ("broadcast", "delivery", "person", "title", "text", "receiver", "answer", "answered_by")


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("anonymous", "public")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_reply_receiver_answered_at", "reply", ["receiver", "answered_at"])
    op.create_index("ix_reply_person", "reply", ["person"])
    op.add_column("broadcast", sa.Column("reply_to", sa.String(), nullable=False, server_default=""))
