"""A question: one at a time, its options and how sure one is in one press, and at once why and what to do today."""

from __future__ import annotations

import pytest

from content.cards import Buttons, Card, Input, Note, Text
from content.pieces import Clause, Item, Quiz
from handlers import quiz
from handlers.events import Click
from handlers.model import Participation, Person
from tests.conftest import at, chosen

ADA = Person(key="ada", name="Ada")
GRACE = Person(key="grace", name="Grace")
AWARENESS = Clause(standard="ISO 9001", edition="2015", clause="7.3")
SPILL = Item(
    id="oil-spill",
    stem="Oil drips from a machine. What comes first?",
    options={"A": "Report it tomorrow", "B": "Stop it spreading", "C": "Photograph it"},
    key="B",
    explanation="What has spread cannot be collected again.",
    today="Look where your spill kit is.",
    clauses=(AWARENESS,),
)
THEN = SPILL.model_copy(update={"id": "oil-then", "stem": "And then?", "today": ""})
TWO = Quiz(id="two", title="Two questions", items=(SPILL, THEN))
NAMELESS = Quiz(id="old", title="An older one", items=(SPILL.model_copy(update={"id": ""}),))
FIRST = TWO.model_copy(update={"first": True})


def answer(option: str, certainty: int, item: str = "oil-spill") -> Click:
    """An option of this question, chosen and pressed with how sure one is."""
    return press(item, str(certainty), {f"option-{item}": option} if option else {})


def press(item: str, value: str, values: dict[str, str] | None = None) -> Click:
    return Click("key", at("ada"), "answered", delivery="d1", item=item, value=value, values=values or {})


def words(card: Card | None) -> str:
    assert card is not None
    return "\n".join(block.markdown for block in card.blocks if isinstance(block, Text | Note))


def test_a_quiz_shows_one_question_at_a_time() -> None:
    card = quiz.compose(TWO, ADA)
    (question,) = card.inputs()
    assert [choice.label for choice in question.choices] == [
        "A. Report it tomorrow",
        "B. Stop it spreading",
        "C. Photograph it",
    ]
    assert [b.label for b in card.buttons()] == ["A guess", "Fairly sure", "Certain"]
    assert "And then?" not in str(card)


def test_the_options_come_first_then_how_sure_and_nothing_is_chosen_before_one_chooses() -> None:
    kinds = [block for block in quiz.compose(TWO, ADA).blocks if not isinstance(block, Note)]
    assert [type(block) for block in kinds] == [Text, Input, Text, Buttons]
    assert isinstance(kinds[1], Input)
    assert (kinds[1].kind, kinds[1].value, kinds[1].optional) == ("options", "", False)


def test_an_option_is_shown_as_the_words_it_is_and_not_as_markdown() -> None:
    marked = SPILL.model_copy(update={"options": {"A": "Ask *first*", "B": "Stop `it`"}})
    (question,) = quiz.compose(Quiz(id="marked", title="Marked", items=(marked,)), ADA).inputs()
    assert [choice.label for choice in question.choices] == ["A. Ask first", "B. Stop it"]


def test_the_answer_is_shown_at_once_with_why_and_the_next_question_follows() -> None:
    outcome = quiz.react(TWO, answer("B", 2), ADA, ())
    assert outcome.remember == (Participation("answered", "oil-spill", "B", True, 2, (AWARENESS,)),)
    shown = words(outcome.show)
    assert "Right" in shown
    assert SPILL.explanation in shown
    assert "**Today:** Look where your spill kit is." in shown
    assert "And then?" in shown
    assert outcome.show is not None
    assert [field.id for field in outcome.show.inputs()] == ["option-oil-then"]


def test_a_wrong_answer_names_the_key_and_the_reason() -> None:
    outcome = quiz.react(TWO, answer("A", 2), ADA, ())
    assert outcome.remember[0].correct is False
    shown = words(outcome.show)
    assert "You chose A; the answer is **B**: Stop it spreading" in shown
    assert SPILL.explanation in shown


