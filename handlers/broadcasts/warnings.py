"""What an author is told before a message goes out: what will annoy people, or not work; who has to agree."""

from __future__ import annotations

import re
from datetime import timedelta

from content.audience import Everyone, parse
from content.pieces import Message
from handlers.broadcasts import spoken, timing
from handlers.broadcasts.stages import Broadcast
from handlers.desk import Desk
from handlers.permissions import second_person
from handlers.schedule import monday_before

MESSAGES_A_WEEK = 2  # from the third on they are one too many
_ELSEWHERE = re.compile(r"\b(?!https\b)[a-z]{2,10}://\S+|\bwww\.\S+", re.IGNORECASE)
TITLE_ON_A_PHONE = 60  # characters that a notification shows


async def of(desk: Desk, broadcast: Broadcast) -> tuple[str, ...]:
    """A sentence for each, the gravest first."""
    message = spoken.said(broadcast)
    found = await _too_many(desk, broadcast) if isinstance(message, Message) else []
    strange = _ELSEWHERE.search(message.text)
    if strange:
        found.append(
            f"`{strange[0][:80].replace('`', '')}` cannot be pressed: only links that begin with https:// can."
        )
    if len(message.title) > TITLE_ON_A_PHONE:
        found.append(
            f"The title has {len(message.title)} characters; a phone's notification shows about {TITLE_ON_A_PHONE}."
        )
    told = broadcast.forecast
    if told and told.held:
        found.append(f"{told.held:,} of them are in their quiet hours then and get it when those end.")
    return tuple(found)


async def second(desk: Desk, rule: str) -> str:
    """Why a second person has to agree to what goes to this audience, as many as it names now; empty: nobody has to."""
    approval = desk.library.programme.approval
    if approval is None:
        return ""
    people, everybody = await desk.store.counted([parse(rule), Everyone()])
    return second_person(approval, people, everybody)


async def _too_many(desk: Desk, broadcast: Broadcast) -> list[str]:
    zone = desk.library.programme.zone
    since = monday_before(timing.begins(broadcast), zone)
    rule = parse(broadcast.audience)
    busy = await desk.store.busy(rule, since, since + timedelta(days=7), MESSAGES_A_WEEK)
    if not busy:
        return []
    who = "One of them has" if busy == 1 else f"{busy:,} of them have"
    return [f"{who} had {MESSAGES_A_WEEK} messages or more this week; this is one more."]
