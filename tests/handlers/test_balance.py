"""What keeps us from being noise: holidays by site, what is mandatory first, and few celebrations a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from content.audience import parse
from content.campaigns import Campaign
from content.holidays import Holidays
from content.pieces import Message, Milestone
from content.programme import Celebrations
from content.rest import Quiet
from handlers.balance import too_many
from handlers.broadcasts.forecast import forecast
from handlers.broadcasts.stages import Broadcast, Step
from handlers.events import Change
from handlers.model import Job, Places, Platform, Queue, Reason, Status
from handlers.pace import Pace
from handlers.schedule import upcoming
from tests.conftest import Company

BERLIN = ZoneInfo("Europe/Berlin")
HOLIDAYS = Holidays.model_validate({"everybody": "DE-BE", "sites": {"Vienna": "AT"}})
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (
    datetime(2026, 12, day, tzinfo=BERLIN) for day in range(7, 12)
)
"""Of the week in which Austria, and not Germany, keeps the Tuesday."""
TWO_WEEKS = timedelta(days=14)
SOME_HOURS = timedelta(hours=6)


def campaign(company: Company, id_: str, piece: str = "message", **fields: object) -> Campaign:
    """Of one message of the starter pack or, for a scope, one of its milestones."""
    pieces = company.library.pieces
    found = next(i for i, p in pieces.items() if piece in (p.kind, getattr(p, "scope", "")))
    given = {"id": id_, "title": id_.capitalize(), "pieces": [found], "starts": "2026-12-07"}
    return Campaign.model_validate(given | fields)


def weekly(company: Company, id_: str, *days: str, at: str = "09:30", **fields: object) -> Campaign:
    return campaign(company, id_, cadence={"repeat": "weekly", "days": days, "at": at}, **fields)


def once(company: Company, id_: str, when: datetime, piece: str = "programme", **fields: object) -> Campaign:
    return campaign(company, id_, piece, cadence={"once": f"{when:%Y-%m-%dT%H:%M}"}, **fields)


async def live(company: Company, since: datetime, until: datetime) -> None:
    """Time passes, with everything that falls due on the way at its time."""
    company.clock.move(since.astimezone(UTC))
    while (now := company.clock.now()) < until:
        await company.go_on()
        slots = upcoming(company.desk, await company.store.people(), SOME_HOURS)
        waits = await company.store.next_due(now)
        moments = [*(due for due, _ in slots), *([waits] if waits else []), now + SOME_HOURS]
        company.clock.move(min(moment for moment in moments if moment > now))


async def came(company: Company, who: str) -> list[tuple[str, str]]:
    """(campaign, local day and time) of what was sent to somebody, in order."""
    person = await company.store.person_by_email(f"{who}@example.org")
    assert person is not None
    sent = [d for d in await company.store.deliveries_of(person.key, limit=500) if d.sent_at and d.campaign]
    zone = ZoneInfo(person.zone or "Europe/Berlin")
    ordered = sorted((d.sent_at.astimezone(zone), d.campaign) for d in sent if d.sent_at)
    return [(name, f"{local:%a %d %H:%M}") for local, name in ordered]


async def ends(company: Company, *campaigns: str) -> Counter[tuple[Status, Reason]]:
    rows = await company.store.outbox(1000)
    return Counter((d.status, d.reason) for d in rows if d.campaign in campaigns)


async def test_on_a_holiday_of_ones_site_nothing_comes_and_what_is_worth_it_waits(company: Company) -> None:
    company.run_campaigns(
        weekly(company, "must", "tue", at="09:00", mandatory=True),
        weekly(company, "day", "tue", at="09:10", grace=24),
        weekly(company, "may", "tue", "thu", at="09:30"),
        at_most_a_week=None,
        holidays=HOLIDAYS,
    )
    await company.admit("ada", site="Berlin")
    await company.admit("max", site="vienna", zone="Europe/Vienna")
    await company.plan.tick()
    await live(company, MONDAY, FRIDAY)
    assert await came(company, "ada") == [
        *(("must", "Tue 08 09:00"), ("day", "Tue 08 09:10"), ("may", "Tue 08 09:30")),
        ("may", "Thu 10 09:30"),
    ]
    assert await came(company, "max") == [
        *(("day", "Wed 09 08:00"), ("must", "Wed 09 08:00")),
        ("may", "Thu 10 09:30"),
    ]
    assert await ends(company, "may") == {(Status.SENT, Reason.NONE): 3, (Status.SKIPPED, Reason.HOLIDAY): 1}


async def test_what_quiet_hours_alone_make_too_late_is_not_put_on_the_holiday(company: Company) -> None:
    evening = weekly(company, "evening", "mon", at="19:00")
    company.run_campaigns(evening, holidays=HOLIDAYS)
    await company.admit("max", site="Vienna")
    await company.plan.tick()
    await live(company, MONDAY.replace(hour=18), WEDNESDAY)
    assert await ends(company, "evening") == {(Status.SKIPPED, Reason.QUIET): 1}


async def test_what_is_mandatory_comes_after_the_longest_holidays(company: Company) -> None:
    company.run_campaigns(
        once(company, "must", datetime(2026, 12, 24, 10, tzinfo=BERLIN), "message", mandatory=True, grace=1),
        holidays=Holidays.model_validate({"everybody": "DE", "also": {"2026-12-24": "Christmas Eve"}}),
    )
    await company.admit("ada")
    await company.plan.tick()
    await live(company, datetime(2026, 12, 24, tzinfo=BERLIN), datetime(2026, 12, 29, tzinfo=BERLIN))
    assert await came(company, "ada") == [("must", "Mon 28 08:00")]


async def test_what_an_outage_held_up_into_a_holiday_waits_for_its_end(company: Company) -> None:
    company.run_campaigns(weekly(company, "must", "mon", mandatory=True, grace=72), holidays=HOLIDAYS)
    await company.admit("max", site="Vienna")
    await company.plan.tick()
    company.clock.move(MONDAY.replace(hour=9, minute=30).astimezone(UTC))
    await company.plan.tick()
    await live(company, TUESDAY.replace(hour=9), THURSDAY)
    assert await came(company, "max") == [("must", "Wed 09 08:00")]


async def test_what_one_asks_for_comes_on_a_holiday_as_well(company: Company) -> None:
    company.run_campaigns(holidays=HOLIDAYS)
    await company.admit("max", site="Vienna")
    company.clock.move(TUESDAY.replace(hour=11).astimezone(UTC))
    await company.said("max", "quiz")
    await company.go_on()
    assert len(company.chat.titles("max")) == 1


async def test_a_forecast_over_a_holiday_comes_true(company: Company) -> None:
    company.run_campaigns(holidays=HOLIDAYS, quiet=Quiet())
    company.keep_pace(send=Pace(5, 5))
    for number in range(12):
        await company.admit(f"ada{number}", site="Berlin")
        await company.admit(f"max{number}", site="Vienna")
    now = TUESDAY.replace(hour=10)
    company.clock.move(now.astimezone(UTC))
    outlook = await company.store.outlook(parse("everyone"), company.clock.now())
    told = forecast(outlook, now, now, timedelta(hours=72), company.desk.terms)
    assert (told.held, told.holidays) == (12, True)
    message = Message(id="to-all", title="To all", text="Hello.")
    launch = Broadcast("b1", message, "everyone", "", company.clock.now())
    await company.store.commit(Change(inbox="l1", at=company.clock.now(), step=Step(None, launch)))
    for begins in (now, WEDNESDAY.replace(hour=8)):
        company.clock.move(begins.astimezone(UTC))
        for _ in range(50):
            await company.go_on()
            company.clock.pass_by(timedelta(seconds=0.2))
    rows = {d.person: d for d in await company.store.outbox(100)}
    people = {p.key: p for p in await company.store.people()}
    held = [rows[key].sent_at for key, person in people.items() if person.site == "Vienna"]
    rest = [rows[key].sent_at for key, person in people.items() if person.site == "Berlin"]
    assert told.last_at is not None
    assert told.held_until is not None
    for sent, foreseen in ((rest, told.last_at), (held, told.held_until)):
        assert abs(max(at for at in sent if at) - foreseen) <= timedelta(seconds=1)


async def test_voluntary_things_leave_room_for_what_is_mandatory_later_in_the_week(company: Company) -> None:
    company.run_campaigns(
        weekly(company, "may", "mon", "tue", "wed", "thu"),
        weekly(company, "must", "thu", "fri", at="15:00", mandatory=True),
        weekly(company, "theirs", "fri", at="16:00", mandatory=True, audience="team:Quality"),
        at_most_a_week=4,
    )
    await company.admit("ada")
    await company.admit("marie", team="Quality")
    await company.plan.tick()
    await live(company, MONDAY, MONDAY + timedelta(days=7))
    counts = {who: Counter(name for name, _ in await came(company, who)) for who in ("ada", "marie")}
    assert counts == {"ada": {"may": 2, "must": 2}, "marie": {"may": 1, "must": 2, "theirs": 1}}


async def test_a_place_that_is_kept_is_not_kept_twice_once_it_is_planned(company: Company) -> None:
    company.run_campaigns(
        weekly(company, "may", "mon", "wed"),
        weekly(company, "must", "mon", "tue", mandatory=True),
        at_most_a_week=4,
    )
    await company.admit("ada")
    await company.plan.tick()
    await live(company, MONDAY, FRIDAY)
    assert Counter(name for name, _ in await came(company, "ada")) == {"may": 2, "must": 2}


async def test_induction_and_a_broadcast_that_waits_have_their_places_too(company: Company) -> None:
    company.run_campaigns(
        weekly(company, "may", "mon", "tue"),
        campaign(company, "welcome", cadence={"joined": 2, "at": "10:00"}, mandatory=True, grace=48),
        at_most_a_week=2,
    )
    await company.admit("ada", joined=date(2020, 1, 1))
    await company.admit("new", joined=date(2026, 12, 7))
    await company.plan.tick()
    message = Message(id="to-all", title="To all", text="Hello.")
    launch = Broadcast("b1", message, "everyone", "", THURSDAY.replace(hour=10).astimezone(UTC))
    await company.store.commit(Change(inbox="l1", at=company.clock.now(), step=Step(None, launch)))
    await live(company, MONDAY, FRIDAY)
    counts = {who: Counter(name for name, _ in await came(company, who)) for who in ("ada", "new")}
    assert counts == {"ada": {"may": 1, "b1": 1}, "new": {"welcome": 1, "b1": 1}}


async def test_an_anniversary_on_a_weekend_or_a_holiday_is_celebrated_on_the_next_working_day(
    company: Company,
) -> None:
    years = campaign(company, "years", "personal", cadence={"anniversary": "joined", "at": "10:00"})
    company.run_campaigns(years, holidays=HOLIDAYS)
    days = {"sat": 5, "sun": 6, "mon": 7, "tue": 8}
    for name, day in days.items():
        await company.admit(f"{name}a", joined=date(2020 - day, 12, day), site="Berlin")
        await company.admit(f"{name}b", joined=date(2020 - day, 12, day), site="Vienna")
        for who in (f"{name}a", f"{name}b"):
            await company.said(who, "celebrate on")
    await company.plan.tick()
    await live(company, MONDAY - timedelta(days=3), FRIDAY)
    for who in ("sata", "satb", "suna", "sunb", "mona", "monb"):
        assert await came(company, who) == [("years", "Mon 07 10:00")]
    assert await came(company, "tuea") == [("years", "Tue 08 10:00")]
    assert await came(company, "tueb") == [("years", "Wed 09 10:00")]


async def test_two_who_share_a_day_but_not_the_year_are_both_celebrated_with_the_piece_of_their_years(
    company: Company,
) -> None:
    one, five = (Milestone(id=i, title=i, scope="personal", text="!") for i in ("odd-year", "even-year"))
    library = replace(company.library, pieces={**company.library.pieces, one.id: one, five.id: five})
    company.library = library
    cadence = {"anniversary": "joined", "at": "10:00"}
    company.run_campaigns(campaign(company, "years", cadence=cadence, pieces=["even-year", "odd-year"]))
    for who, year in (("ada", 2021), ("tim", 2020)):
        await company.admit(who, joined=date(year, 12, 5))
        await company.said(who, "celebrate on")
    await company.plan.tick()
    await live(company, MONDAY, TUESDAY)
    assert [company.chat.titles(who) for who in ("ada", "tim")] == [["🎉 odd-year"], ["🎉 even-year"]]


@pytest.mark.parametrize("most", [1, 2])
async def test_of_many_celebrations_so_many_come_a_day_and_the_others_on_later_days(
    company: Company, most: int
) -> None:
    found = [once(company, f"c{n}", TUESDAY.replace(hour=10 + n)) for n in range(5)]
    company.run_campaigns(*found, at_most_a_week=None, celebrations=Celebrations(most_a_day=most))
    await company.admit("ada")
    await company.plan.tick()
    await live(company, MONDAY, MONDAY + TWO_WEEKS)
    days = Counter(day[:6] for _, day in await came(company, "ada"))
    assert days == (
        {"Tue 08": 2, "Wed 09": 2, "Thu 10": 1}
        if most == 2
        else {"Tue 08": 1, "Wed 09": 1, "Thu 10": 1, "Fri 11": 1, "Mon 14": 1}
    )
    assert (await came(company, "ada"))[-1][1][7:] == "14:00"  # at its own time of day


async def test_a_celebration_waits_for_a_week_and_no_longer(company: Company) -> None:
    found = [once(company, f"c{n}", TUESDAY.replace(hour=10)) for n in range(7)]
    company.run_campaigns(*found, at_most_a_week=None, celebrations=Celebrations(most_a_day=1))
    await company.admit("ada")
    await company.plan.tick()
    await live(company, MONDAY, MONDAY + TWO_WEEKS)
    assert await ends(company, *(c.id for c in found)) == {
        (Status.SENT, Reason.NONE): 6,
        (Status.SKIPPED, Reason.CELEBRATED): 1,
    }


async def test_a_celebration_that_moves_passes_over_holidays_of_the_site(company: Company) -> None:
    found = [once(company, f"c{n}", MONDAY.replace(hour=10)) for n in range(2)]
    company.run_campaigns(*found, holidays=HOLIDAYS, celebrations=Celebrations(most_a_day=1))
    await company.admit("max", site="Vienna")
    await company.plan.tick()
    await live(company, MONDAY, FRIDAY)
    assert await came(company, "max") == [("c0", "Mon 07 10:00"), ("c1", "Wed 09 10:00")]


@pytest.mark.parametrize(("grace", "then"), [(96, {"Tue 08": 2, "Wed 09": 2}), (23, {"Tue 08": 2})])
async def test_an_outage_does_not_bring_more_celebrations_to_one_day(
    company: Company, grace: int, then: dict[str, int]
) -> None:
    monday = [once(company, f"m{n}", MONDAY.replace(hour=10), grace=grace) for n in range(2)]
    tuesday = [once(company, f"t{n}", TUESDAY.replace(hour=8), grace=grace) for n in range(2)]
    company.run_campaigns(*monday, *tuesday, at_most_a_week=None)
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY.replace(hour=10).astimezone(UTC))
    await company.plan.tick()
    await live(company, TUESDAY.replace(hour=8), MONDAY + TWO_WEEKS)
    days = Counter(day[:6] for _, day in await came(company, "ada"))
    assert days == then
    left_out = (await ends(company, "m0", "m1", "t0", "t1"))[Status.SKIPPED, Reason.CELEBRATED]
    assert left_out == 4 - sum(then.values())


async def test_of_several_that_are_sent_at_once_all_who_look_let_the_same_ones_go(company: Company) -> None:
    found = [once(company, f"c{n}", MONDAY.replace(hour=10), grace=96) for n in range(3)]
    company.run_campaigns(*found, at_most_a_week=None, celebrations=Celebrations(most_a_day=3))
    ada = await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY.replace(hour=10).astimezone(UTC))
    await company.plan.tick()
    company.run_campaigns(*found, celebrations=Celebrations(most_a_day=2))  # since they were planned
    now = company.clock.now()
    queue = Queue(Platform.PLAYGROUND, "here", Job.SEND)
    claims = [
        await company.store.claim(queue, now, owner, timedelta(seconds=60), Places(1, 1), None)
        for owner in "abc"
    ]
    taken = sorted((claim.taken[0][0] for claim in claims), key=lambda delivery: delivery.id)
    turns = [await too_many(company.desk, delivery, ada) for delivery in reversed(taken)]
    assert turns == [TUESDAY.replace(hour=8), None, None]


async def test_messages_are_no_celebrations(company: Company) -> None:
    found = [once(company, f"c{n}", MONDAY.replace(hour=10), "message") for n in range(3)]
    company.run_campaigns(*found, at_most_a_week=None, celebrations=Celebrations(most_a_day=1))
    await company.admit("ada")
    await company.plan.tick()
    await live(company, MONDAY, TUESDAY)
    assert len(await came(company, "ada")) == 3
