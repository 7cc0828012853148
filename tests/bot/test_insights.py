"""The page of the numbers as a browser meets it: who gets in, for how long, and what each page says."""

from __future__ import annotations

import asyncio
import csv
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, ViewportSize

from bot.insights.tables import file, harmless
from bot.insights.templating import bundled
from bot.rate import Rate
from content.packs import Library
from handlers.api.tokens import hashed
from handlers.events import Left
from handlers.learning import gathered
from handlers.model import Role
from handlers.numbers.counting import Counting
from handlers.numbers.groups import few
from handlers.numbers.intervals import wilson
from handlers.numbers.visits import COARSE, IDLE, LASTS, LINK_LASTS
from handlers.pages.clauses import ALL, Known, _left_out
from handlers.pages.views import Section
from handlers.people import Profile, admit
from storage.store import Storage
from tests.bot.browser import chromium, visit
from tests.bot.insights_house import TUESDAY, InsightsHouse, furnished, open_page, staff
from tests.conftest import Company, at
from tests.needs import program

PAGES = ("overview", "clauses", "campaigns", "items", "people", "programme")

LOOKED_AT = (
    "overview",
    "clauses?map=participation",
    "campaigns",
    "people",
    "finding?about=participation+89&group=-",
)  # the others are made of the same
BY_NIGHT = (
    "overview",
    "clauses?map=participation",
    "finding?about=participation+89&group=-",
)  # with every colour that there is
DESK, PHONE = ViewportSize(width=1360, height=860), ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """Two weeks of the company, made once for all tests here."""
    file = tmp_path_factory.mktemp("insights") / "made.db"

    async def make() -> None:
        store = Storage.open(f"sqlite:///{file}", version="test")
        await staff(furnished(store, library))
        store.close()

    asyncio.run(make())
    return file


@pytest.fixture
async def lived(made: Path, tmp_path: Path, library: Library) -> AsyncIterator[Company]:
    shutil.copy(made, tmp_path / "own.db")
    store = Storage.open(f"sqlite:///{tmp_path}/own.db", version="test")
    company = furnished(store, library)
    company.clock.move(TUESDAY)
    yield company
    store.close()


@pytest.fixture
async def house(lived: Company) -> AsyncIterator[InsightsHouse]:
    async with open_page(lived) as found:
        yield found


async def test_the_lead_comes_in_by_a_link_that_opens_once_and_looks_at_every_page(
    house: InsightsHouse,
) -> None:
    link = await house.link("marie")
    for _ in range(2):  # a preview of the link, and a scanner
        status, page, headers = await house.get(link.removeprefix("/insights"))
        assert status == 200
        assert "Open the numbers" in page
    entered = await house.enter(link)
    assert (entered.status, entered.headers["Location"]) == (303, "/insights/overview")
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    for name in PAGES:
        status, page, headers = await house.get(f"/{name}?days=60")
        assert status == 200, page
        assert len(page) < 100_000
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert (headers["Referrer-Policy"], headers["X-Content-Type-Options"]) == ("no-referrer", "nosniff")
    house.session.cookie_jar.clear()
    assert (await house.enter(link)).status == 403
    assert (await house.get("/overview"))[0] == 401


async def test_a_link_is_for_ten_minutes_and_a_visit_for_twelve_hours_or_an_idle_one(
    house: InsightsHouse,
) -> None:
    clock = house.company.clock
    late = await house.link("marie")
    clock.move(clock.now() + LINK_LASTS)
    assert (await house.enter(late)).status == 403
    await house.come_in("marie")
    began = clock.now()
    while clock.now() - began < LASTS - IDLE:
        clock.move(clock.now() + IDLE)
        assert (await house.get("/programme"))[0] == 200
    clock.move(began + LASTS)
    assert (await house.get("/programme"))[0] == 401
    await house.come_in("marie")
    clock.move(clock.now() + IDLE + COARSE)
    assert (await house.get("/programme"))[0] == 401


async def test_the_roles_are_asked_at_each_request_and_who_left_is_out(house: InsightsHouse) -> None:
    company = house.company
    await house.come_in("olaf")
    assert (await house.get("/overview"))[0] == 200
    assert (await house.get("/people"))[0] == 403  # an auditor sees counts, and nobody by name
    profile = Profile(email="olaf@example.org", name="Olaf", addresses=(at("olaf"),))
    await admit(company.desk, replace(profile, roles=frozenset({Role.EMPLOYEE})), "test")
    status, page, _ = await house.get("/overview")
    assert (status, "may not see these numbers" in page) == (403, True)
    assert await house.link("olaf") == ""  # nor does the chat give another link
    await house.come_in("marie")
    assert (await house.get("/overview"))[0] == 200
    await company.dispatch(Left("marie goes", at("marie"), gone=True))
    assert (await house.get("/overview"))[0] == 403


