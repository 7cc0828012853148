"""Every card of every pack, and every card of the house itself, goes past everybody who might refuse it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from bot.playground.render import html
from bot.slack import render as slack
from bot.teams import render as teams
from content.cards import Card, Text
from content.holidays import Holidays
from content.limits import problems
from content.packs import check_pack
from content.pieces import BasePiece, Check, Count, Draft, Forecast, Message
from content.rest import Quiet, Rest
from handlers.broadcasts import Watched, compose
from handlers.commands import COMMANDS
from handlers.escalations import Told
from handlers.events import Click, Forms, Joined, Outcome, Said
from handlers.forecast import Terms
from handlers.forms import MAX_TEXT, MAX_TITLE
from handlers.headway import Headway, words
from handlers.insights import TOPICS
from handlers.model import Participation, Platform, Reason, Role, Status
from handlers.ports import Grouping
from handlers.quiz import CERTAINTIES
from handlers.rehearsal import READER, cards
from handlers.reminders import reminder
from handlers.sheets import Sheet, bars
from handlers.sheets import card as sheet_card
from tests.conftest import Company, at
from tests.simulators import slack_blocks, slack_oracles, teams_limits

PACKS = sorted(path.parent for path in Path("content/packs").glob("*/pack.yaml"))
PIECES = {piece.id: piece for pack in PACKS for piece in check_pack(pack)}.values()
HELLO = Message(id="hello", title="Hello", text="Have a **good** week.")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DRAFT = Draft(
    id="draft",
    title="Hello",
    message=HELLO,
    audience="everyone",
    people=123_456,
    drafted=NOW.isoformat(),
    forecast=Forecast(
        places=tuple(Count(name=platform, people=40_000) for platform in Platform),
        without=tuple(Count(name=reason, people=100) for reason in Reason if reason),
        last_at=NOW + timedelta(hours=7),
        held=1_000,
        held_until=NOW + timedelta(days=3),
    ),
)
LONG = HELLO.model_copy(
    update={
        "title": "T" * MAX_TITLE,
        "text": "word " * (MAX_TEXT // 5),
        "check": Check(
            stem="What is new?", options={"A": "Nothing", "B": "All"}, key="B", explanation="See above."
        ),
    }
)
SILENT = Told(
    id="escalation",
    title=LONG.title,
    broadcast="broadcast",
    slot="",
    by_name=True,
    people=5_000,
    silent=tuple(f"Somebody with a name of some length {number}" for number in range(4_000)),
    at="Monday 23 November, 09:30",
)
EVERY_STATE = Headway(
    {(status, reason): 1_000 for status in Status for reason in Reason}, 500, NOW, leaving=700
)


def passes(card: Card) -> None:
    """Our own limits, Slack's three oracles and our Slack, the Adaptive Card schema and Teams' limits."""
    assert problems(card) == ()
    message = slack.message(card, "d" * 32)
    slack_oracles.asked(message)
    assert slack_blocks.problem("message", message["blocks"]) == ""
    assert teams_limits.problems(teams.card(card, "d" * 32)) == []
    assert html(card, "d" * 32, "here")


def passes_as_a_home(card: Card) -> None:
    """What the house says of itself may stand in Slack's Home tab as well."""
    passes(card)
    slack_oracles.asked(slack.home(card))
    assert slack_blocks.view_problem(slack.home(card)) == ""


@pytest.mark.parametrize("piece", [*PIECES, DRAFT, reminder(LONG, 5), SILENT], ids=lambda piece: piece.id)
def test_every_piece_of_every_pack_passes_whatever_is_pressed(piece: BasePiece) -> None:
    """Our own limits ask every card, the others the first, the longest and the one with the most blocks."""
    all_of_it = list(cards(piece))
    assert [problems(card) for card in all_of_it] == [()] * len(all_of_it)
    longest = max(all_of_it, key=lambda card: len(str(card)))
    fullest = max(all_of_it, key=lambda card: len(card.blocks))
    for card in {id(card): card for card in (all_of_it[0], longest, fullest)}.values():
        passes(card)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_the_authors_card_passes_with_every_state_there_is(withdrawn: bool) -> None:
    found = replace(EVERY_STATE, withdrawn=withdrawn)
    said = words(found, NOW, Terms({}, Rest(Quiet(), Holidays()), "Europe/Berlin"), asked=True)
    piece = Watched(**dict(DRAFT), begun=True, complete=False, headway=said)
    done = (Participation("decided", value="send"), *((Participation("withdrew"),) if withdrawn else ()))
    card = compose(piece, READER, done)
    assert said in [block.markdown for block in card.blocks if isinstance(block, Text)]
    passes(card)


@pytest.mark.parametrize("columns", [2, 4, 7])
def test_a_sheet_of_any_size_passes(columns: int) -> None:
    names = [f"Größe und Gewicht der Lieferungen an das Werk {number}" for number in range(150)]
    sheet = Sheet(
        title="Recall by team",
        facts=(("Recall", "79% (77-81%)"),) * 6,
        says=("A sentence about what to look at. " * 8,) * 5,
        header=("Column",) * columns,
        rows=tuple((name,) * columns for name in names),
        charts=bars("Recall at the audit by team", ((name, 61.5) for name in names)),
        notes=("What was counted, and how. " * 10,),
    )
    passes(sheet_card(sheet))


async def test_every_card_of_the_house_passes(company: Company) -> None:
    await company.admit("marie", team="Quality", site="Berlin", roles=frozenset(Role))
    words = [*(command.words[0] for command in COMMANDS), "pause 2 weeks", "what?", "prefer slack"]
    words += [f"stats {by}" for by in get_args(Grouping)]
    words += [f"stats {name} {word}" for name, topic in TOPICS.items() for word in ("", *topic.words)]
    for number in range(3):
        await company.said("marie", "quiz")
        await company.drain.everything()
        question = await company.latest("marie")
        await company.answer("marie", question, "ABC"[number], CERTAINTIES[number + 1])
    for said in words:
        outcome = await company.dispatch(Said(said, at("marie"), said, direct=True, forms=Forms.CARD))
        assert outcome.show is not None
        passes_as_a_home(outcome.show)
    home = await company.dispatch(Joined("home", at("marie")))
    assert home.show is not None
    passes_as_a_home(home.show)


@pytest.mark.parametrize("words", ["broadcast", "audiences new"])
async def test_a_form_passes_as_a_window_and_as_a_card(company: Company, words: str) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    await save(company, "Makers")
    outcome = await company.said("grace", words)
    assert outcome.form is not None
    assert slack_blocks.view_problem(slack.modal(outcome.form)) == ""
    slack_oracles.asked(slack.modal(outcome.form))
    assert teams_limits.problems(teams.card(outcome.form)) == []


async def save(company: Company, name: str) -> Outcome:
    rule = " or ".join(f"team:{number}" for number in range(90))
    return await company.dispatch(Click(f"save {name}", at("grace"), "audience", value=f"{name} = {rule}"))


async def test_the_cards_of_saved_audiences_pass(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    for number in range(40):
        saved = await save(company, f"{number:02} {'x' * 37}")
    listed = (await company.said("grace", "audiences")).show
    rule = {"name": "More", "rule": " or ".join(f'site:"Plant {number}"' for number in range(50))}
    await company.said("grace", f"audiences forget 00 {'x' * 37}")
    counted = (await company.dispatch(Click("count", at("grace"), "audience", values=rule))).show
    for card in (saved.show, listed, counted):
        assert card is not None
        passes(card)
        assert slack_blocks.view_problem(slack.modal(card)) == ""
