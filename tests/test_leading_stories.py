"""A second person, the rota, a message held and withdrawn, a milestone: each on all three platforms, over real HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from content.campaigns import Cadence, Campaign
from content.packs import Library
from content.pieces import Message
from content.programme import RotaAsk, SecondPerson
from handlers.model import Role, Status
from tests.conftest import Company
from tests.places import Place, card, flat, place, writes
from tests.test_stories import TUESDAY_0930_BERLIN

__all__ = ["place"]

GRACE, MARIE = "grace@example.org", "marie@example.org"
WORDS = "You made this week safe."
WEEKLY = Campaign(
    id="weekly-message",
    title="Monday message",
    cadence=Cadence(repeat="weekly", days=("mon",), at="09:00"),
    starts=date(2026, 11, 23),
    rota=True,
    pieces=("words-of-the-week",),
    grace=timedelta(hours=24),
)
OF_THE_PACK = Message(id="words-of-the-week", title="What counts this week", text="Say what you saw.")
WEDNESDAY = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # three working days before Monday's slot
FRIDAY = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)  # one before
SLOT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.fixture
async def works(company: Company, place: Place) -> Place:
    """Tuesday morning: Grace leads, and whatever goes to more than two people needs Marie or Ada besides."""
    company.run_campaigns(approval=SecondPerson(above=2, everyone=True))
    roles = {"ada": Role.APPROVER, "grace": Role.LEADER, "marie": Role.APPROVER}
    for who, role in roles.items():
        await company.admit(who, addresses=(), team="Makers", roles=frozenset({role}))
        await place.arrives(who)
        await company.go_on()
    company.clock.move(TUESDAY_0930_BERLIN)
    return place


async def got(place: Place, who: str, title: str = "Thank you") -> list[str]:
    """What stands in somebody's chat under this very title."""
    return [seen for seen in await place.sees(who) if seen.splitlines()[0] == title]


async def test_it_is_sent_back_changed_and_approved(company: Company, works: Place) -> None:
    await writes(company, works, "Thank you", WORDS)
    assert "goes to everyone needs a second person" in await card(works, "grace", "Preview: Thank you")
    await works.presses("grace", "Ask for approval")
    await company.go_on()
    asked = await card(works, "marie", "May this go out? Thank you")
    for words in (WORDS, "3 people", "Grace wrote this and asks you"):
        assert words in asked
    assert await got(works, "marie") == []

    await works.presses("marie", "Send it back")
    await works.fills("marie", "Send it back", {"What should be different?": "Say *which* week."})
    await company.go_on()
    assert "Sent back: Say *which* week." in flat(await card(works, "grace", "Preview: Thank you"))
    assert "Marie sent it back: Say *which* week." in flat(await card(works, "ada", "May this go out?"))

    await works.presses("grace", "Change the text")
    await works.fills("grace", "Preview", {"Message": "You made week 48 safe."})
    await company.go_on()
    await works.presses("grace", "Ask for approval")
    await company.go_on()
    assert "You made week 48 safe." in await card(works, "marie", "May this go out?")
    await works.presses("marie", "Approve it")
    await company.go_on()
    assert "Marie approved it" in await card(works, "marie", "May this go out?")
    assert ["week 48" in seen for seen in await got(works, "ada")] == [True]
    kinds = [entry.kind for entry in await company.store.entries(100)]
    counted = [kinds.count(kind) for kind in ("submitted", "sent back", "launched")]
    assert counted == [2, 1, 1]
    assert (await company.store.verify()).broken is None


async def test_nobody_approves_their_own(company: Company, works: Place) -> None:
    await company.admit("grace", addresses=(), roles=frozenset({Role.LEADER, Role.APPROVER}))
    await writes(company, works, "Thank you", WORDS)
    await works.presses("grace", "Ask for approval")
    await company.go_on()
    assert [seen for seen in await works.sees("grace") if "May this go out?" in seen] == []
    for who in ("ada", "marie"):
        assert "asks you" in await card(works, who, "May this go out?")
        assert await got(works, who) == []


async def test_of_two_approvers_who_press_at_once_one_is_first_and_it_goes_out_once(
    company: Company, works: Place
) -> None:
    await writes(company, works, "Thank you", WORDS)
    await works.presses("grace", "Ask for approval")
    await company.go_on()
    await asyncio.gather(works.presses("ada", "Approve it"), works.presses("marie", "Approve it"))
    await company.go_on()
    first = [
        who for who in ("Ada", "Marie") if f"✅ {who} approved it." in await card(works, "ada", "May this")
    ]
    assert len(first) == 1
    assert f"✅ {first[0]} approved it." in await card(works, "marie", "May this go out?")
    for who in ("ada", "grace", "marie"):
        assert len(await got(works, who)) == 1
    assert [entry.kind for entry in await company.store.entries(100)].count("launched") == 1


