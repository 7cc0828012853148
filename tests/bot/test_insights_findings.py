"""From a number on the page to a finding about it: who finds the way, what the form says, and what is opened."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from content.council import WorksCouncil
from handlers.findings.finding import Stage
from handlers.model import Role
from tests.bot.insights_house import InsightsHouse, open_page
from tests.conftest import Company
from tests.handlers.findings.correcting import CLAUSE, cards_of, shop, the_one

ABOUT, EVERYBODY = "accuracy by clause 90", "accuracy 89"
BEGINNING_AND_END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
FILLED = {
    **{"title": "Calipers that are overdue", "clause": CLAUSE, "found": "<b>Nobody</b> looks."},
    **{"owner": "kurt@example.org", "due": "2026-12-14"},
}


@pytest.fixture
async def house(company: Company) -> AsyncIterator[InsightsHouse]:
    """Marie leads quality and Kurt the shop, Olga audits; two of eight knew what to do with a caliper."""
    company.furnish(replace(company.desk, page="http://127.0.0.1:8080"))
    await shop(company)
    await company.admit("kurt", roles=frozenset({Role.EMPLOYEE, Role.MANAGER}), team="Production")
    async with open_page(company) as found:
        yield found


def ways(page: str) -> list[str]:
    return [html.unescape(way) for way in re.findall(r'href="/insights(/finding\?[^"]+)"', page)]


async def begin(house: InsightsHouse, way: str) -> dict[str, str]:
    """The form behind a way, as it is before anything is filled in."""
    status, page, _ = await house.get(way)
    assert status == 200, page
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    chosen = re.search(r'name="about">\s*<option value="([^"]+)"', page)
    return {name: html.unescape(value) for name, value in hidden} | ({"about": chosen[1]} if chosen else {})


async def send(house: InsightsHouse, form: dict[str, str], **other: str) -> tuple[int, str]:
    address = f"{house.address}/insights/finding"
    async with house.session.post(address, data={**form, **FILLED, **other}, allow_redirects=False) as got:
        return got.status, got.headers.get("Location", await got.text())


async def test_the_lead_opens_one_from_a_number_and_it_is_the_finding_of_the_chat(
    house: InsightsHouse,
) -> None:
    await house.come_in("marie")
    _, page, _ = await house.get("/clauses?map=recall")
    assert ways(page) == ["/finding?about=recall+by+clause+90&group=ISO+9001%3A2015+7.1.5"]
    form = await begin(house, f"/finding?about={ABOUT}&group={CLAUSE}")
    assert await send(house, form) == (303, "/insights/overview#findings")
    await house.company.drain.everything()
    finding = await the_one(house.company)
    assert (finding.stage, finding.about.group, finding.due.isoformat()) == (
        Stage.OPEN,
        CLAUSE,
        FILLED["due"],
    )
    assert (finding.before.part, finding.before.of, finding.before.people) == (2, 8, 8)
    for who in ("marie", "kurt"):
        (card,) = await cards_of(house.company, who)
        assert card.card.title == "Finding: Calipers that are overdue"
    _, page, _ = await house.get("/overview")
    assert "1 open, 0 overdue, 0 closed" in page


async def test_what_is_missing_is_said_beside_its_field_and_the_rest_stays_as_it_was_written(
    house: InsightsHouse,
) -> None:
    await house.come_in("marie")
    form = await begin(house, f"/finding?about={EVERYBODY}&group=-")
    status, page = await send(house, form, title="", owner_other="nobody@example.org", due="soon")
    assert status == 422
    for said in (
        "Write something first",
        "Nobody here has this e-mail address",
        "Write a day like 2027-03-31",
    ):
        assert said in page
    assert "&lt;b&gt;Nobody&lt;/b&gt; looks." in page
    assert page.count('aria-invalid="true"') == 3
    for _ in range(2):  # pressed twice
        assert (await send(house, form))[0] == 303
    assert (await the_one(house.company)).words.found == FILLED["found"]


async def test_who_may_open_none_finds_no_way_and_no_form(house: InsightsHouse) -> None:
    await house.come_in("marie")
    form = await begin(house, f"/finding?about={EVERYBODY}&group=-")
    for who in ("olga", "kurt"):
        await house.come_in(who)
        _, page, _ = await house.get("/overview")
        assert ways(page) == []
        assert (await house.get(f"/finding?about={EVERYBODY}&group=-"))[0] == 403
        token = re.search(r'name="token" value="(\w+)"', page)
        assert token is not None
        assert (await send(house, {**form, "token": token[1]}))[0] == 403
    house.session.cookie_jar.clear()
    assert (await send(house, form))[0] == 401
    assert await house.company.store.findings.findings("", *BEGINNING_AND_END) == []


async def test_a_form_of_another_site_or_about_another_number_opens_nothing(house: InsightsHouse) -> None:
    await house.come_in("marie")
    form = await begin(house, f"/finding?about={EVERYBODY}&group=-")
    assert (await send(house, {**form, "token": "guess"}))[0] == 403
    assert (await send(house, {**form, "about": "salaries by team 90"}))[0] == 400
    assert (await send(house, {**form, "opened": "2020-01-01T00:00:00+00:00"}))[0] == 400
    assert (await send(house, {**form, "about": ABOUT, "group": "ISO 9001:2015 99"}))[0] == 404
    assert await house.company.store.findings.findings("", *BEGINNING_AND_END) == []


async def test_from_a_period_that_is_over_from_within_a_filter_and_about_few_there_is_no_way(
    house: InsightsHouse,
) -> None:
    await house.come_in("marie")
    for narrowed in ("until=2026-11-20&since=2026-10-01", "site=Ulm"):
        assert ways((await house.get(f"/overview?{narrowed}"))[1]) == []
    few = (
        "participation by team 90&group=Office",
        "accuracy by clause 90&group=ISO 9001:2015 4.4",
        "induction 90&group=-",
        "pay 9&group=-",
    )
    for number in few:
        assert (await house.get(f"/finding?about={number}"))[0] == 404


async def test_works_council_mode_leaves_the_way_for_a_finding_names_nobody(house: InsightsHouse) -> None:
    programme = house.company.library.programme.model_copy(update={"works_council": WorksCouncil()})
    desk = house.company.desk
    house.company.furnish(replace(desk, library=replace(desk.library, programme=programme)))
    async with open_page(house.company) as council:
        await council.come_in("marie")
        form = await begin(council, f"/finding?about={EVERYBODY}&group=-")
        assert (await send(council, form))[0] == 303
