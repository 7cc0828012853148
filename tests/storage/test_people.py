"""People come back as they were saved, by key, by address and by e-mail."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

from handlers.model import Address, Person, Platform, Receipt, Role, Status
from handlers.ports import Met
from storage.store import Storage
from tests.storage.scene import ADA, LINUS, MONDAY, change, claim, delivery, person, roster


async def test_a_person_comes_back_as_saved(store: Storage) -> None:
    marie = Person(
        key="p1",
        name="Marie Żółć",
        email="Marie@Example.org",
        team="quality",
        site="Łódź",
        manager="tim",
        roles=frozenset({Role.QUALITY_LEAD, Role.EMPLOYEE}),
        zone="Europe/Warsaw",
        language="pl",
        joined=date(2026, 11, 2),
        left_at=None,
        paused_until=datetime(2026, 12, 1, 8, 0, 0, 123456, tzinfo=UTC),
        celebrates=True,
        preferred=Platform.TEAMS,
        addresses=(
            Address(Platform.TEAMS, "tenant", "29:x", "a:1", "https://smba.trafficmanager.net/emea/"),
            Address(Platform.SLACK, "T1", "U1"),
        ),
    )
    assert await store.commit(change(person=marie))
    assert await store.person("p1") == marie
    assert await store.person("nobody") is None


async def test_an_address_is_known_by_platform_workspace_and_user_only(store: Storage) -> None:
    await store.commit(change(person=ADA))
    asked = Address(Platform.SLACK, "T1", "U-ada", "D9", "https://elsewhere")
    assert await store.person_at(asked) == ADA
    assert await store.person_at(replace(asked, workspace="T2")) is None
    assert await store.person_at(replace(asked, platform=Platform.TEAMS)) is None


async def test_letter_case_does_not_count_in_an_email_address(store: Storage) -> None:
    await store.commit(change(person=replace(ADA, email="Ada.Lovelace@Example.org")))
    found = await store.person_by_email("ada.lovelace@EXAMPLE.org")
    assert found is not None
    assert found.email == "Ada.Lovelace@Example.org"
    assert await store.person_by_email("") is None


async def test_of_two_with_one_email_the_one_who_is_still_here_is_found(store: Storage) -> None:
    await store.commit(change(person=replace(ADA, key="a", email="", addresses=(), left_at=MONDAY)))
    await store.commit(change(person=replace(ADA, key="b")))
    await store.commit(change(person=replace(ADA, key="a", addresses=(), left_at=MONDAY)))
    found = await store.person_by_email(ADA.email)
    assert found is not None
    assert found.key == "b"


async def test_an_address_that_belonged_to_somebody_else_moves(store: Storage) -> None:
    await store.commit(change(person=ADA))
    await store.commit(change(person=replace(LINUS, addresses=ADA.addresses)))
    assert (await store.person_at(ADA.addresses[0])) == replace(LINUS, addresses=ADA.addresses)
    assert (await store.person("ada")) == replace(ADA, addresses=())


async def test_the_address_where_they_came_last_stays_last(store: Storage) -> None:
    teams = Address(Platform.TEAMS, "tenant", "29:ada")
    await store.commit(change(person=replace(ADA, addresses=(*ADA.addresses, teams))))
    assert (found := await store.person("ada")) is not None
    assert found.address == teams
    await store.commit(change(person=replace(ADA, addresses=(teams, *ADA.addresses))))
    assert (found := await store.person("ada")) is not None
    assert found.address == ADA.addresses[0]


async def test_everybody_who_has_not_left_is_listed_by_key(store: Storage) -> None:
    gone = replace(LINUS, key="aaron", email="", addresses=(), left_at=MONDAY)
    for who in (LINUS, ADA, gone):
        await store.commit(change(person=who))
    assert list(await store.people()) == [ADA, LINUS]


async def test_a_receipt_teaches_the_conversation_and_an_older_copy_does_not_unlearn_it(
    store: Storage,
) -> None:
    await store.commit(change(person=ADA))
    await store.plan(roster(delivery(ADA)), MONDAY)
    (claimed,) = await claim(store, MONDAY, "w", 1)
    await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1.0", "D7"))
    await store.commit(change(person=replace(ADA, team="paint")))
    found = await store.person("ada")
    assert found is not None
    assert found.team == "paint"
    assert found.addresses == (replace(ADA.addresses[0], conversation="D7"),)


async def test_two_changes_at_once_do_not_undo_each_other(store: Storage) -> None:
    await store.commit(change(person=ADA))
    teams = Address(Platform.TEAMS, "tenant", "29:ada")
    on_teams = replace(ADA, addresses=(*ADA.addresses, teams))
    await store.commit(change(person=on_teams, known=ADA))
    await store.commit(change(person=replace(ADA, paused_until=MONDAY), known=ADA))
    assert await store.person("ada") == replace(on_teams, paused_until=MONDAY)
    elsewhere = Address(Platform.SLACK, "T2", "U-ada")
    await store.commit(change(person=replace(ADA, addresses=(elsewhere,)), known=ADA))
    found = await store.person("ada")
    assert found is not None
    assert found.addresses == (teams, elsewhere)


async def test_the_log_says_joined_changed_and_left_without_a_name(store: Storage) -> None:
    await store.commit(change(person=ADA, actor=ADA))
    await store.commit(change(person=ADA))
    await store.commit(change(person=replace(ADA, team="paint", name="Ada L.")))
    await store.commit(change(person=replace(ADA, team="paint", name="Ada L.", left_at=MONDAY)))
    log = [(e.kind, e.person, e.value) for e in reversed(await store.entries())]
    assert log == [
        ("joined", "ada", ""),
        ("changed", "ada", "name, team"),
        ("left", "ada", "left_at"),
    ]


async def test_two_processes_that_meet_the_same_newcomer_make_one_person(
    store: Storage, second: Storage
) -> None:
    async def write(where: Storage, number: int, turn: int) -> bool:
        newcomer = person(f"Ada{turn}-{number}", email=f"ada{turn}@example.org", addresses=())
        try:
            return await where.commit(change(person=newcomer))
        except Met:
            return False

    for turn in range(10):
        assert sorted(await asyncio.gather(write(store, 1, turn), write(second, 2, turn))) == [False, True]
    assert len(await store.people()) == 10
