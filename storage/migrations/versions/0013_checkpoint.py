"""Checkpoints of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_SENTENCE = "checkpoint is append-only: a later one tells what changed"


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heads", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("version", "previous", "key", "signature", "stamp")
        ),
        sa.PrimaryKeyConstraint("number", name="pk_checkpoint"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER checkpoint_no_{deed} BEFORE {deed.upper()} ON checkpoint "
                f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION checkpoint_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER checkpoint_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint "
        "FOR EACH STATEMENT EXECUTE FUNCTION checkpoint_refuse()"
    )
