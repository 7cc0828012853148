"""Forms both ways: what was filled in comes back as values, and mistakes stand under their fields."""

from bot.slack.inputs import errors_by_block, halves, input_blocks, values_of
from bot.slack.render import message, modal
from content.cards import Card, Choice, Input
from tests.bot.test_slack_render import FORM
from tests.simulators.slack_blocks import problem, texts
from tests.simulators.slack_oracles import asked


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


def question(*labels: str, value: str = "") -> Input:
    choices = tuple(Choice(value=letter, label=label) for letter, label in zip("ABCDE", labels, strict=False))
    return Input(id="option-spill", label="Your answer", kind="options", choices=choices, value=value)


def test_options_are_radio_buttons_under_their_label() -> None:
    (block,) = input_blocks(question("A. Report it", "B. Stop it", value="B"))
    assert (block["type"], block["label"]["text"], block["optional"]) == ("input", "Your answer", False)
    radio = block["element"]
    assert (radio["type"], block["block_id"], radio["action_id"]) == ("radio_buttons", *["option-spill"] * 2)
    assert [(option["value"], option["text"]["text"]) for option in radio["options"]] == [
        ("A", "A. Report it"),
        ("B", "B. Stop it"),
    ]
    assert radio["initial_option"] == radio["options"][1]


def test_options_are_as_long_as_slack_takes_them() -> None:
    (block,) = input_blocks(question("A. " + "a" * 72, "B. Stop it"))
    assert [len(option["text"]["text"]) for option in block["element"]["options"]] == [75, 10]


def test_an_option_longer_than_slack_takes_it_stands_above_in_full_with_all_others() -> None:
    long = (
        "A. Report it to <everybody> & *nobody*, because whoever is told first has to do something about it"
    )
    card = Card(title="Oil", blocks=(question(long, "B. Stop it", value="A"),))
    drawn = message(card)
    listed, block = drawn["blocks"][1:]
    assert [long, "B. Stop it"] == [line for line in texts([listed]) if line]
    first, second = block["element"]["options"]
    assert first["text"]["text"] == (
        "A. Report it to <everybody> & *nobody*, because whoever is told first has…"
    )
    assert second["text"]["text"] == "B. Stop it"
    assert block["element"]["initial_option"] == first
    assert problem("message", drawn["blocks"]) == ""
    asked(drawn)


def test_an_option_of_one_endless_word_is_cut_all_the_same() -> None:
    *_, block = input_blocks(question("x" * 300))
    assert [len(option["text"]["text"]) for option in block["element"]["options"]] == [75]


def test_the_option_that_is_chosen_comes_back_and_none_is_nothing() -> None:
    chosen = {"type": "radio_buttons", "selected_option": {"value": "B"}}
    none = {"type": "radio_buttons", "selected_option": None}
    assert values_of({"values": {"option-spill": {"option-spill": chosen}}}) == {"option-spill": "B"}
    assert values_of({"values": {"option-spill": {"option-spill": none}}}) == {"option-spill": ""}
