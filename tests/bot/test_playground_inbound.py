"""The playground's door over real HTTP: what it lets in, what it refuses, and what it shows."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.bot.playing import Playground, playground

_keys = itertools.count(1)


def new_key() -> str:
    return f"test-press-{next(_keys)}"


class Client:
    """A browser's requests without the browser."""

    def __init__(self, house: Playground, session: aiohttp.ClientSession) -> None:
        self.house = house
        self._session = session

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self._session.get(f"{self.house.url}/playground/api/{path}", headers=headers) as response:
            return response.status, await response.json()

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        url = f"{self.house.url}/playground/api/{path}"
        async with self._session.post(url, json=body, headers=headers) as response:
            return response.status, await response.json()

    async def act(self, name: str, what: str, **body: Any) -> tuple[int, Any]:
        path = f"people/{await self.house.key_of(name)}/{what}"
        return await self.post(path, {"key": new_key(), **body})

    async def chat(self, name: str, drawing: str = "plain") -> list[dict[str, Any]]:
        _, answer = await self.get(f"people/{await self.house.key_of(name)}/chat?drawing={drawing}")
        items: list[dict[str, Any]] = answer["items"]
        return items

    async def until(self, name: str, title: str) -> dict[str, Any]:
        """The newest card of this title, once it has arrived."""
        for _ in range(200):
            found = [i for i in await self.chat(name) if i["kind"] == "card" and title in i["card"]["title"]]
            if found:
                return found[-1]
            await asyncio.sleep(0.02)
        raise AssertionError(f"{title!r} did not arrive: {await self.chat(name)}")

    async def quiz(self, name: str) -> str:
        """The id of a quiz that this person has just asked for."""
        await self.act(name, "said", text="quiz")
        return str((await self.until(name, "Two labels"))["id"])


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with playground(tmp_path) as house, aiohttp.ClientSession() as session:
        yield Client(house, session)


async def test_the_three_people_are_there_in_order(client: Client) -> None:
    _, house = await client.get("house")
    assert [person["name"] for person in house["people"]] == ["Ada Okafor", "Grace Lindqvist", "Marie Duval"]
    assert house["programme"] == "Example Works"


async def test_the_root_leads_to_the_playground(client: Client) -> None:
    async with aiohttp.request("GET", client.house.url + "/") as response:
        assert response.url.path == "/playground"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "happens on this machine" in await response.text()


async def test_words_are_shown_and_answered_in_the_chat(client: Client) -> None:
    status, answer = await client.act("Ada", "said", text="help")
    assert (status, answer["show"], answer["form"]) == (200, None, None)
    await client.until("Ada", "What you can type")
    assert [item["kind"] for item in await client.chat("Ada")] == ["typed", "card"]


async def test_a_press_replaces_the_card_and_is_remembered(client: Client) -> None:
    delivery = await client.quiz("Ada")
    press = {"delivery": delivery, "verb": "answered", "item": "two-labels", "value": "2"}
    _, answer = await client.act("Ada", "pressed", **press, values={"option-two-labels": "B"})
    assert "Right" in answer["show"]["html"]
    assert (await client.until("Ada", "Two labels"))["card"]["version"] == answer["show"]["version"]
    _, drawer = await client.get("drawer")
    answered = next(row for row in drawer["log"] if row["kind"] == "answered")
    assert (answered["person"], answered["answer"], answered["correct"]) == ("Ada Okafor", "B", True)


async def test_the_same_press_sent_twice_counts_once(client: Client) -> None:
    delivery = await client.quiz("Ada")
    press = {
        "key": "same-press-1",
        "delivery": delivery,
        "verb": "answered",
        "item": "two-labels",
        "value": "2",
    }
    press["values"] = {"option-two-labels": "A"}
    path = f"people/{await client.house.key_of('Ada')}/pressed"
    answers = await asyncio.gather(*(client.post(path, press) for _ in range(4)))
    assert {status for status, _ in answers} == {200}
    _, drawer = await client.get("drawer")
    assert sum(row["kind"] == "answered" for row in drawer["log"]) == 1