async def test_no_other_secret_of_the_house_opens_the_page_and_guesses_are_counted(lived: Company) -> None:
    company = lived
    async with open_page(company, Rate(3, 60.0)) as house:
        link = await house.link("marie")
        elsewhere = await house.enter(link, Sec_Fetch_Site="cross-site")
        assert elsewhere.status == 403  # another site's form does not even spend it
        assert (await house.enter(link)).status == 303
        visit = next(cookie.value for cookie in house.session.cookie_jar)
        house.session.cookie_jar.clear()
        marie = await company.store.person_at(at("marie"))
        assert marie is not None
        await company.store.make_token(marie.key, hashed("cb_" + "t" * 43), company.clock.now())
        guesses = [await house.enter(f"?link={guess}") for guess in (visit, "cb_" + "t" * 43, "x" * 43)]
        assert [guess.status for guess in guesses] == [403, 403, 429]
        assert int(guesses[2].headers["Retry-After"]) > 0
        house.session.cookie_jar.update_cookies({"insights": "cb_" + "t" * 43})
        assert (await house.get("/overview"))[0] == 401


async def test_leaving_ends_this_visit_and_insights_off_every_other(house: InsightsHouse) -> None:
    await house.come_in("marie")
    _, page, _ = await house.get("/overview")
    token = re.search(r'name="token" value="(\w+)"', page)
    assert token is not None
    leave = f"{house.address}/insights/leave"
    assert (await house.session.post(leave, data={"token": "guess"})).status == 403
    kept = {cookie.key: cookie.value for cookie in house.session.cookie_jar}
    assert (await house.session.post(leave, data={"token": token[1]})).status == 200
    house.session.cookie_jar.update_cookies(kept)
    assert (await house.get("/overview"))[0] == 401
    house.session.cookie_jar.clear()
    await house.come_in("marie")
    await house.company.said("marie", "insights off")
    assert (await house.get("/overview"))[0] == 401


async def test_a_manager_sees_their_own_people_as_counts(house: InsightsHouse) -> None:
    await house.come_in("ada")
    _, page, _ = await house.get("/overview?days=60")
    assert "your own people" in page
    assert "Assembly" in page
    assert "Paint" not in page
    assert (await house.get("/people"))[0] == 403
    rows = await table(house, "/overview/teams.csv?days=60")
    assert [row["group"] for row in rows] == ["Assembly"]


async def test_numbers_of_few_people_and_what_gives_them_away_are_nowhere(house: InsightsHouse) -> None:
    """Three work at night: neither they nor the next smallest team, by whom they could be reckoned, have a number."""
    await house.come_in("marie")
    rows = {row["group"]: row for row in await table(house, "/overview/teams.csv?days=60")}
    assert rows["Assembly"]["participation rate"]
    assert rows["Night shift"]["participation rate"] == rows["Office"]["participation rate"] == ""
    _, page, _ = await house.get("/overview?days=60&team=Night+shift")
    assert "fewer than 5 people" in page
    cells = await table(house, "/clauses/participation.csv?days=60&map=participation")
    night = [cell for cell in cells if cell["team"] == "Night shift"]
    assert night
    assert not any(cell["participation rate"] for cell in night)


async def test_a_small_field_of_the_clause_map_takes_a_rectangle_with_it() -> None:
    """With its own row alone it could be reckoned from the column of its team."""
    people = {"4.1": (3, 20, 9), "5.2": (10, 30, 8), "7.3": (40, 50, 60)}
    fields = {(clause, team): n for clause, row in people.items() for team, n in zip("ABC", row, strict=True)}
    fields |= {(clause, ALL): sum(row) for clause, row in people.items()}
    out = await _left_out(
        {place: Known(None if few(n) else wilson(n, n), n, n) for place, n in fields.items()}
    )
    assert out == {("4.1", "A"), ("4.1", "C"), ("5.2", "A"), ("5.2", "C")}


async def test_a_map_that_takes_long_is_still_counting_then_there_and_good_for_the_day(
    lived: Company,
) -> None:
    lived.furnish(replace(lived.desk, counting=Counting(0.0)))
    async with open_page(lived) as house:
        await house.come_in("marie")
        _, page, _ = await house.get("/clauses?map=recall")
        assert "Still counting" in page
        assert (await house.get("/clauses/audit.csv?team=Paint"))[0] == 503
        async with asyncio.timeout(20):
            while "Still counting" in (page := (await house.get("/clauses?map=recall"))[1]):
                await asyncio.sleep(0.05)
        assert "<table>" in page
        assert "it is counted anew tomorrow" not in page
        lived.clock.pass_by(timedelta(minutes=50))
        for name in ("recall", "audit"):
            _, page, _ = await house.get(f"/clauses?map={name}")
            assert "<table>" in page
            assert "it is counted anew tomorrow" in page
        lived.clock.pass_by(timedelta(hours=23))
        await house.come_in("marie")
        assert "Still counting" in (await house.get("/clauses?map=recall"))[1]


