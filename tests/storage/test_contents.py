"""What was said is kept under its hash, with the clauses it serves, whatever its kind."""

from __future__ import annotations

from content.pieces import Draft, Milestone
from storage.contents import Hashes, clauses_from, clauses_of, clauses_text, keep, load
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
