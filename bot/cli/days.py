"""A day as it is typed after an option."""

from __future__ import annotations

from datetime import date

from bot.config import BadSetting


def day(text: str, option: str) -> date:
    """Raises BadSetting with what to write instead."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadSetting(f"{option}: {text!r} is not a day like 2026-11-23") from None
