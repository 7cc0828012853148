"""The indexes over a part of a table, for whoever makes the schema or compares it: what runs need not know them.

To declare one SQLAlchemy loads the dialects it is written in, PostgreSQL's too, which a house on SQLite has no use for.
"""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from storage.tables import (
    ACKNOWLEDGED,
    LOOKED,
    MANAGED,
    NOT_DONE,
    OPEN,
    PENDING,
    REFUSED,
    REMINDS,
    Base,
    DeliveryRow,
    LedgerRow,
    RefreshRow,
    WithdrawalRow,
    table,
)


def _partial(model: type[SQLModel], name: str, *columns: str, sqlite: str, postgresql: str) -> None:
    of = table(model).c
    Index(
        name,
        *(of[column] for column in columns),
        sqlite_where=text(sqlite),
        postgresql_where=text(postgresql),
    )


_CLAIM = "platform", "workspace", "lane", "due_at"
_partial(DeliveryRow, "ix_delivery_claim", *_CLAIM, sqlite=PENDING, postgresql=PENDING)
_partial(DeliveryRow, "ix_delivery_open", "status", "due_at", sqlite=OPEN, postgresql=OPEN)
_partial(DeliveryRow, "ix_delivery_refused", "slot_at", sqlite=REFUSED, postgresql=REFUSED)
_partial(DeliveryRow, "ix_delivery_manager", "manager", "slot_at", sqlite=MANAGED, postgresql=MANAGED)
_partial(DeliveryRow, "ix_delivery_reminds", "reminds", sqlite=REMINDS, postgresql=REMINDS)
_partial(WithdrawalRow, "ix_withdrawal_due", "workspace", "due_at", sqlite=NOT_DONE, postgresql=NOT_DONE)
_DUE = "platform", "workspace", "due_at", "held_until"
_partial(RefreshRow, "ix_refresh_due", *_DUE, sqlite=NOT_DONE, postgresql=NOT_DONE)
_DID = (("ix_ledger_delivery", ("delivery",)), ("ix_ledger_actor", ("actor",)))
_COUNTS = ("ix_ledger_campaign", ("campaign", "kind", "item", "correct", "duration_ms"))
for _name, _columns in (*_DID, _COUNTS):
    _partial(LedgerRow, _name, *_columns, sqlite="participation = 1", postgresql="participation")
_partial(
    LedgerRow,
    "ix_ledger_acknowledged",
    "campaign",
    "person",
    sqlite=ACKNOWLEDGED,
    postgresql=ACKNOWLEDGED,
)
_partial(LedgerRow, "ix_ledger_looked", "person", "at", sqlite=LOOKED, postgresql=LOOKED)

WHOLE = Base.metadata
