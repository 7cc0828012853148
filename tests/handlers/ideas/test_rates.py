"""Ideas in numbers: one definition for chat, week, review and page; and nothing of fewer than five people."""

from __future__ import annotations

from datetime import timedelta

from handlers.model import Role
from handlers.pages.book import opened, visitor
from tests.conftest import Company
from tests.handlers.ideas.having import accepted, fills, proposes, shop

A_DAY = timedelta(days=1)


async def six(company: Company, people: int = 6) -> None:
    """Each of six had one; on the next day Marie accepts two and declines a third."""
    await shop(company)
    for number in range(people):
        await company.admit(f"p{number}", manager="kurt@example.org", team="Production")
        await proposes(
            company, f"p{number}", text=f"Number {number}", about="ISO 9001:2015" if number else ""
        )
    company.clock.pass_by(A_DAY)
    await accepted(company)
    for number in range(1, 3):
        idea = (await company.store.ideas.page("open", 0, 9)).ideas[0]
        await company.said("marie", f"idea {idea.id}", direct=False)
        await company.drain.everything()
        await (accepted(company) if number == 1 else fills(company, "marie", "Decline it", text="No."))
    company.clock.pass_by(timedelta(minutes=1))


async def typed(company: Company, words: str, who: str = "marie") -> str:
    return str((await company.said(who, words)).show)


def fact(label: str, value: str) -> str:
    return f"label='{label}', value='{value}'"


async def test_how_many_how_soon_and_what_became_of_them(company: Company) -> None:
    await six(company)
    shown = await typed(company, "stats ideas")
    assert fact("Ideas proposed", "6, 60.0 per 100 people") in shown
    assert fact("Ideas decided", "50% (19-81%), 3 of 6") in shown
    assert fact("Time until decided", "about 24 h") in shown
    assert fact("Ideas accepted", "2 of 3") in shown
    assert "('proposed', '3'), ('accepted', '2'), ('declined', '1')" in shown
    company.clock.pass_by(40 * A_DAY)
    assert "Nobody had an idea in this period" in await typed(company, "stats ideas 30")


async def test_what_was_decided_counts_when_it_was_decided(company: Company) -> None:
    await six(company)
    today = await typed(company, "stats ideas today")
    assert (
        fact("Ideas proposed", "0") in today
    )  # and what three people had that was decided is not told apart
    assert "Ideas accepted" not in today
    assert fact("Ideas accepted", "2 of 3") in await typed(company, "stats ideas 2")


async def test_of_few_people_it_is_told_how_many_and_to_their_manager_nothing(company: Company) -> None:
    await six(company, people=3)
    shown = await typed(company, "stats ideas")
    assert fact("Ideas proposed", "3, 42.9 per 100 people") in shown
    assert "Ideas decided" not in shown
    assert "'accepted'" not in shown
    own = await typed(company, "stats ideas", "kurt")
    assert fact("Ideas proposed", "fewer than 5 people") in own
    assert "'accepted'" not in own


async def test_ideas_without_a_name_make_no_five_people(company: Company) -> None:
    await shop(company, anonymous_replies=True)
    for _ in range(6):
        await proposes(company, anonymous="yes")
    assert "Ideas decided" not in await typed(company, "stats ideas")


async def test_a_manager_sees_those_of_the_own_people(company: Company) -> None:
    await six(company)
    await company.admit("hans", roles=frozenset({Role.MANAGER}))
    await proposes(company, "marie", text="Of quality")
    assert fact("Ideas proposed", "6, 100.0 per 100 people") in await typed(company, "stats ideas", "kurt")
    assert "Nobody had an idea" in await typed(company, "stats ideas", "hans")
    assert "Only" in await typed(company, "stats ideas", "p0") or "Numbers" in await typed(
        company, "stats ideas", "p0"
    )


async def test_the_review_of_a_standard_counts_those_about_it_and_about_none(company: Company) -> None:
    await six(company)
    nine, calm = [
        await typed(company, f'review "{name}" this month') for name in ("ISO 9001:2015", "ISO 14001:2015")
    ]
    assert "('Improvement', 'ideas proposed', '6, 60.0 per 100 people')" in nine
    assert "('Improvement', 'ideas decided', '50% (19-81%), 3 of 6')" in nine
    assert "('Improvement', 'ideas proposed', '1, 10.0 per 100 people')" in calm


async def test_the_page_shows_them_to_who_sees_everybodys_numbers(company: Company) -> None:
    await six(company)
    names = {}
    for who in ("marie", "kurt"):
        person = await company.store.person_by_email(f"{who}@example.org")
        assert person is not None
        view = await opened(visitor(company.desk, person, {}), "overview")
        names[who] = {section.name: section for section in view.sections}
    assert "Ideas proposed: 6, 60.0 per 100 people; ideas decided: 50%" in names["marie"]["ideas"].says
    assert list(names["marie"]["ideas"].rows) == [("proposed", "3"), ("accepted", "2"), ("declined", "1")]
    assert "ideas" not in names["kurt"]


async def test_the_week_counts_them_and_says_what_waits_for_too_long(company: Company) -> None:
    await six(company)
    company.clock.pass_by(6 * A_DAY)
    digest = await typed(company, "digest")
    assert fact("Ideas", "6 proposed, 3 decided") in digest
    assert "One thing to do" not in digest
    assert "label='Ideas'" not in await typed(company, "digest", "kurt")
    company.clock.pass_by(8 * A_DAY)
    digest = await typed(company, "digest")
    assert "3 ideas have waited for a decision for longer" in digest
    assert "value='ideas'" in digest
    assert "waited for a decision" not in await typed(company, "digest", "kurt")
