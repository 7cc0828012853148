"""Ideas: what people would do better, and what was said and decided about it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "idea",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_text(name) for name in ("stage", "person", "about", "owner", "decided_by")),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("decided_at", "ended_at", "look_at")
        ),
    )
    for name in ("person", "at", "look_at"):
        op.create_index(f"ix_idea_{name}", "idea", [name])
    op.create_table(
        "idea_step",
        sa.Column("idea", sa.String(), sa.ForeignKey("idea.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(_text(name) for name in ("kind", "actor", "text")),
    )
    op.create_index("ix_idea_step_actor", "idea_step", ["actor"])
