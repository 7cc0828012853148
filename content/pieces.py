"""A piece is one thing we can say: a leadership message, a quiz, a milestone, as written in a pack."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from content.cards import Value

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,30}$")]
Group = Literal["everybody", "manager", "operations", "office", "new joiner"]
"""Whom an item is written for; the programme says who belongs to operations and office."""
Difficulty = Literal["easy", "medium", "hard"]


class Clause(Value):
    """Where in which edition of which standard: never a number alone, for numbers differ by edition."""

    standard: Words  # "ISO 9001", "ISO 14001", "ISO/IEC 27001"
    edition: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    clause: Words  # "7.3", "A.6.3"; with the letter of a sub-item "7.3 a"

    def __str__(self) -> str:
        return f"{self.standard}:{self.edition} {self.clause}"

    @property
    def whole(self) -> Clause:
        """The clause that a sub-item belongs to: what is counted by."""
        number, space, _ = self.clause.partition(" ")
        return self.model_copy(update={"clause": number}) if space else self


class BasePiece(Value):
    """What every kind has: a name that stays, a title, and the clauses it serves."""

    id: Id
    title: Words
    clauses: tuple[Clause, ...] = ()
    language: str = "en"


class Check(Value):
    """One question under a message that shows whether it was understood; answered once, with why at once."""

    stem: Words
    options: dict[Annotated[str, StringConstraints(pattern=r"^[A-E]$")], Words]
    key: Annotated[str, StringConstraints(pattern=r"^[A-E]$")]
    explanation: str = ""


class QA(Value):
    """A question that several have asked about a message, and its answer for all: plain text, without a name."""

    question: Words
    answer: Words
    asked: Annotated[int, Field(ge=1)] = 1  # how many have asked it
    by: str = ""  # the name of who answers


class Message(BasePiece):
    """A leader's words to many; acknowledged with one press when `acknowledge` is set.

    blanks: name -> what to fill in, for each `{name}` in the text; a paragraph whose blank is empty is left out.
    expires: when it can no longer be answered, ISO 8601 with offset; empty: never. replies: whether people may
    write back. objective: what it is meant to bring forward. answers: to what people asked, for all, added later.
    record: what any message of a leader is a record of, beside the clauses it is about; not shown to its readers.
    corrected: on which day it took the place of another one, "2026-11-24"; empty: it is as it was first sent.
    """

    kind: Literal["message"] = "message"
    text: Words
    blanks: dict[Name, Words] = Field(default_factory=dict)
    author: str = ""  # the name shown; empty: the leader on the rota, or nobody
    picture: str = ""
    picture_alt: str = ""
    link: str = ""
    link_label: str = ""
    acknowledge: bool = True
    check: Check | None = None
    expires: str = ""
    replies: bool = False
    objective: str = ""
    answers: tuple[QA, ...] = ()
    record: tuple[Clause, ...] = ()
    corrected: str = ""


class Item(Value):
    """One question: a stem, two to five options under their letters, the key, why, and one thing to do today.

    id: its name for ever, whatever becomes of its words; "" only in what was shown before items had names.
    """

    id: Id | Literal[""] = ""
    title: str = ""
    stem: Words
    options: dict[Annotated[str, StringConstraints(pattern=r"^[A-E]$")], Words]
    key: Annotated[str, StringConstraints(pattern=r"^[A-E]$")]
    explanation: Words
    today: str = ""
    clauses: tuple[Clause, ...] = ()
    audience: Annotated[tuple[Group, ...], Field(min_length=1)] = ("everybody",)
    difficulty: Difficulty = "medium"


class Quiz(BasePiece):
    """Items asked one at a time; the answer to each is shown at once, with why."""

    kind: Literal["quiz"] = "quiz"
    first: bool = False  # for somebody who has never answered: it explains how answers are scored
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=5)]


class Milestone(BasePiece):
    """Something to celebrate, of the programme, a team or a person (personal ones are opt-in).

    scope "kudos": a person's thanks to a team, given in chat; never in a pack.
    """

    kind: Literal["milestone"] = "milestone"
    scope: Literal["programme", "team", "personal", "kudos"]
    text: Words
    cheer: bool = True


class Pulse(BasePiece):
    """One question about how things are, answered with one of five faces and, if they like, a sentence."""

    kind: Literal["pulse"] = "pulse"
    question: Words


Spoken = Annotated[Message | Milestone, Field(discriminator="kind")]
"""What somebody may send to many, in chat."""


class Count(Value):
    """So many people under one name: a platform, or a reason."""

    name: str
    people: int


class Forecast(Value):
    """What an author was told to expect; the numbers of `places` and `without` add up to the audience.

    held: of those in `places`, the ones who get it when their quiet hours end, or with `holidays` a public holiday.
    """

    places: tuple[Count, ...] = ()  # who gets it, by platform
    without: tuple[Count, ...] = ()  # who will probably not, by reason
    first_at: datetime | None = None  # when the first of all has it
    last_at: datetime | None = None  # when the last of those who are not held up has it
    held: int = 0
    held_until: datetime | None = None  # when the last of those who are held up has it
    holidays: bool = False  # a public holiday is among what holds them up


class Exclusion(Value):
    """Who does not get a broadcast although its audience names them, as a rule, and the author's sentence why."""

    rule: str
    why: Words


