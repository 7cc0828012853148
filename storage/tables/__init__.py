"""Every table of the house; the migrations create them, and a test holds the two against each other.

Texts are never NULL: the empty string stands for "none", as in `handlers.model`. Times are aware and in UTC.
"""

from __future__ import annotations

from storage.tables.base import ACKNOWLEDGED, LOOKED, NOT_DONE, OPEN, PENDING, REFUSED, REMINDS, Base, table
from storage.tables.broadcasts import BroadcastRow, OccurrenceRow, ReplyRow
from storage.tables.contents import ContentClauseRow, ContentItemRow, ContentRow
from storage.tables.learning import MemoryRow
from storage.tables.ledger import LedgerClauseRow, LedgerRow
from storage.tables.outbox import DeliveryRow, InboxRow, PaceRow, RefreshRow, WithdrawalRow
from storage.tables.people import AddressRow, AudienceRow, PersonRow, TokenRow
from storage.tables.privacy import WordsRow
from storage.tables.values import ValueRow

__all__ = [
    "ACKNOWLEDGED",
    "LOOKED",
    "NOT_DONE",
    "OPEN",
    "PENDING",
    "REFUSED",
    "REMINDS",
    "AddressRow",
    "AudienceRow",
    "Base",
    "BroadcastRow",
    "ContentClauseRow",
    "ContentItemRow",
    "ContentRow",
    "DeliveryRow",
    "InboxRow",
    "LedgerClauseRow",
    "LedgerRow",
    "MemoryRow",
    "OccurrenceRow",
    "PaceRow",
    "PersonRow",
    "RefreshRow",
    "ReplyRow",
    "TokenRow",
    "ValueRow",
    "WithdrawalRow",
    "WordsRow",
    "table",
]
