"""When a person is known to have seen what was sent to them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
