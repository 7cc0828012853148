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
from content.cards import Card
from content.holidays import Holidays
from content.limits import problems
from content.markup import escape
from content.packs import check_pack
from content.pieces import QA, BasePiece, Check, Count, Draft, Exclusion, Forecast, Message, Milestone
from content.programme import Names
from content.rest import Quiet, Rest
from handlers.broadcasts import approvals
from handlers.broadcasts.approvals import Asked
from handlers.broadcasts.authored import Watched, compose
from handlers.broadcasts.escalations import Told
from handlers.broadcasts.forecast import Terms
from handlers.broadcasts.forms import MAX_TEXT, MAX_TITLE
from handlers.broadcasts.headway import Headway, words
from handlers.broadcasts.reminders import reminder
from handlers.broadcasts.stages import Broadcast, Stage
from handlers.commands import COMMANDS
from handlers.events import Change, Click, Forms, Joined, Outcome, Said
from handlers.findings import cards as findings
from handlers.findings import effect
from handlers.findings.cards import Seen
from handlers.findings.finding import Stage as FindingStage
from handlers.findings.finding import Trace, Words
from handlers.lookups import Grouping
from handlers.model import Platform, Reason, Role, Status
from handlers.numbers.insights import TOPICS
from handlers.numbers.layers import Reading
from handlers.numbers.sheets import Sheet, bars
from handlers.numbers.sheets import card as sheet_card
from handlers.privacy.looks import Looked
from handlers.quiz import CERTAINTIES
from handlers.rehearsal import READER, cards
from handlers.replies import incoming, letters
from handlers.replies.incoming import Shown
from handlers.replies.reply import Reply
from tests.conftest import Company, at
from tests.handlers.findings.correcting import written
from tests.handlers.leading import drafted, press, works
from tests.simulators import slack_blocks, slack_oracles, teams_limits

