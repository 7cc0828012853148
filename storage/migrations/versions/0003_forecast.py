"""What a forecast asks for, and where a recall that is written down in steps has come to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_REFUSED = sa.text("status = 'failed' AND platform <> ''")


def upgrade() -> None:
    op.create_index(
        "ix_delivery_refused", "delivery", ["slot_at"], sqlite_where=_REFUSED, postgresql_where=_REFUSED
    )
    for name in ("recall_next", "recall_last"):
        op.add_column("broadcast", sa.Column(name, sa.Integer(), nullable=True))
