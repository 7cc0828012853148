"""Each kind of piece: the card it makes, and what a press on it means."""

from __future__ import annotations

from typing import get_args

from content.cards import Buttons, Note, Text
from content.pieces import Clause, Item, Message, Milestone, Piece, Quiz
from handlers import messages, milestones, quiz
from handlers.events import Click
from handlers.features import FEATURES
from handlers.model import Participation, Person
from tests.conftest import at, button

ADA = Person(key="ada", name="Ada")
GRACE = Person(key="grace", name="Grace")
AWARENESS = Clause(standard="ISO 9001", edition="2015", clause="7.3")
POLICY = Message(
    id="policy", title="Our policy", text="We listen **first**.", author="Grace", clauses=(AWARENESS,)
)
SPILL = Item(
    stem="Oil drips from a machine. What comes first?",
    options={"A": "Report it tomorrow", "B": "Stop it spreading", "C": "Photograph it"},
    key="B",
    explanation="What has spread cannot be collected again.",
    clauses=(AWARENESS,),
)
TWO = Quiz(id="two", title="Two questions", items=(SPILL, SPILL.model_copy(update={"stem": "And then?"})))
PARTY = Milestone(id="certified", title="Certified", scope="programme", text="Stage 2 is passed.")


def press(verb: str, item: str = "", value: str = "") -> Click:
    return Click("key", at("ada"), verb, delivery="d1", item=item, value=value)


def test_every_kind_of_piece_has_a_feature_and_every_feature_a_kind() -> None:
    kinds = set(get_args(get_args(Piece)[0]))
    assert {feature.piece for feature in FEATURES} == kinds


def test_a_message_is_acknowledged_with_one_press_and_says_so() -> None:
    outcome = messages.react(POLICY, press("acknowledged"), ADA, ())
    assert [p.verb for p in outcome.remember] == ["acknowledged"]
    assert outcome.remember[0].clauses == (AWARENESS,)
    assert outcome.show is not None
    assert not outcome.show.buttons()


def test_a_second_acknowledgement_is_not_remembered() -> None:
    done = (Participation(verb="acknowledged"),)
    assert messages.react(POLICY, press("acknowledged"), ADA, done).remember == ()


def test_a_message_that_asks_for_nothing_takes_no_acknowledgement() -> None:
    quiet = POLICY.model_copy(update={"acknowledge": False})
    assert messages.compose(quiet, ADA).buttons() == ()
    assert messages.react(quiet, press("acknowledged"), ADA, ()).remember == ()


def test_a_leaders_name_stays_text_whatever_it_is() -> None:
    tricky = POLICY.model_copy(update={"author": "*Grace* [x](https://evil.example)"})
    note = next(block for block in messages.compose(tricky, ADA).blocks if isinstance(block, Note))
    assert "\\*Grace\\*" in note.markdown


def test_a_quiz_shows_one_question_at_a_time() -> None:
    card = quiz.compose(TWO, ADA)
    assert [b.label for b in card.buttons()] == ["A", "B", "C"]
    assert "And then?" not in str(card)


def test_the_answer_is_shown_at_once_with_why_and_the_next_question_follows() -> None:
    outcome = quiz.react(TWO, press("answered", "0", "B"), ADA, ())
    assert outcome.remember == (
        Participation(verb="answered", item="0", value="B", correct=True, clauses=(AWARENESS,)),
    )
    assert outcome.show is not None
    shown = " ".join(b.markdown for b in outcome.show.blocks if isinstance(b, Text))
    assert "Right" in shown
    assert SPILL.explanation in shown
    assert "And then?" in shown


def test_a_wrong_answer_names_the_key_and_the_reason() -> None:
    outcome = quiz.react(TWO, press("answered", "0", "A"), ADA, ())
    assert outcome.remember[0].correct is False
    assert "the answer is **B**" in str(outcome.show)


def test_the_first_answer_counts_and_a_second_press_says_so() -> None:
    done = quiz.react(TWO, press("answered", "0", "A"), ADA, ()).remember
    again = quiz.react(TWO, press("answered", "0", "B"), ADA, done)
    assert again.remember == ()
    assert "the first answer counts" in str(again.show)


def test_a_press_for_an_option_or_a_question_that_is_not_there_counts_nothing() -> None:
    for item, value in (("0", "E"), ("7", "A"), ("", ""), ("-1", "A")):
        assert quiz.react(TWO, press("answered", item, value), ADA, ()).remember == ()


def test_an_answered_quiz_has_nothing_left_to_press() -> None:
    done = tuple(Participation(verb="answered", item=str(n), value="B", correct=True) for n in range(2))
    assert not any(isinstance(block, Buttons) for block in quiz.compose(TWO, ADA, done).blocks)


def test_all_who_gave_the_same_answer_see_one_card() -> None:
    right, wrong = (quiz.react(TWO, press("answered", "0", value), ADA, ()) for value in "BA")
    assert quiz.react(TWO, press("answered", "0", "B"), GRACE, ()).show is right.show
    assert quiz.compose(TWO.model_copy(), GRACE, right.remember) == right.show != wrong.show


def test_a_milestone_is_cheered_once() -> None:
    first = milestones.react(PARTY, press("cheered"), ADA, ())
    assert [p.verb for p in first.remember] == ["cheered"]
    assert milestones.react(PARTY, press("cheered"), ADA, first.remember).remember == ()
    assert button(milestones.compose(PARTY, ADA), "👏").verb == "cheered"
