"""A message to many is taken back in mid-flight, over HTTP on a line full of faults, while people press.

`make chaos` does the same with thousands of people and more seeds (RECALL_PEOPLE, RECALL_SEEDS).
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.slack.inbound import PATH, SlackDoor
from content.pieces import Draft
from handlers.drain import IN_FLIGHT
from handlers.model import Address, Delivery, Platform, Reason, Status
from tests.conftest import Company
from tests.handlers.leading import drafted, kept, press, seen, works
from tests.simulators.faults import Faults, Kind
from tests.simulators.ledger import Ledger
from tests.simulators.loopback import Loopback
from tests.simulators.slack import BOT_TOKEN, SIGNING_SECRET, SlackSimulator
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_people import SlackPerson
from tests.simulators.slack_reports import SlackReports
from tests.simulators.slack_screens import Member as SlackMember
from tests.simulators.teams_house import house
from tests.simulators.teams_screens import Member as TeamsMember
from tests.simulators.wire import Wire

PEOPLE = int(os.environ.get("RECALL_PEOPLE", "240"))
SEEDS = range(1, 1 + int(os.environ.get("RECALL_SEEDS", "1")))
FAULTS = {
    Kind.THROTTLED: 0.01,
    Kind.BROKEN: 0.03,
    Kind.ACCEPTED_BROKEN: 0.03,
    Kind.RESET: 0.02,
    Kind.ACCEPTED_RESET: 0.02,
    Kind.SLOW: 0.03,
}
KEEPS = 0.03  # of the people, whose platform will not have their messages deleted
PRESSED = "I have read this"
A_MINUTE = timedelta(minutes=1)
LONGEST = 500  # minutes; Slack has fifty messages taken away in one


@dataclass
class Crew:
    """The people of one platform. posts: what a call that brings a message is called in the simulator's ledger."""

    platform: Platform
    members: dict[str, SlackMember | TeamsMember]  # by the platform's id
    addresses: dict[str, Address]
    ledger: Ledger
    wire: Wire
    posts: str
    has: Callable[[str], int]  # how many copies of the message stand in somebody's chat
    presses: Callable[[str], Awaitable[str]]  # its button; what stands there then
    reads: list[str] = field(default_factory=list)

    def posted(self, since: int) -> Counter[str]:
        """The calls that brought, or tried to bring, each delivery, from one of the ledger on."""
        return Counter(call.delivery for call in self.ledger.calls[since:] if call.what == self.posts)


@asynccontextmanager
async def on_slack(
    company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch, people: int
) -> AsyncIterator[Crew]:
    async with SlackSimulator(company.clock) as slack:
        door = SlackDoor(BOT_TOKEN, SIGNING_SECRET, "", slack.url, company.receive, company.clock)
        server = Loopback(door.routes(), ours=True)
        await server.start()
        await door.start()
        company.furnish(replace(company.desk, paces=company.desk.paces | {Platform.SLACK: door.chat.paces}))
        company.drain = replace(company.drain, chats=company.drain.chats | {Platform.SLACK: door.chat})
        reports = SlackReports(slack, server.url + PATH, door.shown)
        members = {m.id: m for m in (slack.add(f"U{n}", f"P{n}", f"p{n}@example.org") for n in range(people))}

        def shown(user: str) -> list[str]:
            return [m.words for m in slack.screens[user].messages]

        async def presses(user: str) -> str:
            assert (await SlackPerson(reports, slack.members[user]).presses(PRESSED))[0] == 200
            return "\n".join(shown(user))

        yield Crew(
            platform=Platform.SLACK,
            members=dict(members),
            addresses={user: Address(Platform.SLACK, TEAM, user) for user in members},
            ledger=slack.ledger,
            wire=slack.wire,
            posts="chat.postMessage",
            has=lambda user: sum("A good week." in words for words in shown(user)),
            presses=presses,
        )
        await door.stop()
        await server.stop()


