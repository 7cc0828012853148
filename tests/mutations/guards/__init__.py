"""The guards of the house, by what they keep: the exact text of each that is taken out to see who notices."""

from __future__ import annotations

from tests.mutations.guards import broadcasts, outbox, plans, presses

GUARDS = (*outbox.GUARDS, *presses.GUARDS, *plans.GUARDS, *broadcasts.GUARDS)
