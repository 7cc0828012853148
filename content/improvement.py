"""What an idea is a record of: improvement, under its number in each edition of each standard.

The numbers differ by edition, so a record never says "10.3" alone. Check against your copy of the standard.
"""

from __future__ import annotations

from collections.abc import Iterable

from content.pieces import Clause
from content.programme import Standard

CLAUSES = {
    "ISO 9001:2015": "10.3",
    "ISO 9001:2026": "10.1",
    "ISO 14001:2015": "10.3",
    "ISO 14001:2026": "10.1",
    "ISO/IEC 27001:2013": "10.2",
    "ISO/IEC 27001:2022": "10.1",
}


def record(standards: Iterable[Standard], about: str = "") -> tuple[Clause, ...]:
    """For the editions that a programme names, as far as their numbers are known here. about: one of them; "": all."""
    return tuple(
        Clause(standard=each.standard, edition=each.edition, clause=CLAUSES[str(each)])
        for each in standards
        if str(each) in CLAUSES and about in ("", str(each))
    )
