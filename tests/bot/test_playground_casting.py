"""Who of a thousand people is shown at first, found by words and opened by an address."""

from __future__ import annotations

import pytest

from bot.playground import casting
from handlers.model import Address, Person, Platform, Role


def person(key: str, name: str = "", team: str = "", *roles: Role) -> Person:
    address = Address(Platform.PLAYGROUND, "playground", f"{key}@example.org")
    return Person(key, name, team=team, roles=frozenset({Role.EMPLOYEE, *roles}), addresses=(address,))


CROWD = [
    person("a", "Hannah Voss", "Sales"),
    person("b", "Ann Berg", "Sales", Role.MANAGER),
    person("c", "Zoë Ansari", "Service"),
    person("d", "Ida Lund", "Annex"),
    *(person(f"w{number}", f"Worker {number}", "Assembly") for number in range(1000)),
    person("x"),
]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("ann", ["b", "d", "a"]),
        ("SALES", ["b", "a"]),
        ("zoe", ["c"]),
        ("berg, ann", ["b"]),
        ("manager sales", ["b"]),
        ("x@example.org", ["x"]),
        ("ann zoe", []),
    ],
)
def test_the_beginning_of_a_name_comes_before_a_team_and_that_before_a_middle(
    words: str, keys: list[str]
) -> None:
    assert [one.key for one in casting.found(CROWD, words)] == keys


def test_somebody_without_a_name_stands_for_nobody() -> None:
    assert [one.key for one in casting.shown(CROWD[::-1], None)] == ["a", "b"]


def test_an_address_with_a_thousand_names_shows_no_more_than_twelve() -> None:
    every = ",".join(one.key for one in CROWD)
    assert len(casting.shown(CROWD, every)) == casting.MOST
