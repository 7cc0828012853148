"""Many people in the playground: few are shown, anybody is found, and who is open stands in the address."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.playground import casting
from tests.bot.browser import Visitor, chromium, visit
from tests.bot.playing import Playground, playground
from tests.bot.test_playground_page import LOOKS, PHONE, TRIPS, answer, ask_for_a_quiz

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TEAMS = ("Assembly", "Logistics", "Sales", "Service")
OTHERS = (
    ("Joana Koch", "Assembly", "manager"),
    ("Petra Novák", "Audits", "auditor"),
    ("Noor Haddad", "Management", "approver"),
    ("Viktor Steiner", "Management", "leader"),
    ("Ada Sato", "Logistics", ""),
)
FIRST = ["Ada Okafor", "Joana Koch", "Grace Lindqvist", "Marie Duval", "Petra Novák", "Noor Haddad"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """A company of 300: the three of the cast, five with a name and a place, and 292 employees."""
    async with playground(tmp_path_factory.mktemp("company")) as house:
        numbered = [(f"Worker {n:03}", TEAMS[n % len(TEAMS)], "") for n in range(292)]
        for name, team, roles in (*OTHERS, *numbered):
            email = f"{name.replace(' ', '.').lower()}@example.org"
            await house.door.admit({"name": name, "email": email, "team": team, "roles": roles})
        yield house


def field(visitor: Visitor) -> Any:
    return visitor.page.get_by_role("combobox", name="Find a person")


def matches(visitor: Visitor) -> Any:
    return visitor.page.get_by_role("listbox", name="People").get_by_role("option")


async def find(visitor: Visitor, words: str, found: int) -> None:
    """Type these words into the field, and wait until so many are found."""
    await field(visitor).fill(words)
    await expect(visitor.page.get_by_role("status").filter(has_text=f"{found} found")).to_be_visible()


async def names(visitor: Visitor) -> list[str]:
    """Who is open, from left to right."""
    return [str(name) for name in await visitor.page.locator(".person h2").all_text_contents()]


async def open_six(visitor: Visitor) -> None:
    await expect(visitor.page.locator(".person")).to_have_count(len(FIRST))


@pytest.mark.parametrize("look", LOOKS)
async def test_of_many_people_one_of_each_role_is_shown_at_first(
    browser: Browser, house: Playground, look: str
) -> None:
    async with visit(browser, house.url, **LOOKS[look]) as visitor:
        await open_six(visitor)
        assert await names(visitor) == FIRST
        await expect(visitor.page.get_by_text("6 of 300 open")).to_be_visible()
        assert visitor.page.url.endswith("/playground")
        await field(visitor).click()
        await expect(matches(visitor)).to_have_count(casting.LISTED)
        await expect(matches(visitor).last).to_be_attached()
        await expect(visitor.page.get_by_text("The first 20 of 300: type more")).to_be_attached()
        assert await visitor.page.evaluate(TRIPS) == []


async def test_somebody_is_found_by_name_by_role_and_by_team(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await open_six(visitor)
        await find(visitor, "steiner", 1)
        await expect(matches(visitor)).to_have_text(re.compile("Viktor Steiner.*leader · Management"))
        await find(visitor, "quality lead", 1)
        await expect(matches(visitor)).to_have_text(re.compile("Marie Duval.*quality lead · Quality · open"))
        await find(visitor, "logistics", 74)
        await expect(matches(visitor).first).to_contain_text("Ada Sato")
        await find(visitor, "assembly manager", 1)
        await expect(matches(visitor)).to_contain_text("Joana Koch")
        await find(visitor, "novak", 1)
        await expect(matches(visitor)).to_contain_text("Petra Novák")
        await find(visitor, "nobody of this name", 0)
        await expect(
            visitor.page.get_by_text("Nobody has these words in name, role or team.")
        ).to_be_visible()
        assert await visitor.page.evaluate(TRIPS) == []


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
async def test_who_was_found_is_opened_answers_and_is_there_again_after_reloading(
    browser: Browser, house: Playground, phone: bool
) -> None:
    name = "Worker 017" if phone else "Worker 018"
    async with visit(browser, house.url, **(PHONE if phone else {})) as visitor:
        await open_six(visitor)
        await find(visitor, name, 1)
        await matches(visitor).click()
        await expect(matches(visitor)).to_have_count(0)
        await expect(visitor.page.get_by_role("textbox", name=f"as {name}")).to_be_focused()
        card = await ask_for_a_quiz(visitor, name)
        await answer(card, "B. Set it aside")
        await expect(card.get_by_text("Right")).to_be_visible()
        await visitor.page.reload()
        await expect(visitor.page.get_by_text("7 of 300 open")).to_be_visible()
        assert await names(visitor) == [*FIRST, name]
        await expect(card.get_by_text("Right")).to_be_in_viewport()
        assert await visitor.page.evaluate(TRIPS) == []
        async with visit(browser, house.url, visitor.page.url.removeprefix(house.url)) as other:
            await expect(other.page.locator(".person")).to_have_count(7)
            assert await names(other) == [*FIRST, name]


async def test_somebody_is_found_opened_and_closed_with_the_keyboard_alone(
    browser: Browser, house: Playground
) -> None:
    async with visit(browser, house.url) as visitor:
        await open_six(visitor)
        press = visitor.page.keyboard.press
        for _ in range(20):
            if await field(visitor).evaluate("(e) => e === document.activeElement"):
                break
            await press("Tab")
        await visitor.page.keyboard.type("work")
        await expect(field(visitor)).to_have_attribute("aria-expanded", "true")
        await expect(visitor.page.get_by_role("option", selected=True)).to_contain_text("Worker 000")
        await press("ArrowDown")
        await press("ArrowDown")
        await press("ArrowUp")
        chosen = visitor.page.get_by_role("option", selected=True)
        await expect(chosen).to_contain_text("Worker 001")
        assert await field(visitor).get_attribute("aria-activedescendant") == await chosen.get_attribute("id")
        await press("Enter")
        await expect(visitor.page.get_by_role("textbox", name="as Worker 001")).to_be_focused()
        await press("Shift+Tab")  # its chat
        await press("Shift+Tab")
        await expect(visitor.page.get_by_role("button", name="Close Worker 001")).to_be_focused()
        await press("Enter")
        await expect(visitor.page.get_by_role("button", name="Close Noor Haddad")).to_be_focused()
        assert await names(visitor) == FIRST
        await field(visitor).focus()
        await press("ArrowDown")
        await expect(matches(visitor)).to_have_count(casting.LISTED)
        await press("Escape")
        await expect(matches(visitor)).to_have_count(0)
        await expect(field(visitor)).to_be_focused()


async def test_enter_takes_what_was_typed_last(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await open_six(visitor)
        await field(visitor).press_sequentially("viktor")
        await field(visitor).press("Enter")
        await expect(visitor.person("Viktor")).to_be_visible()
        assert await names(visitor) == [*FIRST, "Viktor Steiner"]


async def test_everybody_can_be_closed_and_found_again(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await open_six(visitor)
        for name in FIRST:
            await visitor.page.get_by_role("button", name=f"Close {name}").click()
        await expect(field(visitor)).to_be_focused()
        await visitor.page.reload()
        await expect(visitor.page.get_by_text("Nobody is open.")).to_be_visible()
        await find(visitor, "ada", 2)
        await matches(visitor).filter(has_text="Sato").click()
        await expect(visitor.person("Ada Sato")).to_be_visible()
        assert await names(visitor) == ["Ada Sato"]
        for words in ("All cards", "Back to the playground"):
            link = visitor.page.get_by_role("link", name=words)
            await expect(link).to_have_attribute("href", re.compile("people="))
            await link.click()
        await expect(visitor.person("Ada Sato")).to_be_visible()
        assert await names(visitor) == ["Ada Sato"]


async def test_who_was_closed_stays_closed_when_something_happens(
    browser: Browser, house: Playground
) -> None:
    async with visit(browser, house.url) as visitor:
        await open_six(visitor)
        await visitor.page.get_by_role("button", name="Close Grace Lindqvist").click()
        await ask_for_a_quiz(visitor, "Joana")
        assert await names(visitor) == [name for name in FIRST if name != "Grace Lindqvist"]
        await expect(visitor.page.get_by_text("5 of 300 open")).to_be_visible()


async def test_a_page_asks_only_for_the_chats_that_are_open_and_no_more_than_twelve_are(
    browser: Browser, house: Playground
) -> None:
    async with visit(browser, house.url) as visitor:
        chats: set[str] = set()
        visitor.page.on("request", lambda asked: asked.url.endswith("plain") and chats.add(asked.url))
        await open_six(visitor)
        for number in range(7):
            await find(visitor, f"worker 10{number}", 1)
            await field(visitor).press("Enter")
        await expect(visitor.page.get_by_text("12 people are open, and more is too many")).to_be_visible()
        await expect(visitor.page.locator(".person")).to_have_count(casting.MOST)
        assert len(chats) == casting.MOST


async def test_an_address_only_names_people_and_the_door_says_who_they_are(
    browser: Browser, house: Playground
) -> None:
    marie = await house.key_of("Marie")
    async with visit(browser, house.url, f"/playground?people={marie},nobody,%3Cb%3E,{marie}") as visitor:
        await expect(visitor.person("Marie").get_by_text("quality lead · Quality")).to_be_visible()
        assert await names(visitor) == ["Marie Duval"]
        await expect(visitor.page.get_by_text("This address names 4 people; shown are 1")).to_be_visible()


async def test_with_few_people_all_are_there_without_a_search(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with playground(tmp_path_factory.mktemp("few")) as house:
        ada = await house.key_of("Ada")
        for path in ("/playground", f"/playground?people={ada}"):
            async with visit(browser, house.url, path) as visitor:
                await expect(visitor.page.locator(".person")).to_have_count(3)
                await expect(field(visitor)).to_be_hidden()
                await expect(visitor.page.get_by_role("button", name="Close Ada Okafor")).to_be_hidden()
        for name, _, roles in OTHERS[:3]:
            await house.door.admit({"name": name, "email": f"{name[:5]}@e.org", "team": "", "roles": roles})
        async with visit(browser, house.url) as visitor:
            await open_six(visitor)
            await visitor.page.get_by_role("button", name="Add a person").click()
            dialog = visitor.page.get_by_role("dialog")
            await dialog.get_by_role("textbox", name="Name").fill("Tim Berg")
            await dialog.get_by_role("textbox", name="E-mail").fill("tim@example.org")
            await dialog.get_by_role("button", name="Add", exact=True).click()
            await expect(visitor.page.get_by_role("textbox", name="as Tim Berg")).to_be_focused()
            await expect(visitor.page.get_by_text("7 of 7 open")).to_be_visible()
            await ask_for_a_quiz(visitor, "Tim")


async def test_an_answer_about_many_people_is_short(house: Playground) -> None:
    async with aiohttp.ClientSession(f"{house.url}/playground/api/") as session:
        for path in ("house", "people?words=worker", "people"):
            async with session.get(path) as response:
                assert len(await response.read()) < 8000
