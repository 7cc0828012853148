"""What people remember of the items they answered, and which version of an item a quiz showed; joiners by their day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "memory",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("item", sa.String(), primary_key=True),
        *(
            sa.Column(name, sa.Float(), nullable=False)
            for name in ("stability", "difficulty", "met", "reviewed")
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("answers", "streak")),
    )
    op.create_index("ix_memory_item", "memory", ["item"])
    op.create_table(
        "content_item",
        sa.Column("hash", sa.String(), sa.ForeignKey("content.hash"), primary_key=True),
        sa.Column("item", sa.String(), primary_key=True),
        sa.Column("version", sa.String(), nullable=False),
    )
    op.create_index("ix_content_item_item", "content_item", ["item"])
    op.create_index("ix_person_joined", "person", ["joined"])
