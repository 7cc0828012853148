"""How bad it gets: the rates of every fault, who cannot be written to, and what befalls a whole platform."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random

from tests.chaos import spans
from tests.simulators.faults import Faults, Kind
from tests.simulators.slack import SlackSimulator
from tests.simulators.teams_authority import Authority

CALLS = {
    Kind.THROTTLED: 0.005,
    Kind.RESET: 0.02,
    Kind.ACCEPTED_RESET: 0.03,
    Kind.BROKEN: 0.02,
    Kind.ACCEPTED_BROKEN: 0.03,
    Kind.HUNG: 0.01,
    Kind.ACCEPTED_HUNG: 0.02,
    Kind.LATE: 0.03,
    Kind.SLOW: 0.04,
}
SLACK_PEOPLE = {"user_disabled": 0.03, "restricted_action": 0.03, "user_not_found": 0.02}
TEAMS_PEOPLE = {
    "BotNotInConversationRoster": 0.03,
    "ConversationBlockedByUser": 0.03,
    "MessageSizeTooBig": 0.02,
}
LOST = 0.03  # of the requests that come in, and of their answers
TOKEN_LASTS = 4  # seconds
SKEW = timedelta(minutes=4, seconds=30)  # both platforms allow five minutes


def on_slack(seed: int) -> Faults:
    return _faults(f"{seed} slack", CALLS, SLACK_PEOPLE)


def on_teams(seed: int) -> Faults:
    return _faults(f"{seed} teams", CALLS | {Kind.BUSY: 0.02}, TEAMS_PEOPLE)


def limited(seed: int) -> bool:
    """Whether both platforms enforce their limits as well: in every third run."""
    return seed % 3 == 0


async def befalls(slack: SlackSimulator, authority: Authority, seed: int, lasts: float) -> None:
    """In so many seconds: Slack's token expires and is mended, Teams' tokens and keys are replaced."""
    chance = Random(f"{seed} weather")
    what = [_slack_refuses, _tokens_end, _keys_rotate] * 2
    moments = sorted(chance.uniform(0, lasts) for _ in what)
    chance.shuffle(what)
    passed = 0.0
    for moment, happens in zip(moments, what, strict=True):
        await asyncio.sleep(moment - passed)
        passed = moment
        await happens(slack, authority, chance)


async def _slack_refuses(slack: SlackSimulator, authority: Authority, chance: Random) -> None:
    slack.refuses = chance.choice(("token_expired", "account_inactive"))
    await asyncio.sleep(chance.uniform(0.1, 0.4))
    slack.refuses = ""


async def _tokens_end(slack: SlackSimulator, authority: Authority, chance: Random) -> None:
    authority.revoke()


async def _keys_rotate(slack: SlackSimulator, authority: Authority, chance: Random) -> None:
    await asyncio.to_thread(authority.rotate)


def _faults(seed: str, calls: dict[Kind, float], people: dict[str, float]) -> Faults:
    return Faults(
        seed,
        calls,
        people,
        repeats=0.15,
        skew=SKEW,
        pace=(0.05, 0.3),
        slow=spans.SLOW,
        late=spans.LATE,
        latest=spans.LATEST,
        retry_after=4,
    )
