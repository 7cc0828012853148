"""The guards of the house, by what they keep: the exact text of each that is taken out to see who notices."""

from __future__ import annotations

from tests.mutations.guards import broadcasts, findings, ideas, ledger, outbox, plans, presses, privacy

GUARDS = (
    *(*outbox.GUARDS, *presses.GUARDS, *plans.GUARDS, *broadcasts.GUARDS),
    *(*ledger.GUARDS, *findings.GUARDS, *ideas.GUARDS, *privacy.GUARDS),
)
