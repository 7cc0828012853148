"""The numbers add up: every state of every delivery is in the audience, every answer is counted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from handlers.model import Delivery, Reason, Receipt, Status, Tally
from storage.cells import united
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    AWARENESS,
    GRACE,
    LINUS,
    MARIE,
    MINUTE,
    MONDAY,
    QUIZ,
    QUIZ_CARD,
    SLOT,
    TRAINING,
    change,
    claim,
    delivery,
    person,
    press,
    roster,
)

DAY = timedelta(days=1)
WEEK = (MONDAY - timedelta(days=1), MONDAY + timedelta(days=6))


async def _send(store: Storage, *left_out: str) -> dict[str, Delivery]:
    """Everything due is sent, except to these people, whom the platform refuses; by person."""
    sent = {}
    for claimed in await claim(store, MONDAY + MINUTE, "w", 1000):
        if claimed.person in left_out:
            await store.settle(claimed, "w", Status.FAILED, MONDAY, reason=Reason.BLOCKED)
        else:
            await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
        found = await store.delivery(claimed.id)
        assert found is not None
        sent[claimed.person] = found
    return sent


async def _people(store: Storage) -> None:
    for who in (ADA, LINUS, MARIE, GRACE):
        await store.commit(change(person=who))


async def test_a_period_without_anything_counts_nothing(store: Storage) -> None:
    assert await store.tallies("all", *WEEK) == [Tally("all")]
    assert await store.tallies("team", *WEEK) == []


async def test_states_add_up_to_the_roster(store: Storage) -> None:
    await _people(store)
    late = delivery(GRACE, status=Status.SKIPPED, reason=Reason.LATE)
    await store.plan(roster(delivery(ADA), delivery(LINUS), delivery(MARIE), late), MONDAY)
    await _send(store, "linus")
    (tally,) = await store.tallies("all", *WEEK)
    assert tally.audience == sum(tally.by_status.values()) == 4
    assert tally.by_status == {
        (Status.SENT, Reason.NONE): 2,
        (Status.FAILED, Reason.BLOCKED): 1,
        (Status.SKIPPED, Reason.LATE): 1,
    }
    assert (tally.reached, tally.people_reached) == (2, 2)


async def test_acknowledgements_are_counted_of_those_reached_that_ask_for_one(store: Storage) -> None:
    await _people(store)
    quiz = delivery(MARIE, piece=QUIZ, card=QUIZ_CARD)
    await store.plan(roster(delivery(ADA), delivery(LINUS), quiz), MONDAY)
    sent = await _send(store)
    await store.commit(press(sent["ada"]))
    await store.commit(press(sent["ada"], "rated", value="5"))
    await store.commit(press(sent["marie"], "answered", item="0", value="B", correct=False))
    (tally,) = await store.tallies("all", *WEEK)
    assert (tally.to_acknowledge, tally.acknowledged) == (2, 1)
    assert (tally.people_reached, tally.active) == (3, 2)
    assert (tally.answers, tally.correct) == (1, 0)


async def test_numbers_by_team_are_those_of_the_team(store: Storage) -> None:
    await _people(store)
    await store.plan(roster(delivery(ADA), delivery(LINUS), delivery(MARIE)), MONDAY)
    sent = await _send(store)
    await store.commit(press(sent["ada"]))
    assembly, quality = await store.tallies("team", *WEEK)
    assert (assembly.group, assembly.audience, assembly.acknowledged, assembly.active) == (
        "assembly",
        2,
        1,
        1,
    )
    assert (quality.group, quality.audience, quality.acknowledged) == ("quality", 1, 0)


async def test_a_manager_sees_their_own_people_only(store: Storage) -> None:
    await _people(store)
    await store.plan(roster(delivery(ADA), delivery(LINUS), delivery(MARIE)), MONDAY)
    sent = await _send(store)
    await store.commit(press(sent["marie"], "answered", item="0", value="A", correct=True))
    (tally,) = await store.tallies("all", *WEEK, manager="tim")
    assert (tally.audience, tally.answers) == (2, 0)
    assert [t.group for t in await store.tallies("team", *WEEK, manager="tim")] == ["assembly"]


async def test_a_delivery_counts_for_all_its_clauses_and_an_answer_for_its_own(store: Storage) -> None:
    quiz = delivery(ADA, piece=QUIZ, card=QUIZ_CARD)
    await store.plan(roster(quiz, delivery(LINUS)), MONDAY)
    sent = await _send(store)
    answer = press(sent["ada"], "answered", item="0", value="A", correct=True, clauses=(TRAINING,))
    await store.commit(answer)
    awareness, training = await store.tallies("clause", *WEEK)
    assert (awareness.group, training.group) == (str(AWARENESS), str(TRAINING))
    assert (awareness.audience, awareness.answers) == (2, 0)
    assert (training.audience, training.answers, training.correct) == (1, 1, 1)


async def test_weeks_are_iso_weeks_of_the_local_day_it_was_first_due(store: Storage) -> None:
    new_year = datetime(2027, 1, 3, 23, 0, tzinfo=UTC)  # a Sunday, still in the last week of 2026
    row = delivery(ADA, slot="2027-01-03T23:00", due_at=new_year, expires_at=new_year + 10 * MINUTE)
    await store.plan(roster(delivery(ADA)), MONDAY)
    await store.plan(roster(row, slot="2027-01-03T23:00", due_at=new_year), MONDAY)
    first, *_ = await claim(store, new_year, "w", 1)
    await store.settle(first, "w", Status.PENDING, new_year, due_at=new_year + timedelta(days=9))
    until = new_year + timedelta(days=30)
    assert [(t.group, t.audience) for t in await store.tallies("week", WEEK[0], until)] == [
        ("2026-W48", 1),
        ("2027-W01", 1),
    ]


async def test_a_period_is_of_whole_days_and_a_delivery_belongs_to_its_local_one(store: Storage) -> None:
    await store.plan(roster(delivery(ADA)), MONDAY)
    late = MONDAY.replace(hour=23, minute=30)  # in Berlin it is Tuesday
    row = delivery(LINUS, slot="late", due_at=late)
    await store.plan(roster(row, slot="late", due_at=late), MONDAY)
    day = timedelta(days=1)
    found = [await store.tallies("all", MONDAY + n * day, MONDAY + n * day + MINUTE) for n in (-1, 0, 1, 2)]
    assert [tally.audience for (tally,) in found] == [0, 1, 1, 0]
    midnight = MONDAY.replace(hour=0, minute=0)
    assert (await store.tallies("all", midnight, midnight + day))[0].audience == 1


async def test_what_a_person_asked_for_counts_as_answers_and_in_no_audience(store: Storage) -> None:
    quiz = delivery(ADA, campaign="on-demand", slot="event-1", piece=QUIZ, card=QUIZ_CARD)
    plain = delivery(ADA, campaign="", slot="event-2", piece=None)
    await store.commit(change(deliver=(quiz, plain)))
    await _send(store)
    sent = await store.delivery(quiz.id)
    assert sent is not None
    await store.commit(press(sent, "answered", item="0", value="A", correct=True))
    (tally,) = await store.tallies("all", *WEEK)
    assert tally == Tally("all", answers=1, correct=1, timed=1, training_seconds=2)


async def test_an_answer_without_right_or_wrong_is_no_answer_to_a_quiz(store: Storage) -> None:
    await store.plan(roster(delivery(ADA)), MONDAY)
    sent = await _send(store)
    await store.commit(press(sent["ada"], "answered", value="4"))
    (tally,) = await store.tallies("all", *WEEK)
    assert (tally.answers, tally.active) == (0, 1)


async def test_a_team_has_finished_when_everybody_who_was_reached_took_part(store: Storage) -> None:
    await _people(store)
    rows = [delivery(who) for who in (ADA, LINUS, MARIE, GRACE)]
    waits = delivery(replace(GRACE, key="tim"), due_at=MONDAY + 9 * MINUTE)
    await store.commit(change(person=replace(GRACE, key="tim", email="tim@example.org", addresses=())))
    await store.plan(roster(*rows, waits), MONDAY)
    sent = await _send(store, "linus")
    assert await store.finished("lead", MONDAY) == []
    await store.commit(press(sent["ada"]))
    assert await store.finished("lead", MONDAY) == [(SLOT, "assembly")]  # Linus was not reached
    await store.commit(press(sent["grace"]))
    assert await store.finished("lead", MONDAY) == [(SLOT, "assembly")]  # on the board Tim still waits
    await store.commit(press(sent["marie"]))
    assert await store.finished("lead", MONDAY) == [(SLOT, "assembly"), (SLOT, "quality")]
    assert await store.finished("lead", MONDAY + MINUTE) == []
    assert await store.finished("other", MONDAY) == []


async def test_numbers_by_site_role_standard_and_leader(store: Storage) -> None:
    await store.commit(change(person=replace(ADA, site="Kiel")))
    await store.commit(change(person=replace(MARIE, site="Ulm")))
    await store.plan(roster(delivery(ADA), delivery(MARIE, piece=QUIZ, card=QUIZ_CARD)), MONDAY)
    sent = await _send(store)
    await store.commit(press(sent["ada"]))
    found = {
        by: {t.group: t.audience for t in await store.tallies(by, *WEEK)}
        for by in ("site", "role", "standard", "leader")
    }
    assert found == {
        "site": {"Kiel": 1, "Ulm": 1},
        "role": {"employee": 2, "quality lead": 1},
        "standard": {"ISO 9001:2015": 2, "ISO/IEC 27001:2022": 1},
        "leader": {"grace": 2},
    }


async def test_numbers_of_one_group_by_another_and_of_two_that_meet(store: Storage) -> None:
    await _people(store)
    quizzes = [delivery(who, piece=QUIZ, card=QUIZ_CARD) for who in (ADA, MARIE)]
    await store.plan(roster(delivery(LINUS), *quizzes), MONDAY)
    await _send(store)
    training, awareness = str(TRAINING), str(AWARENESS)
    where = {"clause": training, "team": "assembly"}
    assert [(t.group, t.audience) for t in await store.tallies("campaign", *WEEK, where=where)] == [
        ("lead", 1)
    ]
    assert await store.taken_part(*WEEK) == [
        (awareness, "assembly", 2, 0, 2),
        (awareness, "quality", 1, 0, 1),
        (training, "assembly", 1, 0, 1),
        (training, "quality", 1, 0, 1),
    ]
    assert await store.taken_part(*WEEK, where={"clause": training, "team": "quality"}) == [
        (training, "quality", 1, 0, 1)
    ]
    of_standard = await store.tallies("clause", *WEEK, where={"standard": "ISO 9001:2015"})
    assert [t.group for t in of_standard] == [awareness]


async def test_how_long_people_took_counts_from_the_delivery(store: Storage) -> None:
    await store.plan(roster(delivery(ADA), delivery(LINUS, piece=QUIZ, card=QUIZ_CARD)), MONDAY)
    sent = await _send(store)
    late = replace(press(sent["ada"]), at=MONDAY + timedelta(days=2))
    await store.commit(late)
    await store.commit(press(sent["linus"], "answered", item="0", value="A", correct=True))
    (tally,) = await store.tallies("all", *WEEK)
    assert (tally.responses, tally.response_seconds, tally.within_a_day) == (2, 2 * 86_400 + 2, 1)
    assert (tally.timed, tally.training_seconds) == (1, 2)


async def test_a_map_knows_of_enough_people_or_of_all_of_them(store: Storage) -> None:
    """Of a team that is reached day by day, one day tells of too few; of another it tells of some of them."""
    apart = [person(f"a{n}", team="apart") for n in range(6)]
    together = [person(f"t{n}", team="together") for n in range(9)]
    for who in (*apart, *together):
        await store.commit(change(person=who))
    for day, one in enumerate(apart):
        at = MONDAY + timedelta(days=day - 1)
        them = [one, *(together[:6] if day == 0 else together[6:] if day == 1 else ())]
        rows = [delivery(who, slot=f"s{day}", due_at=at, expires_at=at + 9 * DAY) for who in them]
        await store.plan(roster(*rows, slot=f"s{day}", due_at=at), at)
    for claimed in await claim(store, MONDAY + 5 * DAY, "w", 1000):
        await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
    known = {each.team: (each.reached, each.people) for each in await store.taken_part(*WEEK)}
    assert known["apart"] == (6, united(who.key for who in apart).bit_count())
    reached, people = known["together"]
    assert (reached, people) == (9, united(who.key for who in together[:6]).bit_count())
