"""A company on a simulated Slack with everything behind it: rules, database, outbox, and the door over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.slack.inbound import PATH, SlackDoor
from content.packs import Library
from handlers.model import Delivery, Person, Platform
from storage.store import Storage
from tests.conftest import Company
from tests.simulators.loopback import Loopback
from tests.simulators.slack import BOT_TOKEN, SIGNING_SECRET, SlackSimulator
from tests.simulators.slack_people import SlackPerson
from tests.simulators.slack_reports import SlackReports


@dataclass
class SlackCompany:
    company: Company
    slack: SlackSimulator
    reports: SlackReports
    door: SlackDoor

    async def arrives(self, who: str) -> SlackPerson:
        """Somebody opens the app and is known from then on."""
        member = self.slack.add(f"U0{who.upper()}", who.capitalize(), f"{who}@example.org")
        person = SlackPerson(self.reports, member)
        assert (await person.opens_home())[0] == 200
        return person

    async def asked(self, person: SlackPerson) -> Delivery:
        """They ask for a question, and it is before them."""
        assert (await person.writes("quiz"))[0] == 200
        await self.company.drain.everything()
        return await self.newest(person)

    async def newest(self, person: SlackPerson) -> Delivery:
        return (await self.company.store.deliveries_of((await self.known(person)).key))[0]

    async def answers(self, person: SlackPerson) -> int:
        """How many answers of theirs are in the ledger."""
        did = await self.company.store.participations_of((await self.known(person)).key)
        return sum(participation.verb == "answered" for _, participation in did)

    async def known(self, person: SlackPerson) -> Person:
        found = await self.company.store.person_by_email(person.member.email)
        assert found is not None
        return found


@asynccontextmanager
async def slack_company(
    store: Storage, library: Library, slack: SlackSimulator | None = None
) -> AsyncIterator[SlackCompany]:
    """slack: one that is not as usual. No campaign runs; the clock stands still."""
    library = Library(library.pieces, library.programme.model_copy(update={"campaigns": ()}))
    company = Company(store, library)
    async with slack or SlackSimulator(company.clock) as simulator:
        simulator.clock = company.clock
        door = SlackDoor(BOT_TOKEN, SIGNING_SECRET, "", simulator.url, company.dispatch, company.clock)
        server = Loopback(door.routes(), ours=True)
        await server.start()
        await door.start()
        company.drain = replace(company.drain, chats={Platform.SLACK: door.chat})
        try:
            reports = SlackReports(simulator, server.url + PATH, door.shown)
            yield SlackCompany(company, simulator, reports, door)
        finally:
            await door.stop()
            await server.stop()
