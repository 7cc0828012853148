"""An erasure and what retention takes away, on both databases: one transaction, and a chain that holds."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

from content.pieces import Exclusion
from content.retention import KINDS
from handlers.api.tokens import hashed
from handlers.broadcasts.stages import Broadcast, Step
from handlers.evidence.jobs import NAME, Job, latest
from handlers.model import Reason, Status
from handlers.privacy.looks import Looked
from handlers.replies.reply import Reply
from storage.records import unnamed
from storage.store import Storage
from tests.storage.scene import ADA, GRACE, LINUS, MESSAGE, MONDAY, change, delivery, press, roster, settled

LATER = MONDAY + timedelta(days=3660)


async def test_a_person_is_forgotten_and_their_rows_are_counted_as_before(store: Storage) -> None:
    await store.commit(change(person=ADA))
    await store.commit(change(person=LINUS))
    sent, waits = delivery(audience='team:x or email:"ADA@example.org"'), delivery(slot="2026-11-30T09:30")
    await store.plan(roster(sent, delivery(LINUS), audience="email:ada@example.org"), MONDAY)
    await store.plan(roster(waits, slot=waits.slot), MONDAY)
    await store.commit(
        press(await settled(store, sent.id), "rated", item="why", value="2", words="No gloves.")
    )
    await store.make_token(ADA.key, hashed("cb"), MONDAY)
    before = await store.tallies("team", MONDAY - timedelta(days=9), LATER)
    erased = await store.erase(ADA.key, MONDAY)
    assert erased is not None
    assert erased.counts["words"] == erased.counts["tokens"] == 1
    after = await store.tallies("team", MONDAY - timedelta(days=9), LATER)
    assert [(t.group, t.audience, t.reached, t.active) for t in after] == [
        (t.group, t.audience, t.reached, t.active) for t in before
    ]
    states = {
        d.id: (d.status, d.reason, d.audience, d.address and d.address.user) for d in await store.outbox()
    }
    assert states[sent.id] == (Status.SENT, "", 'team:x or email:"erased@example.invalid"', "")
    assert states[waits.id][:2] == (Status.CANCELLED, Reason.LEFT)
    assert await store.was_erased("Ada@Example.org")
    assert not await store.was_erased("linus@example.org")
    assert await store.erase(ADA.key, MONDAY) is None
    assert await store.erase("nobody", MONDAY) is None
    assert (await store.verify()).broken is None


async def test_each_kind_is_counted_and_goes_in_steps(store: Storage) -> None:
    await store.commit(change(person=ADA))
    await store.plan(roster(row := delivery()), MONDAY)
    await store.commit(
        press(await settled(store, row.id), "rated", item="why", value="2", words="No gloves.")
    )
    counts = {kind: await store.clearable(kind, LATER) for kind in KINDS}
    assert counts == {
        **dict.fromkeys(KINDS, 0),
        "pulse_words": 1,
        "event_keys": 2,
        "addresses": 1,
    }
    for kind, number in counts.items():
        assert await store.clear(kind, LATER, 1, LATER) == min(number, 1)
    assert await store.clear("event_keys", LATER, 1, LATER) == 1
    assert await store.clear("event_keys", LATER, 1, LATER) == 0
    await store.cleared(counts, LATER)
    assert (await store.entries(1))[0].value.startswith("replies 0, ideas 0, pulse_words 1")
    assert (await store.verify()).broken is None


async def test_what_others_wrote_back_about_somebody_does_not_name_them_any_more(store: Storage) -> None:
    await store.commit(change(person=ADA))
    left_out = Exclusion(rule="team:board", why="They know it from Ada.")
    draft = Broadcast("lead", MESSAGE, "everyone", GRACE.key, MONDAY, exclusions=(left_out,))
    assert await store.commit(change(step=Step(None, replace(draft, remark="Ask ADA first, not Adam."))))
    erased = await store.erase(ADA.key, MONDAY)
    assert erased is not None
    assert erased.counts["remarks and reasons"] == 2
    kept = await store.broadcast("lead")
    assert kept is not None
    assert kept.remark == "Ask somebody first, not Adam."
    assert kept.exclusions[0].why == "They know it from somebody."


async def test_the_platforms_name_of_an_event_that_has_their_account_in_it_goes(store: Storage) -> None:
    await store.commit(change(person=ADA))
    for who in (ADA, LINUS):
        assert who.address is not None
        await store.commit(change(inbox=f"press:{who.address.user}:1", actor=who))
    erased = await store.erase(ADA.key, MONDAY)
    assert erased is not None
    assert erased.counts["keys of events"] == 1
    assert [await store.arrived(f"press:U-{who.key}:1") for who in (ADA, LINUS)] == [False, True]


async def test_for_whom_a_pack_is_made_goes_and_the_pack_stays(store: Storage) -> None:
    await store.commit(change(person=ADA))
    job = Job("j1", "ISO 9001:2015", "2026-01-01", "2026-11-23", ADA.key, MONDAY.isoformat(), ADA.email)
    await store.swap_value(NAME, None, json.dumps(asdict(job)))
    assert await store.erase(LINUS.key, MONDAY) is None
    assert await store.erase(ADA.key, MONDAY) is not None
    assert await latest(store) == replace(job, email="")


async def test_an_answer_that_all_have_and_the_one_greeting_are_kept(store: Storage) -> None:
    """What is under a message is its leader's own words to everybody; without its row a greeting would come again."""
    for who in (ADA, GRACE):
        await store.commit(change(person=who))
    written = [
        Reply(each, "lead", "", ADA.key, False, "Why quality", "When?", MONDAY, GRACE.key)
        for each in ("for-all", "for-her")
    ]
    await store.commit(change(actor=ADA, replies=tuple(written)))
    for each, public in zip(written, (True, False), strict=True):
        await store.commit(change(replies=(each.ended(MONDAY, GRACE.key, "Soon.", public=public),)))
    assert await store.clear("replies", LATER, 9, LATER) == 2
    kept = [await store.replies.one(each.id) for each in written]
    assert [(each.text, each.answer) for each in kept if each] == [
        ("(erased)", "Soon."),
        ("(erased)", "(erased)"),
    ]
    rows = [delivery(campaign="", slot=slot, piece=None) for slot in ("welcome", "key1:answer")]
    await store.commit(change(deliver=tuple(rows)))
    for row in rows:
        await settled(store, row.id)
    assert await store.clear("answers", LATER, 9, LATER) == 1
    assert [row.slot for row in await store.deliveries_of(ADA.key)] == ["welcome"]


async def test_sentences_about_them_go_too(store: Storage) -> None:
    await store.commit(change(person=ADA))
    out = delivery(status=Status.SKIPPED, reason=Reason.EXCLUDED, code="Ada is on leave.")
    await store.plan(roster(out), MONDAY)
    await store.looked(
        [Looked(LINUS.key, "stats induction", about=ADA.key, why="ada@example.org asked")], MONDAY
    )
    erased = await store.erase(ADA.key, MONDAY)
    assert erased is not None
    assert erased.counts["sentences about them"] == 3
    assert [d.code for d in await store.outbox()] == ["(erased)"]
    assert [look.why for look in await store.looks_at(ADA.key)] == ["(erased)"]


def test_rules_have_nobodys_address_in_the_ledger() -> None:
    assert unnamed('not email:Ada@x.org and (email:"b@y.org" or team:Sales)') == (
        'not email:"one person" and (email:"one person" or team:Sales)'
    )
    assert unnamed("everyone") == "everyone"
