"""What people write to leaders: kept once, ended once, and without a name where none was to be under it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from content.pieces import Replied
from handlers.broadcasts.stages import Broadcast, Step
from handlers.model import Lane, Participation, Status
from handlers.replies.reply import Reply
from storage.ledger import LEDGER
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    GRACE,
    LINUS,
    MARIE,
    MESSAGE,
    MINUTE,
    MONDAY,
    PLAIN,
    change,
    delivery,
    roster,
    settled,
)

NINE = MONDAY.replace(minute=0)
CARD_PIECE = Replied(id="reply-1", title="Reply: Why quality", broadcast="lead", reply="r1")


def reply(id_: str, **more: Any) -> Reply:
    usual: dict[str, Any] = {
        "id": id_,
        "broadcast": "lead",
        "delivery": "d-ada",
        "person": "ada",
        "anonymous": False,
        "title": "Why quality",
        "text": "When do we start?",
        "at": MONDAY,
        "receiver": "grace",
    }
    return Reply(**usual | more)


def unnamed(id_: str, **more: Any) -> Reply:
    return reply(id_, **{"anonymous": True, "delivery": "", "at": NINE} | more)


async def people(store: Storage) -> None:
    for who in (ADA, LINUS, MARIE, GRACE):
        await store.commit(change(person=who))


async def launched(store: Storage) -> Broadcast:
    broadcast = Broadcast("lead", MESSAGE, "everyone", "grace", MONDAY, reply_to="marie")
    assert await store.commit(change(step=Step(None, broadcast)))
    return broadcast


async def test_a_reply_is_read_back_as_it_was_written(store: Storage) -> None:
    await people(store)
    assert await store.commit(change(actor=ADA, replies=(reply("r1"),)))
    assert await store.replies.one("r1") == reply("r1")
    assert await store.replies.one("r2") is None
    assert await store.replies.by("ada") == [reply("r1")]


async def test_who_gets_the_replies_is_kept_with_the_broadcast(store: Storage) -> None:
    await launched(store)
    kept = await store.broadcast("lead")
    assert kept is not None
    assert kept.reply_to == "marie"


async def test_the_same_event_brings_one_reply(store: Storage) -> None:
    await people(store)
    same = change(actor=ADA, replies=(reply("r1"),))
    assert await store.commit(same)
    assert not await store.commit(same)
    assert (await store.replies.inbox("grace", 0, 5)).received == 1


async def test_of_two_who_answer_at_once_one_is_first(store: Storage, second: Storage) -> None:
    await people(store)
    await store.commit(change(actor=ADA, replies=(reply("r1"),)))
    both = await asyncio.gather(
        store.commit(change(actor=GRACE, replies=(reply("r1").ended(MONDAY, "grace", "On Monday."),))),
        second.commit(change(actor=MARIE, replies=(reply("r1").ended(MONDAY, "marie", "Never."),))),
    )
    assert sorted(both) == [False, True]
    kept = await store.replies.one("r1")
    assert kept is not None
    assert (kept.answered_by, kept.answer) in (("grace", "On Monday."), ("marie", "Never."))


async def test_several_end_together_or_none_of_them(store: Storage) -> None:
    await people(store)
    await store.commit(change(replies=(reply("r1"), reply("r2"))))
    await store.commit(change(replies=(reply("r2").ended(MONDAY, "grace"),)))
    answered = tuple(reply(each).ended(MONDAY, "grace", "Soon.", public=True) for each in ("r1", "r2"))
    assert not await store.commit(change(replies=answered, deliver=(delivery(),)))
    first = await store.replies.one("r1")
    assert first is not None
    assert first.open
    assert await store.outbox() == []


async def test_an_inbox_has_the_oldest_first_and_says_how_many_wait(store: Storage) -> None:
    for number in range(7):
        await store.commit(change(replies=(reply(f"r{number}", at=MONDAY - number * MINUTE),)))
    await store.commit(change(replies=(reply("r6").ended(MONDAY, "grace", "Yes."),)))
    await store.commit(change(replies=(reply("r5").ended(MONDAY, "grace"),)))
    found = await store.replies.inbox("grace", 0, 3)
    assert (found.received, found.waiting, [r.id for r in found.open]) == (7, 5, ["r4", "r3", "r2"])
    assert [r.id for r in found.answered] == ["r6"]
    assert [r.id for r in (await store.replies.inbox("grace", 3, 3)).open] == ["r1", "r0"]
    assert await store.replies.waiting_about("lead", "grace", 2) == list(found.open[:2])
    assert (await store.replies.inbox("marie", 0, 3)).received == 0


async def test_what_waits_for_somebody_who_left_is_shown_to_who_has_the_turn(store: Storage) -> None:
    await people(store)
    await store.commit(change(replies=(reply("r1"),)))
    assert (await store.replies.inbox("marie", 0, 5, left=True)).waiting == 0
    await store.commit(change(person=replace(GRACE, left_at=MONDAY), known=GRACE))
    assert [r.id for r in (await store.replies.inbox("marie", 0, 5, left=True)).open] == ["r1"]
    assert (await store.replies.inbox("marie", 0, 5)).waiting == 0


async def test_nothing_in_the_ledger_leads_to_who_wrote_without_a_name(store: Storage) -> None:
    await people(store)
    await launched(store)
    card = delivery(GRACE, campaign="", slot="about:r1", lane=Lane.REMINDER, card=PLAIN, piece=CARD_PIECE)
    before = len(await store.entries(100))
    assert await store.commit(change(actor=ADA, replies=(unnamed("r1"),), deliver=(card,)))
    assert (await settled(store, card.id)).status is Status.SENT
    with store._engine.connect() as connection:
        rows = [row._mapping for row in connection.execute(select(LEDGER).order_by(LEDGER.c.sequence))]
    (entry,) = rows[before:]
    assert (entry["kind"], entry["campaign"], entry["at"]) == ("replied anonymously", "lead", NINE)
    assert entry["title"] == "Why quality"
    assert not any(
        entry[name] for name in ("actor", "person", "delivery", "platform", "role", "value", "slot")
    )
    assert not entry["participation"]
    assert (await store.verify()).broken is None


async def test_the_link_to_who_wrote_without_a_name_is_cut_when_it_is_answered(store: Storage) -> None:
    await people(store)
    await store.commit(change(actor=ADA, replies=(unnamed("r1"), unnamed("r2"))))
    assert len(await store.replies.by("ada")) == 2
    await store.commit(change(actor=GRACE, replies=(unnamed("r1").ended(MONDAY, "grace", "Soon."),)))
    await store.commit(change(actor=GRACE, replies=(unnamed("r2").ended(MONDAY, "grace"),)))
    assert await store.replies.by("ada") == []
    with store._engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM reply")).all()
    assert "ada" not in str(kept)


async def test_a_reply_with_a_name_is_a_participation_without_its_words(store: Storage) -> None:
    await people(store)
    sent = delivery()
    await store.plan(roster(sent), MONDAY)
    pressed = await settled(store, sent.id)
    did = Participation("replied", "r1", "17 characters")
    assert await store.commit(change(actor=ADA, delivery=pressed, remember=(did,), replies=(reply("r1"),)))
    (kept,) = await store.done(sent.id)
    assert (kept.verb, kept.item, kept.value) == ("replied", "r1", "17 characters")
    with store._engine.connect() as connection:
        assert "When do we start" not in str(connection.execute(select(LEDGER)).all())


async def test_the_rate_counts_what_wants_an_answer(store: Storage) -> None:
    await people(store)
    for number in range(5):
        await store.commit(change(replies=(reply(f"r{number}"),)))
    for number, hours in enumerate((1, 5, 3)):
        ended = reply(f"r{number}").ended(MONDAY + timedelta(hours=hours), "grace", "Yes.")
        await store.commit(change(replies=(ended,)))
    await store.commit(change(replies=(reply("r3").ended(MONDAY, "grace"),)))
    await store.commit(change(replies=(reply("m1", receiver="marie"),)))
    marie, grace = sorted(
        await store.replies.rates(MONDAY, MONDAY + MINUTE), key=lambda rate: rate.leader, reverse=True
    )
    assert (grace.received, grace.wanted, grace.answered) == (5, 4, 3)
    assert grace.median == timedelta(hours=3)
    assert (marie.leader, marie.wanted, marie.answered, marie.median) == ("marie", 1, 0, None)
    assert await store.replies.rates(MONDAY + MINUTE, MONDAY + 2 * MINUTE) == []
    assert await store.replies.rates(MONDAY, MONDAY + MINUTE, manager="tim") == []


async def test_what_people_write_is_kept_without_what_cannot_be_seen(store: Storage) -> None:
    tricky = "\u202eabc\u200b\0 <!channel> @everyone " + "x" * 40_000
    await store.commit(change(replies=(reply("r1", text=tricky),)))
    kept = await store.replies.one("r1")
    assert kept is not None
    assert kept.text.startswith("abc <!channel> @everyone xxx")
    assert len(kept.text) == 1000
