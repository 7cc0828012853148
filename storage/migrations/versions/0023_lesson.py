"""What everybody's answers told in the newest night: ten million of them are counted while nobody waits."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "lesson",
        sa.Column("kind", sa.String(), primary_key=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("at", "since", "until")),
        sa.Column("rows", sa.String(), nullable=False),
    )
