"""What a run is about, drawn from its seed: who, where, when, what is said to them, and how rough it gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from content.campaigns import Cadence, Campaign
from content.rest import Quiet
from handlers.model import Platform

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)
DAYS = (  # on which clocks change somewhere among them, and two on which they do not
    "2026-11-24",
    "2027-03-14",
    "2027-03-28",
    "2027-04-04",
    "2027-04-30",
    "2027-06-15",
    "2027-09-05",
    "2027-09-26",
    "2027-10-29",
    "2027-10-31",
    "2027-11-07",
)
TIMES = (time(0), time(0, 30), time(1, 30), time(2, 30), time(9, 30), time(12), time(23, 45))
NO_QUIET = Quiet.model_validate({"from": time(0), "until": time(0)})
NIGHTS = Quiet.model_validate({"from": time(18), "until": time(8)})
WORDS = ("pause 1 day", "pause 1 day", "resume", "quiz", "quiz", "help")


@dataclass(frozen=True)
class Someone:
    key: str
    zone: str
    platform: Platform


@dataclass(frozen=True)
class Act:
    """Something that happens to a person. what: words they type, or one of leaves, blocks, unblocks."""

    at: datetime
    person: str
    what: str


@dataclass(frozen=True)
class Launch:
    """A leader's message to everyone, and when it is taken back; None: it is not."""

    id: str
    at: datetime
    recalled: datetime | None


@dataclass(frozen=True)
class Plot:
    """faults: their rate among calls. strikes: steps of a process until it is struck, on average; 0: never.

    outages: spans in which no process runs. edits: when the text of every piece is changed, and the product restarted.
    """

    seed: int
    starts: datetime
    ends: datetime
    people: tuple[Someone, ...]
    campaigns: tuple[Campaign, ...]
    quiet: Quiet = NO_QUIET
    launches: tuple[Launch, ...] = ()
    acts: tuple[Act, ...] = ()
    edits: tuple[datetime, ...] = ()
    outages: tuple[tuple[datetime, datetime], ...] = ()
    processes: int = 2
    faults: float = 0.0
    strikes: int = 0


def drawn(seed: int) -> Plot:
    chance = Random(f"{seed} plot")
    day = date.fromisoformat(chance.choice(DAYS))
    starts = datetime.combine(day - timedelta(days=1), time(6), UTC)
    ends = starts + timedelta(hours=chance.randint(30, 60))

    def moment() -> datetime:
        return starts + (ends - starts) * chance.random()

    zones = chance.sample(ZONES, 2)
    people = tuple(
        Someone(f"p{number}", chance.choice(zones), chance.choice((Platform.SLACK, Platform.TEAMS)))
        for number in range(chance.randint(3, 8))
    )
    keys = [someone.key for someone in people]
    return Plot(
        seed=seed,
        starts=starts,
        ends=ends,
        people=people,
        campaigns=tuple(_campaign(n, starts, chance) for n in range(chance.randint(1, 2))),
        quiet=chance.choice((NO_QUIET, NO_QUIET, NIGHTS)),
        launches=tuple(_launch(n, moment(), chance) for n in range(chance.randint(0, 2))),
        acts=tuple(_acts(keys, moment, chance)),
        edits=(moment(),) if chance.random() < 0.3 else (),
        outages=_outages(moment(), chance),
        processes=chance.randint(1, 3),
        faults=chance.choice((0.0, 0.2, 0.4, 0.7)),
        strikes=chance.choice((0, 100, 300)),
    )


def due(campaign: Campaign, zone: str, starts: datetime, ends: datetime) -> Iterator[tuple[str, datetime]]:
    """(nominal local time, moment) of a daily campaign, found by looking at the wall clock again and again.

    A nominal time has come at the first look at which the clock on the wall shows it, or a later one. A look
    each quarter of an hour is enough: all `TIMES` and all changes of clocks fall on quarters.
    """
    moment, there = starts - timedelta(days=1), ZoneInfo(zone)
    latest = ""
    while moment <= ends:
        wall = moment.astimezone(there).replace(tzinfo=None)
        last = wall.date() if wall.time() >= campaign.cadence.at else wall.date() - timedelta(days=1)
        nominal = datetime.combine(last, campaign.cadence.at).isoformat(timespec="minutes")
        if nominal > latest:
            if latest and moment >= starts:
                yield nominal, moment
            latest = nominal
        moment += timedelta(minutes=15)


def daily(id_: str, at: time, starts: datetime, grace: timedelta, policy: str = "at_least_once") -> Campaign:
    return Campaign.model_validate(
        {
            "id": id_,
            "title": id_,
            "pieces": ("why-the-certificate", "oil-near-the-drain"),
            "cadence": Cadence.model_validate({"repeat": "daily", "at": at}),
            "starts": starts.date() - timedelta(days=7),
            "grace": grace,
            "policy": policy,
        }
    )


def _campaign(number: int, starts: datetime, chance: Random) -> Campaign:
    grace = timedelta(hours=chance.choice((1, 3, 8, 24)))
    policy = chance.choice(("at_least_once", "at_least_once", "at_most_once"))
    campaign = daily(f"campaign-{number}", chance.choice(TIMES), starts, grace, policy)
    asks = chance.choice((None, None, 1, 2))
    return campaign.model_copy(update={"pieces": (), "questions": asks}) if asks else campaign


def _launch(number: int, at: datetime, chance: Random) -> Launch:
    after = timedelta(seconds=chance.choice((1, 5, 20, 70, 200, 4000)) * chance.random())
    return Launch(f"launch-{number}", at, at + after if chance.random() < 0.6 else None)


def _acts(keys: list[str], moment: object, chance: Random) -> Iterator[Act]:
    assert callable(moment)
    for key in keys:
        for _ in range(chance.randint(0, 2)):
            yield Act(moment(), key, chance.choice(WORDS))
        if chance.random() < 0.1:
            yield Act(moment(), key, "leaves")
        if chance.random() < 0.15:
            at = moment()
            yield Act(at, key, "blocks")
            yield Act(at + timedelta(hours=9), key, "unblocks")


def _outages(at: datetime, chance: Random) -> tuple[tuple[datetime, datetime], ...]:
    if chance.random() < 0.6:
        return ()
    return ((at, at + timedelta(hours=chance.choice((1, 3, 12)))),)
