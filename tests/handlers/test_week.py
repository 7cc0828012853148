"""`week`: what somebody will get this week, and everything that holds it back, in one place."""

from __future__ import annotations

from datetime import date, timedelta

from content.cards import Card
from content.limits import problems
from content.rest import Quiet
from tests.conftest import Company, button
from tests.handlers.leading import drafted, press, works
from tests.handlers.test_balance import FRIDAY, HOLIDAYS, MONDAY, came, campaign, live, once, weekly


async def week(company: Company, who: str) -> Card:
    shown = (await company.said(who, "week")).show
    assert shown is not None
    assert not problems(shown)
    return shown


def lines(card: Card) -> list[str]:
    text = card.blocks[0].model_dump()["markdown"]
    return [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]


def fact(card: Card, label: str) -> str:
    found: dict[str, str] = {f["label"]: f["value"] for f in card.blocks[1].model_dump()["facts"]}
    return found[label]


async def test_it_lists_what_is_planned_at_local_times_and_why_something_is_moved_or_left_out(
    company: Company,
) -> None:
    company.run_campaigns(
        weekly(company, "early", "wed", at="07:00"),
        weekly(company, "must", "tue", at="09:00", mandatory=True),
        weekly(company, "may", "tue", "thu", at="09:30"),
        weekly(company, "theirs", "fri", audience="team:Quality"),
        holidays=HOLIDAYS,
    )
    await company.admit("max", site="Vienna", zone="Europe/Vienna")
    company.clock.move(MONDAY.replace(hour=12))
    await company.plan.tick()
    card = await week(company, "max")
    assert lines(card) == [
        "Tue 8 Dec, 09:30: May (left out: Immaculate Conception)",
        "Wed 9 Dec, 08:00: Must (moved from Tue 8 Dec, 09:00: Immaculate Conception)",
        "Wed 9 Dec, 08:00: Early (moved from Wed 9 Dec, 07:00: your quiet hours)",
        "Thu 10 Dec, 09:30: May",
    ]
    await live(company, MONDAY.replace(hour=12), FRIDAY)
    assert sorted(await came(company, "max")) == [
        ("early", "Wed 09 08:00"),
        ("may", "Thu 10 09:30"),
        ("must", "Wed 09 08:00"),
    ]


async def test_it_says_what_was_had_and_the_cap_leaves_the_voluntary_out(company: Company) -> None:
    company.run_campaigns(
        weekly(company, "may", "mon", "tue", "wed"),
        weekly(company, "must", "thu", mandatory=True),
        at_most_a_week=3,
    )
    await company.admit("ada")
    await company.plan.tick()
    await live(company, MONDAY, MONDAY.replace(hour=12))
    card = await week(company, "ada")
    assert lines(card) == [
        "Tue 8 Dec, 09:30: May",
        "Wed 9 Dec, 09:30: May (left out: enough for this week)",
        "Thu 10 Dec, 09:30: Must",
    ]
    assert fact(card, "Had this week") == "1 of at most 3"
    await live(company, MONDAY.replace(hour=12), FRIDAY)
    assert [name for name, _ in await came(company, "ada")] == ["may", "may", "must"]


async def test_what_waits_in_the_outbox_is_named(company: Company) -> None:
    company.run_campaigns(weekly(company, "early", "tue", at="07:00"))
    await company.admit("ada")
    await company.plan.tick()
    company.clock.move(MONDAY.replace(day=8, hour=7))
    await company.plan.tick()
    card = await week(company, "ada")
    assert lines(card) == ["Tue 8 Dec, 08:00: Why we want the certificate"]
    assert "On its way to you" in str(card)
    assert fact(card, "Had this week").startswith("0 of at most 5")


async def test_what_its_author_holds_back_has_no_day_and_is_not_listed(company: Company) -> None:
    await works(company)
    preview = await drafted(company, spread="60")
    await press(company, preview, "Send it")
    await company.plan.tick()
    assert lines(await week(company, "colleague0"))[0].endswith("Thank you")
    await press(company, preview, "Pause")
    assert lines(await week(company, "colleague0")) == []


