"""Debian's Chromium as a visitor: what it sees, and everything that went wrong while it looked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.needs import program

PATIENCE = 15_000  # milliseconds; a machine that does much besides is slow, and not wrong
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, or a skip where there is none."""
    path = program("chromium", "chromium-browser", "google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield browser
        await browser.close()


class Visitor:
    """A page and everything that went wrong on it: console errors, exceptions, requests that left this machine."""

    def __init__(self, page: Page, context: BrowserContext, home: str) -> None:
        self.page = page
        self.context = context
        self.home = home
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.complaints.append(f"left this machine: {request.url}")

    def person(self, name: str) -> Any:
        """The column of a person, by first name."""
        return self.page.locator(".person").filter(has=self.page.get_by_role("heading", name=name, level=2))

    async def type(self, name: str, words: str) -> None:
        box = self.person(name).get_by_role("textbox")
        await box.fill(words)
        await box.press("Enter")


@asynccontextmanager
async def visit(
    browser: Browser, home: str, path: str = "/playground", **options: Any
) -> AsyncIterator[Visitor]:
    """A fresh page; nothing on it may have gone wrong by the end."""
    context = await browser.new_context(**{"viewport": {"width": 1360, "height": 860}, **options})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = await context.new_page()
    visitor = Visitor(page, context, home)
    await page.goto(home + path)
    yield visitor
    await context.close()
    assert visitor.complaints == []
