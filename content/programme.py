"""A programme: one organisation's standards and audits, its quiet hours and rota, and its campaigns."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from content import audience
from content.calendars import instant
from content.campaigns import WEEKDAYS, Campaign, Day, LocalTime, Weekday
from content.cards import Value
from content.pieces import Words


def _readable(expression: str) -> str:
    audience.parse(expression)
    return expression


Rule = Annotated[str, AfterValidator(_readable)]
"""An audience, as written."""
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

    def over(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment, or the end of the quiet hours of this zone if it falls into them."""
        local = moment.astimezone(zone)
        night = self.begins > self.ends
        after, before = local.time() >= self.begins, local.time() < self.ends
        inside = (after or before) if night else (after and before)
        if self.begins == self.ends or not inside:
            return moment
        day = local.date() + timedelta(days=1) if night and after else local.date()
        return instant(datetime.combine(day, self.ends), zone)

    def next(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When they begin again after a moment outside of them; None where there are none."""
        if self.begins == self.ends:
            return None
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=local.time() >= self.begins)
        return instant(datetime.combine(day, self.begins), zone)


class Learning(Value):
    """How questions are chosen for each person.

    retention: the recall, between 0 and 1, below which an item is due again (FSRS' desired retention).
    new_a_week: items that a person meets for the first time; most_a_week: questions in all that they are asked.
    before_audit: days before an audit from which on what would be forgotten by then is due.
    groups: who works in operations and in the office, as audiences; items for a group that is not told apart
    are for everybody.
    """

    retention: Annotated[float, Field(ge=0.7, le=0.97)] = 0.9
    new_a_week: Annotated[int, Field(ge=0, le=50)] = 3
    most_a_week: Annotated[int, Field(ge=1, le=50)] = 5
    before_audit: Annotated[int, Field(ge=0, le=366)] = 45
    groups: dict[Literal["operations", "office"], Rule] = Field(default_factory=dict)


class SecondPerson(Value):
    """Which broadcasts a second person has to agree to: to more people than this, and what names everyone."""

    above: Annotated[int, Field(ge=0)]
    everyone: bool = True


class Reminders(Value):
    """Who is asked again what a broadcast asked them to acknowledge, and who is told that they did not.

    after: hours from a message, or from the reminder before, to the next one, which then waits for a time that suits;
    most: reminders of one message to one person. escalate_after: hours from the last of them until managers are told;
    null: never. by_name: with names, not only how many.
    """

    after: Annotated[int, Field(ge=1, le=24 * 31)] = 48
    most: Annotated[int, Field(ge=1, le=5)] = 1
    escalate_after: Annotated[int, Field(ge=1, le=24 * 31)] | None = 48
    by_name: bool = False


class Programme(Value):
    """As written in a programme file. Times are local to each person; `zone` is for who has none."""

    organisation: Words
    zone: str
    language: str = "en"
    standards: tuple[Standard, ...] = ()
    packs: Annotated[tuple[Words, ...], Field(min_length=1)]
    quiet: Quiet = Quiet()
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS[:5]
    at_most_a_week: Annotated[int, Field(ge=1)] | None = None  # of all campaigns together, for one person
    learning: Learning = Learning()
    approval: SecondPerson | None = None
    reminders: Reminders | None = None  # None: nobody is reminded
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
