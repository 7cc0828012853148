"""The year itself: a diary of what happens when, lived through in order, with everything that falls due on the way."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from bot.demo import words
from bot.demo.crowd import Crowd
from bot.demo.findings import Findings
from bot.demo.ideas import Ideas
from bot.demo.leaders import Leaders
from bot.demo.people import Someone, cast
from bot.demo.platform import DemoChat, address_of
from bot.demo.programme import STARTER, library
from content.packs import load
from handlers import people as admitting
from handlers.desk import Desk
from handlers.dispatch import Dispatch
from handlers.drain import Drain
from handlers.events import Incoming, Joined, Left, Outcome
from handlers.model import Platform, Reason
from handlers.plan import Plan
from handlers.ports import Store, Stranger
from handlers.schedule import upcoming

A_DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)
LOOKS = (4, 8, 13, 18)  # UTC: when it is looked what is due that is no slot: who is to be asked or reminded
SHORTLY = timedelta(seconds=20)  # until what somebody asked for is sent
SOON = timedelta(seconds=5)  # until the next look after somebody let a message go
EVENING = time(16)  # local time of the programme at which the year ends

Act = Callable[[], Awaitable[object]]
Told = Callable[[str], None]


@dataclass(frozen=True)
class Plot:
    """ends: the last day. many: people who are there in the end."""

    seed: int
    ends: date
    many: int = 300
    weeks: int = 52


class JumpingClock:
    """Stands still but for `move`; whoever waits has waited."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def wait_until(self, moment: datetime) -> None:
        await asyncio.sleep(0)
        self.move(moment)

    def move(self, to: datetime) -> None:
        self._now = max(self._now, to)


