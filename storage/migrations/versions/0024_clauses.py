"""The clauses of an entry are in the entry alone: a table of them cost each answer two more places in the database."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.drop_table("ledger_clause")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_clause_refuse()")
