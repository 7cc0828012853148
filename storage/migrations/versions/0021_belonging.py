"""Where people belonged before, from now on: a roster as of a day says what they were then."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "belonging",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("team", "site", "manager", "roles")),
    )
