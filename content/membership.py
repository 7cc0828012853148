"""The rules an audience is made of, as values: whom each fits, and its canonical form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

JOINED_SINCE = "joined-since"
ACKNOWLEDGED = "acknowledged"
EVERYONE = "everyone"

Subject = Mapping[str, object]
"""A person as an audience sees one: team, site, role (several), language, email, joined (a date or None)."""


class BadAudience(ValueError):
    """An expression that cannot be read; the message says where, what was expected, and which words exist."""


class Audience(Protocol):
    """A rule that a person satisfies or not; `str()` is its canonical form, which parses to an equal rule."""

    def matches(self, subject: Subject) -> bool:
        """Letter case does not count. A field the subject lacks matches nothing."""
        ...


@dataclass(frozen=True)
class Everyone:
    def matches(self, subject: Subject) -> bool:
        return True

    def __str__(self) -> str:
        return EVERYONE


@dataclass(frozen=True)
class Has:
    """The field is this value, or one of the field's values is."""

    field: str
    value: str

    def matches(self, subject: Subject) -> bool:
        found = subject.get(self.field)
        values = (found,) if isinstance(found, str) else found if isinstance(found, Collection) else ()
        wanted = self.value.casefold()
        return any(str(value).casefold() == wanted for value in values)

    def __str__(self) -> str:
        return f"{self.field}:{quoted(self.value)}"


@dataclass(frozen=True)
class JoinedSince:
    """Joined on this day or later; whose day is not known has not."""

    day: date

    def matches(self, subject: Subject) -> bool:
        joined = subject.get("joined")
        return isinstance(joined, date) and joined >= self.day

    def __str__(self) -> str:
        return f"{JOINED_SINCE}:{self.day.isoformat()}"


@dataclass(frozen=True)
class Named:
    """A name for another rule: `standard:"ISO 14001"`, `audience:"shift leaders"`. See `content.names`."""

    field: str
    name: str

    def matches(self, subject: Subject) -> bool:
        """Raises BadAudience: what it stands for has to be put in its place first."""
        raise BadAudience(f"{self} stands for an audience that is not known here")

    def __str__(self) -> str:
        return f"{self.field}:{quoted(self.name)}"


@dataclass(frozen=True)
class Acknowledged:
    """Acknowledged what was sent under this id; nobody is where nothing was."""

    campaign: str

    def matches(self, subject: Subject) -> bool:
        """Raises BadAudience: only the log of what people did knows it."""
        raise BadAudience(f"{self} can be asked of the database only")

    def __str__(self) -> str:
        return f"{ACKNOWLEDGED}:{quoted(self.campaign)}"


@dataclass(frozen=True)
class Not:
    rule: Audience

    def matches(self, subject: Subject) -> bool:
        return not self.rule.matches(subject)

    def __str__(self) -> str:
        return f"not ({self.rule})" if isinstance(self.rule, AllOf | AnyOf) else f"not {self.rule}"


@dataclass(frozen=True)
class AllOf:
    rules: tuple[Audience, ...]

    def matches(self, subject: Subject) -> bool:
        return all(rule.matches(subject) for rule in self.rules)

    def __str__(self) -> str:
        return " and ".join(f"({rule})" if isinstance(rule, AnyOf) else str(rule) for rule in self.rules)


@dataclass(frozen=True)
class AnyOf:
    rules: tuple[Audience, ...]

    def matches(self, subject: Subject) -> bool:
        return any(rule.matches(subject) for rule in self.rules)

    def __str__(self) -> str:
        return " or ".join(str(rule) for rule in self.rules)


def all_of(*rules: Audience) -> Audience:
    """Who fits all of these."""
    return _several(AllOf, rules)


def any_of(*rules: Audience) -> Audience:
    """Who fits one of these."""
    return _several(AnyOf, rules)


def _several(kind: type[AllOf] | type[AnyOf], rules: Iterable[Audience]) -> Audience:
    """One rule of that kind, with none of its own kind inside: as it is read back from its canonical form."""
    flat = [part for rule in rules for part in (rule.rules if isinstance(rule, kind) else (rule,))]
    return kind(tuple(flat)) if len(flat) > 1 else flat[0]


def leaves(rule: Audience) -> Iterator[Audience]:
    """The rules in a rule that have no rules in them."""
    match rule:
        case Not(inner):
            yield from leaves(inner)
        case AllOf(rules) | AnyOf(rules):
            for each in rules:
                yield from leaves(each)
        case _:
            yield rule


def quoted(value: str) -> str:
    """A value as it is read back: in double quotes where it has to be."""
    return f'"{value}"' if re.search(r"[\s():]", value) else value
