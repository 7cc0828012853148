"""Who a campaign is for, in words a leader can read: `team:Production and not role:"quality lead"`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple, NoReturn

from content.membership import (
    ACKNOWLEDGED,
    EVERYONE,
    JOINED_SINCE,
    Acknowledged,
    AllOf,
    AnyOf,
    Audience,
    BadAudience,
    Everyone,
    Has,
    JoinedSince,
    Named,
    Not,
    Subject,
    all_of,
    any_of,
    leaves,
)

__all__ = [
    "EVERYONE",
    "Acknowledged",
    "AllOf",
    "AnyOf",
    "Audience",
    "BadAudience",
    "Everyone",
    "Has",
    "JoinedSince",
    "Named",
    "Not",
    "Subject",
    "all_of",
    "any_of",
    "leaves",
    "parse",
]

FIELDS = ("team", "site", "role", "language", "email")
NAMES = ("standard", "audience")
_WORDS = (*FIELDS, JOINED_SINCE, *NAMES, ACKNOWLEDGED)
_EXAMPLE = 'team:Production and not role:"quality lead"'


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
