"""What was said is kept under its hash, with the clauses it serves, whatever its kind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import String, create_engine, literal, select

from content.pieces import Clause, Draft, Milestone
from storage.contents import Hashes, clauses_from, clauses_of, clauses_text, have, keep, load, wholes
from storage.engine import connect
from tests.storage.scene import AWARENESS, CARD, MESSAGE, QUIZ, TRAINING

DRAFT = Draft(
    id="draft-1",
    title="Why quality",
    message=MESSAGE,
    audience="everyone",
    people=3,
    drafted="2026-11-23T09:30:00+00:00",
)
MILESTONE = Milestone(id="stage-1", title="Stage 1", scope="programme", text="Done!")


def test_every_kind_comes_back_as_it_was(url: str) -> None:
    engine = connect(url)
    shown = (CARD, MESSAGE, QUIZ, DRAFT, MILESTONE)
    hashes = Hashes()
    with engine.begin() as connection:
        for _ in range(2):
            keep(connection, (*shown, None), hashes)
        assert load(connection, [hashes.of(value) for value in shown]) == {hashes.of(v): v for v in shown}
    engine.dispose()


def test_a_piece_serves_its_own_clauses_and_those_of_its_items() -> None:
    assert clauses_of(QUIZ) == (AWARENESS, TRAINING)
    assert clauses_of(DRAFT) == (AWARENESS,)
    assert clauses_of(CARD) == ()


def test_clauses_keep_their_edition_in_the_ledger() -> None:
    assert clauses_from(clauses_text((AWARENESS, TRAINING))) == (AWARENESS, TRAINING)


@given(
    st.lists(
        st.builds(
            Clause,
            standard=st.sampled_from(("ISO 9001", "ISO 14001", 'A "norm": 2015')),
            edition=st.sampled_from(("2015", "2022")),
            clause=st.sampled_from(("7.3", "7.3 a", "7", "A_6%", "27.3", "7.31")),
        ),
        max_size=4,
    ),
    st.sampled_from(
        ("ISO 9001:2015 7.3", "ISO 14001:2022 7", 'A "norm": 2015:2022 A_6%', "ISO 9001:2022 27.3", "nothing")
    ),
)
def test_a_clause_is_found_where_it_would_be_counted(clauses: list[Clause], wanted: str) -> None:
    kept = literal(clauses_text(tuple(clauses)), String())
    with create_engine("sqlite://").connect() as connection:
        found = connection.scalar(select(have(kept, wanted)))
    assert bool(found) == (wanted in wholes(tuple(clauses)))
