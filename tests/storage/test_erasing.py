"""An erasure and what retention takes away, on both databases: one transaction, and a chain that holds."""

from __future__ import annotations

from datetime import timedelta

from content.retention import KINDS
from handlers.api.tokens import hashed
from handlers.model import Reason, Status
from handlers.privacy.looks import Looked
from storage.records import unnamed
from storage.store import Storage
from tests.storage.scene import ADA, LINUS, MONDAY, change, delivery, press, roster, settled

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
    assert (await store.entries(1))[0].value.startswith("replies 0, pulse_words 1")
    assert (await store.verify()).broken is None


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