PACKS = sorted(path.parent for path in Path("content/packs").glob("*/pack.yaml"))
PIECES = {piece.id: piece for pack in PACKS for piece in check_pack(pack)}.values()
HELLO = Message(id="hello", title="Hello", text="Have a **good** week.")
KUDOS = Milestone(
    id="kudos", title=f"Kudos from {'A' * 100}", text=escape("<!channel> *&" * 25), scope="kudos"
)
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
    named=tuple((f"key{number}", f"Somebody with a name of some length {number}") for number in range(4_000)),
    looked=Looked("marie", "silent"),
    at="Monday 23 November, 09:30",
)
EVERY_STATE = Headway(
    {(status, reason): 1_000 for status in Status for reason in Reason},
    500,
    NOW,
    leaving=700,
    places={platform: Reading(40_000, 12_345) for platform in Platform},
    answered=400,
    understood=300,
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


@pytest.mark.parametrize(
    "piece", [*PIECES, DRAFT, KUDOS, reminder(LONG, 5), SILENT], ids=lambda piece: piece.id
)
def test_every_piece_of_every_pack_passes_whatever_is_pressed(piece: BasePiece) -> None:
    """Our own limits ask every card, the others the first, the longest and the one with the most blocks."""
    all_of_it = list(cards(piece))
    assert [problems(card) for card in all_of_it] == [()] * len(all_of_it)
    longest = max(all_of_it, key=lambda card: len(str(card)))
    fullest = max(all_of_it, key=lambda card: len(card.blocks))
    for card in {id(card): card for card in (all_of_it[0], longest, fullest)}.values():
        passes(card)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("begun", [False, True])
def test_the_authors_and_the_approvers_card_pass_at_every_stage(stage: Stage, begun: bool) -> None:
    """With everything that may stand on them at once."""
    found = replace(EVERY_STATE, withdrawn=stage is Stage.WITHDRAWN)
    said = words(found, NOW, Terms({}, Rest(Quiet(), Holidays()), "Europe/Berlin"), asked=True)
    piece = watched(stage).model_copy(update={"begun": begun, "headway": said})
    passes(compose(piece, READER))
    request = Asked(
        id="approval-1",
        title="T",
        broadcast=piece.id,
        version=1,
        seen=piece,
        author="Grace",
        approver="Marie",
    )
    passes(approvals.compose(request, READER))


def watched(stage: Stage) -> Watched:
    check = Check(stem="S" * 300, options=dict.fromkeys("ABCDE", "O" * 300), key="B", explanation="E" * 300)
    message = DRAFT.message.model_copy(
        update={
            "check": check,
            "picture": "https://example.org/" + "p" * 1900,
            "picture_alt": "A" * 250,
            "link": "https://example.org/" + "l" * 1900,
            "link_label": "L" * 75,
            "expires": "2026-12-24T12:00:00+01:00",
            "replies": True,
            "objective": "O" * 300,
        }
    )
    broadcast = Broadcast(
        id=DRAFT.id,
        message=message,
        audience="team:x or " * 90 + "team:y",
        author="grace",
        at=NOW,
        stage=stage,
        exclusions=(Exclusion(rule="email:ada@example.org", why="W" * 200),),
        people=5000,
        forecast=DRAFT.forecast,
        remark="R" * 500,
    )
    return Watched(
        **dict(DRAFT) | {"message": message, "audience": broadcast.audience},
        broadcast=broadcast,
        when="2026-12-01 09:30, on each person's own clock, spread over 60 minutes, weekly until 2027-12-31",
        second="What goes to everyone needs a second person to agree.",
        warnings=("W" * 200,) * 4,
    )


@pytest.mark.parametrize("stage", FindingStage)
def test_a_finding_passes_at_every_stage_with_everything_on_it(stage: FindingStage) -> None:
    words = Words("T" * 100, *("<!channel> *_[x](y) " * 50,) * 3)
    step = Trace(
        NOW, "finding not effective", "lead", stage, "owner", NOW.date(), words, effect.number(5, 9, 9)
    )
    finding = written(
        "owner",
        NOW,
        stage=stage,
        words=words,
        round=12,
        linked="x" * 64,
        retest="other",
        retest_at=NOW,
        trail=(step,) * 40,
    )
    seen = Seen(
        id="finding-1",
        title="Finding",
        finding="f-written",
        finding_now=finding,
        label="participation rate of the team " + "t" * 300,
        names={"owner": "O" * 200, "lead": "L" * 200},
        today=NOW.date() + timedelta(days=400),
        moments=("2026-11-22 13:00",) * 40,
        period="2026-08-24 to 2026-11-22",
        linked="L" * 200,
        retest_on="2026-11-22",
        ready=True,
        after=effect.number(8, 9, 9),
    )
    passes(findings.compose(seen, replace(READER, roles=frozenset({Role.QUALITY_LEAD}))))


async def test_looking_back_passes_with_everything_in_it(company: Company) -> None:
    """The longest title, more people who have not acknowledged than are named, and five messages before it."""
    await works(company, 0)
    await company.admit("olga", roles=frozenset({Role.QUALITY_LEAD}))
    for number in range(60):
        await company.admit(f"p{number}", name=f"Ä*_[{number}]({'x' * 60}) <!channel>")
    company.run_campaigns(names=Names(not_acknowledged=("quality lead",)))
    for _ in range(6):
        more = {
            "stem": "Whose week?",
            "options": "*Yours\nMine",
            "except": "email:p0@example.org",
            "why": "w" * 90,
        }
        preview = await drafted(company, title="T" * MAX_TITLE, **more)
        await press(company, preview, "Send it")
        await company.go_on()
        company.clock.pass_by(timedelta(minutes=1))
    for typed in ("stats message", "stats messages", "stats leaders"):
        shown = (await company.said("olga", typed)).show
        assert shown is not None
        passes(shown)
        assert ("and 13 more" in str(shown)) == (typed == "stats message")


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


@pytest.mark.parametrize("ended", [False, True])
def test_a_reply_passes_whatever_is_in_it(ended: bool) -> None:
    words = "*<!channel>* & 👩‍🔧 `x`\n" * 40
    reply = Reply("r", "b", "d", "ada", False, "T" * 100, words[:1000], NOW, "grace")
    piece = Shown(
        id="reply-1",
        title="Reply",
        broadcast="b",
        reply="r",
        reply_now=reply.ended(NOW, "grace", words[:1000], public=True) if ended else reply,
        who="N" * 300,
        since="Monday",
        by="Grace",
        for_all=True,
    )
    passes(incoming.compose(piece, READER))


def test_the_forms_between_people_and_leaders_pass_as_a_window_and_as_a_card() -> None:
    one = Reply("r" * 32, "b", "", "", True, "T" * 100, "W" * 1000, NOW, "grace")
    others = [replace(one, id=f"{n}" * 32, text=f"{n}" * 1000) for n in range(5)]
    ask, back = letters.ask("w" * 2000, True, 3), letters.reply("T" * 100, True)
    for form in (ask, back, letters.answer(one), letters.for_all(one, others)):
        assert problems(form) == ()
        assert slack_blocks.view_problem(slack.modal(form, "d" * 32)) == ""
        slack_oracles.asked(slack.modal(form, "d" * 32))
        assert teams_limits.problems(teams.card(form, "d" * 32)) == []
        assert html(form, "d" * 32, "here")


def test_a_message_with_answers_for_all_passes() -> None:
    added = QA(question="*Q* <@U1> " * 30, answer="A " * 500, asked=12, by="Grace")
    message = HELLO.model_copy(update={"replies": True, "answers": (added,) * 5})
    for card in cards(message):
        passes(card)


async def test_a_full_inbox_passes(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    grace = await company.store.person_at(at("grace"))
    assert grace is not None
    for number in range(9):
        reply = Reply(f"r{number}", "b", "", "ada", False, "T" * 100, "*W* <!here> " * 80, NOW, grace.key)
        ended = (reply.ended(NOW, grace.key, "*A* " * 200),) if number > 6 else ()
        assert await company.store.commit(Change(f"write-{number}", NOW, replies=(reply,)))
        assert not ended or await company.store.commit(Change(f"end-{number}", NOW, replies=ended))
    shown = (await company.said("grace", "inbox")).show
    assert shown is not None
    assert len(shown.buttons()) == 6
    passes_as_a_home(shown)
