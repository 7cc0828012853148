"""Works-council mode: every view by name is off, on again by a named exception, and each use of that is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from content.campaigns import Campaign
from content.council import VIEWS, Allowed, View, WorksCouncil
from content.packs import BadPack, load
from content.pieces import Escalation
from content.programme import Names, Reminders
from handlers.model import Delivery, Person, Role
from handlers.pages.book import NotForYou, opened, visitor
from handlers.permissions import sight
from tests.conftest import STARTER, Company
from tests.handlers.leading import drafted, filled, press, seen, works

WELCOME = Campaign.model_validate(
    {"id": "welcome", "title": "Welcome", "questions": 1, "cadence": {"joined": 0, "at": "10:00"}}
)


@pytest.fixture
async def house(company: Company) -> Company:
    """Grace and nine colleagues had a message that nobody acknowledged; Olga leads quality, Hans is their manager."""
    await works(company, 0)
    await company.admit("hans", roles=frozenset({Role.MANAGER}))
    await company.admit("olga", roles=frozenset({Role.QUALITY_LEAD}))
    for number in range(6):
        await company.admit(
            f"colleague{number}", manager="hans@example.org", team="Sales", joined=date(2026, 11, 10 + number)
        )
    settle(company, None)
    preview = await drafted(company)
    await press(company, preview, "Send it")
    await company.go_on()
    company.clock.pass_by(timedelta(minutes=1))
    return company


def settle(company: Company, council: WorksCouncil | None) -> None:
    names = Names(not_acknowledged=("quality lead",))
    company.run_campaigns(
        WELCOME, works_council=council, names=names, reminders=Reminders(by_name=True, after=24)
    )


def exception(who: str, *views: View, whom: str = "email:colleague1@example.org") -> WorksCouncil:
    return WorksCouncil(
        exceptions=(
            Allowed(
                id="audit-2026",
                who=f"{who}@example.org",
                views=views,
                whom=whom,
                why="An audit of inductions",
                until=date(2026, 12, 31),
                agreed="works council, 2 November",
            ),
        )
    )


async def card(company: Company, who: str, words: str) -> str:
    shown = (await company.said(who, words)).show
    assert shown is not None
    return str(shown)


async def escalations(company: Company) -> list[Delivery]:
    """The cards that tell Hans who of his people have not acknowledged."""
    until = company.clock.now() + timedelta(days=9)
    while True:
        rows = [row for row in await company.store.outbox(500) if isinstance(row.piece, Escalation)]
        if rows or company.clock.now() >= until:
            return rows
        company.clock.pass_by(timedelta(hours=6))
        await company.go_on()


async def escalated(company: Company) -> str:
    """What Hans sees when he asks again how it stands."""
    return str(await seen(company, (await escalations(company))[0], "hans"))


async def page_of_people(company: Company) -> str:
    """What Olga sees under /insights/people; nothing where the page is not for her."""
    olga = await company.store.person_by_email("olga@example.org")
    assert olga is not None
    try:
        return str(await opened(visitor(company.desk, olga, {}), "people"))
    except NotForYou:
        return ""


async def sample(company: Company) -> str:
    """What Olga sees of everybody who is drawn; on a slow machine she has to press until it is there."""
    while "Drawn by" not in (shown := await card(company, "olga", "sample ISO 9001:2015 2026 n 500")):
        await asyncio.sleep(0.1)
    return shown


async def ideas(company: Company) -> str:
    """What Olga sees of who had ideas: the list."""
    for number in (1, 2):
        await company.said(f"colleague{number}", "idea Better light in the hall")
    return await card(company, "olga", "ideas")


Shows = Callable[[Company], Awaitable[str]]
INDIVIDUAL: dict[View, tuple[str, str, Shows]] = {
    "induction": ("olga", "Colleague1", lambda house: card(house, "olga", "stats induction")),
    "not acknowledged": ("olga", "Colleague1", lambda house: card(house, "olga", "stats message")),
    "leaders": ("olga", "Grace", lambda house: card(house, "olga", "stats messages")),
    "ideas": ("olga", "Colleague1", ideas),
    "escalation": ("hans", "Colleague1", escalated),
    "people": ("olga", "Colleague1", page_of_people),
    "sample": ("olga", "Colleague1", sample),
}


def test_every_view_by_name_of_this_house_is_tried_here() -> None:
    assert set(VIEWS) == set(INDIVIDUAL)


@pytest.mark.parametrize("view", INDIVIDUAL)
async def test_a_view_by_name_is_off_and_on_with_an_exception_whose_use_is_shown(
    house: Company, view: View
) -> None:
    who, named, shows = INDIVIDUAL[view]
    assert named in await shows(house)
    settle(house, WorksCouncil())
    assert named not in await shows(house)
    person = await house.store.person_by_email(f"{named}@example.org".lower())
    assert person is not None
    before = len(await house.store.looks_at(person.key))
    settle(house, exception(who, view, whom=f"email:{named}@example.org"))
    shown = await shows(house)
    assert named in shown
    assert "Colleague2" not in shown
    looks = await house.store.looks_at(person.key)
    assert len(looks) == before + 1
    assert (looks[0].exception, looks[0].why) == ("audit-2026", "An audit of inductions")
    assert "An audit of inductions" not in str(await house.store.entries(500))
    settle(house, exception("marie", view))
    assert named not in await shows(house)


async def test_who_is_named_on_a_card_that_nobody_asked_for_sees_that_as_well(house: Company) -> None:
    colleague = await house.store.person_by_email("colleague1@example.org")
    hans = await house.store.person_by_email("hans@example.org")
    assert colleague is not None
    assert hans is not None
    (card_,) = await escalations(house)
    assert "Colleague1" in str(card_.card)
    assert [look.actor for look in await house.store.looks_at(colleague.key)] == [hans.key]


async def test_an_exception_ends_with_its_day_and_gives_nobody_more_than_their_role(house: Company) -> None:
    council = exception("olga", "induction")
    programme = house.library.programme.model_copy(update={"works_council": council})
    olga = Person("o", email="OLGA@example.org", roles=frozenset({Role.QUALITY_LEAD}))
    assert sight("induction", olga, programme, date(2026, 12, 31)).anybody
    assert not sight("induction", olga, programme, date(2027, 1, 1)).anybody
    assert not sight("induction", Person("o", email="olga@example.org"), programme, date(2026, 12, 1)).anybody
    assert not sight("induction", None, programme, date(2026, 12, 1)).anybody


async def test_a_look_at_counts_is_noted_without_a_person(house: Company) -> None:
    await card(house, "olga", "stats recall team")
    await card(house, "hans", "stats 30")
    looked = [entry for entry in await house.store.entries(20) if entry.kind == "looked"]
    assert [(entry.object_id, entry.value, entry.person) for entry in looked] == [
        ("stats", "team, 2026-10-24 to 2026-11-23", ""),
        ("stats recall", "team", ""),
    ]


async def test_nobody_finds_out_with_a_rule_or_a_card_whether_one_person_has_acknowledged(
    house: Company,
) -> None:
    settle(house, WorksCouncil())
    (broadcast,) = await house.store.broadcasts_of(
        (await house.store.person_by_email("grace@example.org")).key
    )  # type: ignore[union-attr]
    one, message = "email:colleague1@example.org", f"acknowledged:{broadcast.id}"
    for rule in (f"{message} and {one}", f"{message} or not {one}", f"not ({message} and {one})"):
        outcome = await filled(house, "new", title="A", text="B", rule=rule)
        assert "Individual views are off" in str(outcome.errors), rule
    for rule in (f"not {message}", f"{message} or team:Sales", f"not ({message} and team:Sales)"):
        outcome = await filled(house, "new", title="A", text="B", rule=rule)
        assert outcome.errors == {}, rule
    preview = await drafted(house, audience="", rule="email:colleague1@example.org")
    await press(house, preview, "Send it")
    await house.go_on()
    shown = str(await seen(house, preview))
    assert "not told of fewer than 5 people" in shown
    assert "acknowledged" not in shown.split("not told")[0].split("Complete")[1]


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("maybe", "works_council: must be true, false, or exceptions, such as { exceptions: [...] }"),
        (
            "{ exceptions: [{ id: a1, who: olga, views: [induction], why: x, until: 2027-01-01, agreed: y }] }",
            "who: must be an e-mail address",
        ),
        (
            "{ exceptions: [{ id: a1, who: o@example.org, views: [pay], why: x, until: 2027-01-01, agreed: y }] }",
            "views: must be 'induction', 'not acknowledged'",
        ),
        (
            "{ exceptions: [{ id: a1, who: o@example.org, views: [induction], until: 2027-01-01, agreed: y }] }",
            "why: is missing",
        ),
        (
            "{ exceptions: [{ id: a1, who: o@example.org, views: [induction], why: x, until: soon, agreed: y }] }",
            "until: must be",
        ),
    ],
)
def test_a_mistake_in_the_programme_is_named(tmp_path: Path, written: str, mistake: str) -> None:
    programme = tmp_path / "programme.yaml"
    starter = (
        (STARTER / "programme.yaml").read_text().replace("packs: [", f"packs: [{STARTER.parent.absolute()}/")
    )
    programme.write_text(f"{starter}\nworks_council: {written}\n")
    with pytest.raises(BadPack) as raised:
        load(programme)
    assert mistake in str(raised.value)


def test_true_switches_it_on_and_false_off(tmp_path: Path) -> None:
    for written, off in (("true", False), ("false", True)):
        programme = tmp_path / f"{written}.yaml"
        programme.write_text((STARTER / "programme.yaml").read_text() + f"\nworks_council: {written}\n")
        assert (load(programme).programme.works_council is None) is off
