"""Which editions of the standards have been replaced, and until when the old one may still be used.

From what ISO and the International Accreditation Forum have announced. It is asked with the date of today, so that
a pack is told on the day and not before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from content.pieces import Clause


@dataclass(frozen=True)
class Replaced:
    """By which edition, and the first day on which certificates to the old one hold no more."""

    by: str
    ends: date


REPLACED = {
    "ISO 9001:2008": Replaced("2015", date(2018, 9, 15)),
    "ISO 14001:2004": Replaced("2015", date(2018, 9, 15)),
    "ISO 14001:2015": Replaced("2026", date(2029, 5, 1)),  # "by May 2029"; the day is not announced
    "ISO/IEC 27001:2013": Replaced("2022", date(2025, 10, 31)),
}
"""What is not here is current, as ISO 9001:2015 is: its next edition is due, and no date is known."""


def replaced(clauses: Iterable[Clause]) -> set[str]:
    """The editions among these clauses that have been replaced: "ISO 14001:2015"."""
    return {f"{clause.standard}:{clause.edition}" for clause in clauses} & REPLACED.keys()


def next_edition(edition: str) -> str:
    """ "ISO 14001:2026" for "ISO 14001:2015". Raises KeyError for one that was not replaced."""
    return f"{edition.rpartition(':')[0]}:{REPLACED[edition].by}"
