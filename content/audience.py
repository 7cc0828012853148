"""Who a campaign is for, in words a leader can read: `team:Production and not role:"quality lead"`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple, NoReturn, Protocol

FIELDS = ("team", "site", "role", "language", "email")
JOINED_SINCE = "joined-since"
NAMES = ("standard", "audience")
ACKNOWLEDGED = "acknowledged"
EVERYONE = "everyone"
_WORDS = (*FIELDS, JOINED_SINCE, *NAMES, ACKNOWLEDGED)
_EXAMPLE = 'team:Production and not role:"quality lead"'

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
        return f"{self.field}:{_quoted(self.value)}"


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
        return f"{self.field}:{_quoted(self.name)}"


@dataclass(frozen=True)
class Acknowledged:
    """Acknowledged what was sent under this id; nobody is where nothing was."""

    campaign: str

    def matches(self, subject: Subject) -> bool:
        """Raises BadAudience: only the log of what people did knows it."""
        raise BadAudience(f"{self} can be asked of the database only")

    def __str__(self) -> str:
        return f"{ACKNOWLEDGED}:{_quoted(self.campaign)}"


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


def parse(expression: str) -> Audience:
    """Read `everyone`, `field:value`, `joined-since:DATE`, and / or / not, parentheses. Raises BadAudience.

    `not` binds closest, then `and`, then `or`; a value with a space in it stands in double quotes.
    """
    parser = _Parser(expression)
    rule = parser.alternatives()
    if parser.next.text:
        parser.refuse("`and`, `or` or the end")
    return rule


class _Token(NamedTuple):
    text: str
    at: int  # from 1


_TOKEN = re.compile(r'\s*(?:([()])|([^\s()":]+:"[^"]*"|[^\s()"]+))')
_DEEPEST = 50


class _Parser:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.depth = 0
        self.end = 0
        self.next = _Token("", 1)
        self.advance()

    def advance(self) -> _Token:
        passed = self.next
        rest = self.expression[self.end :]
        found = _TOKEN.match(rest)
        start = self.end + len(rest) - len(rest.lstrip()) + 1
        if found is None and rest.strip():
            self.next = _Token(rest.strip(), start)
            self.refuse('a word, or a value in double quotes as in role:"quality lead"')
        self.next = _Token(found.group().strip() if found else "", start)
        self.end += found.end() if found else len(rest)
        return passed

    def refuse(self, expected: str) -> NoReturn:
        found = f"`{self.next.text}`" if self.next.text else "the end"
        raise BadAudience(
            f"at character {self.next.at} of the audience: found {found}, expected {expected}. There are: "
            f"{EVERYONE}, {', '.join(f'{word}:' for word in _WORDS)}, and, or, not, "
            f"parentheses; for example {_EXAMPLE}"
        )

    def alternatives(self) -> Audience:
        return self.joined("or", any_of, lambda: self.joined("and", all_of, self.negation))

    def joined(self, word: str, several: Callable[..., Audience], part: Callable[[], Audience]) -> Audience:
        rules = [part()]
        while self.next.text.lower() == word:
            self.advance()
            rules.append(part())
        return several(*rules)

    def negation(self) -> Audience:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse(f"at most {_DEEPEST} parentheses and `not` inside each other")
        rule = self.negated_or_not()
        self.depth -= 1
        return rule

    def negated_or_not(self) -> Audience:
        if self.next.text.lower() == "not":
            self.advance()
            return Not(self.negation())
        if self.next.text == "(":
            self.advance()
            rule = self.alternatives()
            if self.next.text != ")":
                self.refuse("`)`, `and` or `or`")
            self.advance()
            return rule
        return self.rule()

    def rule(self) -> Audience:
        field, colon, value = self.next.text.partition(":")
        field, value = field.lower(), value.strip('"').strip()
        if not colon and field == EVERYONE:
            self.advance()
            return Everyone()
        if field not in _WORDS:
            near = get_close_matches(field, (EVERYONE, *_WORDS), n=1)
            self.refuse(f"who it is for (did you mean `{near[0]}`?)" if near else "who it is for")
        if not value:
            self.refuse(f"`{field}:` and a value right after the colon")
        rule = self.rule_of(field, value)
        self.advance()
        return rule

    def rule_of(self, field: str, value: str) -> Audience:
        if field == JOINED_SINCE:
            return self.joined_since(value)
        if field == ACKNOWLEDGED:
            return Acknowledged(value)
        return Named(field, value) if field in NAMES else Has(field, value)

    def joined_since(self, value: str) -> Audience:
        try:
            return JoinedSince(date.fromisoformat(value))
        except ValueError:
            self.refuse(f"{JOINED_SINCE}: and a date such as 2026-01-01")


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s():]", value) else value
