"""`audiences`: saving a rule under a name, after its number was shown; listing, using and forgetting."""

from __future__ import annotations

import asyncio

import pytest

from content.cards import Card, Table
from content.programme import Standard
from handlers.events import Click, Outcome
from handlers.model import Role
from tests.conftest import Company, at, button


@pytest.fixture
async def works(company: Company) -> Company:
    """Grace and Tim, who lead; Ada and Linus, who produce."""
    for leader in ("grace", "tim"):
        await company.admit(leader, roles=frozenset({Role.LEADER}))
    for name in ("ada", "linus"):
        await company.admit(name, team="Production")
    return company


async def filled(company: Company, name: str, rule: str, who: str = "grace") -> Outcome:
    values = {"name": name, "rule": rule}
    return await company.dispatch(Click(f"{who} {name} {rule}", at(who), "audience", values=values))


async def saved(company: Company, name: str, rule: str, who: str = "grace") -> Outcome:
    """The form, and then the button under the number."""
    shown = (await filled(company, name, rule, who)).show
    assert shown is not None
    save = button(shown, "Save it")
    return await company.dispatch(Click(f"save {who} {name}", at(who), save.verb, value=save.value))


def rows(card: Card | None) -> list[tuple[str, ...]]:
    assert card is not None
    return [row for block in card.blocks if isinstance(block, Table) for row in block.rows]


async def listed(company: Company, who: str = "grace") -> list[tuple[str, ...]]:
    return rows((await company.said(who, "audiences")).show)


async def test_the_number_is_shown_before_it_is_saved(works: Company) -> None:
    form = (await works.said("grace", "audiences new")).form
    assert form is not None
    assert [field.id for field in form.inputs()] == ["name", "rule"]
    shown = (await filled(works, "Makers", "TEAM:production")).show
    assert shown is not None
    assert shown.title == "Makers: 2 people"
    assert await listed(works) == []
    done = await saved(works, "Makers", "TEAM:production")
    assert 'audience:"Makers"' in str(done.show)
    assert await listed(works) == [("Makers", "2", "you", "team:production")]
    assert await listed(works, "tim") == [("Makers", "2", "Grace", "team:production")]


async def test_the_number_is_that_of_the_moment(works: Company) -> None:
    await saved(works, "Makers", "team:production")
    await works.admit("kim", team="production")
    assert (await listed(works))[0][1] == "3"


async def test_a_saved_audience_is_kept_without_the_names_of_others(works: Company) -> None:
    await saved(works, "Makers", "team:production")
    await saved(works, "Others", "not audience:makers")
    await works.said("grace", "audiences forget makers")
    assert await listed(works) == [("Others", "2", "you", "not team:production")]


async def test_one_that_names_a_standard_follows_the_programme(works: Company) -> None:
    standard = Standard(standard="ISO 14001", edition="2015", audience="team:production")
    works.run_campaigns(standards=(standard,))
    await saved(works, "Green", 'standard:"ISO 14001"')
    works.run_campaigns(standards=(standard.model_copy(update={"audience": "everyone"}),))
    assert await listed(works) == [("Green", "4", "you", 'standard:"ISO 14001"')]
    works.run_campaigns(standards=())
    assert await listed(works) == [("Green", "–", "you", 'standard:"ISO 14001"')]


@pytest.mark.parametrize(
    ("name", "rule", "field", "said"),
    [
        ("", "everyone", "name", "1 to 40 characters"),
        ("x" * 41, "everyone", "name", "1 to 40 characters"),
        ("a=b", "everyone", "name", "neither"),
        ('a"b', "everyone", "name", "neither"),
        ("a", "teem:x", "rule", "did you mean `team`?"),
        ("a", "", "rule", "found the end"),
        ("a", "audience:a", "rule", 'no saved audience "a"; there is none yet'),
        ("a", "acknowledged:b1", "rule", "Nothing was sent under b1"),
        ("a", " or ".join(f"team:{number}" for number in range(200)), "rule", "at most 1,000"),
    ],
)
async def test_a_mistake_stands_beside_its_field(
    works: Company, name: str, rule: str, field: str, said: str
) -> None:
    errors = (await filled(works, name, rule)).errors
    assert set(errors) == {field}
    assert said in errors[field]


async def test_a_name_belongs_to_whoever_saved_it_first(works: Company) -> None:
    await saved(works, "Makers", "team:production")
    assert set((await filled(works, "MAKERS", "everyone", "tim")).errors) == {"name"}
    await saved(works, "MAKERS", "everyone")
    assert await listed(works) == [("MAKERS", "4", "you", "everyone")]


async def test_of_two_who_save_one_name_at_once_the_second_is_told(works: Company) -> None:
    answers = await asyncio.gather(
        *(
            works.dispatch(Click(f"save {who}", at(who), "audience", value="Makers = team:production"))
            for who in ("grace", "tim")
        )
    )
    assert sorted(str(answer.show and answer.show.title) for answer in answers) == [
        "Not saved",
        "Saved: Makers, 2 people",
    ]


async def test_only_ones_own_can_be_forgotten(works: Company) -> None:
    await saved(works, "Makers", "team:production")
    refused = (await works.said("tim", "audiences forget makers")).show
    assert "There is no audience “makers” that you saved." in str(refused)
    assert [b.value for b in (await works.said("tim", "audiences")).show.buttons()] == ["audiences new"]  # type: ignore[union-attr]
    await saved(works, "Two  words", "everyone")
    await works.said("grace", "audiences forget two words")
    own = (await works.said("grace", "audiences")).show
    assert own is not None
    left = (await works.said("grace", button(own, "Forget").value)).show
    assert rows(left) == []
    assert await works.store.saved_audiences() == []


async def test_forty_are_kept(works: Company) -> None:
    for number in range(40):
        value = f"Number {number:02} = everyone"
        await works.dispatch(Click(f"k{number}", at("grace"), "audience", value=value))
    assert set((await filled(works, "One more", "everyone")).errors) == {"name"}
    assert len(await listed(works)) == 40


async def test_who_may_not_write_saves_nothing(works: Company) -> None:
    for answer in (
        await works.said("ada", "audiences"),
        await filled(works, "Makers", "everyone", "ada"),
        await works.dispatch(Click("k", at("ada"), "audience", value="Makers = everyone")),
    ):
        assert "Only a leader or an administrator" in str(answer.show)
    assert await works.store.saved_audiences() == []
