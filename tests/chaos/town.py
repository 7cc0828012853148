"""Where a run happens: both platforms with their people, what the product is told of them, and its programme."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from bot.app import opened
from bot.clock import MovableClock
from bot.config import Settings
from bot.slack.inbound import PATH
from handlers.model import Address, Platform, Role
from handlers.people import Profile, admit
from handlers.plan import Plan
from tests.chaos import weather
from tests.chaos.front import Front
from tests.chaos.leader import MARIE
from tests.chaos.sides import OnSlack, OnTeams
from tests.fakes import FrozenClock
from tests.simulators.slack import BOT_TOKEN, SlackSimulator
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_reports import SlackReports
from tests.simulators.teams import TENANT, Teams
from tests.simulators.teams_authority import Authority
from tests.simulators.teams_house import APP_ID, SECRET
from tests.simulators.teams_people import People
from tests.simulators.teams_screens import Member

PATIENCE = 3.0  # seconds until a platform, or its client, gives up on an answer of ours
RETRIES = (0.0, 0.4, 1.0)  # seconds before Slack sends an event again
FIRST, SECOND = "first", "second"  # the campaigns: due when the run begins, and in the middle of it
AN_HOUR = timedelta(hours=1)
NAMES = ("Ada", "Grace", "Linus", "Hedy", "Alan", "Edith", "Emmy", "Niels", "Rosa", "Max")


@dataclass(frozen=True)
class Size:
    """How many people there are on Slack, Marie not counted, and on Teams."""

    slack: int
    teams: int


@dataclass
class Town:
    """clock: everybody's, the product's included; it is `ahead` of the machine's."""

    clock: MovableClock
    slack: SlackSimulator
    teams: Teams
    authority: Authority
    front: Front
    on_slack: OnSlack
    on_teams: OnTeams
    profiles: list[Profile]

    @property
    def ahead(self) -> float:
        return self.clock.ahead.total_seconds()

    def users(self, side: OnSlack | OnTeams) -> list[str]:
        """Everybody who can do something there."""
        return list(self.slack.members if side is self.on_slack else self.teams.members)

    def under_way(self) -> int:
        """How many calls are being answered at this moment."""
        return self.slack.wire.under_way + self.teams.wire.under_way

    def calm(self) -> None:
        """No more faults; who could not be written to still cannot."""
        for faults in (self.slack.wire.faults, self.teams.wire.faults, self.front):
            assert faults is not None
            faults.on = False

    def environ(self, database: str, programme: Path, port: int) -> dict[str, str]:
        """The settings of one process."""
        return {
            "DATABASE_URL": database,
            "LEDGER_KEY": "ab" * 32,
            "PROGRAMME": str(programme),
            "PORT": str(port),
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.url,
            "MicrosoftAppId": APP_ID,
            "MicrosoftAppPassword": SECRET,
            "MicrosoftAppTenantId": TENANT,
            "TEAMS_OPENID_URL": self.authority.openid_url,
            "TEAMS_LOGIN_URL": self.authority.login_url,
            "TEAMS_SERVICE_HOSTS": "127.0.0.1",
            **self.authority.environ,
        }


@asynccontextmanager
async def town(
    folder: Path, seed: int, size: Size, ahead: timedelta, ports: list[int]
) -> AsyncIterator[Town]:
    """Everything but the product, up and with its faults on."""
    clock = MovableClock(ahead)
    authority = Authority(folder, clock, APP_ID, SECRET)
    authority.lifetime = weather.TOKEN_LASTS
    await authority.start()
    front = Front(ports, seed, weather.LOST)
    await front.start()
    async with SlackSimulator(clock) as slack, Teams(authority, _members(size, seed), clock) as teams:
        slack.wire.faults, teams.wire.faults = weather.on_slack(seed), weather.on_teams(seed)
        # Of this run alone: a port that falls free while its process is dead may be somebody else's for a moment.
        slack.signing_secret = token_hex()
        slack.limited = teams.rates.on = weather.limited(seed)
        reports = SlackReports(slack, front.url + PATH, patience=PATIENCE, retries=RETRIES)
        people = People(f"{front.url}/api/messages", teams, authority, clock, f"28:{APP_ID}", PATIENCE)
        profiles = [*_on_slack(slack, size), *_on_teams(teams)]
        yield Town(clock, slack, teams, authority, front, OnSlack(reports), OnTeams(people), profiles)
    await front.stop()
    await authority.stop()