async def test_questions_that_take_long_are_still_counting_then_there_and_good_for_the_day(
    lived: Company,
) -> None:
    lived.furnish(replace(lived.desk, counting=Counting(0.0)))
    async with open_page(lived) as house:
        await house.come_in("marie")
        assert "Still counting" in (await house.get("/items"))[1]
        async with asyncio.timeout(20):
            while "Still counting" in (page := (await house.get("/items"))[1]):
                await asyncio.sleep(0.05)
        assert "<table>" in page
        lived.clock.pass_by(timedelta(minutes=50))
        _, page, _ = await house.get("/items")
        assert "<table>" in page
        assert "it is counted anew tomorrow" in page
        assert "Still counting" in (await house.get("/items?days=30"))[1]


async def test_where_much_was_answered_the_questions_are_last_nights_and_say_so(lived: Company) -> None:
    now = lived.clock.now()
    midnight = now.astimezone(ZoneInfo("Europe/Berlin")).replace(hour=0, minute=0, second=0, microsecond=0)
    await gathered.reckon(lived.desk, now, midnight)
    lived.store.nights.at_once = 3
    async with open_page(lived) as house:
        await house.come_in("marie")
        _, page, _ = await house.get("/items")
        assert "<table>" in page
        assert "So much was answered that it is counted once a night" in page
        assert "once a night" not in (await house.get("/items?days=30"))[1]
        await house.come_in("ada")
        assert "once a night" not in (await house.get("/items"))[1]


async def test_under_recall_stands_how_it_went_over_time_for_who_sees_everybody(house: InsightsHouse) -> None:
    """The house ticked on four days, after whose nights something was answered: each night something more."""
    await house.come_in("marie")
    nights = await table(house, "/clauses/nights.csv?map=recall")
    assert [row["night"] for row in nights] == [
        "2026-11-04",
        "2026-11-10",
        "2026-11-11",
    ]  # of five people and more
    assert [int(row["n"]) for row in nights] == sorted(int(row["n"]) for row in nights)
    standard = "ISO+9001%3A2015"
    assert (
        "Recall over time: ISO 9001:2015" in (await house.get(f"/clauses?map=audit&standard={standard}"))[1]
    )
    for elsewhere in ("?map=participation", "?map=recall&team=Paint"):
        assert "Recall over time" not in (await house.get(f"/clauses{elsewhere}"))[1]
    await house.come_in("ada")
    assert "Recall over time" not in (await house.get("/clauses?map=recall"))[1]


async def test_sums_of_a_page_agree_with_each_other_and_with_the_chat(house: InsightsHouse) -> None:
    await house.come_in("marie")
    states = await table(house, "/overview/states.csv?days=90")
    planned = sum(int(row["deliveries"]) for row in states)
    each = await table(house, "/campaigns/campaigns.csv?days=90")
    assert sum(int(row["planned"]) for row in each) == planned == 2 * 2 * 21
    funnel = {row["layer"]: row for row in await table(house, "/campaigns/funnel.csv?days=90")}
    assert int(funnel["reach"]["of"]) == planned
    card = (await house.company.said("marie", "stats")).show
    assert card is not None
    assert any(f"{planned} deliveries planned" in str(block) for block in card.blocks)
    assert card.buttons()[-1].value == "insights"


async def test_whoever_looks_is_written_down_with_whom_they_saw(house: InsightsHouse) -> None:
    await house.come_in("marie")
    _, page, _ = await house.get("/people?words=paint1")
    assert "Paint1" in page
    assert "Paint2" not in page
    seen = await house.company.store.person_at(at("paint1"))
    other = await house.company.store.person_at(at("paint2"))
    assert seen is not None
    assert other is not None
    looks = await house.company.store.looks_at(seen.key)
    assert [(look.what, "paint1" in look.words) for look in looks] == [("insights people", False)]
    assert await house.company.store.looks_at(other.key) == []


