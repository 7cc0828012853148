"""Where a person belonged when something was planned for them, by site and roles too."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    for name in ("site", "roles"):
        op.add_column("delivery", sa.Column(name, sa.String(), nullable=False, server_default=""))
        op.execute(
            f"UPDATE delivery SET {name} = coalesce("
            f"(SELECT person.{name} FROM person WHERE person.key = delivery.person), '')"
        )
