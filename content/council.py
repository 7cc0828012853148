"""What a works council agrees to: individual views off, and each exception with its name, reason and end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from content.audience import EVERYONE, Audience, any_of, parse
from content.campaigns import Day
from content.cards import Value
from content.names import written
from content.pieces import Words

View = Literal["induction", "not acknowledged", "escalation", "leaders", "ideas", "people", "sample"]
"""The views that tell of somebody by name."""
VIEWS: tuple[View, ...] = get_args(View)
WRITTEN = "must be true, false, or exceptions, such as { exceptions: [...] }"


def _plain(expression: str) -> str:
    written(expression)
    return expression


class Allowed(Value):
    """One exception: who may see whom by name, in which views, why, until which day, and who agreed to that."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
    who: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
    views: Annotated[tuple[View, ...], Field(min_length=1)]
    whom: Annotated[str, AfterValidator(_plain)] = EVERYONE
    why: Words
    until: Day
    agreed: Words

    def open(self, email: str, view: View, today: date) -> bool:
        return view in self.views and today <= self.until and self.who.casefold() == email.casefold()


class WorksCouncil(Value):
    """Individual views are off for all but the person, except where it says so."""

    exceptions: tuple[Allowed, ...] = ()


def of_all(allowed: tuple[Allowed, ...]) -> Audience:
    """Everybody whom one of these exceptions is about."""
    return any_of(*(parse(each.whom) for each in allowed))


def switched(given: object) -> object:
    """`works_council: true` is the mode without exceptions, `false` is without the mode."""
    word = str(given).lower()
    if word in ("true", "on", "yes"):
        return WorksCouncil()
    if word in ("false", "off", "no"):
        return None
    if isinstance(given, dict | WorksCouncil) or given is None:
        return given
    raise ValueError(WRITTEN)
