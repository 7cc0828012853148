"""Cards that were sent and are to be drawn anew where they stand."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NOT_DONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "refresh",
        sa.Column("delivery", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("platform", "workspace")),
        sa.Column("wanted", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("due_at", "held_until")),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
    )
    op.create_index(
        "ix_refresh_due",
        "refresh",
        ["platform", "workspace", "due_at", "held_until"],
        sqlite_where=_NOT_DONE,
        postgresql_where=_NOT_DONE,
    )
