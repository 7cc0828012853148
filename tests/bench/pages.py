"""The page of the numbers with a year of 100,000 people behind it: over HTTP, and in a browser where there is one."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from handlers.model import Role
from handlers.pages.book import PAGES
from storage.store import Storage
from tests.bench.company import library
from tests.bench.evidence import fill
from tests.bench.report import Row, ms, percentile
from tests.bench.scale import Scale
from tests.bot.browser import PATIENCE, chromium, visit
from tests.bot.insights_house import InsightsHouse, furnished, open_page
from tests.needs import found

NOW = datetime(2026, 12, 15, 10, 0, tzinfo=UTC)
TIMES = 20
PERIODS = ("days=90", "since=2026-01-01&until=2026-12-14")
ASKED = [
    *(f"/{name}?{period}" for name, page in PAGES.items() if page.listed for period in PERIODS),
    *(f"/clauses?map={name}&{period}" for name in ("recall", "participation") for period in PERIODS),
    *(f"/{name}?team=Team+7&{PERIODS[1]}" for name in ("overview", "campaigns", "people")),
]
DRAWN = "() => [...document.querySelectorAll('.plot')].every(plot => plot.querySelector('svg'))"


async def pages(folder: Path, scale: Scale) -> list[Row]:
    people = scale.of(100_000, 5_000)
    url = f"sqlite:///{folder}/pages.db"
    Storage.open(url, version="bench").close()
    fill(url, people)
    store = Storage.open(url, version="bench")
    company = furnished(store, library())
    company.clock.move(NOW)
    await company.admit("marie", roles=frozenset({Role.EMPLOYEE, Role.QUALITY_LEAD}), team="Team 7")
    async with open_page(company) as house:
        await house.come_in("marie")
        asked = [(await _asked(house, path), path) for path in ASKED]
        first, again = (
            max((a[0], path) for a, path in asked),
            max((percentile(a[1:], 0.95), path) for a, path in asked),
        )
        said = f"of {len(ASKED)} pages of {people:,} people"
        rows = [
            Row(
                "pages", ms(again[0]), "100 ms", again[0] / 0.1, "<= 1", f"the slowest p95 {said}: {again[1]}"
            ),
            Row(
                "pages at first",
                ms(first[0]),
                note=f"the slowest {said}, asked for the first time: {first[1]}",
            ),
            *await _browsed(house, people),
        ]
    store.close()
    return rows


async def _asked(house: InsightsHouse, path: str) -> Sequence[float]:
    """Seconds, of the first time and of those after it; what is counted in the background is waited for first."""
    took = []
    while len(took) <= TIMES:
        began = time.perf_counter()
        status, page, _ = await house.get(path)
        assert status == 200, page
        if "Still counting" in page:
            await asyncio.sleep(0.5)
        else:
            took.append(time.perf_counter() - began)
    return took


async def _browsed(house: InsightsHouse, people: int) -> list[Row]:
    """From the click to the last chart drawn."""
    if found("chromium", "chromium-browser", "google-chrome") is None:
        return []
    took = []
    async with chromium() as browser:
        link = await house.link("marie")
        async with visit(browser, house.address, link) as visitor:
            await visitor.page.get_by_role("button", name="Open").click()
            for path in ASKED:
                began = time.perf_counter()
                await visitor.page.goto(f"{house.address}/insights{path}")
                await visitor.page.wait_for_function(DRAWN, timeout=PATIENCE)
                took.append((time.perf_counter() - began, path))
    slowest = max(took)
    middle = statistics.median(seconds for seconds, _ in took)
    return [
        Row(
            "pages in Chromium",
            ms(middle),
            note=f"the median until the last chart is drawn, of {people:,} people; "
            f"the slowest {ms(slowest[0])}: {slowest[1]}",
        )
    ]
