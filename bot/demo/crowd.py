"""What the people of the demo company do with what they are shown: when, whether, and with what they know by then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from bot.demo import words
from bot.demo.people import FADES, Someone
from bot.demo.platform import address_of
from bot.demo.programme import FORGOTTEN, MISPRINTED
from bot.demo.truth import Fading, Mind, Steady
from content.cards import Button, Card
from content.pieces import Item
from handlers import messages, milestones, pulse, quiz
from handlers.broadcasts import approvals, authored, checks, forms
from handlers.events import Click, Outcome, Said
from handlers.learning.memory import day_of
from handlers.replies import letters

if TYPE_CHECKING:
    from bot.demo.year import Year

A_DAY = timedelta(days=1)
FORGOTTEN_IN = 1.5  # days until what hardly anybody remembers is gone
WRITES_BACK = 0.05
MISTAKEN = 0.25  # of those who do not know an item believe something else, and most of these are sure of it


class Crowd:
    """`sees` is told of every message; what comes of it happens later, in the year's own time."""

    def __init__(self, year: Year, seed: int) -> None:
        self.year = year
        self.people: dict[str, Someone] = {}  # by the user's name at the platform
        self.practised: set[str] = set()  # clauses that have become a part of daily work
        self._seed = seed
        self._chance = Random(f"{seed} crowd")
        self._minds: dict[tuple[str, str], Mind] = {}
        self._keys = 0
        truth = year.truth
        self._items: Mapping[str, Item] = truth.items

    def sees(self, user: str, delivery: str, card: Card) -> None:
        someone = self.people.get(user)
        act = next(
            (act for verb, act in self._acts().items() if any(b.verb == verb for b in card.buttons())), None
        )
        if someone is None or act is None:
            return
        at = self._opens(someone)
        if at is not None:
            self.year.later(at, partial(act, someone, delivery, card))

    def _acts(self) -> Mapping[str, Callable[[Someone, str, Card], Awaitable[None]]]:
        """By the first of these verbs that a card has a button for."""
        return {
            quiz.ANSWERED: self._answers,
            messages.ACKNOWLEDGED: self._reads,
            pulse.RATED: self._rates,
            milestones.CHEERED: self._cheers,
            approvals.APPROVED: self._approves,
            authored.DECIDED: self._lets_go,
            letters.WRITES: self._replies,
        }

    # when

    def _opens(self, someone: Someone) -> datetime | None:
        """The moment at which they open what has just come, in their own working hours; None: never."""
        now, chance = self.year.clock.now(), self._chance
        today = now.astimezone(self.year.zone(someone)).date()
        if chance.random() > someone.answers * self._mood(someone, today):
            return None
        minutes = someone.minutes * chance.lognormvariate(0, 1.1)
        at = self.year.works(
            someone, now + timedelta(minutes=min(minutes, 4000), seconds=chance.uniform(8, 90))
        )
        day = at.astimezone(self.year.zone(someone)).date()
        for begins, ends in someone.away:
            if begins <= day < ends:
                if chance.random() < 0.7:
                    return None
                back = datetime.combine(ends, datetime.min.time(), self.year.zone(someone)) + timedelta(
                    hours=9
                )
                return self.year.works(someone, back + timedelta(minutes=chance.uniform(0, 200)))
        return at

    def _mood(self, someone: Someone, day: date) -> float:
        """Holidays dip, and one team fades."""
        mood = 1.0
        if day.month in (7, 8):
            mood *= 0.7
        if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6):
            mood *= 0.45
        if someone.profile.team == FADES:
            mood *= 1 - 0.8 * max(0.0, self.year.share(day) - 0.35) / 0.65
        return mood

    # what

    async def _answers(self, someone: Someone, delivery: str, card: Card) -> None:
        """One question after the other, as long as the card asks one."""
        shown: Card | None = card
        for _ in range(5):
            if shown is None:
                return
            asked = next((b for b in shown.buttons() if b.verb == quiz.ANSWERED), None)
            if asked is None:
                return
            if asked.item == checks.ITEM:
                await self._reads(someone, delivery, shown)
                return
            if asked.item not in self._items:
                return
            option, certainty = self._answer(someone, self._items[asked.item])
            fields = {field.id: option for field in shown.inputs() if field.kind == "options"}
            shown = (await self._press(someone, delivery, asked, str(certainty), fields)).show
            self.year.pass_by(timedelta(seconds=self._chance.uniform(8, 60)))

    def _answer(self, someone: Someone, item: Item) -> tuple[str, int]:
        """The option that they choose, and how sure they are."""
        day, chance = day_of(self.year.clock.now()), self._chance
        mind = self._mind(someone, item)
        knew = chance.random() < mind.recall(day)
        mind.met(day, knew)
        own = Random(f"{self._seed} {item.id}")  # what tempts is the same for everybody
        wrong = sorted(letter for letter in item.options if letter != item.key)
        tempting = own.choice(wrong)
        if knew:
            return item.key, chance.choices((1, 2, 3), (1, 4, 6))[0]
        if chance.random() < MISTAKEN:
            return tempting, chance.choices((1, 2, 3), (1, 2, 5))[0]
        guessed = chance.choices((item.key, tempting, *wrong), (1.2, 1, *(0.5 for _ in wrong)))[0]
        return guessed, chance.choices((1, 2, 3), (7, 3, 0.4))[0]

    def _mind(self, someone: Someone, item: Item) -> Mind:
        if any(str(clause.whole) in self.practised for clause in item.clauses):
            return Steady()
        name = someone.email, item.id
        if name not in self._minds:
            chance = Random(f"{self._seed} {someone.email} {item.id}")
            if any(str(clause.whole) == FORGOTTEN for clause in item.clauses):
                self._minds[name] = Fading(FORGOTTEN_IN, 0.2)
            else:
                self._minds[name] = someone.mind.mind(item, chance)
            if item.id == MISPRINTED and chance.random() < someone.mind.experience - 0.5:
                self._minds[name].met(day_of(self.year.clock.now()), True)
        return self._minds[name]

    async def _reads(self, someone: Someone, delivery: str, card: Card) -> None:
        """Acknowledged, or its question answered; now and then they write back."""
        buttons = {button.verb: button for button in card.buttons()}
        check = buttons.get(checks.ANSWERED)
        if check is not None and self._chance.random() < 0.85:
            options = next((i for i in card.inputs() if i.id == checks.OPTION), None)
            letters_ = [choice.value for choice in options.choices] if options else ["A"]
            key = self.year.key_of(card.title)
            right = (
                key
                if self._chance.random() < 0.75 + 0.15 * someone.mind.quick
                else self._chance.choice(letters_)
            )
            await self._press(someone, delivery, check, "", {checks.OPTION: right or letters_[0]})
        elif messages.ACKNOWLEDGED in buttons:
            await self._press(someone, delivery, buttons[messages.ACKNOWLEDGED])
        if letters.WRITES in buttons and self._chance.random() < WRITES_BACK:
            said = {"text": self._chance.choice(words.REPLIES)}
            if self._chance.random() < 0.15:
                said["anonymous"] = "yes"
            await self.fills_in(someone, letters.WROTE, letters.REPLY, said, delivery)

    async def _rates(self, someone: Someone, delivery: str, card: Card) -> None:
        mood = 3.6 + someone.mind.quick - (0.9 if someone.profile.team == FADES else 0)
        face = min(5, max(1, round(self._chance.gauss(mood, 0.9))))
        button = next(b for b in card.buttons() if b.verb == pulse.RATED and b.value == str(face))
        why = {pulse.WHY: self._chance.choice(words.WHY[face])} if self._chance.random() < 0.2 else {}
        await self._press(someone, delivery, button, values=why)

    async def _cheers(self, someone: Someone, delivery: str, card: Card) -> None:
        if self._chance.random() < 0.6:
            await self._press(
                someone, delivery, next(b for b in card.buttons() if b.verb == milestones.CHEERED)
            )

    async def _approves(self, someone: Someone, delivery: str, card: Card) -> None:
        """Mostly; now and then it goes back with a sentence."""
        if self._chance.random() < 0.07:
            remark = {"remark": self._chance.choice(words.REMARKS)}
            await self.fills_in(someone, forms.FILLED, "remark", remark, delivery)
            return
        await self._press(someone, delivery, next(b for b in card.buttons() if b.verb == approvals.APPROVED))

    async def _lets_go(self, someone: Someone, delivery: str, card: Card) -> None:
        """A draft for their turn on the rota; what they wrote themselves is let go by `leaders`."""
        turn = any(
            "turn" in getattr(block, "markdown", "") or "stand in" in getattr(block, "markdown", "")
            for block in card.blocks
        )
        send = next((b for b in card.buttons() if b.verb == authored.DECIDED and b.value == "send"), None)
        if turn and send is not None and self._chance.random() < 0.9:
            await self._press(someone, delivery, send)

    async def _replies(self, someone: Someone, delivery: str, card: Card) -> None:
        """A leader answers what somebody wrote, or lets it lie."""
        if self._chance.random() > someone.answers_replies:
            return
        offered = [b.value for b in card.buttons() if b.verb == letters.WRITES]
        if letters.FOR_ALL in offered and self._chance.random() < 0.15:
            values = {
                "question": self._chance.choice(words.QUESTIONS),
                "answer": self._chance.choice(words.ANSWERS),
            }
            await self.fills_in(someone, letters.WROTE, letters.FOR_ALL, values, delivery)
        elif letters.ANSWER in offered:
            await self.fills_in(
                someone,
                letters.WROTE,
                letters.ANSWER,
                {"answer": self._chance.choice(words.ANSWERS)},
                delivery,
            )

    # by which way

    async def says(self, who: str | Someone, text: str) -> Outcome:
        return await self.year.receive(Said(self._key(), address_of(_email(who)), text))

    async def fills_in(
        self,
        who: str | Someone,
        verb: str,
        item: str,
        values: Mapping[str, str],
        delivery: str = "",
        value: str = "",
    ) -> Outcome:
        """A form comes back, filled in at this moment. value: of its button, where that is not when it was opened."""
        value = value or self.year.clock.now().isoformat()
        click = Click(
            self._key(), address_of(_email(who)), verb, delivery, item=item, value=value, values=values
        )
        return await self.year.receive(click)

    async def press(self, who: str | Someone, delivery: str, verb: str, value: str = "") -> Outcome:
        return await self.year.receive(
            Click(self._key(), address_of(_email(who)), verb, delivery, value=value)
        )

    async def _press(
        self,
        someone: Someone,
        delivery: str,
        button: Button,
        value: str = "",
        values: Mapping[str, str] | None = None,
    ) -> Outcome:
        click = Click(
            self._key(),
            address_of(someone.email),
            button.verb,
            delivery,
            item=button.item,
            value=value or button.value,
            values=values or {},
        )
        return await self.year.receive(click)

    def _key(self) -> str:
        self._keys += 1
        return f"demo:{self._keys:07}"


def _email(who: str | Someone) -> str:
    return who if isinstance(who, str) else who.email
