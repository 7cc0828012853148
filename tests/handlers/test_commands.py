"""What people type, and what they get for it: conversations, word for word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from content.campaigns import Campaign
from content.cards import Text
from content.limits import problems
from content.markup import plain
from content.pieces import Quiz
from handlers.commands import COMMANDS
from handlers.model import Role
from handlers.wishes import pause_until
from tests.conftest import SUNDAY, Company


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("help", "What you can type"),
        ("hi", "What you can type"),
        ("  HELLO  there ", "What you can type"),
        ("", "What you can type"),
        ("what is the meaning of life?", "What you can type"),
        ("quizzes are fun", "What you can type"),
        ("today", "Today"),
        ("progress", "Your progress"),
        ("my data", "What Catchball holds about you"),
        ("pause 1 week", "Paused"),
        ("pause for ever", "For how long?"),
        ("resume", "You are not paused"),
        ("celebrate on", "Celebrations on"),
        ("celebrate off", "Celebrations off"),
        ("prefer carrier pigeon", "There is one place only"),
        ("quiz", "Your question is in the chat"),
        ("Question", "Your question is in the chat"),
    ],
)
async def test_words_get_their_answer(company: Company, words: str, title: str) -> None:
    await company.admit("ada")
    outcome = await company.said("ada", words)
    assert outcome.show is not None
    assert outcome.show.title == title
    assert problems(outcome.show) == ()


async def test_words_nobody_knows_are_named_and_stay_text(company: Company) -> None:
    await company.admit("ada")
    outcome = await company.said("ada", "<!channel> **boo** [x](https://evil.example)")
    assert outcome.show is not None
    first = outcome.show.blocks[0]
    assert isinstance(first, Text)
    assert "<!channel> **boo** [x](https://evil.example)" in plain(first.markdown)


async def test_every_command_is_listed_by_help(company: Company) -> None:
    await company.admit("ada")
    shown = str((await company.said("ada", "help")).show)
    assert all(f"**{command.words[0]}**" in shown for command in COMMANDS)


async def test_quiz_asks_what_was_never_asked_before_what_was(company: Company) -> None:
    await company.admit("ada")
    asked = []
    for _ in range(len(company.library.items)):
        await company.said("ada", "quiz")
        await company.drain.everything()
        piece = (await company.latest("ada")).piece
        assert isinstance(piece, Quiz)
        asked += [item.id for item in piece.items]
        company.clock.pass_by(timedelta(minutes=1))
    assert sorted(asked) == sorted(company.library.items)


async def test_a_pause_ends_by_itself(company: Company) -> None:
    ada = await company.admit("ada")
    await company.said("ada", "pause 2 weeks")
    paused = await company.store.person(ada.key)
    assert paused is not None
    assert paused.paused(SUNDAY + timedelta(days=13))
    assert not paused.paused(SUNDAY + timedelta(days=14))


async def test_a_pause_can_be_ended(company: Company) -> None:
    ada = await company.admit("ada")
    await company.said("ada", "pause 1 day")
    assert "Welcome back" in str((await company.said("ada", "resume")).show)
    person = await company.store.person(ada.key)
    assert person is not None
    assert not person.paused(SUNDAY)


NONSENSE = """until|until yesterday|0 days|-1 week|13 weeks|until 2026-11-22|until 2030-01-01|1 fortnight
999999999999 days|until 2026-13-45|"""


@pytest.mark.parametrize("text", NONSENSE.replace("\n", "|").split("|"))
def test_a_pause_that_makes_no_sense_is_not_guessed(text: str) -> None:
    assert pause_until(text, SUNDAY) is None


def test_a_pause_until_a_day_ends_in_the_night_before_it() -> None:
    assert pause_until("until 2026-12-24", SUNDAY) == datetime(2026, 12, 24, tzinfo=UTC)
    assert pause_until("until tomorrow", SUNDAY) == datetime(2026, 11, 23, tzinfo=UTC)


async def test_numbers_are_for_those_who_may(company: Company) -> None:
    await company.admit("ada")
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    refused = await company.said("ada", "stats")
    assert "Only a quality lead, an auditor, an administrator or a manager" in str(refused.show)
    assert "begin with the first delivery" in str((await company.said("marie", "stats")).show)


async def test_a_manager_sees_their_own_people_only(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.MANAGER}))
    hers = ("ada", "emmy", "hedy", "jean", "noor")
    for name in hers:
        await company.admit(name, manager="grace@example.org")
    await company.admit("tim")
    weekly = {"repeat": "weekly", "days": ["tue"], "at": "09:30"}
    quiz = {
        "id": "quiz",
        "title": "Quiz",
        "pieces": ["policy-and-my-job"],
        "cadence": weekly,
        "starts": "2026-11-23",
    }
    company.run_campaigns(Campaign.model_validate(quiz))
    for half_days in (0, 5):
        company.clock.pass_by(timedelta(hours=12 * half_days))
        await company.go_on()
    for name in (*hers, "tim"):
        await company.answer(name, await company.latest(name), "A")
    shown = str((await company.said("grace", "stats")).show)
    assert "Numbers of your team" in shown
    assert " of 5)" in shown
    assert " of 6)" not in shown


async def test_my_data_tells_everything_that_is_held(company: Company) -> None:
    await company.admit("ada", team="Production", site="Berlin")
    shown = str((await company.said("ada", "my data")).show)
    assert all(
        word in shown for word in ("Ada", "ada@example.org", "Production, Berlin", "employee", "Playground")
    )


async def test_progress_counts_own_answers_by_clause(company: Company) -> None:
    await company.admit("ada")
    await company.said("ada", "quiz")
    await company.drain.everything()
    question = await company.latest("ada")
    await company.answer("ada", question, "A")
    shown = str((await company.said("ada", "progress")).show)
    assert "ISO" in shown
    assert "Only you see this" in shown
