"""The web edge: nothing that breaks behind it reaches a person as a traceback, or an operator not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot import pages
from bot.sorry import SORRY
from bot.web import application
from content.council import WorksCouncil
from content.programme import Programme
from handlers.ports import Chat
from tests.fakes import RecordingChat


class BrokenDoor:
    """Routes that raise: one with an answer of its own for that, one without."""

    chat: Chat = RecordingChat()

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/broken", self._broken), web.post("/sorry", self._sorry)]

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def _broken(self, request: web.Request) -> web.Response:
        raise ValueError("a surprise")

    async def _sorry(self, request: web.Request) -> web.Response:
        request[SORRY] = web.json_response({"value": "Press again."})
        raise ValueError("a surprise")


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async def health() -> Mapping[str, Any]:
        return {"status": "ready"}

    programme = Programme(
        organisation="Works & <Sons>", zone="Europe/Berlin", packs=("starter",), works_council=WorksCouncil()
    )

    async def ran() -> str:
        return "2026-11-23"

    routes = pages.routes(programme, "marie@example.org", ran)
    runner = web.AppRunner(application([BrokenDoor()], health, routes))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield "http://127.0.0.1:{1}".format(*runner.addresses[0])
    await runner.cleanup()


async def test_an_error_nobody_named_is_a_sentence_outside_and_a_traceback_in_the_log(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{address}/broken") as answer:
        assert answer.status == 500
        assert "surprise" not in await answer.text()
    assert "ValueError: a surprise" in caplog.text


async def test_a_platform_gets_its_sentence_in_its_own_shape(address: str) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{address}/sorry") as answer:
        assert (answer.status, await answer.json()) == (200, {"value": "Press again."})


def test_where_views_by_name_are_on_the_page_says_who_has_samples_and_packs() -> None:
    assert "auditors too draw a sample of people" in pages.individuals(
        Programme(organisation="Works", zone="UTC", packs=("starter",))
    )


@pytest.mark.parametrize("page", ["privacy", "terms"])
async def test_the_pages_a_teams_package_links_to_are_there_and_escaped(address: str, page: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/{page}") as answer:
        text = await answer.text()
    assert "Works &amp; &lt;Sons&gt;" in text
    if page == "privacy":
        assert "<li>What people wrote to leaders, and answers to them alone: 24 months</li>" in text
        assert "Views by name are off" in text
        assert "have keys in the place of names" in text
        assert "seen to last on 2026-11-23" in text
    assert "marie@example.org" in text