async def test_a_pause_is_shown_and_ends_or_begins_with_a_press(company: Company) -> None:
    company.run_campaigns(weekly(company, "may", "tue", "wed"))
    await company.admit("ada")
    company.clock.move(MONDAY.replace(hour=12))
    await company.plan.tick()
    card = await week(company, "ada")
    assert fact(card, "Pause") == "none"
    await company.said("ada", button(card, "Pause until tomorrow").value)
    assert fact(await week(company, "ada"), "Pause") == "until Tuesday 8 December, 00:00"
    await company.said("ada", button(card, "Pause 1 week").value)
    card = await week(company, "ada")
    assert lines(card) == [
        "Tue 8 Dec, 09:30: May (left out: paused)",
        "Wed 9 Dec, 09:30: May (left out: paused)",
    ]
    await company.said("ada", button(card, "Resume").value)
    assert lines(await week(company, "ada"))[0] == "Tue 8 Dec, 09:30: May"


async def test_quiet_hours_holidays_of_the_site_and_celebrations_are_in_view(company: Company) -> None:
    company.run_campaigns(holidays=HOLIDAYS)
    await company.admit("max", site="Vienna")
    company.clock.move(MONDAY)
    card = await week(company, "max")
    assert fact(card, "Quiet hours") == "18:00 to 08:00"
    assert fact(card, "Public holidays (Vienna)") == (
        "Tue 8 Dec Immaculate Conception, Fri 25 Dec Christmas Day"
    )
    assert fact(card, "Celebrations") == "at most 2 a day, not your own"
    await company.said("max", button(card, "Celebrate mine too").value)
    card = await week(company, "max")
    assert fact(card, "Celebrations") == "at most 2 a day, yours too"
    assert button(card, "Keep my milestones to me").value == "celebrate off"
    assert "nothing is planned" in str(card)


async def test_without_quiet_hours_a_site_holidays_or_a_cap_it_says_so(company: Company) -> None:
    never = Quiet.model_validate({"from": "00:00", "until": "00:00"})
    company.run_campaigns(quiet=never, at_most_a_week=None, holidays=HOLIDAYS.model_validate({}))
    await company.admit("ada")
    card = await week(company, "ada")
    labels = ("Had this week", "Quiet hours", "Public holidays")
    assert [fact(card, label) for label in labels] == [
        "0, without a limit",
        "none",
        "none in the next three months",
    ]


async def test_celebrations_come_where_it_says(company: Company) -> None:
    company.run_campaigns(
        *(once(company, f"c{n}", MONDAY.replace(day=8, hour=10 + n)) for n in range(3)),
        campaign(company, "years", "personal", cadence={"anniversary": "joined", "at": "09:00"}),
        at_most_a_week=None,
    )
    await company.admit("ada", joined=date(2020, 12, 8))
    await company.said("ada", "celebrate on")
    company.clock.move(MONDAY)
    await company.plan.tick()
    assert lines(await week(company, "ada")) == [
        "Tue 8 Dec, 09:00: Years",
        "Tue 8 Dec, 10:00: C0",
        "Wed 9 Dec, 11:00: C1 (moved from Tue 8 Dec, 11:00: enough celebrations)",
        "Wed 9 Dec, 12:00: C2 (moved from Tue 8 Dec, 12:00: enough celebrations)",
    ]
    await live(company, MONDAY, FRIDAY)
    assert await came(company, "ada") == [
        ("years", "Tue 08 09:00"),
        ("c0", "Tue 08 10:00"),
        ("c1", "Wed 09 11:00"),
        ("c2", "Wed 09 12:00"),
    ]


async def test_a_full_week_still_fits_a_card(company: Company) -> None:
    daily = {"repeat": "daily", "at": "10:00"}
    company.run_campaigns(*(campaign(company, f"c{n}", cadence=daily) for n in range(9)))
    await company.admit("ada")
    company.clock.move(MONDAY)
    card = await week(company, "ada")
    assert lines(card)[-1] == "and 33 more"
    assert len(lines(card)) == 13
    company.clock.pass_by(timedelta(days=6))  # Sunday evening
    assert "Until Sunday 13 December" in str(await week(company, "ada"))
