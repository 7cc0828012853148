"""A pulse: five faces, one press, a sentence for who wants to."""

from __future__ import annotations

from content.pieces import Pulse
from handlers import pulse
from handlers.events import Click, Outcome
from handlers.model import Participation, Person
from tests.conftest import at

ADA = Person(key="ada")
WEEK = Pulse(id="week", title="How was your week?", question="Did you have the time to do it right?")


def press(value: str, done: tuple[Participation, ...] = (), **values: str) -> Outcome:
    return pulse.react(
        WEEK, Click("k", at("ada"), "rated", delivery="d", value=value, values=values), ADA, done
    )


def test_five_faces_each_with_words_for_who_cannot_see_them() -> None:
    assert [b.accessible for b in pulse.compose(WEEK, ADA).buttons()][::4] == ["very bad", "very good"]


def test_one_press_rates_and_a_sentence_goes_with_it_if_there_is_one() -> None:
    assert [(p.item, p.value) for p in press("4").remember] == [("", "4")]
    assert [(p.item, p.value, p.words) for p in press("2", why=" No gloves. ").remember] == [
        ("", "2", ""),
        ("why", "10 characters", "No gloves."),
    ]


def test_a_second_press_and_a_face_that_is_none_count_nothing() -> None:
    assert press("5", press("1").remember).remember == ()
    assert press("9").remember == ()
