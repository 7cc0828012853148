"""Writing back to a leader in the playground, in a real browser: the third platform of the story."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from handlers.events import Click
from handlers.model import Address, Platform
from tests.bot.browser import Visitor, chromium, visit
from tests.bot.playing import SUNDAY_EVENING, Playground, playground

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

MONDAY_TEN = SUNDAY_EVENING.replace(day=23, hour=9, minute=0)
NASTY = "<!channel> @everyone <b>raw</b> <img src=x onerror=alert(1)> [x](javascript:alert(1))"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[Playground]:
    """Monday at ten: Grace's message, which takes replies, is with everybody."""
    async with playground(tmp_path) as house:
        house.clock.move(MONDAY_TEN)
        grace = Address(Platform.PLAYGROUND, "playground", "grace@example.org")
        filled = {"title": "A safe week", "text": "Thank you.", "audience": "everyone", "replies": "yes"}
        opened = house.clock.now().isoformat()
        await house.door.receive(Click("form", grace, "broadcast", value=opened, values=filled))
        await house.deliver()
        preview = (await house.store.deliveries_of(await house.key_of("grace")))[0]
        await house.door.receive(Click("send", grace, "decided", delivery=preview.id, value="send"))
        await house.door.advance(MONDAY_TEN)
        yield house


async def fills_in(visitor: Visitor, who: str, title: str, press: str, field: str, words: str) -> None:
    await (
        visitor.person(who)
        .get_by_role("article", name=title)
        .last.get_by_role("button", name=press, exact=True)
        .click()
    )
    dialog = visitor.page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name=field).fill(words)
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_be_hidden()


async def test_ada_writes_back_and_grace_answers(browser: Browser, house: Playground) -> None:
    async with visit(browser, house.url) as visitor:
        await fills_in(visitor, "Ada", "A safe week", "Write back", "What do you want", NASTY)
        await expect(visitor.person("Ada").get_by_text("You have written back")).to_be_visible()
        card = visitor.person("Grace").get_by_role("article", name="Ada Okafor wrote back")
        await expect(card.get_by_text(NASTY, exact=True)).to_be_visible()
        await fills_in(visitor, "Grace", "Ada Okafor wrote back", "Answer", "Your answer", f"Yes. {NASTY}")
        await expect(card.get_by_text("Grace Lindqvist answered")).to_be_visible()
        answer = visitor.person("Ada").get_by_role("article", name="Grace Lindqvist has answered you")
        await expect(answer.get_by_text(f"Yes. {NASTY}", exact=True)).to_be_visible()
