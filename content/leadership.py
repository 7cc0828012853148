"""What any leader's message to many is a record of: leadership, and communication, under its number in each standard.

The numbers differ by standard, so a record never says "7.4" alone. Check against your copy of the standard.
"""

from __future__ import annotations

from collections.abc import Iterable

from content.pieces import Clause
from content.programme import Standard

# Leadership and commitment; communication.
CLAUSES = {
    "ISO 9001": ("5.1.1", "7.4"),
    "ISO 14001": ("5.1", "7.4.1"),
    "ISO/IEC 27001": ("5.1", "7.4"),
}


def record(standards: Iterable[Standard]) -> tuple[Clause, ...]:
    """For the standards and editions that a programme names, as far as their numbers are known here."""
    return tuple(
        Clause(standard=each.standard, edition=each.edition, clause=clause)
        for each in standards
        for clause in CLAUSES.get(each.standard, ())
    )
