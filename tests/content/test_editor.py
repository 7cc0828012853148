"""The editor's eye: what it says of an entry, a pack and two packs together, and how an author answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from content.editor import Edited, edited
from content.packs import BadPack, read_shelf
from content.sets import NEAR, near_duplicates

TODAY = date(2026, 11, 24)
THINGS = (
    "caliper", "badge", "drum", "forklift", "invoice", "password", "sample", "ladder", "contract", "printer", "valve",
    "visitor", "pallet", "recipe", "backup", "helmet", "complaint", "drawing", "laptop", "meeting", "supplier", "van",
    "freezer", "pump", "mailbox", "shelf", "permit", "sensor", "bottle", "ticket", "roof", "tender",
)  # fmt: skip
PEOPLE = ("Ada", "Grace", "Tim", "Marie", "Noor", "Kofi", "Ines", "Jun")

House = Callable[..., list[str]]


def item(number: int, **changed: Any) -> dict[str, Any]:
    thing = THINGS[number]
    made = {
        "id": f"about-{thing}",
        "title": f"Trouble with a {thing}",
        "clauses": ["ISO 9001:2015 7.3"],
        "stem": f"The {thing} that {PEOPLE[number % 8]} needs for {THINGS[number - 9]} {number} broke. What is best?",
        "options": {"A": "Leave it as it is", "B": "Tell Noor of this", "C": "Mend it on my own"},
        "key": "ABC"[number % 3],
        "explanation": "Whoever hears of it early can still help, and nobody has to guess what happened here.",
        "today": "Tell one person.",
    }
    return made | changed


def items(count: int, **changed: Any) -> list[dict[str, Any]]:
    return [item(number, **changed) for number in range(count)]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Writes a pack of these entries beside those that are there, and says what the editor says of all of them."""
    monkeypatch.chdir(tmp_path)

    def look(
        entries: Sequence[dict[str, Any]] = (),
        kind: str = "items",
        pack: str = "ours",
        today: date = TODAY,
        notes: bool = False,
        **head: Any,
    ) -> list[str]:
        folder = tmp_path / "packs" / pack
        folder.mkdir(parents=True, exist_ok=True)
        standards = sorted({c[: c.index(":") + 5] for entry in entries for c in entry.get("clauses", ())})
        top = {"name": pack, "title": "A pack", "standards": standards or ["ISO 9001:2015"]}
        (folder / "pack.yaml").write_text(yaml.safe_dump(top | head, sort_keys=False))
        (folder / f"{kind}.yaml").write_text(yaml.safe_dump({kind: list(entries)}, sort_keys=False))
        found: list[Edited] = list(edited(read_shelf(tmp_path / "packs"), today))
        return [str(said) for one in found for said in (one.notes if notes else one.remarks)]

    return look


def test_a_good_pack_is_left_alone(house: House) -> None:
    assert house(items(30), covers=["ISO 9001:2015 7.3"]) == []


def test_a_remark_names_file_line_entry_field_and_what_to_do(house: House) -> None:
    assert house([item(0, title="TODO")]) == [
        'packs/ours/items.yaml:3: about-caliper: title: still says "TODO"; write it out [placeholder]'
    ]


def test_an_item_in_a_quiz_is_looked_at_too(house: House) -> None:
    quiz = {"id": "two", "title": "Two questions", "items": [item(0), item(1, today="Lorem ipsum.")]}
    (said,) = house([quiz], kind="quizzes")
    assert said.startswith("packs/ours/quizzes.yaml:30: two: today: still says")


def test_only_a_pack_that_covers_clauses_must_end_each_item_in_something_to_do(house: House) -> None:
    bare = [item(0, today="")]
    assert house(bare) == []
    (said,) = house(bare, covers=["ISO 9001:2015 7.3"])
    assert said.endswith("[no-today]")


def test_a_clause_that_no_item_teaches_is_named_and_a_sub_item_counts_for_the_whole(house: House) -> None:
    taught = [item(0, clauses=["ISO 9001:2015 7.3 c", "ISO 9001:2015 8.7"])]
    said = house(taught, covers=["ISO 9001:2015 7.3", "ISO 9001:2015 10.2"])
    assert said == [
        "packs/ours/pack.yaml:7: covers: no item teaches ISO 9001:2015 10.2; write one, or take the clause out of "
        "the list [untaught-clause]"
    ]


def test_a_key_that_is_mostly_the_longest_option_is_told_for_the_set(house: House) -> None:
    longest = {"A": "Leave it there", "B": "Leave it here", "C": "Leave it now"}
    telling = [
        item(number, options=longest | {key: "Leave it to the others"}) for number, key in enumerate("ABCABC")
    ]
    rest = [item(number, key="BC"[number % 2]) for number in range(6, 13)]
    (said,) = house((telling + rest)[:12])
    assert "the key is the longest option in 6 of 12 items" in said
    assert "about-caliper, about-badge" in said
    assert house(telling[:5] + rest) == []
    assert house((telling + rest)[:11]) == []


