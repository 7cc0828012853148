"""An auditor's sample is drawn by arithmetic that anybody can redo, in whatever order people come."""

from __future__ import annotations

import hashlib
import random

from handlers.evidence.pack import ROSTER, Row
from handlers.evidence.sample import Draw, drawn


def person(number: int, team: str = "Lab", under: str = "yes", began: str = "yes", joined: str = "no") -> Row:
    said = {"person": f"key{number}", "name": f"Ada {number}", "team": team, "under the standard": under}
    said |= {"here when it began": began, "joined in it": joined}
    return tuple(said.get(name, "") for name in ROSTER.columns)


def by_hand(seed: str, keys: list[str], n: int) -> list[str]:
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}|{key}".encode()).hexdigest())[:n]


def test_the_smallest_hashes_of_seed_and_key_are_drawn_whatever_the_order() -> None:
    people = [person(number) for number in range(200)]
    expected = by_hand("42", [str(row[0]) for row in people], 5)
    for seed in range(5):
        shuffled = random.Random(seed).sample(people, len(people))
        assert [each.person for each in drawn([shuffled[:90], shuffled[90:]], Draw("42", 5))] == expected
    assert [each.person for each in drawn([people], Draw("43", 5))] != expected


def test_by_team_so_many_are_drawn_of_each_team() -> None:
    people = [person(number, team="Lab" if number % 3 else "Plant") for number in range(60)]
    found = drawn([people], Draw("7", 4, by_team=True))
    assert [each.team for each in found] == ["Lab"] * 4 + ["Plant"] * 4
    plant = [str(row[0]) for row in people if row[2] == "Plant"]
    assert [each.person for each in found[4:]] == by_hand("7", plant, 4)


def test_only_who_was_here_under_the_standard_is_drawn_and_of_joiners_only_they() -> None:
    people = [person(1, under="no"), person(2, began="no"), person(3), person(4, began="no", joined="yes")]
    assert {each.person for each in drawn([people], Draw("1", 9))} == {"key3", "key4"}
    assert [each.person for each in drawn([people], Draw("1", 9, among="joiners"))] == ["key4"]