async def test_held_gone_on_with_and_withdrawn_while_it_is_on_its_way(company: Company, works: Place) -> None:
    """Spread over an hour a third of them have it after the first third."""
    company.run_campaigns()
    await writes(company, works, "Thank you", WORDS)
    await works.presses("grace", "To whom, when")
    minutes = {"Spread over so many minutes (0: all at once)": "60"}
    await works.fills("grace", "Preview", minutes)
    await works.presses("grace", "Send it")

    async def have() -> int:
        seen = [text for who in ("ada", "grace", "marie") for text in await got(works, who)]
        return len([text for text in seen if "Withdrawn" not in text])

    async def until_somebody_more(before: int) -> int:
        for _ in range(60):
            company.clock.pass_by(timedelta(minutes=1))
            await company.go_on()
            if (now := await have()) > before:
                return now
        raise AssertionError(f"{before} have it, and nobody more gets it")

    await company.go_on()
    first = await have() or await until_somebody_more(0)
    assert first < 3
    await works.presses("grace", "Pause")
    company.clock.pass_by(timedelta(hours=2))
    await company.go_on()
    assert await have() == first
    assert "Nobody else gets it until you go on" in await card(works, "grace", "Paused: Thank you")
    await works.presses("grace", "Go on")
    second = await until_somebody_more(first)
    await works.presses("grace", "Withdraw it")
    for _ in range(6):
        company.clock.pass_by(timedelta(minutes=20))
        await company.go_on()
    assert await have() == 0
    told = await card(works, "grace", "Withdrawn: Thank you")
    assert "Nobody else gets it now" in told
    rows = [row for row in await company.store.outbox() if row.card.title == "Thank you"]
    assert len(rows) == 3
    states = sorted(row.status for row in rows)
    assert states == sorted([Status.SENT] * second + [Status.CANCELLED] * (3 - second))
    assert (await company.store.verify()).broken is None


@pytest.fixture
async def on_rota(company: Company, works: Place) -> Place:
    """Next Monday is Grace's, and Marie stands in for her."""
    await company.admit("marie", addresses=(), roles=frozenset({Role.LEADER}))
    pieces = {**company.library.pieces, OF_THE_PACK.id: OF_THE_PACK}
    company.library = Library(pieces, company.library.programme)
    rules = {"rota": (MARIE, GRACE), "deputies": {GRACE: MARIE}, "rota_ask": RotaAsk(days=3, deputy_after=1)}
    company.run_campaigns(WEEKLY, **rules)
    await company.go_on()
    return works


async def goes_to(company: Company, moment: datetime) -> None:
    while company.clock.now() < moment:
        company.clock.move(min(moment, company.clock.now() + timedelta(hours=6)))
        await company.go_on()


async def test_a_leader_is_asked_in_time_with_a_draft_that_goes_out_in_their_name(
    company: Company, on_rota: Place
) -> None:
    await goes_to(company, WEDNESDAY - timedelta(minutes=1))
    assert not any("What counts this week" in seen for seen in await on_rota.sees("grace"))
    await goes_to(company, WEDNESDAY)
    assert "It is your turn on Monday 30 November, 09:00" in flat((await on_rota.sees("grace"))[-1])
    await on_rota.presses("grace", "Change the text")
    await on_rota.fills("grace", "Preview", {"Message": "I walk the line on Tuesday."})
    await on_rota.presses("grace", "Schedule it")
    await goes_to(company, SLOT)
    (seen,) = await got(on_rota, "ada", OF_THE_PACK.title)
    assert "I walk the line on Tuesday." in seen
    assert "Grace" in seen
    assert not any("You stand in" in seen for seen in await on_rota.sees("marie"))


async def test_what_lies_passes_on_to_the_deputy(company: Company, on_rota: Place) -> None:
    await goes_to(company, FRIDAY)
    assert "You stand in for Grace" in (await on_rota.sees("marie"))[-1]
    assert "has passed on to Marie" in await card(on_rota, "grace", OF_THE_PACK.title)
    await on_rota.presses("marie", "Schedule it")
    await company.go_on()
    assert "Marie has let theirs go" in await card(on_rota, "grace", OF_THE_PACK.title)
    await goes_to(company, SLOT)
    (seen,) = await got(on_rota, "ada", OF_THE_PACK.title)
    assert "Marie" in seen


async def test_if_nobody_lets_theirs_go_the_words_of_the_pack_go_out_in_nobodys_name(
    company: Company, on_rota: Place
) -> None:
    await goes_to(company, SLOT)
    (seen,) = await got(on_rota, "ada", OF_THE_PACK.title)
    assert "Say what you saw." in seen
    assert "Grace" not in seen
    assert "the words of the pack had their turn" in await card(on_rota, "grace", "Not needed")


async def test_a_lead_celebrates_what_a_team_has_reached_and_cheers_are_counted(
    company: Company, works: Place
) -> None:
    company.run_campaigns()
    await company.admit("marie", addresses=(), team="Quality", roles=frozenset({Role.QUALITY_LEAD}))
    await works.types("marie", "milestone")
    reached = {"Title": "A hundred days", "What has been reached, and by whom": "Makers: no scrap at all."}
    await works.fills(
        "marie", "Preview", {**reached, "What is it a milestone of? They get it": 'team:"Makers"'}
    )
    await company.go_on()
    await works.presses("marie", "Send it")
    await company.go_on()
    for who in ("ada", "grace"):
        assert "Makers: no scrap at all." in (await works.sees(who))[-1]
        await works.presses(who, "👏 Cheer")
        assert "You cheered" in (await works.sees(who))[-1]
    await works.presses("marie", "How far is it?")
    told = await card(works, "marie", "A hundred days")
    assert "Complete: 2 of 2 sent" in told
    assert "2 cheered" in told
    kinds = [entry.kind for entry in await company.store.entries(100)]
    assert kinds.count("cheered") == 2
