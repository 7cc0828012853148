"""The management-review sheet: one standard, one period, and honest about what is not known here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from content.campaigns import Campaign
from handlers.model import Role
from tests.conftest import Company
from tests.handlers.findings.correcting import opened, shop

TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
QUIZ = {
    "id": "weekly-quiz",
    "title": "Two minutes",
    "cadence": {"repeat": "weekly", "days": ["tue"], "at": "09:30"},
    "starts": "2026-11-24",
    "pieces": ["oil-near-the-drain"],
}


async def typed(company: Company, words: str, who: str = "marie") -> str:
    outcome = await company.said(who, words)
    assert outcome.show is not None
    return str(outcome.show)


async def test_the_sheet_has_numbers_with_n_and_interval_and_names_what_is_not_known(
    company: Company,
) -> None:
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    people = [f"colleague{number}" for number in range(6)]
    for name in people:
        await company.admit(name)
    company.run_campaigns(Campaign.model_validate(QUIZ))
    await company.go_on()
    company.clock.move(TUESDAY)
    await company.go_on()
    item = company.library.piece("oil-near-the-drain").items[0]  # type: ignore[union-attr]
    for name in people:
        await company.answer(name, await company.latest(name), item.key if name != "colleague0" else "A")
    company.clock.pass_by(timedelta(days=1))
    standard = str(item.clauses[0]).rpartition(" ")[0]
    sheet = await typed(company, f'review "{standard}" this month')
    assert f"Management review: {standard}" in sheet
    assert "of 6" in sheet
    assert "recall today, n = 6" in sheet
    assert "what the review before decided" in sheet
    assert "no finding about this standard was open in the period" in sheet
    assert "how far objectives are met" in sheet
    assert "not known here" in sheet
    assert "2026-11-01 to 2026-11-25" in sheet
    assert "Nobody" not in await typed(company, f"review {standard}")
    company.run_campaigns()
    assert "of 6" not in await typed(company, f'review "{standard}" last quarter')


async def test_what_is_not_understood_and_who_may_not_is_a_sentence(company: Company) -> None:
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    await company.admit("petra", roles=frozenset({Role.AUDITOR}))
    await company.admit("ada")
    assert "Of which standard?" in await typed(company, "review")
    assert "Of which standard?" in await typed(company, "review ISO 90011")
    assert "write a period" in await typed(company, "review ISO 9001 sometime")
    assert "a quarter is Q1" in await typed(company, "review ISO 9001 2026-Q7")
    assert "Management review: ISO 9001:2015" in await typed(company, "review “iso 9001:2015” 2026", "petra")
    assert "Only a quality lead" in await typed(company, "review ISO 9001", "ada")


async def test_the_sheet_counts_the_findings_about_its_standard(company: Company) -> None:
    await shop(company)
    await opened(company)
    company.clock.pass_by(timedelta(hours=1))
    sheet = await typed(company, 'review "ISO 9001:2015" this quarter')
    assert "'findings opened in the period', '1'" in sheet
    assert "'findings open', '1'" in sheet
    assert "'corrective actions in time', 'none yet'" in sheet
    other = await typed(company, 'review "ISO 14001:2015" this quarter')
    assert "no finding about this standard was open in the period" in other
    company.clock.pass_by(timedelta(days=30))  # its day has passed, and nobody has done anything
    assert "'findings overdue', '1'" in await typed(company, 'review "ISO 9001:2015" this quarter')
    before = await typed(company, 'review "ISO 9001:2015" 2026-Q3')
    assert "no finding about this standard was open in the period" in before


async def test_a_change_stands_beside_a_number_only_where_it_is_more_than_noise(company: Company) -> None:
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    people = [f"colleague{number}" for number in range(8)]
    for name in people:
        await company.admit(name)
    company.run_campaigns(Campaign.model_validate(QUIZ))
    await company.go_on()
    item = company.library.piece("oil-near-the-drain").items[0]  # type: ignore[union-attr]
    for week, wrong in enumerate(("", "colleague0", " ".join(people))):
        company.clock.move(TUESDAY + week * timedelta(days=7))
        await company.go_on()
        for name in people:
            await company.answer(name, await company.latest(name), "A" if name in wrong.split() else item.key)
    standard = str(item.clauses[0]).rpartition(" ")[0]
    noise = await typed(company, f'review "{standard}" since 2026-11-26 until 2026-12-02')
    assert "88% (53-98%) of 8'" in noise
    assert "% before" not in noise
    change = await typed(company, f'review "{standard}" since 2026-12-03')
    assert "0% (0-32%) of 8, 88% before" in change
