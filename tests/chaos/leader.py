"""Marie, a leader: in the middle of a run she writes to everyone, with whatever patience that takes."""

from __future__ import annotations

import asyncio
from random import Random

from tests.chaos.crowd import Crowd
from tests.chaos.sides import Button, OnSlack
from tests.simulators.slack_people import SlackPerson, option, text

MARIE = "U0MARIE"
TITLE = "The audit begins on Monday"
AGAIN = 0.3  # seconds between two tries


async def writes_to_everyone(side: OnSlack, crowd: Crowd, seed: int) -> None:
    """The form until it opens, the form until it is taken, the preview until it comes, "Send it" until told."""
    slack = side.reports.slack
    marie = SlackPerson(side.reports, slack.members[MARIE])
    while marie.screen.modal is None:
        await marie.types("/catchball broadcast")
        await asyncio.sleep(AGAIN)
    form = marie.screen.modal["id"]
    while marie.screen.modal is not None and marie.screen.modal["id"] == form:
        await marie.submits(
            title=text(TITLE), text=text("Be there."), audience=option("everyone"), acknowledge=option("yes")
        )
        await asyncio.sleep(AGAIN)
    chance = Random(f"{seed} marie")
    while True:
        for sight in [sight for sight in side.ledger.sights if sight.person == MARIE]:
            if await crowd.insist(side, sight, _sends, chance):
                return
        await asyncio.sleep(AGAIN)


def _sends(button: Button) -> bool:
    return (button.verb, button.value) == ("decided", "send")
