"""Links to the page of the numbers, and visits to it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_visit_person", "visit", ["person"])
