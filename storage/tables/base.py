"""What every table has in common, and the conditions that partial indexes and queries share."""

from __future__ import annotations

from typing import cast

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

# What has not ended, and the claims' own slices of it: the partial indexes (`storage/indexes.py`), and the queries that
# use them say exactly these words, for a database uses a partial index only when it recognises its condition.
OPEN = "status IN ('pending', 'sending', 'unknown', 'reconciling')"
PENDING = "status = 'pending'"
NOT_DONE = "done_at IS NULL"
REMINDS = "reminds <> ''"
MANAGED = "manager <> ''"
REFUSED = "status = 'failed' AND platform <> ''"  # by a platform, not for want of an address
LOOKED = "kind = 'looked'"  # in the ledger: who looked at whom
ACKNOWLEDGED = "kind = 'acknowledged'"  # in the ledger: who may be left out of, or meant by, what comes next


class Base(SQLModel):
    """One catalogue, with names for every constraint, so that a migration can name what it alters.

    Rows are written and read by statements, so that what pydantic would check them with is never made.
    """

    model_config = {"defer_build": True}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: what every statement is written on."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]
