"""How things are put right in the year: every finding is typed, pressed and filled in as people do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.demo.cases import AWARENESS, CASES, Case, Step
from bot.demo.people import TEAMS
from bot.demo.programme import FORGOTTEN, at_work
from content.cards import Card
from handlers.findings import cards, forms, measures
from handlers.findings.effect import BETTER
from handlers.findings.finding import Finding
from handlers.findings.measures import EVERYBODY
from handlers.model import Delivery

if TYPE_CHECKING:
    from bot.demo.year import Year

A_DAY = timedelta(days=1)
FIRST = 3 * 7 * A_DAY  # before that there is no number to speak of
AGAIN = 28 * A_DAY  # until what did not help is due once more
MARIE = at_work("marie")
COMPARED = "Before and after"  # how the card begins what it says of the numbers


class Findings:
    """Whether something helped follows from the numbers that come after it, so a case may end otherwise than meant."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self._tried: Counter[str] = Counter()

    def plan(self) -> None:
        """Nothing in a year of a few weeks."""
        year = self.year
        for number, case in enumerate(CASES):
            day = year.ends - A_DAY * (case.before_end or year.days // 2)
            day -= A_DAY * max(0, day.weekday() - 4)  # on a working day
            if day - year.begins >= FIRST:
                at = datetime.combine(day, time(13, 10 + 7 * number), year.home)
                year.later(at, partial(self._opens, case))

    async def _opens(self, case: Case) -> None:
        """About nothing where too few people are behind each number."""
        form = (await self.year.crowd.says(MARIE, f"finding about {case.about}")).form
        assert form is not None
        group = await self._lowest(form, case)
        owner = at_work(case.owner or _lead(group))
        clause = case.clause or (AWARENESS if group == EVERYBODY else group)
        words = {"title": case.title, "found": case.found, "other_clause": clause}
        given = {"owner_other": owner, "due": self._day(A_DAY * case.due)}
        finding = await self._fills(MARIE, form, {"group": group, **words, **given})
        if finding is not None:
            self._goes_on(case, owner, finding)

    async def _lowest(self, form: Card, case: Case) -> str:
        """That no other case is about and behind which there are people enough, as `stats` tells her."""
        if case.group:
            return case.group
        offered = [choice.value for field in form.inputs() if field.id == "group" for choice in field.choices]
        others = [value for value in offered if value not in (EVERYBODY, FORGOTTEN)]
        people = {value: await self._people(case, value) for value in others}
        most = max(others, key=lambda value: people[value], default=EVERYBODY)
        return next((value for value in others if people[value] >= case.people), most)

    async def _people(self, case: Case, group: str) -> int:
        desk, asked = self.year.desk, measures.read(case.about)
        about = measures.chosen(asked, group) if asked else None
        if asked is None or about is None:
            return 0
        found = await measures.count(desk, about, measures.beginning(desk, asked.days), desk.clock.now())
        return found.people if found else 0

    def _goes_on(self, case: Case, owner: str, finding: Finding) -> None:
        steps: Mapping[Step, Callable[[Finding], Awaitable[None]]] = {
            "plan": partial(self._plans, case, owner),
            "done": partial(self._does, case, owner),
            "look again": partial(self._looks_again, case),
            "judge": partial(self._judges, case, owner),
        }
        for days, step in case.then:
            self.year.later(self._after(A_DAY * days), partial(steps[step], finding))

    async def _plans(self, case: Case, owner: str, finding: Finding) -> None:
        card, form = await self._form(owner, finding, cards.PLAN)
        if form is None or self._tried[finding.id] == len(case.tries):
            return
        cause, action = case.tries[self._tried[finding.id]]
        self._tried[finding.id] += 1
        choices = next(field.choices for field in form.inputs() if field.id == "linked")
        linked = [each.value for each in choices if case.linked and each.label.startswith(case.linked)]
        values = {"cause": cause, "action": action, "linked": (linked or [forms.NONE])[0]}
        await self._fills(owner, form, values, card)

    async def _does(self, case: Case, owner: str, finding: Finding) -> None:
        card = await self._card(owner, finding)
        await self.year.crowd.press(owner, card.id, cards.MOVES, cards.DONE)
        if case.practised:
            self.year.crowd.practised.add(finding.about.group)

    async def _looks_again(self, case: Case, finding: Finding) -> None:
        card, form = await self._form(MARIE, finding, cards.RETEST)
        if form is not None:
            await self._fills(MARIE, form, {"on": self._day(A_DAY * case.again)}, card)

    async def _judges(self, case: Case, owner: str, finding: Finding) -> None:
        """By what the card says of the numbers before and after; while it says nothing of them she waits."""
        card, form = await self._form(MARIE, finding, cards.REOPEN)
        said = " ".join(getattr(block, "markdown", "") for block in card.card.blocks)
        if BETTER in said:
            await self.year.crowd.press(MARIE, card.id, cards.MOVES, cards.HELPED)
            self.year.later(self._after(2 * A_DAY), partial(self._closes, finding))
        elif COMPARED in said and form is not None:
            await self._fills(MARIE, form, {"due": self._day(AGAIN)}, card)
            self.year.later(self._after(4 * A_DAY), partial(self._plans, case, owner, finding))
        else:
            self.year.later(self._after(7 * A_DAY), partial(self._judges, case, owner, finding))

    async def _closes(self, finding: Finding) -> None:
        card = await self._card(MARIE, finding)
        await self.year.crowd.press(MARIE, card.id, cards.MOVES, cards.CLOSE)

    # by which way

    async def _card(self, who: str, finding: Finding) -> Delivery:
        """Its card, as somebody has it who types its id."""
        (card,) = (await self.year.crowd.says(who, f"finding {finding.id}")).deliver
        await self.year.settles()
        return card

    async def _form(self, who: str, finding: Finding, which: str) -> tuple[Delivery, Card | None]:
        """With the card it stands on; no form where the card has no button for it."""
        card = await self._card(who, finding)
        return card, (await self.year.crowd.press(who, card.id, cards.OPENS, which)).form

    async def _fills(
        self, who: str, form: Card, values: Mapping[str, str], card: Delivery | None = None
    ) -> Finding | None:
        """As it has come, but for these values."""
        send = form.buttons()[0]
        given = {**{field.id: field.value for field in form.inputs()}, **values}
        outcome = await self.year.crowd.fills_in(
            who, forms.FILLED, send.item, given, card.id if card else "", value=send.value
        )
        return outcome.finding.finding if outcome.finding else None

    # when

    def _after(self, span: timedelta) -> datetime:
        """Or when Marie is at work again."""
        return self.year.works(self.year.crowd.people[MARIE], self.year.clock.now() + span)

    def _day(self, span: timedelta) -> str:
        return str(self._after(span).astimezone(self.year.home).date())


def _lead(team: str) -> str:
    return f"{team.lower()}.lead" if team in {name for name, _, _ in TEAMS} else "grace"
