"""Writing a message: what is kept of it, what may be added, and what a mistake says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from content.cards import Input, Link, Picture
from content.packs import Library
from content.pieces import Message
from handlers.broadcasts import spoken
from handlers.broadcasts.stages import Stage
from handlers.model import Person
from tests.conftest import Company, button
from tests.handlers.leading import (
    change,
    drafted,
    facts,
    filled,
    kept,
    labels,
    pass_by,
    press,
    seen,
    shown,
    works,
)

PUMP = {
    "picture": "https://example.org/pump.png",
    "picture_alt": "The new pump beside the old one",
    "link": "https://example.org/pump",
    "link_label": "The drawing",
    "stem": "Who may switch it on?",
    "options": "*Whoever was shown how\nAnybody\n\nNobody",
    "explanation": "It starts at once.",
    "replies": "yes",
    "objective": "No standstill in March",
    "expires": "2026-12-24T12:00",
}


@pytest.fixture
async def grace(company: Company) -> Company:
    return await works(company)


async def test_a_preview_offers_to_change_add_try_send_and_discard(grace: Company) -> None:
    preview = await drafted(grace)
    assert labels(preview.card) == [
        "Send it",
        "Change the text",
        "Add to it",
        "To whom, when",
        "Try it",
        "Discard",
    ]
    assert (await kept(grace, preview)).stage is Stage.DRAFT


async def test_the_text_can_be_changed_and_the_form_holds_what_was_written(grace: Company) -> None:
    preview = await drafted(grace, text="First line.\nSecond line.")
    form = (await press(grace, preview, "Change the text")).form
    assert form is not None
    assert {field.id: field.value for field in form.inputs()} == {
        "title": "Thank you",
        "text": "First line.\nSecond line.",
        "acknowledge": "yes",
    }
    outcome = await change(grace, preview, "text", title="Thanks", text="Better.", acknowledge="no")
    assert outcome.show is not None
    assert outcome.show.title == "Preview: Thanks"
    assert facts(outcome.show)["Acknowledge"] == "not asked for"
    broadcast = await kept(grace, preview)
    assert isinstance(broadcast.message, Message)
    assert (broadcast.version, broadcast.message.text) == (2, "Better.")


async def test_what_is_added_is_what_everybody_sees(grace: Company) -> None:
    preview = await drafted(grace)
    outcome = await change(grace, preview, "more", **PUMP)
    assert outcome.errors == {}
    await press(grace, preview, "Send it")
    await grace.go_on()
    message = (await grace.latest("colleague0")).card
    assert [(b.url, b.alt) for b in message.blocks if isinstance(b, Picture)] == [
        (PUMP["picture"], PUMP["picture_alt"])
    ]
    assert [(b.label, b.url) for b in message.blocks if isinstance(b, Link)] == [
        (PUMP["link_label"], PUMP["link"])
    ]
    (question,) = (b for b in message.blocks if isinstance(b, Input))
    assert [c.label for c in question.choices] == ["A. Whoever was shown how", "B. Anybody", "C. Nobody"]


async def test_the_form_for_what_is_added_holds_what_was_added(grace: Company) -> None:
    preview = await drafted(grace)
    await change(grace, preview, "more", **PUMP)
    form = (await press(grace, preview, "Add to it")).form
    assert form is not None
    held = {field.id: field.value for field in form.inputs()}
    assert {name: held[name] for name in PUMP} == PUMP | {
        "options": "*Whoever was shown how\nAnybody\nNobody"
    }


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"picture": "http://example.org/x.png", "picture_alt": "x"}, "picture"),
        ({"picture": "https://example.org/x.png"}, "picture_alt"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"stem": "What?", "options": "*One"}, "options"),
        ({"stem": "What?", "options": "One\nTwo"}, "options"),
        ({"stem": "What?", "options": "*One\n*Two"}, "options"),
        ({"stem": "What?", "options": "*A\nB\nC\nD\nE\nF"}, "options"),
        ({"stem": "", "options": "*A\nB"}, "stem"),
        ({"expires": "2020-01-01T09:00"}, "expires"),
        ({"expires": "tomorrow"}, "expires"),
        ({"clause": "ISO 1:1 1"}, "clause"),
    ],
)
async def test_a_mistake_stands_beside_its_field_and_changes_nothing(
    grace: Company, fields: dict[str, str], wrong: str
) -> None:
    preview = await drafted(grace)
    assert set((await change(grace, preview, "more", **fields)).errors) == {wrong}
    assert (await kept(grace, preview)).version == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"at": "", "local": "yes", "repeat": "once"}, "at"),
        ({"at": "", "local": "no", "repeat": "weekly"}, "at"),
        ({"at": "", "local": "no", "spread": "often"}, "spread"),
        ({"at": "", "local": "no", "spread": "99999"}, "spread"),
        ({"at": "2026-11-30T09:30", "repeat": "weekly", "until": "soon"}, "until"),
        ({"at": "2026-11-30T09:30", "repeat": "hourly"}, "repeat"),
        ({"at": "2026-11-20T09:30", "repeat": "once"}, "at"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_beside_its_field(
    grace: Company, fields: dict[str, str], wrong: str
) -> None:
    preview = await drafted(grace)
    assert set((await change(grace, preview, "send", audience="everyone", **fields)).errors) == {wrong}


async def test_what_was_sent_is_no_draft_any_more(grace: Company) -> None:
    preview = await drafted(grace)
    await press(grace, preview, "Send it")
    await grace.go_on()
    outcome = await change(grace, preview, "more", objective="Late")
    assert "was not changed" in str(outcome.show)
    await grace.go_on()
    assert shown(grace, "colleague0") == ["Thank you"]


async def test_what_is_scheduled_can_be_taken_back_and_changed_until_it_begins(grace: Company) -> None:
    preview = await drafted(grace, at="2026-11-24T09:30")
    await press(grace, preview, "Schedule it")
    await press(grace, preview, "Back to the draft")
    await change(grace, preview, "text", title="Thanks", text="Better.", acknowledge="yes")
    await pass_by(grace, timedelta(days=1))
    assert shown(grace, "colleague0") == []
    await change(grace, preview, "send", audience="everyone", at="2026-11-25T09:30")
    await press(grace, preview, "Schedule it")
    await pass_by(grace, timedelta(days=2))
    assert shown(grace, "colleague0") == ["Thanks"]


async def test_a_trial_comes_as_others_will_get_it_and_nothing_of_it_counts(grace: Company) -> None:
    preview = await drafted(grace)
    await change(grace, preview, "more", **PUMP)
    before = len(await grace.store.entries())
    await press(grace, preview, "Try it")
    await grace.drain.everything()
    trial = await grace.latest("grace")
    await press(grace, preview, "Send it")
    await grace.go_on()
    assert trial.card == (await grace.latest("colleague0")).card
    answered = await grace.press("grace", trial, button(trial.card, "Answer"), values={"option-check": "A"})
    assert "Right" in str(answered.show)
    assert "nothing was counted" in str(answered.show)
    assert all(e.kind not in ("answered", "acknowledged") for e in (await grace.store.entries())[:-before])


async def test_a_message_of_a_pack_is_begun_with_its_blanks(grace: Company) -> None:
    template = Message(
        id="a-template",
        title="My own part",
        text="This week I give an hour to {time}.\n\nAsk me about {thing}.\n\nThank you.",
        blanks={"time": "one thing", "thing": "what else"},
    )
    pieces = {**grace.library.pieces, template.id: template}
    grace.furnish(
        type(grace.desk)(**{**vars(grace.desk), "library": Library(pieces, grace.library.programme)})
    )
    form = (await grace.said("grace", "templates")).form
    assert form is not None
    assert "a-template" in [choice.value for choice in form.inputs()[0].choices]
    form = (await filled(grace, "template", template="a-template")).form
    assert form is not None
    assert [field.label for field in form.inputs()] == ["one thing", "what else"]
    item = form.buttons()[0].item
    await filled(grace, item, **{"blank-time": "the *packing* line", "blank-thing": ""})
    await grace.drain.everything()
    preview = await grace.latest("grace")
    message = (await kept(grace, preview)).message
    assert isinstance(message, Message)
    assert message.text == (
        "This week I give an hour to the \\*packing\\* line.\n\nAsk me about {thing}.\n\nThank you."
    )
    assert message.blanks == {"thing": "what else"}
    assert "Ask me" not in str(spoken.compose(message, Person("ada")))
    card = await seen(grace, preview)
    assert "as long as it is: what else" in str(card.blocks)
    assert labels(card) == [
        *("Send it", "Fill in the blanks", "Change the text", "Add to it", "To whom, when", "Discard")
    ]
    form = (await press(grace, preview, "Fill in the blanks")).form
    assert form is not None
    assert [field.label for field in form.inputs()] == ["what else"]
    outcome = await change(
        grace, preview, form.buttons()[0].item, **{"blank-thing": "{time} \u202eand\u202c [x](y)"}
    )
    assert outcome.show is not None
    assert "Fill in the blanks" not in labels(outcome.show)
    message = (await kept(grace, preview)).message
    assert isinstance(message, Message)
    assert message.blanks == {}
    assert message.text.split("\n\n")[1] == "Ask me about \\{time\\} and \\[x\\]\\(y\\)."


async def test_a_blank_that_is_written_over_is_no_blank_any_more(grace: Company) -> None:
    template = Message(
        id="open",
        title="Open",
        text="Hello.\n\nTo {whom}, {what}.",
        blanks={"whom": "who", "what": "what"},
    )
    grace.furnish(replace(grace.desk, library=Library({"open": template}, grace.library.programme)))
    await filled(grace, "blanks:open")
    await grace.drain.everything()
    preview = await grace.latest("grace")
    await change(grace, preview, "text", title="Open", text="Hello.\n\nTo Ada, {what}.", acknowledge="yes")
    message = (await kept(grace, preview)).message
    assert isinstance(message, Message)
    assert message.blanks == {"what": "what"}


async def test_an_author_is_warned_of_what_annoys_people_or_does_not_work(grace: Company) -> None:
    for number in range(2):
        sent = await drafted(grace, title=f"Number {number}")
        await press(grace, sent, "Send it")
        await grace.go_on()
    preview = await drafted(grace, text="See http://intranet/pump and www.example.org.", title="x" * 70)
    told = str((await seen(grace, preview)).blocks)
    assert "8 of them have had 2 messages or more this week" in told
    assert "http://intranet/pump` cannot be pressed" in told
    assert "The title has 70 characters" in told


async def test_drafts_of_an_older_version_say_what_to_do(grace: Company) -> None:
    preview = await drafted(grace)
    assert preview.piece is not None
    orphan = preview.piece.model_copy(update={"id": "broadcast-0"})
    person = await grace.store.person(preview.person)
    assert person is not None
    row = grace.desk.answer(person, grace.chat.shown[0][0], preview.card, "old", piece=orphan)
    from handlers.events import Change

    await grace.store.commit(Change("old", grace.clock.now(), deliver=(row,)))
    await grace.drain.everything()
    assert "Type `broadcast`" in str(await seen(grace, await grace.latest("grace")))
