"""A draft may stand for the slot of a rota."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("broadcast", sa.Column("occasion", sa.String(), nullable=False, server_default=""))