@pytest.mark.parametrize(
    ("option", "certainty", "said"),
    [
        ("B", 1, "You said: a guess. +1 point."),
        ("B", 2, "You said: fairly sure. +2 points."),
        ("B", 3, "You said: certain. +3 points."),
        ("A", 1, "You said: a guess. 0 points."),
        ("A", 2, "You said: fairly sure. −2 points."),
        ("C", 3, "You said: certain. −6 points."),
    ],
)
def test_the_answer_says_how_sure_one_was_and_the_points(option: str, certainty: int, said: str) -> None:
    outcome = quiz.react(TWO, answer(option, certainty), ADA, ())
    assert outcome.remember[0].certainty == certainty
    assert said in words(outcome.show)


def test_a_question_without_something_to_do_today_says_nothing_of_today() -> None:
    done = quiz.react(TWO, answer("B", 2), ADA, ()).remember
    assert words(quiz.react(TWO, answer("B", 2, "oil-then"), ADA, done).show).count("**Today:**") == 1


def test_the_first_answer_counts_and_a_second_press_says_so() -> None:
    done = quiz.react(TWO, answer("A", 3), ADA, ()).remember
    again = quiz.react(TWO, answer("B", 1), ADA, done)
    assert again.remember == ()
    assert quiz.AGAIN in words(again.show)
    assert "You said: certain. −6 points." in words(again.show)


@pytest.mark.parametrize(
    "click",
    [
        answer("", 2),
        answer("E", 2),
        answer("b", 2),
        answer("2", 2),
        press("oil-spill", "2", {"option-oil-then": "B"}),
        press("oil-spill", "2", {"option-oil-spill": ""}),
        press("oil-spill", "4", {"option-oil-spill": "B"}),
        press("oil-spill", "", {"option-oil-spill": "B"}),
        press("oil-spill", "E"),
    ],
)
def test_a_press_without_an_option_of_the_question_gets_a_sentence_and_counts_nothing(click: Click) -> None:
    outcome = quiz.react(TWO, click, ADA, ())
    assert outcome.remember == ()
    assert quiz.CHOOSE in words(outcome.show)
    assert outcome.show is not None
    assert outcome.show.inputs() == quiz.compose(TWO, ADA).inputs()


def test_a_press_for_a_question_that_is_not_there_counts_nothing() -> None:
    for item in ("oil-gone", "7", "0", "", "-1"):
        for click in (answer("B", 2, item), press(item, "B")):
            assert quiz.react(TWO, click, ADA, ()).remember == ()


def test_a_letter_of_an_older_card_counts_without_a_certainty_and_without_points() -> None:
    outcome = quiz.react(NAMELESS, press("0", "A"), ADA, ())
    assert outcome.remember == (Participation("answered", "0", "A", False, None, (AWARENESS,)),)
    assert "Not quite" in words(outcome.show)
    assert "You said" not in words(outcome.show)
    assert "point" not in words(outcome.show)


def test_an_older_question_that_is_drawn_anew_is_asked_as_a_new_one_and_keeps_its_number() -> None:
    card = quiz.compose(NAMELESS, ADA)
    assert {b.item for b in card.buttons()} == {"0"}
    click = press("0", "3", chosen(card, "B"))
    assert quiz.react(NAMELESS, click, ADA, ()).remember[0].certainty == 3


def test_how_answers_are_scored_is_explained_on_a_first_quiz_only_and_only_before_the_first_answer() -> None:
    card = quiz.compose(FIRST, ADA)
    assert card.blocks[0] == Note(markdown=quiz.EXPLAINED)
    assert quiz.EXPLAINED not in words(quiz.compose(TWO, ADA))
    assert quiz.EXPLAINED not in words(quiz.react(FIRST, answer("B", 1), ADA, ()).show)
    assert quiz.EXPLAINED in words(quiz.react(FIRST, answer("", 1), ADA, ()).show)


def test_an_answered_quiz_has_nothing_left_to_press() -> None:
    done = tuple(Participation("answered", item.id, "B", True, 2) for item in TWO.items)
    card = quiz.compose(TWO, ADA, done)
    assert not any(isinstance(block, Buttons | Input) for block in card.blocks)


def test_all_who_gave_the_same_answer_see_one_card() -> None:
    right, wrong = (quiz.react(TWO, answer(option, 2), ADA, ()) for option in "BA")
    assert quiz.react(TWO, answer("B", 2), GRACE, ()).show is right.show
    assert quiz.compose(TWO.model_copy(), GRACE, right.remember) == right.show != wrong.show