def test_a_letter_that_is_too_often_or_too_rarely_the_key_is_told_for_the_set(house: House) -> None:
    (often,) = house([item(number, key=key) for number, key in enumerate("AAAAAAABBBCC")])
    assert often.startswith("packs/ours/pack.yaml:1: A is the key of 7 of 12 items; move some keys")
    assert house([item(number, key=key) for number, key in enumerate("AAAAAABBBBCC")]) == []
    (rarely,) = house([item(number, key=key) for number, key in enumerate("A" * 13 + "B" * 13 + "C" * 4)])
    assert "C is the key of only 4 of 30 items" in rarely


def test_two_stems_that_ask_nearly_the_same_are_told_at_the_second_also_between_packs(house: House) -> None:
    first = "The part has to leave today. You see that the calibration of the caliper ran out last week. What now?"
    second = "You want to measure a part that must leave today, and the caliper's calibration ended last week. And?"
    house([item(0, stem=first)], pack="first")
    (said,) = house([item(1, stem=second)], pack="second")
    assert said.startswith(
        "packs/second/items.yaml:6: about-badge: stem: asks nearly what about-caliper asks at "
    )
    assert "packs/first/items.yaml:2" in said
    reason = {"near-duplicate": "asked again on purpose"}
    assert house([item(1, stem=second, accepted=reason)], pack="second") == []
    house([item(0, stem=first, accepted=reason)], pack="first")
    assert house([item(1, stem=second)], pack="second") == []
    assert (
        house([item(2)], pack="second") == []
    )  # what is accepted may be about a pack that is not looked at now


def test_situations_that_only_end_in_the_same_words_are_not_near() -> None:
    ends = [f"You see a {thing} that is wrong. What do you do first?" for thing in THINGS[:8]]
    assert list(near_duplicates(ends)) == []
    assert list(near_duplicates(["", "What do you do?", "What do you do?"])) == []
    (near,) = near_duplicates([*ends, "A wrong caliper is what you see. What would you do first?"])
    assert (near.first, near.second) == (0, 8)
    assert NEAR <= near.share <= 1


def test_a_withdrawn_edition_is_told_and_one_in_transition_only_from_its_last_day(house: House) -> None:
    both = [item(0, clauses=["ISO/IEC 27001:2013 7.3"]), item(1, clauses=["ISO 14001:2015 7.3"])]
    (said,) = house(both)
    assert "about-caliper: clauses: ISO/IEC 27001:2013 is withdrawn; take its clause out, and name" in said
    assert house(both, notes=True) == [
        "1 piece names ISO 14001:2015 and not yet ISO 14001:2026; the old edition can be used until 2029-05-01"
    ]
    assert len(house(both, today=date(2029, 5, 1))) == 2
    assert house(both, today=date(2029, 5, 1), notes=True) == []
    assert house([item(1, clauses=["ISO 14001:2015 7.3", "ISO 14001:2026 7.3"])], notes=True) == []


def test_a_message_of_more_than_two_minutes_is_told(house: House) -> None:
    message = {"id": "long", "title": "Long", "text": "word " * 251}
    (said,) = house([message], kind="messages")
    assert "long: text: has 251 words" in said
    assert house([message | {"text": "word " * 250}], kind="messages") == []


def test_an_author_accepts_a_remark_with_a_reason_and_is_told_when_it_is_gone(house: House) -> None:
    reason = {"placeholder": "TODO is the name of our list"}
    assert house([item(0, title="The TODO list", accepted=reason)]) == []
    (said,) = house([item(0, accepted=reason)])
    assert said.startswith(
        "packs/ours/items.yaml:16: about-caliper: placeholder: is accepted here, and there is nothing"
    )
    lopsided = [item(number, key="A") for number in range(12)]
    assert house(lopsided, accepted={"key-letters": "until the second half is written"}) == []


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ({"plaicholder": "why"}, "about-caliper: plaicholder: must be 'hard-to-read', "),
        ({"placeholder": ""}, "about-caliper: placeholder: is empty"),
        (["placeholder"], "about-caliper: accepted: must be fields with values"),
    ],
)
def test_an_acceptance_that_cannot_be_is_a_mistake(house: House, accepted: object, said: str) -> None:
    with pytest.raises(BadPack) as bad:
        house([item(0, accepted=accepted)])
    assert said in str(bad.value)


def test_of_a_file_alone_only_what_it_shows_is_said(house: House, tmp_path: Path) -> None:
    bare = item(0, today="", accepted={"no-today": "it is the last of a row"})
    assert house([bare], covers=["ISO 9001:2015 7.3"]) == []
    (alone,) = edited(read_shelf(tmp_path / "packs" / "ours" / "items.yaml"), TODAY)
    assert (alone.path.name, len(alone.pieces), alone.remarks) == ("items.yaml", 1, [])


def test_what_is_accepted_is_no_part_of_a_piece(house: House, tmp_path: Path) -> None:
    house([item(0)])
    before = read_shelf(tmp_path / "packs").pieces
    house([item(0, title="Trouble with a caliper", accepted={"placeholder": "why"})])
    assert read_shelf(tmp_path / "packs").pieces == before
