"""The pack a newcomer meets first keeps to what it tells others."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from content.blanks import blanks_in, filled
from content.campaigns import slots
from content.cards import Card, Text
from content.limits import TEXT, problems
from content.markup import plain
from content.packs import check_pack, load
from content.pieces import Item, Message, Milestone, Quiz
from content.shelf import HERE

LIBRARY = load(HERE / "starter" / "programme.yaml")
FILES = ("messages", "milestones", "pulses", "quizzes")
STARTER = {piece.id: piece for name in FILES for piece in check_pack(HERE / "starter" / f"{name}.yaml")}
ITEMS = [(item.id, item) for piece in STARTER.values() if isinstance(piece, Quiz) for item in piece.items]


def test_it_holds_messages_quizzes_and_milestones_of_every_scope_and_standard() -> None:
    kinds = Counter(piece.kind for piece in STARTER.values())
    assert kinds >= Counter({"message": 6, "quiz": 8, "milestone": 5})
    assert LIBRARY.of_kind("quiz")[0] == LIBRARY.piece("overdue-caliper")
    scopes = {piece.scope for piece in LIBRARY.pieces.values() if isinstance(piece, Milestone)}
    assert scopes == {"programme", "team", "personal"}
    for standard in LIBRARY.programme.standards:
        quizzes = [
            q
            for q in LIBRARY.of_kind("quiz")
            if str(standard) in {str(c).rpartition(" ")[0] for c in q.clauses}
        ]
        assert len(quizzes) >= 2


def test_every_piece_of_the_pack_has_its_turn() -> None:
    spoken = {piece for campaign in LIBRARY.programme.campaigns for piece in campaign.pieces}
    waiting = {"stage-1-passed", "certificate-awarded"}  # until the day comes
    asked = {id for id, piece in STARTER.items() if isinstance(piece, Quiz)}
    assert asked | waiting <= set(STARTER) <= asked | waiting | spoken
    assert {id for id, _ in ITEMS} <= set(LIBRARY.items)


def test_leaders_have_half_a_year_of_messages_that_read_whole_without_their_blanks() -> None:
    rota = next(campaign for campaign in LIBRARY.programme.campaigns if campaign.rota)
    assert len(rota.pieces) == 26
    for id in rota.pieces:
        message = LIBRARY.piece(id)
        assert isinstance(message, Message)
        assert not blanks_in(filled(message.text, message.blanks, {}))


def test_joiners_are_welcomed_and_asked_in_their_first_days_week_and_month() -> None:
    days = [c.cadence.joined for c in LIBRARY.programme.campaigns if c.cadence.joined is not None]
    assert [sum(first <= day <= last for day in days) for first, last in ((0, 1), (5, 7), (26, 30))] == [
        4,
        3,
        3,
    ]


@pytest.mark.parametrize(("id", "item"), ITEMS, ids=[id for id, _ in ITEMS])
def test_the_key_is_not_given_away_by_its_length(id: str, item: Item) -> None:
    assert len(item.options) == 3
    assert len(item.options[item.key]) < max(len(text) for text in item.options.values())


def test_the_keys_are_spread_over_the_letters() -> None:
    keys = Counter(item.key for _, item in ITEMS)
    assert set(keys) == {"A", "B", "C"}
    assert max(keys.values()) <= len(ITEMS) / 2


def test_every_text_fits_every_platform() -> None:
    for piece in LIBRARY.pieces.values():
        if isinstance(piece, Message | Milestone):
            assert problems(Card(title=piece.title, blocks=(Text(markdown=piece.text),))) == ()
            assert len(plain(piece.text)) < TEXT / 3  # a minute's reading


def test_something_happens_in_the_first_week_and_from_the_beginning() -> None:
    zone = ZoneInfo(LIBRARY.programme.zone)
    sunday, sunday_after = "2026-11-22T20:00", datetime(2026, 11, 29, tzinfo=UTC)
    first = {}
    for campaign in LIBRARY.programme.campaigns:
        days = LIBRARY.programme.working_days
        due = list(slots(campaign.cadence, campaign.starts, zone, sunday, sunday_after, days))
        if due:
            pieces = campaign.pieces or ("questions",)
            first[campaign.id] = (due[0].nominal, pieces[due[0].number % len(pieces)])
    assert first.items() >= {
        ("weekly-message", ("2026-11-23T09:00", "why-the-certificate")),
        ("weekly-quiz", ("2026-11-24T09:30", "questions")),
        ("first-milestone", ("2026-11-27T14:00", "gap-analysis-done")),
    }
