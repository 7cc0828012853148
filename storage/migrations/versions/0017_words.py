"""What people wrote that the ledger must not hold, who was erased, and who has looked at whom."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_LOOKED = sa.text("kind = 'looked'")


def upgrade() -> None:
    op.create_table(
        "words",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    op.create_index("ix_words_person", "words", ["person"])
    op.create_index("ix_words_at", "words", ["at"])
    op.create_table(
        "erased",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_erased_address", "erased", ["address"])
    op.create_index(
        "ix_ledger_looked", "ledger", ["person", "at"], sqlite_where=_LOOKED, postgresql_where=_LOOKED
    )
