"""Tokens: a code counts once, a person has one, and what is kept of them opens nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from handlers.api.tokens import Access, Token, hashed
from storage.store import Storage
from tests.storage.scene import GRACE, LINUS, MONDAY, change

CODE, OTHER = hashed("cb_once_1"), hashed("cb_once_2")
TOKEN, NEWER = hashed("cb_1"), hashed("cb_2")


async def offered(store: Storage, code: str, person: str = GRACE.key) -> None:
    assert await store.commit(change(inbox=f"asked {code}", access=Access(person, code)))


async def test_a_code_is_exchanged_once_and_the_token_names_its_person(store: Storage) -> None:
    await offered(store, CODE)
    assert await store.token(CODE) is None
    assert await store.exchange(CODE, TOKEN, MONDAY)
    assert await store.token(TOKEN) == await store.token_of(GRACE.key) == Token(GRACE.key, MONDAY)
    assert not await store.exchange(CODE, NEWER, MONDAY)
    assert await store.token(NEWER) is None


async def test_of_two_who_exchange_a_code_at_once_one_gets_a_token(store: Storage, second: Storage) -> None:
    await offered(store, CODE)
    got = await asyncio.gather(store.exchange(CODE, TOKEN, MONDAY), second.exchange(CODE, NEWER, MONDAY))
    assert sorted(got) == [False, True]
    assert [bool(await store.token(token)) for token in (TOKEN, NEWER)] == got


async def test_a_code_ends_after_ten_minutes_and_with_the_next_one(store: Storage) -> None:
    await offered(store, CODE)
    assert not await store.exchange(CODE, TOKEN, MONDAY + timedelta(minutes=10))
    await offered(store, OTHER)
    assert not await store.exchange(CODE, TOKEN, MONDAY)
    assert await store.exchange(OTHER, TOKEN, MONDAY + timedelta(minutes=9, seconds=59))


async def test_a_newer_token_takes_the_place_of_the_one_before(store: Storage) -> None:
    await store.make_token(GRACE.key, TOKEN, MONDAY)
    await store.make_token(LINUS.key, hashed("cb_3"), MONDAY)
    await offered(store, CODE)
    assert await store.token(TOKEN) is not None  # a code alone ends nothing
    await store.exchange(CODE, NEWER, MONDAY)
    assert await store.token(TOKEN) is None
    assert await store.token_of(LINUS.key) is not None


async def test_the_end_takes_the_token_and_a_code_that_was_not_exchanged(store: Storage) -> None:
    await store.make_token(GRACE.key, TOKEN, MONDAY)
    await offered(store, CODE)
    assert await store.commit(change(inbox="off", access=Access(GRACE.key)))
    assert await store.token(TOKEN) is None
    assert not await store.exchange(CODE, NEWER, MONDAY)


async def test_when_it_was_used_is_noted(store: Storage) -> None:
    await store.make_token(GRACE.key, TOKEN, MONDAY)
    await store.token_used(TOKEN, MONDAY + timedelta(hours=2))
    assert await store.token(TOKEN) == Token(GRACE.key, MONDAY, MONDAY + timedelta(hours=2))


async def test_the_ledger_has_the_fact_and_nothing_of_the_secret(store: Storage) -> None:
    await offered(store, CODE)
    await store.exchange(CODE, TOKEN, MONDAY)
    (made,) = [entry for entry in await store.entries() if entry.kind == "token made"]
    assert (made.person, made.at) == (GRACE.key, MONDAY)
    assert not {CODE, TOKEN} & {str(value) for value in vars(made).values()}
    assert (await store.verify()).broken is None
