"""Three platforms as the people of a story use them, over real HTTP: Slack, Teams and the playground."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import pytest

from bot.playground.inbound import PlaygroundDoor
from bot.slack.chat import SlackChat
from bot.slack.inbound import PATH, SlackDoor
from bot.teams.chat import TeamsChat
from handlers import features
from handlers.broadcasts import writing
from handlers.model import Address, Platform
from tests.conftest import Company
from tests.simulators.loopback import Loopback
from tests.simulators.slack import BOT_TOKEN, SIGNING_SECRET, SlackSimulator
from tests.simulators.slack_people import SlackPerson, option, text
from tests.simulators.slack_reports import SlackReports
from tests.simulators.teams_house import House, house
from tests.simulators.teams_limits import actions
from tests.simulators.teams_people import QUESTION, texts

PEOPLE = ("ada", "grace", "marie")
OPEN_FORMS = ("ask", "audiences new", "broadcast", "idea", "kudos", "milestone", "templates")  # words that do


class Place(Protocol):
    """A platform as the people in a story use it."""

    async def arrives(self, who: str) -> None: ...

    async def types(self, who: str, words: str) -> None: ...

    async def presses(self, who: str, label: str) -> None:
        """The newest button that says so, in the form that is open or in the chat."""

    async def answers(self, who: str, option: str, sure: str) -> None: ...

    async def fills(self, who: str, button: str, filled: Mapping[str, str]) -> None:
        """The form that is open: label -> what is written or chosen there, the rest as it was; then its button."""

    async def opened(self, who: str) -> str:
        """The text of the form that is open, or of what it was answered with."""

    async def sees(self, who: str) -> list[str]:
        """The text of each message in their chat, the newest last."""


Built = Callable[[Company, Path, pytest.MonkeyPatch], AbstractAsyncContextManager[Place]]


class OnSlack:
    def __init__(self, slack: SlackSimulator, reports: SlackReports) -> None:
        self.people = {
            who: SlackPerson(reports, slack.add(f"U{who.upper()}", who.capitalize(), f"{who}@example.org"))
            for who in PEOPLE
        }

    async def arrives(self, who: str) -> None:
        assert (await self.people[who].opens_home())[0] == 200

    async def types(self, who: str, words: str) -> None:
        if words in OPEN_FORMS:
            await self.people[who].types(f"/catchball {words}")
        else:
            assert (await self.people[who].writes(words))[0] == 200

    async def presses(self, who: str, label: str) -> None:
        person = self.people[who]
        if label in _labels((person.screen.modal or {}).get("blocks", [])):
            assert (await person.presses_in("modal", label))[0] == 200
        else:
            assert (await person.presses(label))[0] == 200

    async def answers(self, who: str, option: str, sure: str) -> None:
        assert (await self.people[who].answers(option, sure))[0] == 200

    async def fills(self, who: str, button: str, filled: Mapping[str, str]) -> None:
        person = self.people[who]
        assert person.screen.modal is not None
        assert person.screen.modal["submit"]["text"] == button
        blocks = {b["label"]["text"]: b for b in person.screen.modal["blocks"] if b["type"] == "input"}
        state = {blocks[label]["block_id"]: _state(blocks[label], value) for label, value in filled.items()}
        assert (await person.submits(**state))[0] == 200
        assert person.screen.errors == {}

    async def opened(self, who: str) -> str:
        return str(self.people[who].screen.modal)

    async def sees(self, who: str) -> list[str]:
        return [message.words for message in self.people[who].screen.messages]


def _labels(blocks: list[dict[str, Any]]) -> list[str]:
    return [e["text"]["text"] for block in blocks if block["type"] == "actions" for e in block["elements"]]


def _state(block: dict[str, Any], value: str) -> dict[str, Any]:
    return option(value) if block["element"]["type"] == "static_select" else text(value)


@asynccontextmanager
async def slack(company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    company.furnish(replace(company.desk, paces={Platform.SLACK: SlackChat.paces}))
    async with SlackSimulator(company.clock) as simulator:
        door = SlackDoor(BOT_TOKEN, SIGNING_SECRET, "", simulator.url, company.receive, company.clock)
        server = Loopback(door.routes(), ours=True)
        await server.start()
        await door.start()
        company.drain = replace(company.drain, chats={Platform.SLACK: door.chat})
        yield OnSlack(simulator, SlackReports(simulator, server.url + PATH, door.shown))
        await door.stop()
        await server.stop()


class OnTeams:
    def __init__(self, built: House, company: Company) -> None:
        self.company, self.people = company, built.people
        self.members = {"ada": built.ada, "grace": built.grace, "marie": built.marie}

    async def arrives(self, who: str) -> None:
        assert {seen.status for seen in await self.people.installs(self.members[who])} == {200}

    async def types(self, who: str, words: str) -> None:
        assert (await self.people.says(self.members[who], words)).status == 200
        if words in OPEN_FORMS:
            await self.company.drain.everything()

    async def presses(self, who: str, label: str) -> None:
        await self.fills(who, label, {})

    async def answers(self, who: str, option: str, sure: str) -> None:
        await self.fills(who, sure, {QUESTION: option})

    async def fills(self, who: str, button: str, filled: Mapping[str, str]) -> None:
        """A form is a card of the chat like any other."""
        member = self.members[who]
        found = [m for m in member.messages if button in [a["title"] for a in actions(m.card)]]
        seen = await self.people.presses(member, found[-1], button, **filled)
        assert seen.status == 200

    async def opened(self, who: str) -> str:
        return (await self.sees(who))[-1]

    async def sees(self, who: str) -> list[str]:
        messages = self.members[who].messages
        return ["\n".join([*texts(m.card), *_facts(m.card)]) or m.text for m in messages]


def _facts(card: dict[str, Any]) -> list[str]:
    """What the fact sets of an Adaptive Card say."""
    sets = [element["facts"] for element in card.get("body", ()) if element["type"] == "FactSet"]
    return [f"{fact['title']}: {fact['value']}" for facts in sets for fact in facts]


@asynccontextmanager
async def teams(company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    company.furnish(replace(company.desk, paces={Platform.TEAMS: TeamsChat.paces}))
    async with house(folder, monkeypatch, company.receive, clock=company.clock) as built:
        company.drain = replace(company.drain, chats={Platform.TEAMS: built.door.chat})
        yield OnTeams(built, company)


class OnPlayground:
    """A browser's requests without the browser: what is pressed and filled in stands in the HTML that came."""

    def __init__(self, company: Company, session: aiohttp.ClientSession, api: str) -> None:
        self.company, self.session, self.api = company, session, api
        self.open: dict[str, Drawn] = {}
        self._keys = (f"story-press-{number}" for number in itertools.count(1))

    async def arrives(self, who: str) -> None:
        email = f"{who}@example.org"
        await self.company.admit(who, addresses=(Address(Platform.PLAYGROUND, "playground", email),))
        await self._posts(who, "home")

    async def types(self, who: str, words: str) -> None:
        await self._posts(who, "said", text=words)

    async def presses(self, who: str, label: str) -> None:
        await self._presses(who, await self._found(who, label), label, {})

    async def answers(self, who: str, option: str, sure: str) -> None:
        await self._presses(who, await self._found(who, sure), sure, {QUESTION: option})

    async def fills(self, who: str, button: str, filled: Mapping[str, str]) -> None:
        answer = await self._presses(who, self.open.pop(who), button, filled)
        assert answer["errors"] == {}
        if answer["show"] and not answer["form"]:
            self.open[who] = Drawn(answer["show"]["html"])

    async def opened(self, who: str) -> str:
        return self.open[who].words

    async def sees(self, who: str) -> list[str]:
        return [card.words for card in await self._cards(who)]

    async def _found(self, who: str, label: str) -> Drawn:
        """What is open, or the newest card with such a button, as it looks by now."""
        if who in self.open and label in self.open[who].buttons:
            return self.open.pop(who)
        return next(card for card in reversed(await self._cards(who)) if label in card.buttons)

    async def _cards(self, who: str) -> list[Drawn]:
        async with self.session.get(f"{self.api}/people/{await self._key(who)}/chat") as response:
            items = (await response.json())["items"]
        return [Drawn(item["card"]["html"]) for item in items if item["kind"] == "card"]

    async def _presses(self, who: str, card: Drawn, label: str, filled: Mapping[str, str]) -> dict[str, Any]:
        values = card.values | {card.fields[name]: value for name, value in filled.items()}
        return await self._posts(who, "pressed", values=values, **card.buttons[label])

    async def _posts(self, who: str, what: str, **body: object) -> dict[str, Any]:
        url = f"{self.api}/people/{await self._key(who)}/{what}"
        async with self.session.post(url, json={"key": next(self._keys), **body}) as response:
            assert response.status == 200
            answer: dict[str, Any] = await response.json()
        if answer["form"]:
            self.open[who] = Drawn(answer["form"]["html"])
        return answer

    async def _key(self, who: str) -> str:
        person = await self.company.store.person_by_email(f"{who}@example.org")
        assert person is not None
        return person.key


