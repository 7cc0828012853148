"""What leaders, the quality lead and everybody else begin by themselves in the year: broadcasts and what becomes of
them, milestones, kudos, questions, pauses, and looks at the numbers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from bot.demo import words
from bot.demo.people import Someone
from bot.demo.programme import at_work
from bot.demo.words import Told
from handlers import kudos
from handlers.broadcasts import authored, celebrating, forms
from handlers.replies import letters

if TYPE_CHECKING:
    from bot.demo.year import Year

MILESTONES = (  # week, title, text
    (3, "Gap analysis done", "We know what is missing: 31 points, each with a name beside it."),
    (12, "The policy is signed", "One page, in our own words. It hangs where the coffee is."),
    (24, "Objectives set", "Six objectives, each with a number, a day and an owner."),
    (
        35,
        "Internal audit done",
        "Seven findings, all of them understood. Thank you to everybody who was asked.",
    ),
    (41, "Stage 1 passed", "The auditors have read everything and may come back for stage 2."),
)
QUARTER = timedelta(weeks=13)
Act = Callable[[], Awaitable[object]]


class Leaders:
    """Puts into the year's diary what somebody decides to do."""

    def __init__(self, year: Year, seed: int) -> None:
        self.year = year
        self._chance = Random(f"{seed} leaders")

    def plan(self) -> None:
        for told in words.TOLD:
            self._in_week(told.week, partial(self.tell, told))
        for week, title, text in MILESTONES:
            self._in_week(week, partial(self._celebrate, title, text))
        for week in range(1, 53):
            if self._chance.random() < 0.75:
                self._in_week(week, self._gives_kudos)
            if self._chance.random() < 0.6:
                self._in_week(week, self._asks)
            if week % 4 == 2:
                self._in_week(week, partial(self._looks, ("stats", "stats recall", "stats items")))
        self._in_week(28, self._overdoes)

    def habits_of(self, someone: Someone) -> None:
        """What one of them does at some time or other."""
        year, chance = self.year, self._chance
        if someone.celebrates:
            year.later(
                year.at(someone, someone.comes, time(9, 45)),
                partial(year.crowd.says, someone, "celebrate on"),
            )
        for begins, ends in someone.away:
            if someone.pauses and year.begins <= begins and ends < year.ends:
                said = f"pause until {ends}"
                year.later(
                    year.at(someone, begins - timedelta(days=3), time(16, 10)),
                    partial(year.crowd.says, someone, said),
                )
        if chance.random() < 0.08:
            day = year.begins + timedelta(days=chance.randrange(year.days))
            year.later(year.at(someone, day, time(11, 20)), partial(year.crowd.says, someone, "quiz"))

    async def tell(self, told: Told) -> None:
        """Written, added to, addressed, sent, and what becomes of it."""
        crowd, who = self.year.crowd, at_work(told.who)
        first = {"title": told.title, "text": told.text, "audience": "", "acknowledge": told.acknowledge}
        first |= {"audience": told.audience} if told.audience == "everyone" else {"rule": told.audience}
        outcome = await crowd.fills_in(who, forms.FILLED, "new", first)
        if not outcome.deliver:
            raise AssertionError(f"{told.title}: {outcome.errors or outcome.show}")
        (preview,) = outcome.deliver
        await self.year.settles()
        fields = dict(told.fields)
        if told.then == "expires":
            fields["expires"] = self._local(who, timedelta(days=2, hours=3))
        for item, values in (
            ("more", fields),
            ("send", {"rule": told.audience, **told.whom} if told.whom else {}),
        ):
            if values:
                added = await crowd.fills_in(who, forms.FILLED, item, values, preview.id)
                assert not added.errors, (told.title, added.errors)
        await crowd.press(who, preview.id, authored.DECIDED, "send")
        following = {"corrected": self._corrects, "withdrawn": self._withdraws, "paused": self._pauses}
        if told.then in following:
            after = self.year.clock.now() + timedelta(hours=26)
            self.year.later(after, partial(following[told.then], told, preview.id))

    async def _corrects(self, told: Told, preview: str) -> None:
        values = {"title": told.title, "text": f"{told.text} (The first version had an old figure.)"}
        await self.year.crowd.fills_in(at_work(told.who), forms.FILLED, "text", values, preview)

    async def _withdraws(self, told: Told, preview: str) -> None:
        await self.year.crowd.press(at_work(told.who), preview, authored.WITHDREW)

    async def _pauses(self, told: Told, preview: str) -> None:
        crowd, who = self.year.crowd, at_work(told.who)
        await crowd.press(who, preview, authored.PAUSED)
        self.year.later(
            self.year.clock.now() + timedelta(hours=20), partial(crowd.press, who, preview, authored.WENT_ON)
        )

    async def _celebrate(self, title: str, text: str) -> None:
        crowd, who = self.year.crowd, at_work("marie")
        values = {"title": title, "text": text, "audience": "everyone"}
        outcome = await crowd.fills_in(who, forms.FILLED, celebrating.NEW, values)
        (preview,) = outcome.deliver
        await self.year.settles()
        await crowd.press(who, preview.id, authored.DECIDED, "send")

    async def _gives_kudos(self) -> None:
        team = self._chance.choice(self.year.teams)
        values = {"team": team, "text": self._chance.choice(words.KUDOS)}
        await self.year.crowd.fills_in(self._anybody(), kudos.GIVEN, "", values)

    async def _asks(self) -> None:
        said = {"text": self._chance.choice(words.ASKED)}
        if self._chance.random() < 0.2:
            said["anonymous"] = "yes"
        await self.year.crowd.fills_in(self._anybody(), letters.WROTE, letters.ASK, said)

    async def _looks(self, typed: tuple[str, ...]) -> None:
        for text in typed:
            await self.year.crowd.says(at_work("marie"), text)

    async def _overdoes(self) -> None:
        """One person wants every question at once, and has none left for the week."""
        for _ in range(6):
            await self.year.crowd.says(at_work("edsger"), "quiz")

    def _anybody(self) -> Someone:
        """Who is there and has the app."""
        return self._chance.choice(self.year.there())

    def _in_week(self, week: int, act: Act) -> None:
        """On a working day of that week of the year, in office hours; nothing in a year that is shorter."""
        day = self.year.begins + timedelta(weeks=week - 1, days=self._chance.choice((1, 2, 3)))
        at = datetime.combine(
            day, time(self._chance.randrange(8, 13), self._chance.randrange(60)), self.year.home
        )
        if at.date() < self.year.ends:
            self.year.later(at, act)

    def _local(self, who: str, ahead: timedelta) -> str:
        someone = self.year.crowd.people[who]
        return f"{(self.year.clock.now() + ahead).astimezone(self.year.zone(someone)):%Y-%m-%dT%H:%M}"
