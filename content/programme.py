"""A programme: one organisation's standards and audits, its quiet hours and rota, and its campaigns."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator

from content.campaigns import WEEKDAYS, Campaign, Day, LocalTime, Weekday
from content.cards import Value
from content.pieces import Words

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]


class Audit(Value):
    """A day on which somebody checks: stage 1, stage 2, surveillance, recertification, internal."""

    kind: Words
    date: Day


class Standard(Value):
    """One edition of a standard the organisation works to; `str()` as in a clause: "ISO 9001:2015"."""

    standard: Words
    edition: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    audits: tuple[Audit, ...] = ()

    def __str__(self) -> str:
        return f"{self.standard}:{self.edition}"


class Quiet(Value):
    """Local hours in which nobody is written to; `begins` belongs to them, `ends` does not.

    In YAML `{from: 18:00, until: 08:00}`: over midnight when `begins` is the later, none when both are one.
    """

    begins: LocalTime = Field(default=time(18), alias="from")
    ends: LocalTime = Field(default=time(8), alias="until")


class Programme(Value):
    """As written in a programme file. Times are local to each person; `zone` is for who has none."""

    organisation: Words
    zone: str
    language: str = "en"
    standards: tuple[Standard, ...] = ()
    packs: Annotated[tuple[Words, ...], Field(min_length=1)]
    quiet: Quiet = Quiet()
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS[:5]
    rota: tuple[Email, ...] = ()  # of the leaders who sign the campaigns with `rota: true`, in turn
    campaigns: tuple[Campaign, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError(f'"{name}" is not a time zone; write one such as Europe/Berlin') from unknown
        return name
