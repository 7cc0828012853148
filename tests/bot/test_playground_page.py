"""The playground in a real browser: what a newcomer sees, with the mouse, with the keyboard, on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.playground.pages import bundled
from content.cards import Button, Buttons, Card
from handlers.events import Change
from handlers.model import Delivery, Lane
from tests.bot.browser import Visitor, chromium, visit
from tests.bot.playing import SUNDAY_EVENING, Playground, playground
from tests.bot.test_playground_render import chart, every_block
from tests.needs import program

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
DRAWINGS = ["Plain", *(pytest.param(name, marks=pytest.mark.npm) for name in ("Slack", "Teams"))]
LOOKS = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "phone": PHONE}

# What a person with a screen reader or without a mouse trips over: what has no name, and what sticks out.
TRIPS = """() => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  const seen = all(document).filter((e) => e.checkVisibility());
  const name = (e) => e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.[0]?.textContent.trim();
  const trips = [];
  for (const e of seen) {
    if (e.matches('button, a[href], input, select, textarea, [role=tab], [role=img]') && !name(e))
      trips.push('no name: ' + e.outerHTML.slice(0, 120));
    if (e.matches('img') && !e.hasAttribute('alt')) trips.push('no alt: ' + e.outerHTML.slice(0, 120));
  }
  if (document.documentElement.scrollWidth > innerWidth) trips.push('the page is wider than the window');
  return trips;
}"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[Playground]:
    async with playground(tmp_path) as house:
        yield house


def needs_bundle() -> None:
    """Slack's and Teams' drawings are built by npm; without it they are not there to be tested."""
    if not bundled():
        program("npm")
        pytest.fail("npm is here but the bundle was not built: run `make bundle`", pytrace=False)


async def ask_for_a_quiz(visitor: Visitor, name: str = "Ada") -> Any:
    """The card of the quiz that this person has just asked for."""
    await visitor.type(name, "quiz")
    card = visitor.person(name).get_by_role("article", name="Two labels on one pallet")
    await expect(card).to_be_visible()
    return card


async def answer(card: Any, option: str, sure: str = "Fairly sure") -> None:
    """Choose the option that begins with these words, and press how sure one is."""
    await card.get_by_role("radio", name=option).check()
    await card.get_by_role("button", name=sure, exact=True).click()


@pytest.mark.parametrize("look", LOOKS)
async def test_the_page_stands_without_a_complaint(browser: Browser, house: Playground, look: str) -> None:
    async with visit(browser, house.url, **LOOKS[look]) as visitor:
        await expect(visitor.page).to_have_title(
            "Catchball playground: everything here happens on this machine"
        )
        await expect(visitor.person("Ada")).to_be_visible()
        await expect(visitor.page.get_by_text("nobody is written to")).to_be_visible()
        await expect(visitor.person("Marie")).to_be_visible(visible=look != "phone")
        assert await visitor.page.evaluate(TRIPS) == []


async def test_dark_is_dark_and_light_is_light(browser: Browser, house: Playground) -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)"
    for scheme, is_dark in (("light", False), ("dark", True)):
        async with visit(browser, house.url, color_scheme=scheme) as visitor:
            assert (sum(await visitor.page.evaluate(ground)) < 384) is is_dark