class Timing(Value):
    """When a broadcast goes out; an empty one goes out as soon as it is sent.

    at: ISO 8601 with offset, by the author's clock. local: at what `at` says on each person's own clock; where that
    has passed, at once. spread: minutes over which the many are spread. repeat: again on each such day, week or
    month, up to the day `until`. zone: of the author's clock, an IANA name.
    """

    at: str = ""
    zone: str = ""
    local: bool = False
    spread: Annotated[int, Field(ge=0, le=24 * 60)] = 0
    repeat: Literal["", "daily", "weekly", "monthly"] = ""
    until: date | None = None


class Draft(BasePiece):
    """A leader's broadcast before it goes out: shown to its author only, as others will see it."""

    kind: Literal["draft"] = "draft"
    message: Spoken
    audience: str
    people: int  # how many the audience named when it was drafted
    unreachable: int = 0  # of these, how many had no address; only in drafts older than forecasts
    drafted: str  # ISO 8601 with offset
    at: str = ""  # ISO 8601 with offset; empty: now
    forecast: Forecast | None = None


class Trial(BasePiece):
    """A message as its author gets it to try it out: exactly as others will, but nothing of it counts."""

    kind: Literal["trial"] = "trial"
    message: Spoken


class Approval(BasePiece):
    """What a second person is asked: whether a broadcast, in this version, may go out."""

    kind: Literal["approval"] = "approval"
    broadcast: str
    version: int


class Replied(BasePiece):
    """What somebody wrote to a leader, in the leader's chat; it names the reply and holds none of its words."""

    kind: Literal["reply"] = "reply"
    broadcast: str
    reply: str


class Reminder(BasePiece):
    """A message once more, for who was asked to acknowledge it and has not; `number` counts from 1."""

    kind: Literal["reminder"] = "reminder"
    message: Message
    number: Annotated[int, Field(ge=1)]


class Escalation(BasePiece):
    """What a manager is told of their people who have not acknowledged a message: how many, or who.

    slot: which time of a broadcast that comes again. The numbers are those of the moment it is drawn.
    """

    kind: Literal["escalation"] = "escalation"
    broadcast: str
    slot: str
    by_name: bool = False


class Found(BasePiece):
    """A finding, in the chat of who has to do with it; it names the finding and holds none of its words."""

    kind: Literal["finding"] = "finding"
    finding: str


class Due(Found):
    """The same because something about it is due; `why` says what."""

    kind: Literal["due"] = "due"  # type: ignore[assignment]
    why: Literal["soon", "today", "overdue", "retest", "judge", "close"]


class Proposed(BasePiece):
    """An idea, in the chat of who had it, decides it or does it; it names the idea and holds none of its words."""

    kind: Literal["idea"] = "idea"
    idea: str


class Waiting(Proposed):
    """The same because it waits for a decision, or to be done, for longer than was said."""

    kind: Literal["waiting"] = "waiting"  # type: ignore[assignment]


Piece = Annotated[
    Message
    | Quiz
    | Milestone
    | Pulse
    | Draft
    | Trial
    | Approval
    | Replied
    | Reminder
    | Escalation
    | Found
    | Due
    | Proposed
    | Waiting,
    Field(discriminator="kind"),
]
