"""Forms both ways: what was filled in comes back as values, and mistakes stand under their fields."""

from bot.slack.inputs import errors_by_block, halves, values_of
from bot.slack.render import modal
from tests.bot.test_slack_render import FORM


def test_the_state_of_a_form_comes_back_as_values() -> None:
    state = {
        "values": {
            "title": {"title": {"type": "plain_text_input", "value": None}},
            "audience": {"audience": {"type": "static_select", "selected_option": {"value": "everyone"}}},
            "at.date": {"at.date": {"type": "datepicker", "selected_date": "2026-12-01"}},
            "at.time": {"at.time": {"type": "timepicker", "selected_time": "09:30"}},
        }
    }
    assert values_of(state) == {"title": "", "audience": "everyone", "at": "2026-12-01T09:30"}
    assert halves(state) == {}


def test_half_a_moment_is_a_mistake_and_not_now() -> None:
    state = {
        "values": {
            "at.date": {"at.date": {"type": "datepicker", "selected_date": "2026-12-01"}},
            "at.time": {"at.time": {"type": "timepicker", "selected_time": None}},
        }
    }
    assert halves(state) == {"at.time": "Choose a time as well, or empty both."}
    assert values_of(state) == {"at": "2026-12-01T"}


def test_mistakes_stand_under_their_fields_and_others_under_the_first() -> None:
    blocks = modal(FORM)["blocks"]
    placed = errors_by_block({"at": "In the past.", "nowhere": "Too many."}, blocks)
    assert placed == {"at.date": "In the past.", "title": "Too many."}