@asynccontextmanager
async def on_teams(
    company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch, people: int
) -> AsyncIterator[Crew]:
    """Half as many: the connector keeps to 49 calls a second of real time."""
    async with house(folder, monkeypatch, company.receive, clock=company.clock) as built:
        chat = built.door.chat
        company.furnish(replace(company.desk, paces=company.desk.paces | {Platform.TEAMS: chat.paces}))
        company.drain = replace(company.drain, chats=company.drain.chats | {Platform.TEAMS: chat})
        members = {m.user: m for m in (TeamsMember(f"P{n}", f"p{n}@example.org") for n in range(people // 2))}
        built.teams.members.update(members)

        async def presses(user: str) -> str:
            member = members[user]
            answer = await built.people.presses(member, member.messages[-1], PRESSED)
            assert answer.status == 200
            return str(answer)

        yield Crew(
            platform=Platform.TEAMS,
            members=dict(members),
            addresses={user: built.address(member) for user, member in members.items()},
            ledger=built.teams.ledger,
            wire=built.teams.wire,
            posts="POST activities",
            has=lambda user: sum("A good week." in str(m.card) for m in members[user].messages),
            presses=presses,
        )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("on", [on_slack, on_teams], ids=["slack", "teams"])
async def test_what_is_withdrawn_in_mid_flight_stays_with_nobody_who_is_not_named(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on: Callable[..., object], seed: int
) -> None:
    company.drain = replace(company.drain, chats={Platform.PLAYGROUND: company.chat})
    async with on(company, tmp_path, monkeypatch, PEOPLE) as crew:  # type: ignore[attr-defined]
        await _withdrawn_in_mid_flight(company, crew, Random(seed), str(seed))


async def _withdrawn_in_mid_flight(company: Company, crew: Crew, chance: Random, seed: str) -> None:
    await works(company, colleagues=0)
    keys = {}
    for user, address in crew.addresses.items():
        email = crew.members[user].email
        keys[(await company.admit(email.split("@")[0], addresses=(address,), team="Crew")).key] = user
        if chance.random() < KEEPS:
            crew.members[user].keeps = "cant_delete_message"
    preview = await drafted(company, audience="team:Crew")
    crew.wire.faults = Faults(seed, FAULTS, slow=0.3, retry_after=0)
    assert isinstance(preview.piece, Draft)
    await press(company, preview, "Send it")

    over = asyncio.Event()
    sending = asyncio.create_task(_goes_on(company, over))
    pressing = asyncio.create_task(_press(crew, chance, over))
    while sum(crew.has(user) > 0 for user in crew.members) < 0.4 * len(crew.members):
        await asyncio.sleep(0.01)
    await press(company, preview, "Withdraw it")
    confirmed = len(crew.ledger.calls)
    rows = {row.id: row for row in await _rows(company, preview)}
    looked = len(crew.ledger.calls)
    stopped = {row.id for row in rows.values() if row.status is Status.CANCELLED}
    under_way = {row.id for row in rows.values() if row.status is Status.SENDING}
    assert stopped, "nobody was stopped"
    assert (await kept(company, preview)).id == preview.piece.id

    for _ in range(LONGEST):
        if (await company.store.headway(preview.piece.id, company.clock.now())).complete:
            break
        await asyncio.sleep(0.02)
    over.set()
    await asyncio.gather(sending, pressing)

    # after the confirmation: only calls that were under way, each of them once
    assert not stopped & crew.posted(confirmed).keys()
    assert crew.posted(looked).keys() <= under_way
    assert len(under_way) <= IN_FLIGHT
    assert not [delivery for delivery, times in crew.posted(looked).items() if times > 1]

    # nobody has it left but whom the platform does not let us take it from, and each of those is named
    rows = {row.id: row for row in await _rows(company, preview)}
    of = {keys[row.person]: row for row in rows.values()}
    left = {user for user in crew.members if crew.has(user)}
    refused = {user for user in left if crew.members[user].keeps}
    assert all(of[user].status is Status.SENT for user in refused)
    found = await company.store.headway(preview.piece.id, company.clock.now())
    assert found.complete
    assert found.stayed == len(refused)
    card = str(await seen(company, preview))
    assert not refused or f"{len(refused)} could not be taken away" in card
    doubts = {of_.person for of_ in crew.ledger.calls if of_.accepted and of_.in_doubt}
    if crew.platform is Platform.SLACK:
        assert left == refused
    for user in left - refused:  # where Teams said neither yes nor no, and does not let us look
        assert user in doubts
        assert of[user].status is Status.SENT or of[user].reason is Reason.UNCERTAIN

    # the states add up to the roster, on the card and in the rows
    assert sum(found.states.values()) == found.roster == len(rows) == len(crew.members)
    assert found.gone + found.stayed == found.of(Status.SENT)
    for row in rows.values():
        assert row.status in (Status.SENT, Status.CANCELLED) or row.reason is Reason.UNCERTAIN, row
    assert (await company.store.verify()).broken is None

    # a press counted while it could, and later says why it does not
    entries = [entry.kind for entry in await company.store.entries(100_000)]
    assert entries.count("acknowledged") <= len(crew.reads)
    for user in left - set(crew.reads):
        assert "Withdrawn" in await crew.presses(user)


async def _goes_on(company: Company, over: asyncio.Event) -> None:
    while not over.is_set():
        await company.go_on()
        company.clock.pass_by(A_MINUTE)
        await asyncio.sleep(0)


async def _press(crew: Crew, chance: Random, over: asyncio.Event) -> None:
    """One after the other, somebody who has it presses, before the recall, in the midst of it and after it."""
    users = list(crew.members)
    while not over.is_set():
        user = chance.choice(users)
        if crew.has(user) and user not in crew.reads:
            crew.reads.append(user)
            await crew.presses(user)
        await asyncio.sleep(0.005)


async def _rows(company: Company, preview: Delivery) -> list[Delivery]:
    assert preview.piece is not None
    found = await company.store.outbox(100_000)
    return [row for row in found if row.campaign == preview.piece.id and row.id != preview.id]