async def test_beside_each_number_that_a_finding_can_be_about_is_the_way_to_its_form(
    house: InsightsHouse,
) -> None:
    """Each way leads to a form: none is promised that would be refused for want of people."""
    await house.come_in("marie")
    places = {
        "/overview": {"reach", "participation", "accuracy", "Assembly", "Paint"},
        "/overview?team=Paint": {"Paint"},
        "/clauses?map=participation": {"ISO 9001:2015 5.2.2"},
        "/campaigns": {"questions", "words"},
    }
    for place, about in places.items():
        _, page, _ = await house.get(place)
        found = [unescape(way) for way in re.findall(r'href="/insights(/finding\?[^"]+)"', page)]
        said = " ".join(unquote_plus(way) for way in found)
        assert [each for each in about if each not in said] == []
        for way in found:
            status, form, _ = await house.get(way)
            assert (status, "Which number" in form) == (200, True), (place, way)
        assert "Night shift" not in said


async def test_filters_stay_in_the_address_and_nonsense_in_it_is_passed_over(house: InsightsHouse) -> None:
    await house.come_in("marie")
    _, page, _ = await house.get("/overview?since=2026-11-01&until=2026-11-30&team=Paint")
    assert 'href="/insights/clauses?since=2026-11-01&amp;until=2026-11-30&amp;team=Paint"' in page
    odd = (
        "/overview?since=yesterday&until=9999-99-99&days=-1&start=1e9&team=%3Cscript%3E&clause=%27&leader=%00"
    )
    status, page, _ = await house.get(odd)
    assert status == 200
    assert "<script>" not in page.replace('<script type="application/json">', "").replace("<script type", "")
    for nothing in ("/nowhere", "/overview/nothing.csv", "/static/../visit.py", "/overview/audits.svg"):
        assert (await house.get(nothing))[0] == 404


async def test_without_scripts_the_server_draws_every_chart(
    house: InsightsHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.insights.routes.bundled", lambda: False)
    await house.come_in("marie")
    _, page, _ = await house.get("/overview?days=60")
    drawn = re.findall(r'(?:src|srcset)="/insights(/[^"]+\.svg[^"]*)"', page)
    assert len(drawn) >= 4
    assert "application/json" not in page
    for address in drawn[:2]:
        status, svg, headers = await house.get(address.replace("&amp;", "&"))
        assert (status, headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
        assert "var(" not in svg


@pytest.mark.browser
async def test_the_lead_reads_every_page_on_a_desk_and_on_a_phone_by_day_and_by_night(
    lived: Company,
) -> None:
    """No complaint of the browser, and nothing serious in the way of who cannot see."""
    if not bundled():
        program("npm")
        pytest.fail("bot/insights/static/bundle is not there: `make bundle` makes it", pytrace=False)
    async with (
        open_page(lived) as house,
        chromium() as browser,
        visit(browser, house.address, await house.link("marie")) as desk,
    ):
        page = desk.page
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")  # the only thing to press is the button
        await page.wait_for_url("**/insights/overview")
        await page.get_by_role("button", name="What reach means").first.click()
        assert await page.get_by_text("deliveries sent, of all planned").first.is_visible()
        await page.keyboard.press("Escape")
        await page.get_by_label("Team", exact=True).select_option("Paint")
        await page.get_by_role("button", name="Show").click()
        assert "team=Paint" in page.url
        for name in LOOKED_AT:
            await page.goto(f"{house.address}/insights/{name}")
            if await page.locator(".plot").count():
                await page.locator(".plot svg").first.wait_for()
            assert await serious(page, {}) == [], name
            if name in BY_NIGHT:
                await page.emulate_media(color_scheme="dark")
                assert await serious(page, {"runOnly": ["color-contrast"]}) == [], name
                await page.emulate_media(color_scheme="light")
            await page.set_viewport_size(PHONE)
            assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], name
            await page.set_viewport_size(DESK)
        await page.get_by_role("button", name="Leave").click()
        await page.get_by_text("You have left").wait_for()


async def serious(page: Page, only: dict[str, list[str]]) -> list[str]:
    found = (await Axe().run(page, options={"resultTypes": ["violations"], **only})).response["violations"]
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def test_no_cell_of_a_file_becomes_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|cmd", "＝1"):
        assert str(harmless(text)).startswith("'")
    assert [harmless(value) for value in (-0.5, 12, None, "7.3 b", "ISO 9001:2015")] == [
        *(-0.5, 12, "", "7.3 b", "ISO 9001:2015")
    ]
    written = file(Section("x", "X", header=("Team",), rows=[("=HYPERLINK(1)",), ('a "b", c',)]))
    assert written.startswith("\ufeff")
    assert [row["Team"] for row in csv.DictReader(StringIO(written[1:]))] == ["'=HYPERLINK(1)", 'a "b", c']


async def table(house: InsightsHouse, path: str) -> list[dict[str, str]]:
    status, text, headers = await house.get(path)
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8"), text
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
