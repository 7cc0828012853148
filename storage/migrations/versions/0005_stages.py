"""A broadcast is kept from its first draft on, with its stage, its version and its times; and it can be paused."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXTS = {"slot": "", "stage": "scheduled", "timing": "{}", "exclusions": "[]", "forecast": ""} | {
    name: "" for name in ("approver", "remark")
}


def upgrade() -> None:
    for name, default in _TEXTS.items():
        op.add_column("broadcast", sa.Column(name, sa.String(), nullable=False, server_default=default))
    for name, default in (("version", "1"), ("people", "0")):
        op.add_column("broadcast", sa.Column(name, sa.Integer(), nullable=False, server_default=default))
    for name in ("changed_at", "held_at"):
        op.add_column("broadcast", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for table, name in (("broadcast", "telling"), ("delivery", "held")):
        op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE broadcast SET changed_at = due_at")
    op.execute("UPDATE broadcast SET stage = 'withdrawn' WHERE withdrawn_at IS NOT NULL")
    op.create_index("ix_broadcast_author", "broadcast", ["author"])
