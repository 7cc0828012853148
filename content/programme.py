"""A programme: one organisation's standards and audits, its quiet hours, holidays and rota, and its campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from content import council, digests
from content.audience import EVERYONE, Audience, BadAudience, any_of, parse
from content.campaigns import WEEKDAYS, Campaign, Day, Weekday
from content.cards import Value
from content.council import WorksCouncil
from content.digests import Digest
from content.holidays import Holidays
from content.names import resolved, written
from content.pieces import Words
from content.rest import Quiet, Rest
from content.retention import Retention


def _readable(expression: str) -> str:
    written(expression, ("standard",))
    return expression


def _plain(expression: str) -> str:
    written(expression)
    return expression


Rule = Annotated[str, AfterValidator(_readable)]
"""An audience, as written; a `standard:` in it is replaced by what that stands for when the programme is whole."""
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]


class Audit(Value):
    """A day on which somebody checks: stage 1, stage 2, surveillance, recertification, internal."""

    kind: Words
    date: Day


class Standard(Value):
    """One edition of a standard the organisation works to; `str()` as in a clause: "ISO 9001:2015".

    audience: who works under it, which `standard:"ISO 9001"` stands for in other audiences.
    """

    standard: Words
    edition: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    audience: Annotated[str, AfterValidator(_plain)] = EVERYONE
    audits: tuple[Audit, ...] = ()

    def __str__(self) -> str:
        return f"{self.standard}:{self.edition}"


class Celebrations(Value):
    """most_a_day: milestones that reach one person on one day of theirs; one more comes on a later day."""

    most_a_day: Annotated[int, Field(ge=1, le=20)] = 2


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


class Ideas(Value):
    """decided_within: days until who had an idea hears what becomes of it; later whoever decides is reminded."""

    decided_within: Annotated[int, Field(ge=1, le=92)] = 14


class Author(Value):
    """Whom the people of one audience may write to: `{ who: role:leader, may: site:"Plant 2" }`."""

    who: Rule
    may: Rule


Named = Literal["author", "manager", "quality lead", "auditor", "administrator"]


class Names(Value):
    """Who may see by name what people have not done; nobody unless it is said here.

    author: of their own messages; manager: of their own people.
    """

    not_acknowledged: tuple[Named, ...] = ()


def by_standard(standards: Iterable[Standard]) -> Mapping[str, Audience]:
    """Who works under each standard, by its name with and without an edition."""
    found: dict[str, list[Audience]] = {}
    for each in standards:
        for name in (each.standard, str(each)):
            found.setdefault(name, []).append(parse(each.audience))
    return {name: any_of(*rules) for name, rules in found.items()}


class RotaAsk(Value):
    """When whose turn it is on the rota gets a draft of their own, in working days before the slot.

    days: the leader. deputy_after: their deputy, if nobody has let theirs go by then; 0: no deputy is asked.
    """

    days: Annotated[int, Field(ge=1, le=15)] = 3
    deputy_after: Annotated[int, Field(ge=0, le=14)] = 1

    @model_validator(mode="after")
    def _leader_first(self) -> RotaAsk:
        if self.deputy_after >= self.days:
            raise ValueError("deputy_after must be less than days: the leader is asked first")
        return self


class Programme(Value):
    """As written in a programme file. Times are local to each person; `zone` is for who has none."""

    organisation: Words
    zone: str
    language: str = "en"
    standards: tuple[Standard, ...] = ()
    packs: Annotated[tuple[Words, ...], Field(min_length=1)]
    quiet: Quiet = Quiet()
    holidays: Holidays = Holidays()
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = WEEKDAYS[:5]
    at_most_a_week: Annotated[int, Field(ge=1)] | None = None  # of all campaigns together, for one person
    celebrations: Celebrations = Celebrations()
    learning: Learning = Learning()
    approval: SecondPerson | None = None
    anonymous_replies: bool = False  # whether people may write to leaders, and have ideas, without their name
    ideas: Ideas = Ideas()
    names: Names = Names()
    retention: Retention = Retention()
    works_council: Annotated[WorksCouncil | None, BeforeValidator(council.switched)] = None
    digest: Annotated[Digest | None, BeforeValidator(digests.switched)] = Digest()  # None: nobody gets one
    reminders: Reminders | None = None  # None: nobody is reminded
    rota: tuple[Email, ...] = ()  # of the leaders who sign the campaigns with `rota: true`, in turn
    authors: tuple[Author, ...] = ()  # who may write to whom; none: every author to everyone
    rota_ask: RotaAsk | None = None  # without it they sign the words of the packs unasked
    deputies: dict[Email, Email] = Field(default_factory=dict)  # of a leader; else the next on the rota
    campaigns: tuple[Campaign, ...] = ()

    @property
    def rest(self) -> Rest:
        """When nobody is written to."""
        return Rest(self.quiet, self.holidays, self.working_days)

    @field_validator("zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError(f'"{name}" is not a time zone; write one such as Europe/Berlin') from unknown
        return name

    @field_validator("learning")
    @classmethod
    def _groups_named(cls, learning: Learning, info: ValidationInfo) -> Learning:
        groups = {name: _without_names(rule, info, name) for name, rule in learning.groups.items()}
        return learning.model_copy(update={"groups": groups})

    @field_validator("authors")
    @classmethod
    def _authors_named(cls, authors: tuple[Author, ...], info: ValidationInfo) -> tuple[Author, ...]:
        return tuple(
            Author(who=_without_names(each.who, info, "who"), may=_without_names(each.may, info, "may"))
            for each in authors
        )

    @field_validator("campaigns")
    @classmethod
    def _campaigns_named(cls, campaigns: tuple[Campaign, ...], info: ValidationInfo) -> tuple[Campaign, ...]:
        named = ((each, _without_names(each.audience, info, each.id)) for each in campaigns)
        return tuple(each.model_copy(update={"audience": rule}) for each, rule in named)


def _without_names(rule: str, info: ValidationInfo, where: str) -> str:
    """The rule with the people of each standard in the place of its name; as it is where the standards are wrong."""
    if "standard:" not in rule.lower() or "standards" not in info.data:
        return rule
    try:
        return str(resolved(parse(rule), {"standard": by_standard(info.data["standards"])}))
    except BadAudience as mistake:
        raise ValueError(f"{where}: {mistake}") from mistake
