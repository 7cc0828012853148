"""Every table of the house; the migrations create them, and a test holds the two against each other.

Texts are never NULL: the empty string stands for "none", as in `handlers.model`. Times are aware and in UTC.
"""

from __future__ import annotations

from storage.tables.base import (
    ACKNOWLEDGED,
    LOOKED,
    MANAGED,
    NOT_DONE,
    OPEN,
    PENDING,
    REFUSED,
    REMINDS,
    Base,
    table,
)
from storage.tables.broadcasts import BroadcastRow, OccurrenceRow, ReplyRow
from storage.tables.contents import ContentClauseRow, ContentItemRow, ContentRow
from storage.tables.findings import FindingPersonRow, FindingRow, FindingStepRow, FindingWordsRow
from storage.tables.ideas import IdeaRow, IdeaStepRow
from storage.tables.learning import LessonRow, MemoryRow, RecallRow
from storage.tables.ledger import CheckpointRow, LedgerRow
from storage.tables.numbers import RollupRow, WhoRow
from storage.tables.outbox import DeliveryRow, InboxRow, PaceRow, RefreshRow, WithdrawalRow
from storage.tables.people import AddressRow, AudienceRow, BelongingRow, PersonRow, TokenRow
from storage.tables.privacy import ErasedRow, WordsRow
from storage.tables.values import ValueRow
from storage.tables.visits import VisitRow

__all__ = [
    "ACKNOWLEDGED",
    "LOOKED",
    "MANAGED",
    "NOT_DONE",
    "OPEN",
    "PENDING",
    "REFUSED",
    "REMINDS",
    "AddressRow",
    "AudienceRow",
    "Base",
    "BelongingRow",
    "BroadcastRow",
    "CheckpointRow",
    "ContentClauseRow",
    "ContentItemRow",
    "ContentRow",
    "DeliveryRow",
    "ErasedRow",
    "FindingPersonRow",
    "FindingRow",
    "FindingStepRow",
    "FindingWordsRow",
    "IdeaRow",
    "IdeaStepRow",
    "InboxRow",
    "LedgerRow",
    "LessonRow",
    "MemoryRow",
    "OccurrenceRow",
    "PaceRow",
    "PersonRow",
    "RecallRow",
    "RefreshRow",
    "ReplyRow",
    "RollupRow",
    "TokenRow",
    "ValueRow",
    "VisitRow",
    "WhoRow",
    "WithdrawalRow",
    "WordsRow",
    "table",
]
