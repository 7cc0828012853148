"""Findings as rows: what is counted is what `stats` counts, and nothing is written over what somebody else has done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from content.pieces import Due
from handlers.events import Change
from handlers.findings.effect import number
from handlers.findings.finding import About, Move, Stage, Words
from handlers.learning.lessons import DELAYED_RECALL, WRONG, WRONG_BY_CLAUSE
from handlers.model import Person, Reason, Receipt, Status
from storage.store import Storage
from tests.answering import A_DAY, answered, item
from tests.handlers.findings.correcting import written
from tests.storage.scene import (
    ADA,
    AWARENESS,
    LINUS,
    MARIE,
    MINUTE,
    MONDAY,
    change,
    claim,
    delivery,
    press,
    roster,
)

BY: tuple[Literal["all", "team", "campaign", "clause"], ...] = ("all", "team", "campaign", "clause")
PERIOD = (MONDAY - timedelta(days=1), MONDAY + timedelta(days=6))
WHOLE = (MONDAY - timedelta(days=400), MONDAY + A_DAY)


async def kept(store: Storage, owner: str = "ada", **more: object) -> None:
    finding = written(owner, MONDAY, **more)
    move = Move(None, finding, "finding opened")
    assert await store.commit(Change(inbox=f"open-{finding.id}", at=MONDAY, finding=move))


async def _sent(store: Storage) -> None:
    """Ada, Linus and Marie are to get it; Linus cannot be reached, and Ada answers."""
    for who in (ADA, LINUS, MARIE):
        await store.commit(change(person=who))
    await store.plan(roster(delivery(ADA), delivery(LINUS), delivery(MARIE)), MONDAY)
    for claimed in await claim(store, MONDAY + MINUTE, "w", 1000):
        if claimed.person == LINUS.key:
            await store.settle(claimed, "w", Status.FAILED, MONDAY, reason=Reason.BLOCKED)
        else:
            await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
        if claimed.person == ADA.key:
            await store.commit(press(claimed))


async def test_a_number_is_what_stats_counts(store: Storage) -> None:
    await _sent(store)
    found = [(by, each) for by in BY for each in await store.tallies(by, *PERIOD)]
    assert {by for by, _ in found} == set(BY)
    for by, tally in found:
        about = About("participation", by, "" if by == "all" else tally.group)
        part, of, people = await store.findings.counted(about, *PERIOD)
        assert (part, of, people) == (tally.active, tally.reached, tally.people_reached)
        part, of, _ = await store.findings.counted(replace(about, metric="reach"), *PERIOD)
        assert (part, of) == (tally.reached, tally.audience)
        part, of, _ = await store.findings.counted(replace(about, metric="acknowledgement"), *PERIOD)
        assert (part, of) == (tally.acknowledged, tally.to_acknowledge)
        part, of, _ = await store.findings.counted(replace(about, metric="accuracy"), *PERIOD)
        assert (part, of) == (tally.correct, tally.answers)


async def _answers(store: Storage) -> list[Person]:
    people = [Person(f"p{number_}", f"P{number_}") for number_ in range(6)]
    for who in people:
        await store.commit(change(person=who))
    first, second = item("pumps"), item("filters", AWARENESS)
    for n, who in enumerate(people):
        for days in (40, 30, 5):
            await answered(store, who, first, "A" if n > days / 10 else "B", MONDAY - days * A_DAY, 1 + n % 3)
        await answered(store, who, second, "A", MONDAY - 3 * A_DAY, 3)
    return people


async def test_what_is_learnt_is_what_stats_counts(store: Storage) -> None:
    await _answers(store)
    for each in await store.lessons.counted(WRONG_BY_CLAUSE, *WHOLE):
        counted = await store.findings.counted(About("wrong", "clause", each.group), *WHOLE)
        assert counted == (each.wrong, each.certain, each.people)
    for each in await store.lessons.counted(WRONG, *WHOLE):
        counted = await store.findings.counted(About("wrong", "item", each.group), *WHOLE)
        assert counted == (each.wrong, each.certain, each.people)
    for window in await store.lessons.counted(DELAYED_RECALL, *WHOLE):
        if window.about:
            counted = await store.findings.counted(About("delayed", days=window.about), *WHOLE)
            assert counted == (window.right, window.answers, window.people)
    assert (await store.findings.counted(About("recall"), *WHOLE))[2] == 6


async def test_whom_to_ask_again_what_was_wrong_last_first(store: Storage) -> None:
    await _answers(store)
    await kept(store, about=About("accuracy", "all"), since=WHOLE[0], until=WHOLE[1])
    (found,) = await store.findings.findings("", *WHOLE)
    whom = await store.findings.whom(found)
    assert sorted(whom) == [f"p{n}" for n in range(6)]
    assert whom["p0"] == ["pumps", "filters"]  # the pumps were wrong, the filters were answered later
    assert whom["p5"] == ["pumps", "filters"]


async def test_the_same_people_are_counted_again_and_nobody_else(store: Storage) -> None:
    await _sent(store)
    await kept(
        store,
        about=About("participation", "all"),
        since=PERIOD[0],
        until=MONDAY + A_DAY,
        stage=Stage.RETEST,
        retest="next",
    )
    (found,) = await store.findings.findings("", *WHOLE)
    await store.commit(change(person=Person("new", "New")))
    await store.plan(
        roster(
            delivery(ADA, slot="2026-11-30T09:30"), delivery(Person("new", "New"), slot="2026-11-30T09:30")
        ),
        MONDAY,
    )
    counted = await store.findings.counted_again(found, *PERIOD)
    assert counted == (1, 2, 2)


async def test_a_step_is_written_on_what_was_seen_alone(store: Storage) -> None:
    await kept(store)
    known = await store.findings.one("f-written")
    assert known is not None
    steps = [
        Change(
            inbox=f"step{n}",
            at=MONDAY,
            finding=Move(
                known, replace(known, version=2, stage=Stage.DONE, words=Words(f"T{n}")), "finding done"
            ),
        )
        for n in range(2)
    ]
    assert [await store.commit(step) for step in steps] == [True, False]
    again = Change(inbox="again", at=MONDAY, finding=Move(None, known, "finding opened"))
    assert not await store.commit(again)
    now = await store.findings.one("f-written")
    assert now is not None
    assert (now.words.title, [step.words.title for step in now.trail]) == ("T0", ["Nobody answers", "T0"])
    assert (await store.verify()).broken is None


async def test_of_two_who_give_it_to_somebody_at_once_one_is_first(store: Storage) -> None:
    """Its stage stays the same, so its version alone says that somebody was faster."""
    await kept(store)
    known = await store.findings.one("f-written")
    assert known is not None
    given = [
        Move(known, replace(known, version=2, owner=who), "finding assigned") for who in ("linus", "marie")
    ]
    steps = [Change(inbox=move.finding.owner, at=MONDAY, finding=move) for move in given]
    assert [await store.commit(step) for step in steps] == [True, False]
    now = await store.findings.one("f-written")
    assert now is not None
    assert (now.owner, [step.owner for step in now.trail]) == ("linus", ["ada", "linus"])


async def test_who_has_just_given_it_away_is_not_reminded_of_it(store: Storage) -> None:
    """A process that looked before has its reminder ready; the next look is at the same hour for the new owner."""
    await store.commit(change(person=ADA))
    await kept(store, look_at=MONDAY)
    (known,) = await store.findings.to_remind(MONDAY)
    given = Move(known, replace(known, version=2, owner="linus"), "finding assigned")
    assert await store.commit(Change(inbox="given", at=MONDAY, finding=given))
    ready = delivery(ADA, campaign="", slot="about:f-written")
    assert await store.findings.remind(known, MONDAY + A_DAY, [ready], MONDAY) == 0
    assert [finding.owner for finding in await store.findings.to_remind(MONDAY)] == ["linus"]
    assert await store.deliveries_of(ADA.key) == []


async def test_a_process_that_stood_still_over_night_does_not_remind_once_more(store: Storage) -> None:
    """On one day the name of the row would keep it from that; on the next day it has another."""
    await store.commit(change(person=ADA))
    await kept(store, look_at=MONDAY)
    (known,) = await store.findings.to_remind(MONDAY)
    for days, written_ in ((0, 1), (1, 0)):
        piece = Due(id=f"due-{days}", title="Finding", clauses=(AWARENESS,), finding=known.id, why="soon")
        row = delivery(ADA, campaign="", slot="about:f-written", piece=piece)
        at, again = MONDAY + days * A_DAY, MONDAY + (7 + days) * A_DAY
        assert await store.findings.remind(known, again, [row], at) == written_
    assert [d.piece and d.piece.id for d in await store.deliveries_of(ADA.key)] == ["due-0"]
    now = await store.findings.one(known.id)
    assert now is not None
    assert now.look_at == MONDAY + 7 * A_DAY


async def test_the_findings_of_a_standard_and_a_period_have_their_trail(store: Storage) -> None:
    await kept(store, id="f-1", closed_at=MONDAY + A_DAY, stage=Stage.CLOSED, after=number(8, 8, 8))
    await kept(store, id="f-2")
    nine = await store.findings.findings("ISO 9001:2015", *WHOLE)
    assert [finding.id for finding in nine] == ["f-1", "f-2"]
    assert [len(finding.trail) for finding in nine] == [1, 1]
    assert nine[0].after == number(8, 8, 8)
    assert await store.findings.findings("ISO 9001:2008", *WHOLE) == []
    later = (MONDAY + 2 * A_DAY, MONDAY + 9 * A_DAY)
    assert [finding.id for finding in await store.findings.findings("", *later)] == ["f-2"]
    assert await store.findings.findings("", MONDAY - 9 * A_DAY, MONDAY) == []


async def test_pages_and_counts(store: Storage) -> None:
    for n in range(5):
        await kept(store, id=f"f-{n}", due=MONDAY.date() + timedelta(days=n), owner="ada" if n else "bob")
    page = await store.findings.page("open", MONDAY.date() + timedelta(days=2), 3, 4)
    assert page.counts == {"open": 5, "overdue": 2, "closed": 0}
    assert [finding.id for finding in page.findings] == ["f-3", "f-4"]
    theirs = await store.findings.page("overdue", MONDAY.date() + timedelta(days=2), 0, 4, owner="ada")
    assert [finding.id for finding in theirs.findings] == ["f-1"]