async def test_a_form_is_opened_refused_with_reasons_and_taken(client: Client) -> None:
    _, opened = await client.act("Grace", "said", text="broadcast")
    assert "<textarea" in opened["form"]["html"]
    opened_at = client.house.clock.now().isoformat()
    empty = {"title": "", "text": "", "audience": "everyone", "acknowledge": "yes", "at": ""}
    _, refused = await client.act("Grace", "pressed", verb="broadcast", value=opened_at, values=empty)
    assert set(refused["errors"]) == {"title", "text"}
    filled = {**empty, "title": "A safe week", "text": "Thank you."}
    _, taken = await client.act("Grace", "pressed", verb="broadcast", value=opened_at, values=filled)
    assert taken["errors"] == {}
    await client.until("Grace", "A safe week")


async def test_the_home_is_opened_as_often_as_one_likes(client: Client) -> None:
    for _ in range(2):
        status, answer = await client.act("Marie", "home")
        assert (status, "Marie" in answer["show"]["title"]) == (200, True)


async def test_the_clock_moves_through_everything_that_falls_due(client: Client) -> None:
    _, house = await client.get("house")
    labels = [offer["label"] for offer in house["offers"]]
    assert labels[0] == "next: Weekly message"
    assert labels[-3:] == ["+1 hour", "next morning 09:30", "a week on"]
    status, _ = await client.post("clock", {"to": house["offers"][-1]["to"]})
    assert status == 200
    await client.until("Ada", "Why we do this")
    await client.until("Ada", "Two labels")
    _, drawer = await client.get("drawer")
    assert {row["status"] for row in drawer["outbox"]} == {"sent"}


@pytest.mark.parametrize("to", ["2026-11-01T00:00:00+00:00", "2030-01-01T00:00:00+00:00", "tomorrow", ""])
async def test_the_clock_goes_forward_only_and_a_year_at_most(client: Client, to: str) -> None:
    status, answer = await client.post("clock", {"to": to})
    assert status == 400
    assert answer["error"].endswith(".")


async def test_a_person_can_be_added_once(client: Client) -> None:
    tim = {"name": "Tim Berg", "email": "tim@example.org", "team": "Production", "roles": "employee"}
    assert (await client.post("people", tim))[0] == 200
    status, answer = await client.post("people", tim)
    assert (status, "Tim Berg" in answer["error"]) == (409, True)
    _, house = await client.get("house")
    assert "Tim Berg" in [person["name"] for person in house["people"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("email", "nowhere"), ("roles", "emperor"), ("name", 7), ("team", "x" * 300)],
)
async def test_a_person_with_a_mistake_is_refused_with_a_sentence(
    client: Client, field: str, value: Any
) -> None:
    tim = {"name": "Tim", "email": "tim@example.org", "team": "", "roles": "employee", field: value}
    status, answer = await client.post("people", tim)
    assert (status, answer["error"][-1]) == (400, ".")


async def test_every_drawing_shows_the_same_chat(client: Client) -> None:
    await client.quiz("Ada")
    plain, slack, teams = [(await client.chat("Ada", drawing))[-1] for drawing in ("plain", "slack", "teams")]
    assert plain["id"] == slack["id"] == teams["id"]
    assert slack["card"]["payload"]["blocks"]
    assert teams["card"]["payload"]["type"] == "AdaptiveCard"


async def test_the_library_shows_every_piece_and_trying_one_counts_nothing(client: Client) -> None:
    _, library = await client.get("pieces")
    assert {piece["id"] for piece in library["pieces"]} == {"two-labels", "why-we-do-this", "gap-analysis"}
    press = {"verb": "answered", "item": "two-labels", "value": "3"}
    _, card = await client.post("pieces/two-labels/tried", {"presses": [press]})
    assert "Choose an answer first" in card["html"]
    chosen = press | {"values": {"option-two-labels": "A"}}
    _, card = await client.post("pieces/two-labels/tried", {"presses": [press, chosen]})
    assert "Not quite" in card["html"]
    _, drawer = await client.get("drawer")
    assert [row["kind"] for row in drawer["log"] if row["kind"] == "answered"] == []


async def test_a_page_is_told_when_something_changes(client: Client) -> None:
    async with aiohttp.request("GET", client.house.url + "/playground/events") as stream:
        assert await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 3) == b"data: changed\n\n"
        await asyncio.sleep(0.6)  # let the first look at the store go by
        await client.act("Ada", "said", text="help")
        assert await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 3) == b"data: changed\n\n"


