"""Evidence on the page: a pack is begun, watched and brought away, by those who may, and a sample is drawn."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.evidence.background import Background
from content.council import Allowed, WorksCouncil
from handlers.evidence import jobs
from handlers.model import Role
from tests.bot.insights_house import InsightsHouse, open_page
from tests.conftest import Company, at

STANDARD = "ISO 9001:2015"


@pytest.fixture
async def house(company: Company, tmp_path: Path) -> AsyncIterator[InsightsHouse]:
    """Marie leads quality, Olaf audits, Ada manages; packs are kept in a folder."""
    url = company.store._engine.url.render_as_string(hide_password=False)
    environ = {"DATABASE_URL": url, "PROGRAMME": "content/packs/starter/programme.yaml", "PLAYGROUND": "off"}
    makers = Background(str(tmp_path / "packs"), environ)
    makers.desk = replace(company.desk, makers=makers, page="http://127.0.0.1:8080")
    company.furnish(makers.desk)
    await company.admit("marie", roles=frozenset({Role.EMPLOYEE, Role.QUALITY_LEAD}))
    await company.admit("olaf", roles=frozenset({Role.EMPLOYEE, Role.AUDITOR}))
    await company.admit("ada", roles=frozenset({Role.EMPLOYEE, Role.MANAGER}))
    async with open_page(company) as found:
        yield found
    await makers.stop()


def put(house: InsightsHouse, name: str, names: str | None = "everyone", named: str = "") -> Path:
    """A finished pack in the folder, as far as the page reads it."""
    folder = Path(house.company.desk.makers.folder) / name
    folder.mkdir(parents=True)
    said = {
        **{"standard": STANDARD, "since": "2026-01-01", "until": "2026-12-31", "names": names},
        "made_at": "2026-11-23T08:00:00+00:00",
        "sample": {"drawn": "seed 42", "people": [{"person": named, "named": True}] if named else []},
    }
    (folder / "manifest.json").write_text(json.dumps(said))
    return folder


async def make(house: InsightsHouse, **other: str) -> tuple[int, str]:
    _, page, _ = await house.get("/overview?since=2026-01-01&until=2026-12-31")
    token = re.search(r'name="token" value="(\w+)"', page)
    assert token is not None
    form = {"token": token[1], "standard": STANDARD, "since": "2026-01-01", "until": "2026-12-31", **other}
    address = f"{house.address}/insights/evidence"
    async with house.session.post(address, data=form, allow_redirects=False) as got:
        return got.status, got.headers.get("Location", await got.text())


async def test_a_pack_is_begun_on_the_page_and_watched(house: InsightsHouse) -> None:
    await house.come_in("olaf")
    began = await make(house)
    assert began == (303, "/insights/overview?since=2026-01-01&until=2026-12-31#evidence")
    _, page, _ = await house.get("/overview")
    assert "Being made" in page
    assert "How far is it?" in page
    assert "Make a pack" not in page
    job = await jobs.latest(house.company.store)
    assert job is not None
    assert (job.standard, job.since, job.email) == (STANDARD, "2026-01-01", "olaf@example.org")
    assert (await make(house, standard="ISO 14001:2015"))[0] == 303
    assert await jobs.latest(house.company.store) == job  # one at a time


async def test_who_downloads_a_pack_is_written_down_with_whom_it_names(house: InsightsHouse) -> None:
    ada = await house.company.store.person_at(at("ada"))
    assert ada is not None
    put(house, "pack-2026", named=ada.key)
    await house.come_in("marie")
    assert (await house.get("/overview"))[0] == 200
    assert await house.company.store.looks_at(ada.key) == []  # the list tells of nobody
    async with house.session.get(f"{house.address}/insights/evidence/pack-2026.zip") as got:
        assert (got.status, ZipFile(BytesIO(await got.read())).testzip()) == (200, None)
        assert (got.headers["Content-Type"], got.headers["Cache-Control"]) == ("application/zip", "no-store")
        assert got.headers["Content-Disposition"] == 'attachment; filename="pack-2026.zip"'
    (look,) = await house.company.store.looks_at(ada.key)
    assert (look.what, look.words) == ("evidence", f"{STANDARD} 2026-01-01 2026-12-31")


async def test_who_may_not_see_evidence_has_neither_the_section_nor_a_pack(house: InsightsHouse) -> None:
    put(house, "pack-2026")
    await house.come_in("ada")
    _, page, _ = await house.get("/overview")
    assert 'id="evidence"' not in page
    assert (await make(house))[0] == 403
    assert (await house.get("/evidence/pack-2026.zip"))[0] == 404
    assert (await house.get("/sample"))[0] == 403
    assert await jobs.latest(house.company.store) is None
    house.session.cookie_jar.clear()
    assert (await house.get("/evidence/pack-2026.zip"))[0] == 401


async def test_nothing_but_a_finished_pack_leaves_the_folder(house: InsightsHouse, tmp_path: Path) -> None:
    real = put(house, "pack-2026")
    (tmp_path / "secret.txt").write_text("secret")
    (real / "passwords").symlink_to(tmp_path / "secret.txt")
    (real.parent / "elsewhere").symlink_to(tmp_path)
    put(house, "half.unfinished")
    (real.parent / "empty").mkdir()
    await house.come_in("marie")
    tricks = ("elsewhere", "half.unfinished", "empty", "..", "%2e%2e", "..%2fpacks%2fpack-2026", "%00", "x")
    for trick in tricks:
        assert (await house.get(f"/evidence/{trick}.zip"))[0] == 404, trick
    _, page, _ = await house.get("/overview")
    assert re.findall(r"/evidence/([^\"]+)\.zip", page) == ["pack-2026"]
    async with house.session.get(f"{house.address}/insights/evidence/pack-2026.zip") as got:
        assert ZipFile(BytesIO(await got.read())).namelist() == ["pack-2026/manifest.json"]


async def test_in_works_council_mode_a_pack_with_names_is_for_whoever_may_see_them(
    house: InsightsHouse,
) -> None:
    company = house.company
    for name, names in (("plain", None), ("all", "everyone"), ("paint", "team:Paint")):
        put(house, name, names)
    allowed = Allowed(
        id="audit-2026",
        **{"who": "olaf@example.org", "views": ("sample",), "whom": "team:Paint"},
        **{"why": "Stage 2", "until": company.clock.now().date(), "agreed": "works council"},
    )
    company.furnish(
        replace(
            company.desk,
            library=replace(
                company.desk.library,
                programme=company.desk.library.programme.model_copy(
                    update={"works_council": WorksCouncil(exceptions=(allowed,))}
                ),
            ),
        )
    )
    async with open_page(company) as council:
        for who, packs in (("marie", {"plain"}), ("olaf", {"plain", "paint"})):
            await council.come_in(who)
            _, page, _ = await council.get("/overview")
            assert set(re.findall(r"/evidence/([^\"]+)\.zip", page)) == packs
            assert (await council.get("/evidence/all.zip"))[0] == 404


async def test_a_form_of_another_site_or_of_nonsense_begins_nothing(house: InsightsHouse) -> None:
    await house.come_in("marie")
    assert (await make(house, token="guess"))[0] == 403
    status, said = await make(house, standard="ISO 9001:1994")
    assert (status, "There is nothing of ISO 9001:1994 here" in said) == (400, True)
    status, said = await make(house, since="2026-12-31", until="2026-01-01")
    assert (status, "ends before it begins" in said) == (400, True)
    assert await jobs.latest(house.company.store) is None


async def test_without_a_folder_the_page_names_the_setting_and_the_command(
    company: Company,
) -> None:
    company.furnish(replace(company.desk, page="http://127.0.0.1:8080"))
    await company.admit("marie", roles=frozenset({Role.EMPLOYEE, Role.QUALITY_LEAD}))
    async with open_page(company) as house:
        await house.come_in("marie")
        _, page, _ = await house.get("/overview?since=2026-01-01&until=2026-12-31")
        status, said = await make(house)
    assert (status, "Set EVIDENCE_DIR" in said) == (400, True)
    assert "EVIDENCE_DIR" in page
    assert "python -m bot evidence --standard &#34;ISO 9001:2015&#34; --since 2026-01-01" in page
    assert "Make a pack" not in page


async def test_a_sample_on_the_page_is_that_of_the_chat(house: InsightsHouse) -> None:
    for number in range(9):
        await house.company.admit(f"colleague{number}")
    await house.come_in("olaf")
    path = "/sample?standard=ISO+9001%3A2015&since=2026-01-01&until=2026-12-31&seed=7&n=3"
    async with asyncio.timeout(20):
        while "Show it" in (page := (await house.get(path))[1]):
            await asyncio.sleep(0.1)
    card = (await house.company.said("olaf", f"sample {STANDARD} 2026 seed 7 n 3")).show
    assert card is not None
    (table,) = [block for block in card.blocks if hasattr(block, "rows")]
    names = re.findall(r'<th scope="row">([^<]+)</th>', page)
    assert names == [row[0] for row in table.rows]
    key = re.findall(r"<td>([^<]+)</td></tr>", page)[0]
    looks = await house.company.store.looks_at(key)
    assert [look.what for look in looks] == ["sample", "sample"]  # on the page, and in the chat
