"""What comes to the outbox from outside, as rules: rosters, broadcasts, words, presses, people, and time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from handlers.broadcasts.stages import Broadcast, Stage, Step
from handlers.broadcasts.stages import step as to_stage
from handlers.events import Change
from tests.storage.outbox.cast import PEOPLE, SPANS, a_roster, an_answer
from tests.storage.outbox.checked import Checked, step
from tests.storage.scene import MESSAGE, MONDAY

stores, numbers = st.integers(0, 1), st.integers(0, 7)


class Events(Checked):
    """Draws never depend on what was drawn before."""

    @initialize()
    def begins(self) -> None:
        self.start()
        self.launches_or_recalls(by=0, recall=False, twice=False)
        self.plans_rosters(which=0, also=3, by=0)

    @step(which=st.sampled_from((0, 0, 1, 2, 3)), also=st.sampled_from((None, 0, 1, 2, 3)), by=stores)
    def plans_rosters(self, which: int, also: int | None, by: int) -> None:
        """Also the same again; and two at once, of which some are the same and some share a person."""
        recalled = "news" in self.model.recalled
        numbers_ = [n for n in (which, also) if n is not None]
        offered = [a_roster(number, self.ids, recalled=recalled) for number in numbers_]
        open_ = (r for r in offered if not (recalled and r.campaign == "news"))
        new = {(r.campaign, r.slot, r.zone): r.size for r in open_}
        new = {key: size for key, size in new.items() if key not in self.model.rosters}
        rows = [(r, d) for r in offered for d in r.deliveries]
        names = {
            (d.campaign, d.slot, d.person)
            for r, d in rows
            if (r.campaign, r.slot, r.zone) in new and not self.model.has(d.campaign, d.slot, d.person)
        }
        plans = (self._store(by + n).plan(r, self.model.now) for n, r in enumerate(offered))
        written = sum(self.database.both(*plans))
        there = self.database.now().rows
        entered = [d for _, d in rows if d.id in there]
        once = Counter((d.campaign, d.slot, d.person) for d in entered)
        assert once == Counter(names), "a slot is planned at most once per person"
        assert written == len(names), "everybody of a roster is written"
        self.model.rosters |= new
        self.model.ledger["planned", ""] += len(new)
        self.model.enters(entered)

    @step(by=stores, recall=st.booleans(), twice=st.booleans())
    def launches_or_recalls(self, by: int, recall: bool, twice: bool) -> None:
        known = self.model.recalled if recall else self.model.launched
        launch = Broadcast("news", MESSAGE, "everyone", "grace", MONDAY)
        taken = to_stage(launch, Stage.WITHDRAWN) if recall else Step(None, launch)
        event = Change(inbox=f"news {recall}", at=self.model.now, step=taken)
        done = self.database.both(*(self._store(by + n).commit(event) for n in range(1 + twice)))
        possible = not recall or "news" in self.model.launched
        assert sum(done) == (possible and "news" not in known), "the inbox key decides, and what is known"
        if any(done) and recall:
            self.model.recalls("news")
        elif any(done):
            self.model.launched.add("news")
            self.model.ledger["launched", ""] += 1

    @step(
        event=st.integers(0, 3), again=st.booleans(), by=stores, twice=st.sampled_from(("", "same", "other"))
    )
    def answers_words(self, event: int, again: bool, by: int, twice: str) -> None:
        """Under the same key, or under another, as where a platform names one event twice."""
        keys = [f"words {event} {again}"]
        keys += [f"words {event} {again != (twice == 'other')}"] if twice else []
        rows = [an_answer(event, self.ids, self.model.now) for _ in keys]
        changes = (
            Change(inbox=key, at=self.model.now, deliver=(row,)) for key, row in zip(keys, rows, strict=True)
        )
        done = self.database.both(*(self._store(by + n).commit(c) for n, c in enumerate(changes)))
        assert sum(done) == len(set(keys) - self.model.inbox), "the inbox key decides"
        there = self.database.now().rows
        entered = [row for row in rows if row.id in there]
        known = self.model.has("", f"event-{event}", "ada") or not any(done)
        assert len(entered) == (not known), "what was asked for once is answered once"
        self.model.inbox.update(keys)
        self.model.enters(entered)

    @step(
        number=numbers,
        item=st.integers(0, 1),
        event=st.integers(0, 9),
        copy=st.sampled_from(("", "m0", "m1", "m9")),
        by=stores,
        twice=st.sampled_from(("", "", "same", "other")),
    )
    def presses(self, number: int, item: int, event: int, copy: str, by: int, twice: str) -> None:
        """Fresh, the same event again, the same answer under another key, and to both processes at once."""
        shown = [row for row in self.model.rows.values() if row.planned.piece]
        keys = [f"press {event}"] + ([] if not twice else [f"press {event + (twice == 'other')}"])
        self._presses(shown[number % len(shown)], item, keys, copy, by)

    @step(number=numbers, left=st.booleans(), by=stores)
    def pauses_or_leaves(self, number: int, left: bool, by: int) -> None:
        known = self.people[PEOPLE[number % len(PEOPLE)].key]
        until = self.model.now + timedelta(days=1)
        changed = replace(known, left_at=self.model.now) if left else replace(known, paused_until=until)
        change = Change(inbox=f"person {next(self.ids)}", at=self.model.now, person=changed, known=known)
        assert self.database.does(self._store(by).commit(change))
        if changed != known:
            self.model.ledger["left" if left and not known.left_at else "changed", ""] += 1
        self.people[known.key] = changed

    @step(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.model.now += span