async def test_an_open_page_does_not_keep_the_door_from_closing(client: Client) -> None:
    async with aiohttp.request("GET", client.house.url + "/playground/events") as stream:
        await stream.content.readuntil(b"\n\n")
        await client.house.door.stop()
        await asyncio.wait_for(stream.content.read(), 3)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.168.1.7", ""]
)
async def test_a_foreign_host_name_is_refused_everywhere(client: Client, host: str) -> None:
    for path in ("house", "drawer"):
        status, answer = await client.get(path, Host=host)
        assert (status, answer["error"][-1]) == (403, ".")
    async with aiohttp.request("GET", client.house.url + "/playground", headers={"Host": host}) as response:
        assert response.status == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1:9", "127.8.0.1", "[::1]", "[::1]:9"])
async def test_every_name_of_this_machine_is_welcome(client: Client, host: str) -> None:
    assert (await client.get("house", Host=host))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_act_here(client: Client, headers: dict[str, str]) -> None:
    path = f"people/{await client.house.key_of('Ada')}/said"
    status, _ = await client.post(path, {"key": new_key(), "text": "quiz"}, **headers)
    assert status == 403
    assert await client.chat("Ada") == []


async def test_strangers_and_unknown_cards_are_named(client: Client) -> None:
    assert (await client.get("people/nobody/chat"))[0] == 404
    status, answer = await client.act("Ada", "pressed", delivery="gone", verb="answered")
    assert (status, "reload" in answer["error"]) == (404, True)


async def test_a_press_on_somebody_elses_card_counts_nothing(client: Client) -> None:
    delivery = await client.quiz("Ada")
    press = {"delivery": delivery, "verb": "answered", "item": "two-labels", "value": "2"}
    _, answer = await client.act("Grace", "pressed", **press, values={"option-two-labels": "B"})
    assert answer["show"]["title"] == "Nothing was counted"


@pytest.mark.parametrize(
    ("data", "content_type", "expected"),
    [
        (b"{", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"text": 5}', "application/json", 400),
        (b'{"text": "quiz"}', "application/json", 400),
        (b'{"text": "quiz", "key": "a b c d e"}', "application/json", 400),
        (b"text=quiz", "application/x-www-form-urlencoded", 415),
        (b'{"text": "' + b"x" * 70_000 + b'"}', "application/json", 413),
    ],
)
async def test_a_malformed_request_is_refused_with_a_sentence(
    client: Client, data: bytes, content_type: str, expected: int
) -> None:
    url = f"{client.house.url}/playground/api/people/{await client.house.key_of('Ada')}/said"
    async with aiohttp.request("POST", url, data=data, headers={"Content-Type": content_type}) as response:
        assert response.status == expected
        assert (await response.json())["error"].endswith(".")


@pytest.mark.parametrize("path", ["../inbound.py", "..%2finbound.py", "nothing.js", "bundle", "%00"])
async def test_only_the_pages_own_files_are_served(client: Client, path: str) -> None:
    url = URL(f"{client.house.url}/playground/static/{path}", encoded=True)
    async with aiohttp.request("GET", url) as response:
        assert response.status == 404


async def test_what_is_being_written_is_shown_as_it_will_look_and_nothing_of_it_is_kept(
    client: Client,
) -> None:
    values = {"title": "A safe week", "text": "Thank **you**.", "audience": "everyone", "acknowledge": "yes"}
    before = len(await client.chat("Grace"))
    status, answer = await client.act("Grace", "sketched", values=values)
    assert status == 200
    assert answer["show"]["title"] == "A safe week"
    assert "<strong>you</strong>" in answer["show"]["html"]
    assert "3 people" in answer["show"]["html"]
    assert "<button" not in answer["show"]["html"]
    _, answer = await client.act("Grace", "sketched", values=values | {"rule": "team:"})
    assert answer["show"] is None
    assert set(answer["errors"]) == {"rule"}
    _, answer = await client.act("Ada", "sketched", values=values)
    assert answer == {"show": None, "form": None, "errors": {}}
    assert len(await client.chat("Grace")) == before