class Year:
    """`live` through a plot in a memory that is empty. tell: what is said of how far it is."""

    def __init__(self, plot: Plot, store: Store, tell: Told = lambda said: None) -> None:
        self.plot, self.store, self.tell = plot, store, tell
        first = plot.ends - A_WEEK * plot.weeks
        self.begins, self.ends = first - A_DAY * first.weekday(), plot.ends
        self.days = (self.ends - self.begins).days
        self.library, self.truth = library(plot.ends), load(STARTER)
        self.home = ZoneInfo(self.library.programme.zone)
        self.clock = JumpingClock(datetime.combine(self.begins, time(4), UTC))
        chance = Random(f"{plot.seed} names")
        self.desk = Desk(store, self.library, self.clock, lambda: f"{chance.getrandbits(128):032x}", {})
        self.crowd = Crowd(self, plot.seed)
        self.chat = DemoChat(self.clock, self.crowd.sees)
        self._plan = Plan(self.desk)
        self._drain = Drain(self.desk, {Platform.PLAYGROUND: self.chat}, owner="demo")
        self._dispatch = Dispatch(self.desk, self._ring)
        self._diary: list[tuple[datetime, int, Act]] = []
        self._numbers, self._rang = count(), False
        self._due: datetime | None = None
        self._here: dict[str, Someone] = {}
        self.teams: list[str] = []
        self._dark: tuple[datetime, datetime] | None = None
        self._keys = {
            told.title: next(
                "ABCDE"[n] for n, line in enumerate(told.fields["options"].split("\n")) if line[0] == "*"
            )
            for told in words.TOLD
            if "options" in told.fields
        }

    # what the others ask

    def later(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._diary, (at.astimezone(UTC), next(self._numbers), act))

    def pass_by(self, span: timedelta) -> None:
        self.clock.move(self.clock.now() + span)

    def zone(self, someone: Someone) -> ZoneInfo:
        return ZoneInfo(someone.profile.zone)

    def at(self, someone: Someone, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.zone(someone))

    def works(self, someone: Someone, moment: datetime) -> datetime:
        """The moment, or when they are at work again."""
        rest, zone, site = self.library.programme.rest, self.zone(someone), someone.profile.site
        found = rest.over(moment, zone, site)
        while (local := found.astimezone(zone)).weekday() >= 5:
            monday = local.date() + A_DAY * (7 - local.weekday())
            found = rest.over(datetime.combine(monday, time(8), zone), zone, site)
        late = found - moment
        return found + min(late / 60, timedelta(minutes=50)) if late else found

    def share(self, day: date) -> float:
        """How much of the year is over."""
        return (day - self.begins).days / self.days

    def there(self) -> list[Someone]:
        """Who is here and has the app, in a fixed order."""
        today = self.clock.now().date()
        return [one for one in self._here.values() if one.installs and one.installs <= today]

    def key_of(self, title: str) -> str:
        """The right answer to the question under a message; "" where it has none."""
        return self._keys.get(title.removeprefix("Reminder: "), "")

    async def receive(self, event: Incoming) -> Outcome:
        """Nothing from who has left meanwhile, or is not known yet."""
        try:
            outcome = await self._dispatch(event)
        except Stranger:
            return Outcome()
        if outcome.step is not None:
            self.later(self.clock.now() + SOON, self._tick)
        return outcome

    async def settles(self) -> None:
        """Everything that is due now reaches its end."""
        self._rang = False
        await self._drain.everything()
        self._due = await self.store.next_due(self.clock.now())

    # the year

    async def live(self) -> datetime:
        """Returns its last moment."""
        end = datetime.combine(self.ends, EVENING, self.home)
        self._people(Random(f"{self.plot.seed} people"))
        leaders = Leaders(self, self.plot.seed)
        for someone in self._cast:
            self._life_of(someone, leaders)
        leaders.plan()
        Findings(self).plan()
        Ideas(self, self.plot.seed).plan()
        self._weather(Random(f"{self.plot.seed} weather"))
        for week in range(self.days // 7 + 2):
            monday = datetime.combine(self.begins + A_WEEK * week, time(3, 59), UTC)
            self.later(
                max(monday, self.clock.now() + SOON), self._week
            )  # in the first week people come before it
        await self._until(end)
        self.clock.move(end)
        await self._tick()
        return self.clock.now().astimezone(UTC)

    async def _until(self, end: datetime) -> None:
        while True:
            at = self._diary[0][0] if self._diary else end
            if self._due is not None and self._due < min(at, end):
                self.clock.move(self._due)
                await self.settles()
                continue
            if at >= end:
                return
            _, _, act = heapq.heappop(self._diary)
            self.clock.move(at)
            await act()
            if self._rang:  # what several begin at once is sent together
                self._rang = False
                soon = self.clock.now() + SHORTLY
                self._due = min(self._due or soon, soon)

    async def _tick(self) -> None:
        now = self.clock.now()
        if self._dark is not None and self._dark[0] <= now < self._dark[1]:
            return
        if await self._plan.tick() or self._due is None or self._due <= now:
            await self.settles()

    async def _week(self) -> None:
        """The times of the coming week at which something may fall due."""
        now = self.clock.now()
        hours = {now.replace(minute=0, second=0) + timedelta(hours=hour) for hour in range(1, 24 * 7 + 1)}
        moments = {hour for hour in hours if hour.hour in LOOKS and hour.weekday() < 5}
        moments |= {due for due, _ in upcoming(self.desk, await self.store.people(), A_WEEK)}
        for moment in sorted(moments):
            self.later(moment, self._tick)
        if not now.day > 7:
            self.tell(f"{now:%B %Y}: {len(self._here)} people")

    def _ring(self) -> None:
        self._rang = True

    # who comes and goes

    def _people(self, chance: Random) -> None:
        self._cast = cast(chance, self.begins, self.ends, self.plot.many)
        self.teams = sorted({one.profile.team for one in self._cast} - {"Legal"})

    def _life_of(self, someone: Someone, leaders: Leaders) -> None:
        first = (
            self.at(someone, someone.comes, time(8, 5)) if someone.comes > self.begins else self.clock.now()
        )
        self.later(first, partial(self._comes, someone))
        if someone.installs is not None and someone.installs > someone.comes:
            self.later(self.at(someone, someone.installs, time(10, 40)), partial(self._installs, someone))
        if someone.leaves is not None:
            self.later(self.at(someone, someone.leaves, time(17)), partial(self._leaves, someone))
        leaders.habits_of(someone)

    async def _comes(self, someone: Someone) -> None:
        """As the list of people names them, and with the app where they have it by then."""
        here = (address_of(someone.email),) if someone.installs and someone.installs <= someone.comes else ()
        profile = replace(someone.profile, joined=someone.joined, addresses=here)
        await admitting.admit(self.desk, profile, "demo")
        self._here[someone.email] = someone
        self.crowd.people[someone.email] = someone

    async def _installs(self, someone: Someone) -> None:
        here, email = address_of(someone.email), someone.email
        await self.receive(Joined(self._name("joined", someone), here, email=email, welcome=True))

    async def _leaves(self, someone: Someone) -> None:
        self._here.pop(someone.email, None)
        await self.receive(Left(self._name("left", someone), address_of(someone.email), gone=True))

    def _name(self, what: str, someone: Someone) -> str:
        return f"demo:{what}:{someone.email}:{self.clock.now().isoformat()}"

    # what goes wrong

    def _weather(self, chance: Random) -> None:
        """Refusals of every kind, a morning on which the platform is away, and a day on which we are."""
        ordinary = [one for one in self._cast if one.answers < 0.95 and one.installs]
        some = chance.sample(ordinary, min(len(ordinary), max(5, len(self._cast) // 40)))
        for number, someone in enumerate(some):
            reason = (Reason.BLOCKED, Reason.BLOCKED, Reason.DISABLED, Reason.NOBODY)[number % 4]
            self._on(chance, partial(self.chat.refusing.__setitem__, someone.email, reason))
        for reason in (Reason.TOO_LARGE, Reason.REFUSED, Reason.UNCERTAIN) * 3:
            someone = chance.choice(ordinary)
            self._on(chance, partial(self.chat.once.__setitem__, someone.email, reason))
        day = datetime.combine(self.begins + A_DAY * (self.days * 2 // 5 // 7 * 7 + 1), time(6), UTC)
        self.chat.down.append((day, day + timedelta(hours=13)))
        day = datetime.combine(self.begins + A_DAY * (self.days * 3 // 5 // 7 * 7 + 3), time(2), UTC)
        self._dark = day, day + timedelta(hours=17)

    def _on(self, chance: Random, happens: Callable[[], None]) -> None:
        async def act() -> None:
            happens()

        day = self.begins + A_DAY * chance.randrange(2, self.days)
        self.later(datetime.combine(day, time(5), UTC), act)