class Drawn(HTMLParser):
    """A card of the playground: buttons: label -> what a press brings; fields: label -> name; values: as they are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.buttons: dict[str, dict[str, str]] = {}
        self.fields: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self._lines = [""]
        self._pressed: dict[str, str] | None = None
        self._label = self._open = ""
        self.feed(html)

    @property
    def words(self) -> str:
        return "\n".join(line.strip() for line in self._lines if line.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("data-field") or given.get("name", "")
        if tag in ("p", "li", "dt", "h3", "div", "label", "br", "summary", "tr"):
            self._lines.append("")
        if tag in ("label", "legend") and given.get("class") != "option":
            self._label, self._open = "", tag
        elif tag == "button":
            self._pressed = {key[5:]: value for key, value in given.items() if key.startswith("data-")}
        elif name:
            self.fields[self._label.strip()] = self._name = name
            if given.get("type") != "radio":
                self.values[name] = given.get("value", "")
        elif tag == "option" and ("selected" in given or not self.values[self._name]):
            self.values[self._name] = given["value"]
        if tag == "span":
            self._open = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open or tag == "textarea":
            self._open = ""
        elif tag == "dt":
            self._lines[-1] += ": "
        elif tag == "button":
            self._pressed = None

    def handle_data(self, data: str) -> None:
        if self._pressed is not None:
            self.buttons[data] = self._pressed
            return
        if self._open:
            self._label += data
        elif self.lasttag == "textarea":
            self.values[self._name] += data
        self._lines[-1] += data


@asynccontextmanager
async def playground(company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    company.furnish(replace(company.desk, paces={Platform.PLAYGROUND: {}}))

    async def nothing(*_: object) -> None:
        """Who is there, and what time it is, the story says."""

    door = PlaygroundDoor(
        store=company.store,
        receive=company.receive,
        looks=lambda *seen: features.looks(company.desk, *seen),
        sketched=lambda *seen: writing.sketched(company.desk, *seen),
        clock=company.clock,
        advance=nothing,
        slots=tuple,
        drawings={},
        admit=lambda row: company.admit(row["name"]),
        cast=nothing,
        programme="Example Works",
        zone="Europe/Berlin",
    )
    server = Loopback(door.routes(), ours=True)
    await server.start()
    company.drain = replace(company.drain, chats={Platform.PLAYGROUND: door.chat})
    async with aiohttp.ClientSession() as session:
        yield OnPlayground(company, session, f"{server.url}/playground/api")
    await door.stop()
    await server.stop()


async def writes(company: Company, place: Place, title: str, words: str, **more: str) -> None:
    """Grace writes a message as far as its preview; `more` are other fields of the form, by their labels."""
    await place.types("grace", "broadcast")
    await place.fills("grace", "Preview", {"Title": title, "Message": words, **more})
    await company.go_on()


async def card(place: Place, who: str, title: str) -> str:
    """The newest message with these words in its title, wherever in somebody's chat it is."""
    return next(seen for seen in reversed(await place.sees(who)) if title in seen.splitlines()[0])


def flat(seen: str) -> str:
    """What stands there, however a platform breaks its lines."""
    return re.sub(r"\s+", " ", seen)


PLACES: dict[str, Built] = {"slack": slack, "teams": teams, "playground": playground}


@pytest.fixture(params=PLACES)
async def place(
    request: pytest.FixtureRequest, company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    async with PLACES[request.param](company, tmp_path, monkeypatch) as built:
        yield built
