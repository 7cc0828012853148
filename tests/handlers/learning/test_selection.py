"""Who is asked which question when: what is known least first, and what is new in its place among that."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.pieces import Clause, Difficulty, Group, Item
from content.programme import Learning, Programme
from handlers.learning.memory import Memory, day_of, interval
from handlers.learning.selection import UNMET, Bank, next_audits

TODAY = day_of(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
MONDAY = day_of(datetime(2026, 11, 22, 23, tzinfo=UTC))
EVERYBODY: frozenset[Group] = frozenset({"everybody"})
GROUPS: tuple[Group, ...] = ("everybody", "manager", "operations", "office", "new joiner")


def item(
    name: str,
    clause: str = "7.3",
    audience: tuple[Group, ...] = ("everybody",),
    difficulty: Difficulty = "medium",
) -> Item:
    return Item(
        id=name,
        title=name,
        stem="What now?",
        options={"A": "This", "B": "That"},
        key="A",
        explanation="Because.",
        clauses=(Clause(standard="ISO 9001", edition="2015", clause=clause),),
        audience=audience,
        difficulty=difficulty,
    )


def memory(name: str, stability: float, ago: float, met: float = 100.0) -> Memory:
    return Memory(name, stability, 5.0, TODAY - max(met, ago), TODAY - ago, 3, 2)


def programme(audit: str = "", **learning: object) -> Programme:
    audits = [{"kind": "stage 2", "date": audit}] if audit else []
    return Programme.model_validate(
        {
            "organisation": "Works",
            "zone": "UTC",
            "packs": ["ours"],
            "standards": [{"standard": "ISO 9001", "edition": "2015", "audits": audits}],
            "learning": {"new_a_week": 3, "most_a_week": 10} | learning,
        }
    )


def choose(bank: Bank, *known: Memory, groups: frozenset[Group] = EVERYBODY, most: int = 3) -> list[str]:
    return [chosen.id for chosen in bank.choose({m.item: m for m in known}, groups, MONDAY, most)]


def bank(*items: Item, audit: str = "", **learning: object) -> Bank:
    return Bank.of(items, programme(audit, **learning), TODAY)


def test_what_is_due_comes_by_the_lowest_recall_and_what_is_new_between_what_is_lost_and_what_only_fades() -> (
    None
):
    items = bank(item("new"), item("fades"), item("faded"), item("lost"), item("fresh"))
    known = memory("fades", 5, 6), memory("faded", 5, 30), memory("lost", 0.2, 90), memory("fresh", 50, 6)
    recalls = [m.recall(TODAY) for m in known]
    assert recalls[2] < UNMET < recalls[1] < recalls[0] < 0.9 < recalls[3]
    assert choose(items, *known, most=5) == ["lost", "new", "faded", "fades"]


def test_what_is_new_comes_from_the_clause_of_which_they_have_met_least_and_the_easier_first() -> None:
    items = bank(
        item("one", "7.3"),
        item("two", "7.3"),
        item("three", "8.7", difficulty="hard"),
        item("four", "8.7", difficulty="easy"),
    )
    assert choose(items, memory("one", 50, 1)) == ["four", "two", "three"]


def test_what_is_written_for_a_group_by_name_comes_before_what_is_for_everybody() -> None:
    written = item("all"), item("shop", audience=("operations",))
    apart = bank(*written, groups={"operations": "team:Production"})
    assert choose(apart, groups=frozenset({"everybody", "operations"})) == ["shop", "all"]
    assert choose(apart) == ["all"]
    assert choose(bank(*written)) == ["all", "shop"]


def test_no_more_new_items_a_week_than_the_programme_says() -> None:
    items = bank(item("one"), item("two"), item("three"), new_a_week=2)
    assert choose(items) == ["one", "two"]
    assert choose(items, memory("one", 50, 0.5, met=0.5)) == ["two"]


def test_no_more_questions_a_week_than_the_programme_says() -> None:
    items = bank(*(item(f"i{n}") for n in range(9)), most_a_week=3)
    this_week = [memory(f"i{n}", 50, 0.5, met=90) for n in range(2)]
    assert len(choose(items, *this_week)) == 1
    assert choose(items, *this_week, memory("i2", 50, 1, met=90)) == []


def test_an_item_comes_in_the_morning_of_the_day_on_which_it_is_due() -> None:
    items = bank(item("one"), new_a_week=0)
    assert choose(items, memory("one", 11, 10.6)) == ["one"]
    assert choose(items, memory("one", 11, 10.4)) == []


def test_before_an_audit_what_would_be_forgotten_by_then_is_asked_as_well() -> None:
    known = memory("soon", 20, 12), memory("later", 300, 160), memory("just", 20, 2)
    items = item("soon"), item("later"), item("just")
    assert choose(bank(*items), *known) == []
    assert choose(bank(*items, audit="2026-12-20"), *known) == ["soon"]
    assert choose(bank(*items, audit="2027-03-01"), *known) == []


def test_before_an_audit_the_order_is_still_by_what_is_known_least_today() -> None:
    """In the simulated year the recall on that day was no better a guide (docs/learning.md)."""
    known = memory("slow", 40, 80), memory("fast", 4, 7), memory("soon", 20, 12)
    items = item("slow"), item("fast"), item("soon")
    assert choose(bank(*items), *known) == ["slow", "fast"]
    assert choose(bank(*items, audit="2026-12-20"), *known) == ["slow", "fast", "soon"]


def test_the_next_audit_of_a_standard_counts_when_it_is_near() -> None:
    assert next_audits(programme("2026-12-20"), TODAY) == {
        "ISO 9001:2015": day_of(datetime(2026, 12, 20, tzinfo=UTC))
    }
    assert next_audits(programme("2026-11-20"), TODAY) == {}
    assert next_audits(programme("2027-06-01"), TODAY) == {}


def test_what_waits_in_the_chat_unanswered_is_not_asked_a_second_time() -> None:
    items, known = bank(item("one"), item("two"), item("old")), {"old": memory("old", 5, 30)}
    chosen = items.choose(known, EVERYBODY, MONDAY, 3, waiting=["old", "one"])
    assert [each.id for each in chosen] == ["two"]


def test_an_item_that_is_no_longer_in_the_bank_is_not_asked() -> None:
    assert choose(bank(), memory("gone", 1, 50)) == []


def test_whoever_asks_gets_a_question_in_the_same_order_and_then_what_they_know_least() -> None:
    items = bank(item("one"), item("two"), new_a_week=0, most_a_week=1)
    known = {"one": memory("one", 50, 0.5)}
    assert (items.one({}, EVERYBODY), items.one(known, EVERYBODY)) == (
        items.entries["one"].item,
        items.entries["two"].item,
    )
    both = known | {"two": memory("two", 20, 0.5)}
    found = items.one(both, EVERYBODY)
    assert found is not None
    assert found.id == "two"
    assert bank().one({}, EVERYBODY) is None


names = st.integers(0, 11).map("i{}".format)
banks = st.dictionaries(
    names,
    st.tuples(st.sampled_from(("7.3", "8.7", "7.2")), st.sets(st.sampled_from(GROUPS), min_size=1)),
)
memories = st.dictionaries(names, st.tuples(st.floats(0.2, 400), st.floats(0, 500)), max_size=12)


@given(
    written=banks,
    remembered=memories,
    own=st.sets(st.sampled_from(GROUPS[1:])),
    most=st.integers(1, 5),
    retention=st.floats(0.7, 0.97),
    new=st.integers(0, 4),
    cap=st.integers(1, 8),
    audit=st.sampled_from(("", "2026-12-20")),
)
def test_whatever_there_is_the_rules_of_a_slot_hold(
    written: dict[str, tuple[str, set[Group]]],
    remembered: dict[str, tuple[float, float]],
    own: set[Group],
    most: int,
    retention: float,
    new: int,
    cap: int,
    audit: str,
) -> None:
    items = bank(
        *(item(name, clause, tuple(groups)) for name, (clause, groups) in written.items()),
        audit=audit, groups={"operations": "team:P", "office": "not team:P"}, retention=retention,
        new_a_week=new, most_a_week=cap,
    )  # fmt: skip
    known = {name: memory(name, stability, ago, met=ago + 1) for name, (stability, ago) in remembered.items()}
    groups: frozenset[Group] = frozenset({"everybody", *own})
    chosen = [chosen.id for chosen in items.choose(known, groups, MONDAY, most)]
    asked = sum(m.reviewed >= MONDAY for m in known.values())
    assert len(chosen) == len(set(chosen)) <= max(0, min(most, cap - asked))
    assert all(set(written[name][1]) & groups for name in chosen)
    assert sum(name not in known for name in chosen) <= new

    def due(name: str) -> bool:
        gap = max(1.0, interval(retention) * known[name].stability)
        return TODAY - known[name].reviewed + 0.5 >= gap

    def pressing(name: str) -> float:
        return known[name].recall(TODAY) if name in known else UNMET

    assert all(pressing(one) <= pressing(other) + 1e-9 for one, other in pairwise(chosen))
    left = [n for n in known if n in written and set(written[n][1]) & groups and due(n) and n not in chosen]
    if left and len(chosen) < max(0, min(most, cap - asked)):
        pytest.fail("something due was left out although there was room")
    if left and chosen:
        assert max(map(pressing, chosen)) <= min(map(pressing, left)) + 1e-9


def test_the_settings_have_a_range() -> None:
    assert Learning() == Learning(retention=0.9, new_a_week=3, most_a_week=5)
    for wrong in ({"retention": 1.0}, {"most_a_week": 0}, {"groups": {"office": "teem:A"}}):
        with pytest.raises(ValueError, match=r".+"):
            Learning.model_validate(wrong)
