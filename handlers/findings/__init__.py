"""Corrective action: what a number showed to be wrong, and what was done about it until that was shown to help."""