async def move_in(town: Town, settings: Settings) -> None:
    """An hour ago the product knew everybody and all was planned; then it was down until the run begins."""
    async with opened(settings) as house:
        desk = replace(house.desk, clock=FrozenClock(town.clock.now() - AN_HOUR))
        for profile in town.profiles:
            await admit(desk, profile, "import")
        await Plan(desk).tick()


def programme(folder: Path, first: datetime, second: datetime) -> Path:
    """Two campaigns for everyone, each once: questions chosen for each person, and a message that would rather be lost
    than come twice.

    JSON is YAML. Nobody has quiet hours, and everybody lives in UTC.
    """
    pack = folder / "chaos"
    pack.mkdir()
    head = {"name": "chaos", "title": "What a run says", "language": "en", "standards": ["ISO 9001:2015"]}
    _write(pack / "pack.yaml", head)
    item = {"options": {"A": "One", "B": "Two", "C": "Three"}, "key": "B", "explanation": "Two is right."}
    item |= {"title": "One of three", "clauses": ["ISO 9001:2015 7.3"]}
    items = [
        {"id": nth, "stem": f"Which of them, for the {nth} time?", **item} for nth in ("first", "second")
    ]
    message = {"id": "read-this", "title": "Read this", "text": "It matters.", "author": "Marie"}
    _write(pack / "pieces.yaml", {"items": items, "messages": [message]})
    campaigns = [
        {"id": FIRST, "title": "First", "questions": 2, "cadence": {"once": _local(first)}},
        {
            "id": SECOND, "title": "Second", "pieces": ["read-this"], "cadence": {"once": _local(second)},
            "policy": "at_most_once",
        },
    ]  # fmt: skip
    path = folder / "programme.yaml"
    quiet = {"from": "00:00", "until": "00:00"}
    said = {"organisation": "Chaos Works", "zone": "UTC", "packs": ["chaos"], "quiet": quiet}
    said |= {"standards": [{"standard": "ISO 9001", "edition": "2015"}]}
    _write(path, said | {"campaigns": campaigns})
    return path


def _on_slack(slack: SlackSimulator, size: Size) -> list[Profile]:
    faults = slack.wire.faults
    assert faults is not None
    profiles = []
    for number in range(size.slack + 1):
        user, name = (f"U0{number:04}", _name(number)) if number else (MARIE, "Marie")
        refuses = "" if user == MARIE else faults.refusal(user)
        member = slack.add(
            user, name, f"{name.lower()}@slack.example.org",
            deleted=refuses == "user_disabled", refuses=refuses,
        )  # fmt: skip
        known = member.chat if number % 2 else ""
        roles = frozenset({Role.EMPLOYEE, Role.LEADER}) if user == MARIE else None
        address = Address(Platform.SLACK, TEAM, user, known)
        profiles.append(Profile(member.email, name, roles=roles, addresses=(address,)))
    return profiles


def _members(size: Size, seed: int) -> list[Member]:
    faults = weather.on_teams(seed)
    members = []
    for number in range(1, size.teams + 1):
        name = _name(number)
        refuses = faults.refusal(f"29:{name.lower()}")
        installed = refuses != "BotNotInConversationRoster"
        email = f"{name.lower()}@teams.example.org"
        members.append(Member(name, email, installed=installed, refuses=refuses if installed else ""))
    return members


def _on_teams(teams: Teams) -> list[Profile]:
    """Where a conversation is not known, it is created; whoever has not installed the app has none."""
    profiles = []
    for number, member in enumerate(teams.members.values()):
        known = member.conversation if number % 2 and member.installed else ""
        address = Address(Platform.TEAMS, TENANT, member.user, known, teams.service_url)
        profiles.append(Profile(member.email, member.name, addresses=(address,)))
    return profiles


def _name(number: int) -> str:
    return f"{NAMES[number % len(NAMES)]}{number}"


def _local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
