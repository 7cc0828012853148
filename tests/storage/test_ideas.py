"""Ideas as rows: written once, each step on what was known alone, and without a name where none was to be under it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from content.pieces import Waiting
from handlers.evidence.pack import IDEAS, Scope
from handlers.ideas.idea import Idea, Kind, Move, Stage, Trace
from storage.ledger import LEDGER
from storage.store import Storage
from tests.storage.scene import ADA, AWARENESS, GRACE, LINUS, MARIE, MINUTE, MONDAY, change, delivery

A_DAY = timedelta(days=1)
WORDS = "Hang the gauges where one needs them."


def idea(id_: str, **more: Any) -> Idea:
    usual: dict[str, Any] = {
        "id": id_,
        "version": 1,
        "stage": Stage.PROPOSED,
        "person": "ada",
        "anonymous": False,
        "about": "",
        "at": MONDAY,
    }
    return Idea(**usual | more)


async def proposed(store: Storage, id_: str = "i-1", **more: Any) -> Idea:
    known = idea(id_, **more)
    assert await store.commit(change(actor=ADA, idea=Move(None, known, "idea proposed", WORDS, (AWARENESS,))))
    return known


def step(known: Idea, kind: Kind, stage: Stage, text: str = "", **fields: Any) -> Move:
    return Move(known, replace(known, version=known.version + 1, stage=stage, **fields), kind, text)


async def people(store: Storage) -> None:
    for who in (ADA, LINUS, MARIE, GRACE):
        await store.commit(change(person=who))


async def test_an_idea_is_read_back_with_every_step(store: Storage) -> None:
    known = await proposed(store, about="ISO 9001:2015", look_at=MONDAY + A_DAY)
    accept = step(known, "idea accepted", Stage.ACCEPTED, "Good.", owner="grace", due=date(2026, 12, 14))
    assert await store.commit(change(actor=MARIE, idea=accept))
    assert await store.ideas.one("i-1") == replace(
        accept.idea,
        trail=(
            Trace(MONDAY, "idea proposed", "ada", WORDS),
            Trace(MONDAY, "idea accepted", "marie", "Good."),
        ),
    )
    assert await store.ideas.one("i-2") is None


async def test_the_ledger_has_each_step_and_no_word_of_it(store: Storage) -> None:
    known = await proposed(store)
    accept = step(known, "idea accepted", Stage.ACCEPTED, "Good.", owner="grace", due=date(2026, 12, 14))
    await store.commit(change(actor=MARIE, idea=accept))
    with store._engine.connect() as connection:
        had, taken = (row._mapping for row in connection.execute(select(LEDGER).order_by(LEDGER.c.sequence)))
    assert (had["kind"], had["actor"], had["person"], had["object_id"]) == (
        *("idea proposed", "ada", "ada", "i-1"),
    )
    assert had["value"] == '{"characters": 37}'
    assert "7.3" in had["clauses"]
    assert (taken["kind"], taken["actor"], taken["person"], taken["reason"]) == (
        *("idea accepted", "marie", "grace", "accepted"),
    )
    assert taken["value"] == '{"characters": 5, "due": "2026-12-14"}'
    assert [had["participation"], taken["participation"]] == [False, False]
    assert (await store.verify()).broken is None


async def test_without_a_name_the_entry_leads_to_nobody(store: Storage) -> None:
    nine = MONDAY.replace(minute=0)
    known = await proposed(store, anonymous=True, at=nine)
    with store._engine.connect() as connection:
        (entry,) = (row._mapping for row in connection.execute(select(LEDGER)))
    assert (entry["kind"], entry["at"], entry["value"]) == ("idea proposed", nine, "{}")
    assert not any(entry[name] for name in ("actor", "person", "role", "platform", "delivery"))
    assert [step.actor for step in (await _one(store)).trail] == [""]
    assert [of for of, _ in await store.ideas.written_by("ada")] == ["i-1"]
    await store.commit(
        change(actor=MARIE, idea=step(known, "idea declined", Stage.DECLINED, "No.", person=""))
    )
    assert await store.ideas.written_by("ada") == []
    assert [written.text for _, written in await store.ideas.written_by("marie")] == ["No."]


async def _one(store: Storage) -> Idea:
    found = await store.ideas.one("i-1")
    assert found is not None
    return found


async def test_of_two_who_decide_at_once_one_is_first(store: Storage, second: Storage) -> None:
    known = await proposed(store)
    decided = [
        store.commit(change(actor=MARIE, idea=step(known, "idea declined", Stage.DECLINED, "No."))),
        second.commit(change(actor=GRACE, idea=step(known, "idea accepted", Stage.ACCEPTED, owner="linus"))),
    ]
    assert sorted(await asyncio.gather(*decided)) == [False, True]
    assert len((await _one(store)).trail) == 2


async def test_a_step_is_written_on_what_was_known_alone_and_a_new_one_once(store: Storage) -> None:
    known = await proposed(
        store, stage=Stage.DISCUSSED
    )  # it stays there: its version alone says who was faster
    said = [step(known, "idea discussed", Stage.DISCUSSED, text) for text in ("Which?", "When?")]
    assert [await store.commit(change(actor=MARIE, idea=each)) for each in said] == [True, False]
    assert not await store.commit(change(actor=ADA, idea=Move(None, known, "idea proposed", "Another")))
    assert [trace.text for trace in (await _one(store)).trail] == [WORDS, "Which?"]


async def test_pages_have_the_undecided_first_and_of_the_others_the_last_first(store: Storage) -> None:
    for number in range(3):
        await proposed(store, f"i-{number}", at=MONDAY - number * MINUTE)
    await proposed(store, "i-a", stage=Stage.ACCEPTED, at=MONDAY - A_DAY, person="linus")
    for number, stage in enumerate((Stage.DONE, Stage.DECLINED)):
        await proposed(store, f"i-e{number}", stage=stage, ended_at=MONDAY + number * MINUTE, person="linus")
    page = await store.ideas.page("open", 0, 3)
    assert (page.open, page.closed, [each.id for each in page.ideas]) == (4, 2, ["i-2", "i-1", "i-0"])
    assert [each.id for each in (await store.ideas.page("open", 3, 3)).ideas] == ["i-a"]
    assert [each.id for each in (await store.ideas.page("closed", 0, 3)).ideas] == ["i-e1", "i-e0"]
    theirs = await store.ideas.page("open", 0, 9, person="linus")
    assert (theirs.open, theirs.closed, [each.id for each in theirs.ideas]) == (1, 2, ["i-a"])


async def test_those_of_a_period_are_proposed_or_decided_in_it(store: Storage) -> None:
    await people(store)
    await proposed(store, "i-before", at=MONDAY - A_DAY)
    await proposed(store, "i-decided", at=MONDAY - A_DAY, decided_at=MONDAY, about="ISO 9001:2015")
    await proposed(store, "i-in", at=MONDAY, about="ISO 14001:2015", person="marie")
    await proposed(store, "i-after", at=MONDAY + A_DAY)
    await proposed(store, "i-unnamed", at=MONDAY, anonymous=True)
    day = MONDAY, MONDAY + A_DAY

    async def ids(**more: str) -> list[str]:
        return [each.id for each in await store.ideas.between(*day, **more)]

    assert await ids() == ["i-decided", "i-in", "i-unnamed"]
    assert await ids(about="ISO 9001:2015") == ["i-decided", "i-unnamed"]
    assert await ids(manager="tim") == ["i-decided"]  # whose people Ada and Linus are
    assert [await store.ideas.people(), await store.ideas.people(manager="tim")] == [4, 2]


async def test_a_pack_has_a_row_for_each_of_its_standard(store: Storage) -> None:
    await proposed(store, "i-1", decided_at=MONDAY + 3 * A_DAY, stage=Stage.DECLINED, about="ISO 9001:2015")
    await proposed(store, "i-2", anonymous=True)
    await proposed(store, "i-3", about="ISO 14001:2015")
    scope = Scope("ISO 9001:2015", MONDAY.date(), MONDAY.date(), ZoneInfo("Europe/Berlin"))
    rows, counted = await store.evidence(
        scope, lambda source: (list(chain.from_iterable(source.rows(IDEAS))), source.counts().rows["ideas"])
    )
    assert [(row[0], row[3], row[4], row[6]) for row in rows] == [
        ("i-1", "no", "declined", 3),
        ("i-2", "yes", "proposed", None),
    ]
    assert counted == 2


async def test_a_reminder_is_written_once_and_not_of_what_has_moved_on(store: Storage) -> None:
    await people(store)
    known = await proposed(store, look_at=MONDAY)
    await proposed(store, "i-later", look_at=MONDAY + A_DAY)
    (due,) = await store.ideas.to_remind(MONDAY)
    assert due == known
    again = MONDAY + 7 * A_DAY
    for number, written in enumerate((1, 0)):
        piece = Waiting(id=f"waiting-{number}", title="Idea i-1", idea="i-1")
        row = delivery(MARIE, campaign="", slot="about:i-1", piece=piece)
        assert await store.ideas.remind(due, again, (row,), MONDAY) == written
    moved = replace(due, look_at=again)
    await store.commit(change(actor=MARIE, idea=step(moved, "idea discussed", Stage.DISCUSSED, "Which?")))
    assert await store.ideas.remind(moved, None, (), MONDAY) == 0


async def test_what_is_written_is_kept_without_what_cannot_be_seen(store: Storage) -> None:
    tricky = "\u202eabc\u200b\0 <!channel> " + "x" * 40_000
    await store.commit(change(actor=ADA, idea=Move(None, idea("i-1"), "idea proposed", tricky)))
    kept = (await _one(store)).text
    assert kept.startswith("abc <!channel> xxx")
    assert len(kept) == 1000
