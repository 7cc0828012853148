"""Lists of ideas: who decides sees everybody's, the oldest undecided first; everybody sees their own."""

from __future__ import annotations

from datetime import timedelta

from content.cards import Card, Text
from content.limits import problems
from content.markup import plain
from tests.conftest import Company
from tests.handlers.ideas.having import accepted, fills, known, proposes, shop
from tests.handlers.leading import labels

A_DAY = timedelta(days=1)


async def shown(company: Company, who: str, words: str) -> Card:
    card = (await company.said(who, words)).show
    assert card is not None
    assert problems(card) == ()
    return card


def lines(card: Card) -> list[str]:
    return [plain(block.markdown) for block in card.blocks if isinstance(block, Text)]


async def test_who_decides_sees_what_waits_longest_first_and_then_what_is_accepted(company: Company) -> None:
    await shop(company)
    await proposes(company, text="The first")
    await accepted(company)
    company.clock.pass_by(A_DAY)
    for number in range(5):
        await proposes(company, "kurt", text=f"Number {number}")
        company.clock.pass_by(A_DAY)
    card = await shown(company, "marie", "ideas")
    counts, *found = lines(card)
    assert counts == "6 open, 0 closed"
    assert [line.splitlines()[-1].lstrip("> ") for line in found] == [f"Number {n}" for n in range(4)]
    assert found[0].startswith("1. Kurt: proposed, waits about 5 days, to be decided by Tuesday 8 December")
    assert labels(card) == ["Open 1", "Open 2", "Open 3", "Open 4", "2 more"]
    rest = await shown(company, "marie", "ideas open 5")
    assert "6. Ada: accepted, until 2026-12-14" in lines(rest)[-1]
    assert labels(rest) == ["Open 5", "Open 6"]


async def test_what_ended_stands_apart_the_last_first(company: Company) -> None:
    await shop(company)
    for text in ("The first", "The second"):
        await proposes(company, text=text)
        await fills(company, "marie", "Decline it", text="No.")
        company.clock.pass_by(A_DAY)
    card = await shown(company, "marie", "ideas")
    assert "Nothing is open" in str(card)
    assert labels(card) == ["Closed ones"]
    closed = lines(await shown(company, "marie", "ideas closed"))
    assert ["The second" in closed[1], "The first" in closed[2]] == [True, True]


async def test_everybody_sees_their_own_and_nobody_elses(company: Company) -> None:
    await shop(company)
    assert "none yet" in str(await shown(company, "ada", "my ideas"))
    idea = await proposes(company, text="Of Ada")
    await proposes(company, "kurt", text="Of Kurt")
    for words in ("my ideas", "ideas"):
        own = str(await shown(company, "ada", words))
        assert "Of Ada" in own
        assert "Of Kurt" not in own
    assert (await company.said("ada", f"idea {idea.id.upper()}", direct=False)).deliver
    await company.drain.everything()
    assert company.chat.titles("ada")[-1] == "Your idea"


async def test_a_name_in_the_list_of_who_decides_is_a_look(company: Company) -> None:
    await shop(company)
    idea = await proposes(company)
    await shown(company, "marie", "ideas")
    assert [look.what for look in await company.store.looks_at(idea.person)] == ["ideas"]
    await shown(company, "ada", "my ideas")
    assert len(await company.store.looks_at(idea.person)) == 1
    assert (await known(company, idea.id)).version == 1
