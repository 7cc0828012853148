"""The one door in: whatever a platform reports becomes a decision, is committed, and only then is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from content.cards import Button, Buttons, Card, Note
from handlers import commands, kudos, people, progress
from handlers.broadcasts import audiences, forms, reminders, writing
from handlers.desk import Desk
from handlers.events import Change, Click, Forms, Incoming, Joined, Left, Outcome, Said, Seen
from handlers.features import as_it_stands, looks, looks_now, over, react
from handlers.findings import forms as finding_forms
from handlers.findings import steps as finding_steps
from handlers.ideas import forms as idea_forms
from handlers.ideas import proposing
from handlers.ideas import steps as idea_steps
from handlers.model import Delivery, Person
from handlers.ports import Met, Stranger, Taken
from handlers.replies import letters, replying

NOT_YOURS = "This card was sent to somebody else, so nothing was counted."
NAMED = timedelta(seconds=1)  # until what is on its way has most probably ended
UNKNOWN_CARD = "This card is not known here any more. Type `quiz` for a question or `today` for what waits."


@dataclass(frozen=True)
class Dispatch:
    """wake: called after a commit that put something into the outbox."""

    desk: Desk
    wake: Callable[[], None]
    administrator: str = ""
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)  # two who come at once by one e-mail are one

    async def __call__(self, event: Incoming) -> Outcome:
        """Decide, commit, and say what the person sees now. Raises Stranger for an address nobody is at."""
        match event:
            case Joined():
                async with self._door:
                    try:
                        return await self._joined(event)
                    except Met:  # another process was faster: now they are known
                        return await self._joined(event)
            case Left():
                return await self._left(event)
            case Seen():
                return await self._seen(event)
            case Said():
                return await self._said(event, await self._known(event))
            case Click():
                return await self._clicked(event)

    async def _clicked(self, event: Click) -> Outcome:
        match event:
            case Click(verb="said"):
                person = await self._known(event)
                words = Said(event.key, event.address, event.value, event.direct, event.forms)
                return await self._said(words, person)
            case Click(
                verb=forms.FILLED
                | letters.WROTE
                | audiences.SAVE
                | kudos.GIVEN
                | finding_forms.FILLED
                | idea_forms.FILLED
            ):
                return await self._form_came_back(event)
            case Click():
                return await self._pressed(event)

    async def _form_came_back(self, event: Click) -> Outcome:
        if event.verb == forms.FILLED:
            return await self._filled(event)
        if event.verb == letters.WROTE:
            return await self._wrote(event)
        if event.verb == finding_forms.FILLED:
            return await self._about_finding(event)
        if event.verb == idea_forms.FILLED:
            return await self._about_idea(event)
        if event.verb == kudos.GIVEN:
            person = await self._known(event)
            return await self._commit(event, person, await kudos.given(self.desk, person, event))
        try:
            return await self._saved(event)
        except Taken:  # somebody else was faster: now it says so
            return await self._saved(event)

    async def _saved(self, event: Click) -> Outcome:
        person = await self._known(event)
        return await self._commit(event, person, await audiences.submitted(self.desk, person, event))

    async def _known(self, event: Click | Said) -> Person:
        return _here(await self.desk.store.person_at(event.address))

    async def _said(self, event: Said, person: Person) -> Outcome:
        outcome = await commands.answer(self.desk, person, event)
        if outcome.form and event.forms is not Forms.OPEN:
            outcome = replace(outcome, form=None, show=_in_chat(outcome.form, event))
        if outcome.show and not event.direct:
            shown = self.desk.answer(person, event.address, outcome.show, f"{event.key}:answer")
            outcome = replace(outcome, show=None, deliver=(*outcome.deliver, shown))
        return await self._commit(event, person, outcome)

    async def _filled(self, event: Click) -> Outcome:
        """A form of a broadcast came back, perhaps about one that has a card already."""
        known, delivery, _ = await self.desk.store.pressed(event.address, event.delivery)
        person = _here(known)
        outcome = await writing.filled(self.desk, person, event, delivery)
        about = delivery if outcome.step and outcome.step.known else None
        return await self._commit(event, person, outcome, about)

    async def _about_finding(self, event: Click) -> Outcome:
        known, delivery, _ = await self.desk.store.pressed(event.address, event.delivery)
        person = _here(known)
        outcome = await finding_steps.filled(self.desk, person, event, delivery)
        about = delivery if outcome.finding and outcome.finding.known else None
        return await self._commit(event, person, outcome, about)

    async def _about_idea(self, event: Click) -> Outcome:
        """A new one is committed without any card."""
        known, delivery, _ = await self.desk.store.pressed(event.address, event.delivery)
        person = _here(known)
        if event.item == idea_forms.NEW:
            return await self._commit(event, person, await proposing.filled(self.desk, person, event))
        outcome = await idea_steps.filled(self.desk, person, event, delivery)
        return await self._commit(event, person, outcome, delivery if outcome.idea else None)

    async def _wrote(self, event: Click) -> Outcome:
        """Between people and leaders. What has no name under it is committed without the card it was written on."""
        known, delivery, done = await self.desk.store.pressed(event.address, event.delivery)
        person = _here(known)
        if delivery and over(self.desk, delivery, person):
            return Outcome(show=looks_now(self.desk, delivery, person, done))
        outcome = await replying.filled(self.desk, person, event, delivery, done)
        about = delivery if outcome.remember and delivery and delivery.piece else None
        return await self._commit(event, person, outcome, about)

    async def _pressed(self, event: Click) -> Outcome:
        known, delivery, done = await self.desk.store.pressed(event.address, event.delivery)
        person = _here(known)
        if delivery is None or delivery.piece is None:
            return Outcome(show=_sentence(UNKNOWN_CARD))
        if delivery.person != person.key:
            return Outcome(show=_sentence(NOT_YOURS))
        if over(self.desk, delivery, person):
            return Outcome(show=looks_now(self.desk, delivery, person, done))
        delivery = await as_it_stands(self.desk, delivery, person, done)
        outcome = await react(self.desk, delivery, event, person, done)
        counts, others = await reminders.both(self.desk, delivery) if outcome.remember else (delivery, ())
        anew = {*outcome.refresh, *others}
        return await self._commit(
            event, person, replace(outcome, refresh=tuple(sorted(anew))), delivery, counts=counts
        )

    async def _joined(self, event: Joined) -> Outcome:
        if event.known_only and await self.desk.store.person_at(event.address) is None:
            return Outcome()
        known, person = await people.joined(self.desk, event, self.administrator)
        home = await progress.home(self.desk, person)
        # One slot for a life: the outbox passes over a second row with the same name.
        greeting = self.desk.answer(person, event.address, home, "welcome") if event.welcome else None
        outcome = Outcome(
            show=home,
            person=None if person == known else person,
            deliver=(greeting,) if greeting else (),
        )
        return await self._commit(event, person, outcome, known=known)

    async def _left(self, event: Left) -> Outcome:
        known = await self.desk.store.person_at(event.address)
        if known is None:
            return Outcome()
        return await self._commit(event, known, Outcome(person=people.left(self.desk, known, event)))

    async def _seen(self, event: Seen) -> Outcome:
        """Whoever has the chat open reads a message before the platform has told us its name: so once more then."""
        clock, store = self.desk.clock, self.desk.store
        if not await store.mark_seen(event.address, event.message, clock.now()):
            await clock.wait_until(clock.now() + NAMED)
            await store.mark_seen(event.address, event.message, clock.now())
        return Outcome()

    async def _commit(
        self,
        event: Incoming,
        person: Person,
        outcome: Outcome,
        delivery: Delivery | None = None,
        known: Person | None = None,
        counts: Delivery | None = None,
    ) -> Outcome:
        """Make it durable. What was here before changes nothing, and shows how things stand; so does a recall.

        counts: the delivery that it counts on, where that is another one: the message that a reminder is of.
        """
        other = counts is not None and delivery is not None and counts.id != delivery.id
        asked = (
            outcome.deliver,
            outcome.step,
            outcome.replies,
            outcome.refresh,
            outcome.keep,
            outcome.looked,
            outcome.finding,
            outcome.idea,
        )
        changes = (outcome.remember, outcome.person, outcome.access, outcome.invitation, *asked)
        if outcome.errors or not any(changes):
            return outcome
        committed = await self.desk.store.commit(
            Change(
                inbox=event.key,
                at=self.desk.clock.now(),
                actor=person,
                platform=event.address.platform,
                delivery=counts or delivery,
                message=event.message if isinstance(event, Click) and not other else "",
                remember=outcome.remember,
                deliver=outcome.deliver,
                step=outcome.step,
                replies=outcome.replies,
                finding=outcome.finding,
                idea=outcome.idea,
                refresh=outcome.refresh,
                keep=outcome.keep,
                access=outcome.access,
                invitation=outcome.invitation,
                looked=outcome.looked,
                person=outcome.person,
                known=known or person,
            )
        )
        if committed and (outcome.deliver or outcome.step or outcome.refresh):
            self.wake()
        if committed and not (outcome.step and outcome.step.reaches_sent):
            return outcome
        if delivery is None or delivery.piece is None:
            return replace(outcome, deliver=(), step=None)
        done = await self.desk.store.done(delivery.id)
        return Outcome(show=await looks(self.desk, delivery, person, done))


def _here(person: Person | None) -> Person:
    """Somebody we know and who has not left. Raises Stranger."""
    if person is None or person.left_at is not None:
        raise Stranger
    return person


def _in_chat(form: Card, event: Said) -> Card:
    """A form where the platform cannot open one at once: the card itself, or a button that opens it."""
    if event.forms is Forms.CARD:
        return form
    opener = Button(label=f"Open: {form.title}"[:75], verb="said", value=event.text[:200], style="primary")
    return Card(title=form.title, blocks=(Buttons(buttons=(opener,)),))


def _sentence(markdown: str) -> Card:
    return Card(title="Nothing was counted", blocks=(Note(markdown=markdown),))
