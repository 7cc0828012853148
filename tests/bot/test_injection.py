"""Whatever a leader writes into whichever field arrives as text on each platform, and mentions and runs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.playground.render import html
from bot.slack import render as slack
from bot.teams import render as teams
from content.cards import Card
from tests.conftest import Company
from tests.handlers.ideas.having import accepted, fills, proposes, sees, shop
from tests.handlers.leading import change, drafted, press, works
from tests.simulators import teams_limits

NASTY = (
    "<!channel> <@U1> @everyone &lt;!here&gt; <b>raw</b> <script>alert(1)</script> "
    "[x](javascript:alert(1)) [y](http://x.test) \u202etxt\u202c a\u200bb 👩‍🔧 <at>all</at>"
)


@pytest.fixture
async def sent(company: Company) -> Card:
    """As a colleague gets it: everything that can be written has been written."""
    await works(company, 1)
    preview = await drafted(company, title=NASTY[:100], text=NASTY)
    added = {
        "stem": NASTY,
        "options": f"*{NASTY}\n{NASTY[::-1]}",
        "explanation": NASTY,
        "objective": NASTY,
        "picture": "https://example.org/<!channel>.png",
        "picture_alt": NASTY,
        "link": "https://example.org/?<@U1>",
        "link_label": "<!channel> @everyone",
    }
    assert (await change(company, preview, "more", **added)).errors == {}
    await press(company, preview, "Send it")
    await company.go_on()
    return (await company.latest("colleague0")).card


async def test_what_people_write_about_an_idea_is_text_on_every_platform(company: Company) -> None:
    await shop(company)
    await company.admit("ada", name=NASTY)
    await proposes(company, text=NASTY)
    assert (await fills(company, "marie", "Ask or comment", text=NASTY)).errors == {}
    assert (await accepted(company, text=NASTY)).errors == {}
    for who in ("ada", "marie", "kurt"):
        card = await sees(company, who)
        blocks = list(parts(slack.message(card, "d")["blocks"]))
        assert not [part for part in blocks if part.get("type") in ("mrkdwn", "user", "broadcast", "link")]
        drawn = teams.card(card, "d")
        assert teams_limits.problems(drawn) == []
        assert not [part for part in parts(drawn) if part.get("type") == "Action.OpenUrl"]
        assert "mention" not in json.dumps(drawn).lower()
        assert "<script" not in html(card, "d", "here")


def parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def test_slack_mentions_nobody_and_formats_nothing(sent: Card) -> None:
    message = slack.message(sent, "d")
    assert "<" not in message["text"]
    found = list(parts(message["blocks"]))
    assert not [
        part for part in found if part.get("type") in ("mrkdwn", "user", "usergroup", "broadcast", "channel")
    ]
    links = [part["url"] for part in found if part.get("type") == "link"]
    assert all(link.startswith("https://") for link in links)
    words = "".join(part["text"] for part in found if part.get("type") == "text")
    assert "<!channel> <@U1> @everyone" in words
    assert "javascript:alert(1)" in words


def test_teams_shows_the_words_and_opens_nothing_else(sent: Card) -> None:
    drawn = teams.card(sent, "d")
    assert teams_limits.problems(drawn) == []
    opened = [part["url"] for part in parts(drawn) if part.get("type") == "Action.OpenUrl"]
    assert opened == ["https://example.org/?<@U1>"]
    shown = teams_limits.plain(
        " ".join(str(part["text"]) for part in parts(drawn) if part.get("type") == "TextBlock")
    )
    assert "<!channel> <@U1> @everyone" in shown
    assert "mention" not in json.dumps(drawn).lower()


def test_the_playground_escapes_it(sent: Card) -> None:
    drawn = html(sent, "d", "here")
    assert "<script" not in drawn
    assert "<b>raw" not in drawn
    assert 'href="javascript' not in drawn.lower()


async def test_what_nobody_sees_is_taken_out_and_what_is_too_long_is_refused(
    company: Company, sent: Card
) -> None:
    assert not {"\u202e", "\u202c", "\u200b"} & set(
        sent.model_dump_json().encode().decode("unicode_escape", "ignore")
    )
    preview = await drafted(company)
    too_long = {"title": "x" * 40_000, "text": "y" * 40_000, "acknowledge": "yes"}
    assert set((await change(company, preview, "text", **too_long)).errors) == {"title", "text"}
