"""What other systems send: the fields of the forms, checked for their shape before a use case reads them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handlers.broadcasts.choosing import LONGEST_WHY
from handlers.broadcasts.drafts import MOST_MINUTES
from handlers.broadcasts.forms import LETTERS, MAX_ALT, MAX_LINE, MAX_TEXT, MAX_TITLE

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
MAX_ADDRESS, MAX_LABEL, MAX_RULE, MAX_REMARK = 2000, 75, 1000, 500

Line = Annotated[str, StringConstraints(max_length=MAX_LINE, pattern=ONE_LINE)]
Alt = Annotated[str, StringConstraints(max_length=MAX_ALT, pattern=ONE_LINE)]
Address = Annotated[str, StringConstraints(max_length=MAX_ADDRESS, pattern=ONE_LINE)]
Short = Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CheckFields(Body):
    """One question under the message."""

    stem: Line
    options: Annotated[
        list[Annotated[Line, StringConstraints(min_length=1)]], Field(min_length=2, max_length=5)
    ]
    key: Annotated[
        Literal["A", "B", "C", "D", "E"], Field(description="The letter of the right option: A is the first.")
    ]
    explanation: Line = ""


class ExclusionFields(Body):
    """Who of the audience is left out, and why."""

    rule: Annotated[str, StringConstraints(min_length=1, max_length=MAX_RULE, pattern=ONE_LINE)]
    why: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_WHY, pattern=ONE_LINE)]


class Fields(Body):
    """What of a broadcast is to be as it says; what is not named stays as it is."""

    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    text: Annotated[
        str, Field(max_length=MAX_TEXT, description="Markdown: bold, italic, lists, https links.")
    ] = ""
    audience: Annotated[
        str,
        StringConstraints(max_length=MAX_RULE, pattern=ONE_LINE),
        Field(examples=['site:"Plant 2" and not role:manager']),
    ] = "everyone"
    exclusions: Annotated[list[ExclusionFields], Field(max_length=1)] = []
    acknowledge: bool = True
    picture: Annotated[Address, Field(description="An https address.")] = ""
    picture_alt: Annotated[Alt, Field(description="What the picture shows; needed with it.")] = ""
    link: Annotated[Address, Field(description="An https address.")] = ""
    link_label: Annotated[str, StringConstraints(max_length=MAX_LABEL, pattern=ONE_LINE)] = ""
    check: CheckFields | None = None
    clause: Annotated[Line, Field(examples=["ISO 9001:2015 7.3"])] = ""
    objective: Line = ""
    expires: Annotated[Short, Field(description="Until when it can be answered, as `at`.")] = ""
    replies: bool = False
    reply_to: Annotated[Line, Field(description="The e-mail of who gets replies; empty: the author.")] = ""
    at: Annotated[
        Short,
        Field(
            description="ISO 8601; without an offset by the author's clock. Empty: as soon as it is sent.",
            examples=["2026-12-01T09:30"],
        ),
    ] = ""
    local: Annotated[bool, Field(description="At that time on each person's own clock.")] = False
    spread: Annotated[int, Field(ge=0, le=MOST_MINUTES, description="Minutes over which it is spread.")] = 0
    repeat: Literal["once", "daily", "weekly", "monthly"] = "once"
    until: Annotated[Short, Field(description="The last day of what repeats.", examples=["2027-03-31"])] = ""


class NewBroadcast(Fields):
    """A draft: at least a title and a text."""

    title: Annotated[str, Field(min_length=1, max_length=MAX_TITLE)]
    text: Annotated[
        str,
        Field(min_length=1, max_length=MAX_TEXT, description="Markdown: bold, italic, lists, https links."),
    ]


class ChangedBroadcast(Fields):
    """What of a draft is to be different."""

    version: Annotated[int, Field(ge=1, description="The version that was looked at.")] | None = None


class Seen(Body):
    """Which version was looked at; If-Match says the same."""

    version: Annotated[int, Field(ge=1)] | None = None


class Remark(Seen):
    """What should be different."""

    remark: Annotated[str, Field(min_length=1, max_length=MAX_REMARK)]


class Code(Body):
    """The code that `token` shows in the chat."""

    code: Annotated[str, StringConstraints(max_length=100, pattern=ONE_LINE)]


class Nothing(Body):
    """No field at all."""


_YES_NO = ("acknowledge", "replies", "local")
_NOT_VALUES = ("audience", "check", "exclusions", "version")
FIELD_OF = {
    "rule": "audience",
    "except": "exclusions",
    "why": "exclusions",
    "stem": "check",
    "options": "check",
}
"""What a form calls a field -> what it is called here, for its mistakes."""


def values(body: Fields) -> dict[str, str]:
    """As a form gives them: text by the name of its field, without what was not named."""
    named = {name: getattr(body, name) for name in body.model_fields_set if name not in _NOT_VALUES}
    found = {
        name: ("yes" if value else "no") if name in _YES_NO else str(value) for name, value in named.items()
    }
    if "audience" in body.model_fields_set:  # a rule beyond what is granted is refused, and not narrowed
        found["rule"] = body.audience
    if "exclusions" in body.model_fields_set:
        left_out = body.exclusions[0] if body.exclusions else None
        found |= {"except": left_out.rule, "why": left_out.why} if left_out else {"except": "", "why": ""}
    if "check" in body.model_fields_set:
        found |= _question(body.check)
    return found


def _question(check: CheckFields | None) -> dict[str, str]:
    """In a form its answers stand one on a line, the right one with a * before it."""
    if check is None:
        return {"stem": "", "options": "", "explanation": ""}
    right = LETTERS.index(check.key)
    lines = (f"{'*' if at == right else ''}{option.lstrip('* ')}" for at, option in enumerate(check.options))
    return {"stem": check.stem, "options": "\n".join(lines), "explanation": check.explanation}
