"""Tokens with which other systems act for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_token_person", "token", ["person"])
