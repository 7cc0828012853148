"""Cadences that came due, seen by the people they are for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from content.campaigns import WEEKDAYS, Campaign
from content.pieces import Message
from handlers.broadcasts.stages import Broadcast, Step
from handlers.events import Change
from handlers.model import Reason, Role, Status
from handlers.ports import Undeliverable
from handlers.roster import suits
from handlers.schedule import upcoming
from tests.conftest import Company

MONDAY_0930_BERLIN = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def weekly(company: Company, **fields: object) -> Campaign:
    """A message of the starter pack every Monday at 09:30."""
    message = next(id for id, piece in company.library.pieces.items() if piece.kind == "message")
    given = {
        "id": "mondays",
        "title": "Mondays",
        "pieces": [message],
        "cadence": {"repeat": "weekly", "days": ["mon"], "at": "09:30"},
        "starts": "2026-11-02",
        **fields,
    }
    return Campaign.model_validate(given)


async def states(company: Company) -> Counter[tuple[Status, Reason]]:
    return Counter((d.status, d.reason) for d in await company.store.outbox() if d.campaign)


async def test_a_slot_is_planned_at_most_once_per_person_however_often_the_clock_ticks(
    company: Company,
) -> None:
    company.run_campaigns(weekly(company))
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    assert [await company.plan.tick() for _ in range(3)] == [1, 0, 0]


async def test_nothing_from_before_the_campaign_was_first_seen_is_planned(company: Company) -> None:
    company.run_campaigns(weekly(company))
    await company.admit("ada")
    await company.plan.tick()
    assert await states(company) == Counter()


async def test_each_person_gets_it_at_their_own_half_past_nine(company: Company) -> None:
    company.run_campaigns(weekly(company))
    await company.admit("ada")
    await company.admit("tim", zone="America/New_York")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    assert (len(company.chat.titles("ada")), len(company.chat.titles("tim"))) == (1, 0)
    company.clock.pass_by(timedelta(hours=6))
    await company.go_on()
    assert (len(company.chat.titles("ada")), len(company.chat.titles("tim"))) == (1, 1)


async def test_after_twelve_hours_of_downtime_grace_decides_and_says_so(company: Company) -> None:
    company.run_campaigns(weekly(company, grace=timedelta(hours=8)))
    await company.admit("ada")
    await company.admit("tim", zone="America/Los_Angeles")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN + timedelta(hours=12))
    await company.go_on()
    assert await states(company) == Counter({(Status.SKIPPED, Reason.LATE): 1, (Status.SENT, Reason.NONE): 1})


async def test_all_states_add_up_to_the_roster(company: Company) -> None:
    company.run_campaigns(weekly(company))
    for name in ("ada", "grace", "marie"):
        await company.admit(name)
    await company.admit("linus", addresses=())
    await company.said("grace", "pause 1 week")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    assert await states(company) == Counter(
        {
            (Status.SENT, Reason.NONE): 2,
            (Status.FAILED, Reason.NOT_INSTALLED): 1,
            (Status.SKIPPED, Reason.PAUSED): 1,
        }
    )


async def test_quiet_hours_push_a_card_to_their_end_or_out_of_its_grace(company: Company) -> None:
    company.run_campaigns(
        weekly(company, cadence={"repeat": "weekly", "days": ["mon"], "at": "07:00"}),
        weekly(
            company,
            id="evening",
            grace=timedelta(hours=2),
            cadence={"repeat": "weekly", "days": ["mon"], "at": "19:00"},
        ),
    )
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(datetime(2026, 11, 23, 6, 30, tzinfo=UTC))
    await company.go_on()
    assert await states(company) == Counter({(Status.PENDING, Reason.NONE): 1})
    company.clock.move(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    await company.go_on()
    assert await states(company) == Counter({(Status.SENT, Reason.NONE): 1})
    company.clock.move(datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    await company.go_on()
    assert (await states(company))[(Status.SKIPPED, Reason.QUIET)] == 1


async def test_quiet_hours_are_the_persons_own(company: Company) -> None:
    ada = await company.admit("ada")
    tim = await company.admit("tim", zone="Asia/Tokyo")
    moment = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert suits(company.desk, moment)(ada) == moment
    assert suits(company.desk, moment)(tim) == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


async def test_a_pause_after_planning_still_holds(company: Company) -> None:
    company.run_campaigns(weekly(company))
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.plan.tick()
    await company.said("ada", "pause 1 day")
    await company.drain.everything()
    assert await states(company) == Counter({(Status.SKIPPED, Reason.PAUSED): 1})
    assert company.chat.shown == []


async def test_pieces_take_turns_by_the_calendar_not_by_what_was_planned(company: Company) -> None:
    messages = [id for id, piece in company.library.pieces.items() if piece.kind == "message"][:3]
    company.run_campaigns(weekly(company, pieces=messages, starts="2026-11-02"))
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    fourth_monday = company.library.pieces[messages[3 % 3]]
    assert company.chat.titles("ada") == [fourth_monday.title]


async def test_the_leader_whose_turn_it_is_signs(company: Company) -> None:
    company.run_campaigns(weekly(company, rota=True))
    await company.admit("grace", name="Grace Lindqvist", roles=frozenset({Role.LEADER}))
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    assert "Grace Lindqvist" in str(company.chat.shown[0][1])
    assert {d.author != "" for d in await company.store.outbox()} == {True}


async def test_a_personal_milestone_reaches_only_who_opted_in(company: Company) -> None:
    personal = next(i for i, p in company.library.pieces.items() if getattr(p, "scope", "") == "personal")
    company.run_campaigns(
        weekly(company, id="years", pieces=[personal], cadence={"anniversary": "joined", "at": "09:30"}),
    )
    for name in ("ada", "tim"):
        await company.admit(name, joined=datetime(2020, 11, 23, tzinfo=UTC).date())
    await company.said("ada", "celebrate on")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    assert (len(company.chat.titles("ada")), len(company.chat.titles("tim"))) == (1, 0)
    assert (await states(company))[(Status.SKIPPED, Reason.OPTED_OUT)] == 1


async def test_a_team_is_celebrated_when_everybody_in_it_has_answered(company: Company) -> None:
    team = next(i for i, p in company.library.pieces.items() if getattr(p, "scope", "") == "team")
    quiz = next(i for i, p in company.library.pieces.items() if p.kind == "quiz")
    company.run_campaigns(
        weekly(company, id="quiz", pieces=[quiz]),
        weekly(company, id="done", pieces=[team], cadence={"after": "quiz"}),
    )
    for name in ("ada", "tim"):
        await company.admit(name, team="Production")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    for name in ("ada", "tim"):
        assert len(company.chat.titles(name)) == 1
        question = await company.latest(name)
        await company.answer(name, question, "A")
        await company.go_on()
    assert [len(company.chat.titles(name)) for name in ("ada", "tim")] == [2, 2]
    await company.go_on()
    assert len(company.chat.titles("ada")) == 2


async def test_what_comes_next_is_known_ahead(company: Company) -> None:
    company.run_campaigns(weekly(company))
    ada = await company.admit("ada")
    assert upcoming(company.desk, [ada], timedelta(days=7)) == [(MONDAY_0930_BERLIN, "Mondays")]


async def test_a_tick_at_which_nothing_can_be_due_does_not_read_the_people(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.run_campaigns(weekly(company))
    await company.admit("ada")
    await company.plan.tick()
    with monkeypatch.context() as without:
        without.setattr(company.store, "people", None)
        company.clock.move(MONDAY_0930_BERLIN - timedelta(seconds=1))
        assert await company.plan.tick() == 0
    company.clock.move(MONDAY_0930_BERLIN)
    assert await company.plan.tick() == 1


async def test_somebody_in_a_zone_nobody_was_in_before_is_seen_at_the_next_tick(company: Company) -> None:
    company.run_campaigns(weekly(company))
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN + timedelta(hours=5))
    await company.plan.tick()
    await company.admit("tim", zone="America/New_York")
    await company.plan.tick()
    company.clock.pass_by(timedelta(hours=1))
    await company.go_on()
    assert len(company.chat.titles("tim")) == 1


async def test_the_first_member_of_an_audience_gets_its_first_slot(company: Company) -> None:
    company.run_campaigns(weekly(company, audience="team:Production"))
    await company.admit("marie", team="Quality")
    await company.plan.tick()
    await company.admit("ada", team="Production")
    company.clock.move(MONDAY_0930_BERLIN - timedelta(seconds=1))
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN + timedelta(seconds=3))
    await company.go_on()
    assert len(company.chat.titles("ada")) == 1


async def test_what_was_held_up_into_quiet_hours_waits_for_their_end(company: Company) -> None:
    company.run_campaigns(weekly(company, grace=timedelta(hours=24)))
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.plan.tick()
    company.clock.pass_by(timedelta(hours=12))
    await company.go_on()
    assert company.chat.shown == []
    company.clock.move(datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    await company.go_on()
    assert len(company.chat.titles("ada")) == 1


async def test_an_opt_out_after_planning_holds(company: Company) -> None:
    personal = next(i for i, p in company.library.pieces.items() if getattr(p, "scope", "") == "personal")
    anniversary = {"anniversary": "joined", "at": "09:30"}
    company.run_campaigns(weekly(company, id="years", pieces=[personal], cadence=anniversary))
    await company.admit("ada", joined=datetime(2020, 11, 23, tzinfo=UTC).date())
    await company.said("ada", "celebrate on")
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.plan.tick()
    await company.said("ada", "celebrate off")
    await company.drain.everything()
    assert await states(company) == Counter({(Status.SKIPPED, Reason.OPTED_OUT): 1})


def daily(company: Company, id_: str, at: str, **fields: object) -> Campaign:
    """A message every day, weekends too."""
    cadence = {"repeat": "daily", "at": at}
    return weekly(company, id=id_, cadence=cadence, starts="2026-11-23", **fields)


async def a_week(
    company: Company, until: datetime = MONDAY_0930_BERLIN + timedelta(days=6, hours=23)
) -> None:
    """From Sunday evening on, an hour at a time."""
    while company.clock.now() < until:
        await company.go_on()
        company.clock.pass_by(timedelta(hours=1))


async def test_a_person_gets_at_most_so_many_a_week_and_the_rest_is_left_out_with_its_reason(
    company: Company,
) -> None:
    company.run_campaigns(daily(company, "days", "09:30"), at_most_a_week=3, working_days=WEEKDAYS)
    await company.admit("ada")
    await a_week(company)
    enough = (Status.SKIPPED, Reason.CAPPED)
    assert await states(company) == Counter({(Status.SENT, Reason.NONE): 3, enough: 4})
    company.clock.pass_by(timedelta(hours=2))  # Monday again
    await company.go_on()
    assert (await states(company))[(Status.SENT, Reason.NONE)] == 4


async def test_without_a_number_nobody_has_had_enough(company: Company) -> None:
    company.run_campaigns(daily(company, "days", "09:30"), at_most_a_week=None, working_days=WEEKDAYS)
    await company.admit("ada")
    await a_week(company)
    assert await states(company) == Counter({(Status.SENT, Reason.NONE): 7})


async def test_what_is_mandatory_always_goes_out_and_counts(company: Company) -> None:
    must = daily(company, "must", "09:00", mandatory=True)
    company.run_campaigns(must, daily(company, "may", "15:00"), at_most_a_week=3, working_days=WEEKDAYS)
    await company.admit("ada")
    await a_week(company)
    sent = Counter(d.campaign for d in await company.store.outbox() if d.status is Status.SENT)
    assert sent == Counter({"must": 7})  # which is more than enough


async def test_a_broadcast_always_goes_out_and_counts(company: Company) -> None:
    company.run_campaigns(daily(company, "days", "09:30"), at_most_a_week=1)
    await company.admit("ada")
    await company.plan.tick()
    message = Message(id="to-all", title="To all", text="Hello.")
    for number in (1, 2):
        company.clock.move(MONDAY_0930_BERLIN - timedelta(minutes=10 * number))
        launch = Broadcast(f"b{number}", message, "everyone", "", company.clock.now())
        await company.store.commit(
            Change(inbox=f"l{number}", at=company.clock.now(), step=Step(None, launch))
        )
        await company.go_on()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    assert company.chat.titles("ada") == ["To all", "To all"]
    assert (await states(company))[(Status.SKIPPED, Reason.CAPPED)] == 1


async def test_only_what_was_or_will_be_sent_counts(company: Company) -> None:
    company.run_campaigns(daily(company, "days", "09:30"), at_most_a_week=2, working_days=WEEKDAYS)
    await company.admit("ada")
    await company.said("ada", "pause 1 day")
    company.chat.errors = [Undeliverable(Reason.BLOCKED)]
    await company.said("ada", "quiz")  # asked for: no campaign's, and refused besides
    await a_week(company)
    paused, enough = (Status.SKIPPED, Reason.PAUSED), (Status.SKIPPED, Reason.CAPPED)
    found = await states(company)
    assert (found[(Status.SENT, Reason.NONE)], found[paused], found[enough]) == (2, 1, 4)


async def test_the_week_is_the_persons_own(company: Company) -> None:
    """A Sunday and the Monday after it are two weeks, though UTC has them in one week or the other."""
    sunday = weekly(company, id="sunday", cadence={"once": "2026-11-29T13:30"})
    monday = weekly(company, id="monday", cadence={"once": "2026-11-30T13:30"})
    company.run_campaigns(sunday, monday, at_most_a_week=1)
    for name, zone in (
        ("ada", "Pacific/Kiritimati"),
        ("tim", "Pacific/Pago_Pago"),
    ):  # 14 hours ahead, 11 behind
        await company.admit(name, zone=zone)
    await a_week(company, MONDAY_0930_BERLIN + timedelta(days=8))
    assert await states(company) == Counter({(Status.SENT, Reason.NONE): 4})


async def test_a_whole_roster_is_asked_about_in_a_few_queries(company: Company) -> None:
    company.run_campaigns(daily(company, "days", "09:30"), at_most_a_week=1, working_days=WEEKDAYS)
    people = [await company.admit(f"p{number}") for number in range(30)]
    await company.plan.tick()
    company.clock.move(MONDAY_0930_BERLIN)
    await company.go_on()
    keys = [person.key for person in people]
    week = (MONDAY_0930_BERLIN - timedelta(hours=9, minutes=30), MONDAY_0930_BERLIN + timedelta(days=6))
    assert await company.store.full(keys, *week, 1) == frozenset(keys)
    assert await company.store.full(keys, *week, 2) == frozenset()
    assert (
        await company.store.full(keys[:2], week[0] + timedelta(days=7), week[1] + timedelta(days=7), 1)
        == frozenset()
    )
