"""What the people of the demo company would do better, and what becomes of that in the course of its year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from bot.demo.leaders import Act
from bot.demo.people import Someone
from bot.demo.programme import at_work
from handlers.ideas import forms
from handlers.ideas.cards import ACCEPT, CARRIED_OUT, DECLINE, SAY

if TYPE_CHECKING:
    from bot.demo.year import Year

DECIDES = "marie"
OWNERS = ("grace", "linus", "rosa", "production.lead")
A_WEEK = (0, 1, 1, 2, 3)  # ideas in one
IN_THE_FIRST = 2  # so that a short year has some
FORGETS = 0.06  # of those that come to her
IDEAS: Sequence[str] = (
    "Hang the gauges beside the machine and not in the cabinet: we walk there twenty times a shift.",
    "Print the revision on the drawing in red. Twice this month we worked to an old one.",
    "A second bin for film at line 2. It goes into residual waste because the other is in the yard.",
    "Switch the compressor off at noon on Fridays. Nobody needs it before Monday.",
    "Put the torque values on the tool, not in the folder.",
    "Show complaints next to the line, the last five with a picture.",
    "Let new people walk with the internal auditor once. I learnt more there than in a week.",
    "One form for a deviation instead of three that ask the same.",
    "A label on each cable of the test bench. We unplug the wrong one at night.",
    "Lock the screen when the badge is pulled. Nobody would have to think of it.",
    "Order samples in reusable boxes: the supplier takes them back.",
    "Ten minutes on Monday for what went wrong last week, with whoever was there.",
    "A photo of the right clamping in the instruction. The text can be read in two ways.",
    "Keep the spill kit at the pump and not at the gate.",
    "Write who stands in for whom on the door of the measuring room.",
    "An address for mails that look wrong. At the moment each of us asks somebody else.",
)
ASKED: Sequence[str] = (
    "How often does that happen?",
    "Which line, and who else would have to agree?",
    "What would it cost, roughly?",
)
SAID: Sequence[str] = (
    "About once a week, mostly on the late shift.",
    "Line 2 first. The shift lead likes it.",
    "Next to nothing: we have the parts.",
)
YES: Sequence[str] = (
    "Good. We try it for a month.",
    "Yes, and thank you: nobody had seen that.",
    "Done gladly.",
)
NO: Sequence[str] = (
    "Not now: the line moves in spring, and we would do it twice.",
    "The customer prescribes the form. I have asked, and they keep it.",
    "We tried that two years ago: it took longer. I show you the figures if you like.",
)
DONE: Sequence[str] = ("It hangs there since this morning.", "In place, and it saves the walk.", "")


class Ideas:
    """Puts into the year's diary who has one when, and each step that follows."""

    def __init__(self, year: Year, seed: int) -> None:
        self.year = year
        self._chance = Random(f"{seed} ideas")

    def plan(self) -> None:
        chance = self._chance
        for week in range(self.year.days // 7):
            for _ in range(chance.choice(A_WEEK) if week else IN_THE_FIRST):
                day = self.year.begins + timedelta(weeks=week, days=chance.randrange(5))
                at = datetime.combine(
                    day, time(chance.randrange(8, 16), chance.randrange(60)), self.year.home
                )
                self.year.later(at, self._has_one)

    async def _has_one(self) -> None:
        chance, standards = self._chance, self.year.library.programme.standards
        about = chance.choice([forms.NONE, *map(str, standards)])
        values = {"text": chance.choice(IDEAS), "about": about}
        if chance.random() < 0.08:
            values["anonymous"] = "yes"
        who = chance.choice(self.year.there())
        outcome = await self.year.crowd.fills_in(who, forms.FILLED, forms.NEW, values)
        if outcome.idea is None or chance.random() < FORGETS:
            return
        idea = outcome.idea.idea.id
        asks = "anonymous" not in values and chance.random() < 0.4
        if asks:
            self._later(DECIDES, 2, partial(self._step, idea, DECIDES, SAY, ASKED))
            self._later(who, 5, partial(self._step, idea, who.email, SAY, SAID))
        self._later(DECIDES, 17 if asks else 11, partial(self._decides, idea), since=6 if asks else 0)

    async def _decides(self, idea: str) -> None:
        """Two of three are taken up."""
        chance = self._chance
        if chance.random() > 0.65:
            await self._step(idea, DECIDES, DECLINE, NO)
            return
        owner, days = chance.choice(OWNERS), chance.randrange(10, 60)
        due = self.year.clock.now().date() + timedelta(days=days)
        await self._step(idea, DECIDES, ACCEPT, YES, owner=at_work(owner), due=str(due))
        if chance.random() < 0.85:
            carried_out = partial(self._step, idea, owner, CARRIED_OUT, DONE)
            self._later(owner, days + 8, carried_out, since=days // 2)

    async def _step(self, idea: str, who: str, which: str, says: Sequence[str], **fields: str) -> None:
        """A form of the card that they have; nothing where they have none."""
        store, email = self.year.store, at_work(who.partition("@")[0])
        person = await store.person_by_email(email)
        for delivery in await store.cards_about(idea):
            found = await store.delivery(delivery)
            if found is not None and person is not None and found.person == person.key:
                values = {"text": self._chance.choice(says), **fields}
                await self.year.crowd.fills_in(email, forms.FILLED, which, values, delivery)
                return

    def _later(self, who: str | Someone, most: int, act: Act, since: int = 0) -> None:
        """Within so many days, in their working hours."""
        someone = self.year.crowd.people.get(at_work(who)) if isinstance(who, str) else who
        if someone is not None:
            days = timedelta(days=self._chance.uniform(since + 0.2, max(most, since + 1)))
            self.year.later(self.year.works(someone, self.year.clock.now() + days), act)
