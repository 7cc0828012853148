"""Choosing who gets a message: what is offered, what is granted, what comes back, and who is left out and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from content.audience import BadAudience, Everyone
from content.cards import Input
from content.pieces import Draft, Exclusion
from content.programme import Author, Programme, Standard
from handlers.broadcasts.choosing import audience_inputs, chosen
from handlers.broadcasts.grants import NotGranted, granted, within
from handlers.events import Click
from handlers.model import Delivery, Person, Reason, Role, SavedAudience, Status
from tests.conftest import Company, at
from tests.handlers.broadcasts.test_broadcasts import drafted, facts, pressed
from tests.storage.scene import change

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PLANT = 'site:"Plant 2"'


@pytest.fixture
async def works(company: Company) -> Company:
    """Two plants: Grace leads, Ada and Linus produce in Plant 2, Tim in Plant 1; Marie administrates."""
    company.clock.move(MONDAY_TEN)
    await company.admit("grace", roles=frozenset({Role.LEADER}), team="Management", site="Plant 2")
    await company.admit("ada", team="Production", site="Plant 2")
    await company.admit("linus", team="Production", site="Plant 2")
    await company.admit("tim", team="Production", site="Plant 1")
    await company.admit("marie", roles=frozenset({Role.ADMINISTRATOR}), team="Quality", site="Plant 1")
    return company


def rule(company: Company, **fields: object) -> None:
    """The programme has these authors or standards from now on."""
    company.run_campaigns(**fields)


def grant(company: Company, *entries: tuple[str, str]) -> None:
    rule(company, authors=tuple(Author(who=who, may=may) for who, may in entries))


async def grace(company: Company) -> Person:
    found = await company.store.person_at(at("grace"))
    assert found is not None
    return found


async def offered(company: Company) -> list[tuple[str, str]]:
    blocks = await audience_inputs(company.desk, await grace(company), {})
    first = blocks[0]
    assert isinstance(first, Input)
    return [(choice.value, choice.label) for choice in first.choices]


async def back(company: Company, **values: str) -> tuple[str, tuple[Exclusion, ...], dict[str, str]]:
    """What is chosen with these values, and the mistakes."""
    errors: dict[str, str] = {}
    found = await chosen(
        company.desk, await grace(company), {k.rstrip("_"): v for k, v in values.items()}, errors
    )
    return (*found, errors)


async def test_saved_audiences_and_standards_are_offered_with_their_number(works: Company) -> None:
    rule(works, standards=(Standard(standard="ISO 14001", edition="2015", audience=PLANT),))
    by_standard = SavedAudience("Makers", 'standard:"ISO 14001" and team:Production', "x", MONDAY_TEN)
    gone = SavedAudience("Gone", 'standard:"ISO 45001"', "x", MONDAY_TEN)
    for keep in (by_standard, gone):
        await works.store.commit(change(keep=keep))
    assert (await offered(works))[:3] == [
        ("everyone", "Everyone (5)"),
        ("audience:Makers", "Audience Makers (2)"),
        ('standard:"ISO 14001:2015"', "Works under ISO 14001:2015 (3)"),
    ]
    assert (await back(works, audience="audience:Makers"))[0] == f"{PLANT} and team:Production"
    assert (await back(works, rule="not standard:'ISO 14001'"))[2]["rule"].startswith("at character")
    unknown = (await back(works, rule="audience:makes"))[2]["rule"]
    assert unknown.endswith("there are Gone, Makers; did you mean `Makers`?")


async def test_an_author_is_offered_what_is_granted_and_no_more(works: Company) -> None:
    grant(works, ("role:leader", PLANT), ("email:tim@example.org", "everyone"))
    assert await offered(works) == [
        ("everyone", "Everyone you may write to (3)"),
        ('role:"leader"', "Role leader (1)"),
        ('site:"Plant 2"', "Site Plant 2 (3)"),
        ('team:"Production"', "Team Production (2)"),
        ('team:"Management"', "Team Management (1)"),
    ]
    assert await back(works, audience="everyone") == (PLANT, (), {})
    assert await back(works, audience='team:"Production"') == (f"team:Production and {PLANT}", (), {})


async def test_a_rule_beyond_what_is_granted_is_refused_with_numbers_and_whom_to_ask(works: Company) -> None:
    grant(works, ("role:leader", PLANT))
    assert await back(works, rule="team:Production") == (
        "",
        (),
        {
            "rule": f"1 of these 3 people are outside of what you may write to ({PLANT}). "
            "Choose others, or ask Marie."
        },
    )
    assert await back(works, rule=f"team:Production and {PLANT}") == (
        f"team:Production and {PLANT}",
        (),
        {},
    )
    assert await back(works, rule=PLANT) == (PLANT, (), {})


async def test_all_entries_that_fit_an_author_count_together(works: Company) -> None:
    grant(works, ("role:leader", "team:Quality"), ("team:Management", "site:X"), ("team:Other", "everyone"))
    person = await grace(works)
    assert str(granted(works.desk, person)) == "team:Quality or site:X"
    grant(works, ("role:leader", "team:Quality"), ("team:Management", "everyone"))
    assert str(granted(works.desk, person)) == "everyone"


async def test_an_author_whom_no_entry_fits_writes_to_nobody_and_is_told_whom_to_ask(works: Company) -> None:
    grant(works, ("email:tim@example.org", "everyone"))
    person = await grace(works)
    with pytest.raises(NotGranted, match=r"You may not write to anybody.*Ask Marie\."):
        await within(works.desk, person, Everyone())
    assert "You may not write to anybody" in str((await works.said("grace", "broadcast")).show)
    assert "You may not write to anybody" in (await back(works))[2]["audience"]
    assert await audience_inputs(works.desk, person, {}) == ()


async def test_who_moves_away_before_it_is_sent_is_not_written_to(works: Company) -> None:
    grant(works, ("role:leader", PLANT))
    preview = await drafted(works, audience='team:"Production"')
    await works.admit("linus", site="Plant 1")
    await pressed(works, preview, "decided", "send")
    await works.go_on()
    assert works.chat.titles("ada") == ["Thank you"]
    assert works.chat.titles("linus") == works.chat.titles("tim") == []


async def rows(company: Company) -> dict[str, Delivery]:
    """The roster, by name."""
    found: dict[str, Delivery] = {}
    for name in ("grace", "ada", "linus", "tim", "marie"):
        person = await company.store.person_at(at(name))
        assert person is not None
        mine = [
            d for d in await company.store.deliveries_of(person.key) if d.campaign.startswith("broadcast")
        ]
        found |= {name: mine[0]} if mine else {}
    return found


async def test_who_is_left_out_stands_on_the_roster_with_the_sentence(works: Company) -> None:
    await works.said("tim", "pause 1 week")
    values = {"except": 'site:"Plant 1"', "why": "They were there when it happened."}
    preview = await drafted(works, **values)
    assert facts(preview.card)["Probably not reached"] == "2: left out by the author"
    assert facts(preview.card)["How many"] == "5 people: 3 in Playground"
    await pressed(works, preview, "decided", "send")
    await works.go_on()
    found = await rows(works)
    assert {name: (row.status, row.reason, row.code) for name, row in found.items()} == {
        "grace": (Status.SENT, Reason.NONE, ""),
        "ada": (Status.SENT, Reason.NONE, ""),
        "linus": (Status.SENT, Reason.NONE, ""),
        "tim": (Status.SKIPPED, Reason.EXCLUDED, "They were there when it happened."),
        "marie": (Status.SKIPPED, Reason.EXCLUDED, "They were there when it happened."),
    }
    entries = [entry for entry in await works.store.entries() if entry.reason == Reason.EXCLUDED]
    assert [entry.kind for entry in entries] == ["excluded", "excluded"]
    looked = await pressed(works, preview, "looked")
    assert "2 left out: left out by the author" in str(looked)


async def test_leaving_out_needs_a_why_and_leaves_somebody(works: Company) -> None:
    assert set((await back(works, except_="team:Quality"))[2]) == {"why"}
    assert set((await back(works, except_="teem:Quality", why="x"))[2]) == {"except"}
    everybody = await back(works, rule="team:Production", except_="everyone", why="x")
    assert everybody[2] == {"except": "This leaves out all 3 of them. Leave out fewer."}
    assert await back(works, why="x") == ("everyone", (), {})


async def test_who_has_not_acknowledged_is_written_to_again(works: Company) -> None:
    preview = await drafted(works)
    await pressed(works, preview, "decided", "send")
    await works.go_on()
    first = (await rows(works))["ada"]
    await works.press("ada", first, next(b for b in first.card.buttons() if b.verb == "acknowledged"))
    not_yet = f"not acknowledged:{first.campaign}"
    assert await back(works, rule=not_yet) == (not_yet, (), {})
    again = await drafted(works, rule=f"{not_yet} and team:Production", title="Once more")
    assert isinstance(again.piece, Draft)
    assert again.piece.people == 2
    await works.dispatch(Click("again", at("grace"), "decided", delivery=again.id, value="send"))
    await works.go_on()
    assert [works.chat.titles(name)[-1] for name in ("ada", "linus", "tim")] == [
        "Thank you",
        "Once more",
        "Once more",
    ]


async def test_what_was_never_sent_cannot_be_meant_by_who_acknowledged_it(works: Company) -> None:
    mistake = (await back(works, rule="not acknowledged:broadcast-none"))[2]["rule"]
    assert mistake == "Nothing was sent under broadcast-none: its id stands on a broadcast's card."


async def test_a_form_that_comes_back_keeps_what_was_filled_in(works: Company) -> None:
    values = {"audience": 'team:"Quality"', "rule": "team:x", "except": "team:y", "why": "z"}
    blocks = await audience_inputs(works.desk, await grace(works), values)
    assert {block.id: block.value for block in blocks if isinstance(block, Input)} == values


def programme(**more: object) -> Programme:
    standards = [{"standard": "ISO 14001", "edition": "2015", "audience": PLANT}]
    fields = {"organisation": "Works", "zone": "UTC", "packs": ["x"], "standards": standards, **more}
    return Programme.model_validate(fields)


def test_a_standard_stands_for_its_people_everywhere_in_a_programme() -> None:
    campaign = {
        "id": "mondays",
        "title": "Mondays",
        "questions": 1,
        "audience": 'not standard:"iso 14001"',
        "cadence": {"once": "2026-11-23T09:30"},
    }
    made = programme(
        authors=[{"who": "role:leader", "may": 'standard:"ISO 14001:2015"'}],
        learning={"groups": {"operations": 'standard:"ISO 14001"'}},
        campaigns=[campaign],
    )
    assert made.authors == (Author(who="role:leader", may=PLANT),)
    assert made.learning.groups == {"operations": PLANT}
    assert [each.audience for each in made.campaigns] == [f"not {PLANT}"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"authors": [{"who": "role:leader", "may": 'standard:"ISO 9001"'}]},
            'may: there is no standard of the programme "ISO 9001"; there are ISO 14001, ISO 14001:2015',
        ),
        ({"authors": [{"who": "acknowledged:b", "may": "everyone"}]}, "for a broadcast only"),
        (
            {"standards": [{"standard": "A", "edition": "2015", "audience": "standard:B"}]},
            "cannot be used here",
        ),
    ],
)
def test_a_programme_with_a_name_that_there_is_not_is_refused(more: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        programme(**more)


def test_two_editions_of_a_standard_are_both_meant_by_its_name() -> None:
    both = [{"standard": "A", "edition": str(year), "audience": f"team:{year}"} for year in (2015, 2026)]
    made = programme(standards=both, learning={"groups": {"office": "standard:A"}})
    assert made.learning.groups == {"office": "team:2015 or team:2026"}


def test_bad_audiences_are_mistakes_that_pydantic_tells() -> None:
    assert issubclass(BadAudience, ValueError)