async def test_a_quiz_is_answered_with_the_keyboard_alone(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await expect(visitor.person("Ada")).to_be_visible()
        await visitor.page.get_by_role("textbox", name="Write to Catchball as Ada").focus()
        await visitor.page.keyboard.type("quiz")
        await visitor.page.keyboard.press("Enter")
        card = visitor.person("Ada").get_by_role("article", name="Two labels")
        await expect(card).to_be_visible()
        first, second = (card.get_by_role("radio", name=words) for words in ("A. Ship it", "B. Set it aside"))
        sure = card.get_by_role("button", name="Fairly sure")
        await back_to(visitor, sure)
        assert await sure.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"
        await back_to(visitor, card.get_by_role("radio", name="C. Remove"))  # the group, from behind
        await visitor.page.keyboard.press("ArrowDown")
        await expect(first).to_be_checked()
        await visitor.page.keyboard.press("ArrowDown")
        await expect(second).to_be_checked()
        await expect(second).to_be_focused()
        ring = "(e) => getComputedStyle(e.closest('label')).outlineStyle"
        assert [await radio.evaluate(ring) for radio in (first, second)] == ["none", "solid"]
        for _ in range(2):
            await visitor.page.keyboard.press("Tab")
        await expect(sure).to_be_focused()
        await visitor.page.keyboard.press("Enter")
        await expect(card.get_by_text("Right")).to_be_visible()
        await expect(card.get_by_text("You said: fairly sure. +2 points.")).to_be_visible()
        assert await card.evaluate("(e) => e.contains(document.activeElement)")


async def back_to(visitor: Visitor, wanted: Any) -> None:
    """Shift and Tab until it has the focus."""
    for _ in range(12):
        if await wanted.evaluate("(e) => e === document.activeElement"):
            return
        await visitor.page.keyboard.press("Shift+Tab")
    await expect(wanted).to_be_focused()


@pytest.mark.parametrize("drawing", DRAWINGS[:2])
async def test_a_press_without_an_option_is_told_beside_the_question(
    browser: Browser, house: Playground, drawing: str
) -> None:
    if drawing != "Plain":
        needs_bundle()
    async with visit(browser, house.url) as visitor:
        await visitor.page.get_by_role("radio", name=drawing).check()
        card = await ask_for_a_quiz(visitor)
        await card.get_by_role("button", name="Certain").click()
        await expect(card.get_by_text("Choose an answer first")).to_be_visible()
        await answer(card, "B. Set it aside", "Certain")
        await expect(card.get_by_text("You said: certain. +3 points.")).to_be_visible()
        await expect(card.get_by_text("Choose an answer first")).to_have_count(0)
        assert await visitor.page.evaluate(TRIPS) == []


@pytest.mark.npm
async def test_in_teams_own_drawing_a_press_without_an_option_does_not_leave_the_card(
    browser: Browser, house: Playground
) -> None:
    needs_bundle()
    async with visit(browser, house.url) as visitor:
        await visitor.page.get_by_role("radio", name="Teams").check()
        card = await ask_for_a_quiz(visitor)
        await card.get_by_role("button", name="Certain").click()
        await expect(card.get_by_text("Your answer: please choose one.")).to_be_visible()
        await answer(card, "B. Set it aside", "Certain")
        await expect(card.get_by_text("You said: certain. +3 points.")).to_be_visible()


@pytest.mark.parametrize("drawing", DRAWINGS)
async def test_two_questions_in_one_chat_do_not_take_each_others_options_away(
    browser: Browser, house: Playground, drawing: str
) -> None:
    if drawing != "Plain":
        needs_bundle()
    async with visit(browser, house.url) as visitor:
        await visitor.page.get_by_role("radio", name=drawing).check()
        await ask_for_a_quiz(visitor)
        await visitor.type("Ada", "quiz")
        cards = visitor.person("Ada").get_by_role("article", name="Two labels on one pallet")
        await expect(cards).to_have_count(2)
        await cards.nth(0).get_by_role("radio", name="B. Set it aside").check()
        await cards.nth(1).get_by_role("radio", name="A. Ship it").check()
        await expect(cards.nth(0).get_by_role("radio", name="B. Set it aside")).to_be_checked()
        await cards.nth(0).get_by_role("button", name="A guess").click()
        await expect(cards.nth(0).get_by_text("You said: a guess. +1 point.")).to_be_visible()
        await expect(cards.nth(1).get_by_role("radio", name="A. Ship it")).to_be_checked()


@pytest.mark.parametrize("drawing", DRAWINGS)
async def test_on_a_phone_an_option_and_a_button_are_as_high_as_a_finger_and_stand_in_one_row(
    browser: Browser, house: Playground, drawing: str
) -> None:
    if drawing != "Plain":
        needs_bundle()
    async with visit(browser, house.url, **PHONE) as visitor:
        await visitor.page.get_by_role("radio", name=drawing).check()
        card = await ask_for_a_quiz(visitor)
        box = "(e) => { const { top, height } = e.getBoundingClientRect(); return [top, height]; }"
        options = [
            await radio.evaluate(f"(e) => ({box})(e.closest('label') ?? e.parentElement)")
            for radio in await card.get_by_role("radio").all()
        ]
        sure = [await button.evaluate(box) for button in await card.get_by_role("button").all()]
        assert (len(options), len(sure)) == (3, 3)
        assert all(height >= 44 for _, height in (*options, *sure))
        assert len({round(top) for top, _ in sure}) == 1
        assert await visitor.page.evaluate(TRIPS) == []


async def test_outbox_and_log_show_what_happens_as_it_happens(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        button = visitor.page.get_by_role("button", name="Outbox and log")
        await button.click()
        await expect(button).to_have_attribute("aria-expanded", "true")
        card = await ask_for_a_quiz(visitor)
        sent = visitor.page.get_by_role("row", name="Ada Okafor Two labels on one pallet").first
        await expect(sent).to_contain_text("sent")
        await visitor.page.get_by_role("tab", name="Outbox").press("ArrowRight")
        await answer(card, "A. Ship it")
        answered = visitor.page.get_by_role("row").filter(has_text="answered")
        await expect(answered).to_contain_text("wrong")
        await expect(answered).to_contain_text("ISO 9001:2015 7.3")
        await visitor.page.get_by_role("complementary").get_by_role("button", name="Close").click()
        await expect(button).to_be_focused()


async def test_a_moved_clock_lets_the_schedule_happen(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await expect(visitor.page.locator("#now")).to_have_text("Sunday 22 November 2026, 22:20")
        await visitor.page.get_by_role("button", name="next: Weekly message Mon 09:30").click()
        await expect(visitor.page.locator("#now")).to_have_text("Monday 23 November 2026, 09:30")
        for name in ("Ada", "Grace", "Marie"):
            await expect(visitor.person(name).get_by_role("article", name="Why we do this")).to_be_visible()
        await expect(visitor.page.locator("#offers :focus")).to_have_count(1)


async def test_a_leader_writes_sees_mistakes_and_sends(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await visitor.type("Grace", "broadcast")
        dialog = visitor.page.get_by_role("dialog")
        await dialog.get_by_role("textbox", name="Title").fill("A safe week")
        await dialog.get_by_role("button", name="Preview").click()
        await expect(dialog.get_by_text("A message needs a text.")).to_be_visible()
        text = dialog.get_by_role("textbox", name="Message")
        await expect(text).to_be_focused()
        await expect(text).to_have_attribute("aria-invalid", "true")
        await expect(dialog.get_by_role("textbox", name="Title")).to_have_value("A safe week")
        await text.fill("Thank you for <b>asking</b> early.")
        await dialog.get_by_role("button", name="Preview").click()
        await expect(visitor.page.get_by_text("Your preview is in the chat.")).to_be_visible()
        await expect(dialog).to_be_hidden()
        preview = visitor.person("Grace").get_by_role("article", name="Preview: A safe week")
        await expect(preview).to_contain_text("<b>asking</b>")
        await preview.get_by_role("button", name="Send it").click()
        await visitor.page.get_by_role("button", name="+1 hour").click()
        await expect(visitor.page.locator("#now")).to_have_text("Sunday 22 November 2026, 23:20")
        await visitor.page.get_by_role("button", name="next morning 09:30").click()
        await expect(visitor.person("Ada").get_by_role("article", name="A safe week")).to_be_visible()


async def test_a_leader_watches_a_message_arrive_and_takes_it_back(
    browser: Browser, house: Playground
) -> None:
    async with visit(browser, house.url) as visitor:
        await visitor.type("Grace", "broadcast")
        dialog = visitor.page.get_by_role("dialog")
        await dialog.get_by_role("textbox", name="Title").fill("A safe week")
        await dialog.get_by_role("textbox", name="Message").fill("Thank you.")
        await expect(dialog.get_by_text("As it will look")).to_be_visible()
        await expect(dialog.locator(".sketch")).to_contain_text("3 people: 3 in Playground")
        await dialog.get_by_role("button", name="Preview").click()
        preview = visitor.person("Grace").get_by_role("article", name="Preview: A safe week")
        await expect(preview).to_contain_text("3 people: 3 in Playground")
        await expect(preview).to_contain_text("when their quiet hours end, the last at 08:00 tomorrow")
        await preview.get_by_role("button", name="Send it").click()
        await visitor.page.get_by_role("button", name="next morning 09:30").click()
        sent = visitor.person("Grace").get_by_role("article", name="Sent: A safe week")
        await sent.get_by_role("button", name="How far is it?").click()
        await expect(sent).to_contain_text("Complete: 3 of 3 sent, the last one at")
        await sent.get_by_role("button", name="Withdraw it").click()
        withdrawn = visitor.person("Grace").get_by_role("article", name="Withdrawn: A safe week")
        await expect(withdrawn).to_contain_text("of 3 taken away")
        await house.deliver()
        await visitor.page.reload()
        await expect(withdrawn).to_contain_text("Complete: 3 of 3 taken away")
        await expect(visitor.person("Ada").get_by_role("article", name="A safe week")).to_contain_text(
            "Withdrawn."
        )
        assert await visitor.page.evaluate(TRIPS) == []


async def test_the_quality_lead_reads_the_numbers(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await visitor.page.get_by_role("button", name="a week on").click()
        quiz = visitor.person("Ada").get_by_role("article", name="Two labels")
        await answer(quiz, "B. Set it aside")
        await visitor.type("Marie", "stats")
        numbers = visitor.person("Marie").get_by_role("article", name="Numbers")
        await expect(numbers).to_contain_text("100% (6 of 6)")


async def test_home_opens_and_its_buttons_lead_to_the_chat(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        ada = visitor.person("Ada")
        await ada.get_by_role("tab", name="Chat").press("ArrowRight")
        await expect(ada.get_by_role("article", name="Ada")).to_be_visible()
        await ada.get_by_role("button", name="A question now").click()
        await expect(ada.get_by_role("tab", name="Chat")).to_have_attribute("aria-selected", "true")
        await expect(ada.get_by_role("article", name="Two labels")).to_be_visible()


async def test_a_person_is_added_and_plays_along(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await visitor.page.get_by_role("button", name="Add a person").click()
        dialog = visitor.page.get_by_role("dialog")
        await dialog.get_by_role("textbox", name="Name").fill("Tim Berg")
        await dialog.get_by_role("textbox", name="E-mail").fill("tim@example.org")
        await dialog.get_by_role("button", name="Add", exact=True).click()
        await expect(
            visitor.page.get_by_role("textbox", name="Write to Catchball as Tim Berg")
        ).to_be_focused()
        await ask_for_a_quiz(visitor, "Tim")


async def test_on_a_phone_one_person_is_seen_at_a_time(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url, **PHONE) as visitor:
        await expect(visitor.person("Ada")).to_be_visible()
        await ask_for_a_quiz(visitor)
        await visitor.page.get_by_role("tab", name="Marie").tap()
        await expect(visitor.person("Ada")).to_be_hidden()
        await ask_for_a_quiz(visitor, "Marie")
        await visitor.page.get_by_role("button", name="Outbox and log").tap()
        assert await visitor.page.evaluate(TRIPS) == []


async def test_a_chat_survives_reloading_the_page(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        card = await ask_for_a_quiz(visitor)
        await answer(card, "B. Set it aside")
        await expect(card.get_by_text("Right")).to_be_visible()
        await visitor.page.reload()
        await expect(card.get_by_text("Right")).to_be_visible()


@pytest.mark.npm
async def test_a_row_of_buttons_wraps_on_a_phone_where_it_could_not_be_reached_otherwise(
    browser: Browser, house: Playground
) -> None:
    needs_bundle()
    labels = ("Ask for approval", "Change the text", "Add to it", "To whom, when", "Discard")
    row = Buttons(buttons=tuple(Button(label=label, verb="looked") for label in labels))
    await arrived(house, Card(title="Preview", blocks=(row,)))
    async with visit(browser, house.url, **PHONE) as visitor:
        card = visitor.person("Ada").get_by_role("article", name="Preview")
        for drawing in ("Slack", "Teams"):
            await visitor.page.get_by_role("radio", name=drawing).check()
            await card.locator(f".body.{drawing.lower()}").wait_for()
            within = await card.evaluate("(e) => e.getBoundingClientRect().right")
            edge = "(e) => e.getBoundingClientRect().right"
            ends = [await card.get_by_role("button", name=label).evaluate(edge) for label in labels]
            assert max(ends) <= within


@pytest.mark.npm
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("drawing", ["Slack", "Teams"])
async def test_a_quiz_is_answered_in_a_platforms_own_drawing(
    browser: Browser, house: Playground, drawing: str, scheme: str
) -> None:
    needs_bundle()
    async with visit(browser, house.url, color_scheme=scheme) as visitor:
        await visitor.page.get_by_role("radio", name=drawing).check()
        card = await ask_for_a_quiz(visitor)
        await card.get_by_role("radio", name="A. Ship it").focus()
        await visitor.page.keyboard.press("ArrowDown")
        await expect(card.get_by_role("radio", name="B. Set it aside")).to_be_checked()
        await card.get_by_role("button", name="Certain").focus()
        await visitor.page.keyboard.press("Enter")
        await expect(card.get_by_text("Right")).to_be_visible()
        await expect(card.get_by_text("You said: certain. +3 points.")).to_be_visible()
        assert await visitor.page.evaluate(TRIPS) == []


@pytest.mark.npm
@pytest.mark.parametrize("drawing", ["Plain", "Slack", "Teams"])
async def test_every_block_is_drawn_and_every_input_can_be_sent(
    browser: Browser, house: Playground, drawing: str
) -> None:
    if drawing != "Plain":
        needs_bundle()
    await arrived(house, Card(title="Everything", blocks=(*every_block("words"), chart("line", ("a", 1)))))
    async with visit(browser, house.url) as visitor:
        await visitor.page.get_by_role("radio", name=drawing).check()
        card = visitor.person("Ada").get_by_role("article", name="Everything")
        await card.locator(f".body.{drawing.lower()}").wait_for()
        await card.locator("textarea").fill("Two\nlines")
        async with visitor.page.expect_request("**/pressed*") as sending:
            await card.get_by_role("button", name="words", exact=True).click()
        values = (await sending.value).post_data_json["values"]
        assert {name: values[name] for name in ("line", "paragraph", "choice", "options", "moment")} == {
            "line": "words",
            "paragraph": "Two\nlines",
            "choice": "words",
            "options": "words",
            "moment": "",
        }
        await expect(visitor.person("Ada").get_by_role("article", name="Nothing was counted")).to_be_visible()
        assert await visitor.page.evaluate(TRIPS) == []


async def test_without_the_bundle_the_page_says_how_to_get_the_other_drawings(
    browser: Browser, house: Playground
) -> None:
    house.door.drawings = {}
    async with visit(browser, house.url) as visitor:
        await expect(visitor.page.get_by_role("radio", name="Teams")).to_be_disabled()
        await expect(visitor.page.get_by_text("need npm: install it, stop, and run make run")).to_be_visible()
        await ask_for_a_quiz(visitor)


async def test_all_cards_of_the_library_are_shown_and_can_be_tried(
    browser: Browser, house: Playground
) -> None:
    async with visit(browser, house.url, "/playground/pieces") as visitor:
        await expect(visitor.page.get_by_role("article")).to_have_count(3)
        quiz = visitor.page.get_by_role("article", name="Two labels")
        await answer(quiz, "A. Ship it")
        await expect(quiz.get_by_text("Not quite")).to_be_visible()
        await visitor.page.get_by_role("button", name="Start again").click()
        await expect(quiz.get_by_role("radio", name="A. Ship it")).to_be_visible()
        assert await visitor.page.evaluate(TRIPS) == []
    assert await house.store.outbox() == []


async def arrived(house: Playground, card: Card) -> None:
    """Ada has this card in her chat."""
    ada = await house.store.person(await house.key_of("Ada"))
    assert ada is not None
    delivery = Delivery(
        id="d-everything",
        person=ada.key,
        campaign="",
        slot="test",
        piece=None,
        card=card,
        address=ada.address,
        due_at=SUNDAY_EVENING,
        expires_at=SUNDAY_EVENING.replace(day=30),
        lane=Lane.INTERACTIVE,
    )
    await house.store.commit(Change(inbox="test", at=SUNDAY_EVENING, actor=ada, deliver=(delivery,)))
    await house.deliver()
