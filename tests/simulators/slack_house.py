"""The Slack door in front of a simulated Slack, and behind it a `receive` that does what the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.slack.inbound import PATH, SlackDoor
from handlers.events import Incoming, Outcome
from handlers.ports import Stranger
from tests.simulators.loopback import Loopback
from tests.simulators.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackSimulator
from tests.simulators.slack_people import SlackPerson
from tests.simulators.slack_reports import SlackReports

Decision = Outcome | Exception | Callable[[Incoming], Outcome]


@dataclass
class Script:
    """A `receive` that knows `known` people and answers each kind of event as the test wrote it down."""

    known: set[str] = field(default_factory=set)
    decisions: dict[type[Incoming] | str, Decision] = field(default_factory=dict)
    received: list[Incoming] = field(default_factory=list)

    async def __call__(self, incoming: Incoming) -> Outcome:
        if type(incoming).__name__ == "Joined":
            self.known.add(incoming.address.user)
        if incoming.address.user not in self.known:
            raise Stranger
        self.received.append(incoming)
        decision = self.decisions.get(type(incoming), Outcome())
        if isinstance(decision, Exception):
            raise decision
        return decision if isinstance(decision, Outcome) else decision(incoming)

    def of(self, kind: type[Incoming]) -> Iterator[Incoming]:
        return (incoming for incoming in self.received if isinstance(incoming, kind))


@dataclass
class SlackHouse:
    slack: SlackSimulator
    door: SlackDoor
    reports: SlackReports
    script: Script

    def person(self, user: str, name: str, *, known: bool = True, **more: object) -> SlackPerson:
        member = self.slack.add(user, name, f"{name.lower()}@example.org", **more)
        if known:
            self.script.known.add(user)
        return SlackPerson(self.reports, member)


@asynccontextmanager
async def slack_house(*, socket: bool = False, limited: bool = False) -> AsyncIterator[SlackHouse]:
    """Over HTTP, or over Socket Mode; started, and stopped at the end."""
    script = Script()
    async with SlackSimulator(limited=limited) as slack:
        secret, app_token = ("", APP_TOKEN) if socket else (SIGNING_SECRET, "")
        door = SlackDoor(BOT_TOKEN, secret, app_token, slack.url, script, slack)
        server = Loopback(door.routes(), ours=True)
        await server.start()
        await door.start()
        try:
            yield SlackHouse(
                slack, door, SlackReports(slack, "" if socket else server.url + PATH, door.shown), script
            )
        finally:
            await door.stop()
            await server.stop()
