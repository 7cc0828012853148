"""Each kind of piece: the card it makes, and what a press on it means."""

from __future__ import annotations

from typing import get_args

from content.cards import Note
from content.pieces import Clause, Message, Milestone, Piece
from handlers import messages, milestones
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


def test_a_milestone_is_cheered_once() -> None:
    first = milestones.react(PARTY, press("cheered"), ADA, ())
    assert [p.verb for p in first.remember] == ["cheered"]
    assert milestones.react(PARTY, press("cheered"), ADA, first.remember).remember == ()
    assert button(milestones.compose(PARTY, ADA), "👏").verb == "cheered"
