"""The page of the questions: each version of a question by itself."""

from __future__ import annotations

from datetime import timedelta

from handlers.model import Role
from handlers.pages.book import visitor
from handlers.pages.items import items
from tests.answering import answered, item
from tests.conftest import SUNDAY, Company

LABELS = item("labels")
MENDED = LABELS.model_copy(update={"stem": "Which label is right?", "key": "B"})


async def test_who_was_certain_and_wrong_is_told_of_the_version_that_they_were_asked(
    company: Company,
) -> None:
    marie = await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    for n in range(12):
        who = await company.admit(f"p{n}")
        question = LABELS if n < 6 else MENDED
        await answered(company.store, who, question, "B", SUNDAY - timedelta(days=2), 3)
    company.clock.move(SUNDAY)
    (section,) = (await items(visitor(company.desk, marie, {}))).sections
    told = {str(row[0]): str(row[3]) for row in section.rows}
    assert {name: share.partition(" ")[0] for name, share in told.items()} == {
        f"{LABELS.stem} (labels)": "100%",
        f"{MENDED.stem} (labels)": "0%",
    }
