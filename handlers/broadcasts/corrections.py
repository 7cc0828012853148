"""A correction of what is out: the same message in other words, in the place of the one that people have."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from zoneinfo import ZoneInfo

from content.pieces import Message
from handlers import messages
from handlers.broadcasts import reminders
from handlers.broadcasts.stages import Broadcast, Stage, Step
from handlers.desk import Desk
from handlers.model import Person


def waits(broadcast: Broadcast) -> bool:
    """Whether a second person is asked to agree to one."""
    return broadcast.correction is not None and broadcast.stage in (Stage.SCHEDULED, Stage.PAUSED)


def in_force(desk: Desk, person: Person, known: Broadcast, broadcast: Broadcast, message: Message) -> Step:
    """From now on everybody sees this message in the place of the one they have.

    broadcast: what else has become of it by this step. The cards say on which day, by the programme's calendar.
    """
    today = desk.clock.now().astimezone(ZoneInfo(desk.library.programme.zone)).date()
    corrected = message.model_copy(update={"corrected": today.isoformat()})
    return shown_anew(desk, person, known, replace(broadcast, correction=None), corrected)


def shown_anew(desk: Desk, person: Person, known: Broadcast, broadcast: Broadcast, message: Message) -> Step:
    """The message as everybody sees it from now on, and as those do who are reminded of it."""
    rule = desk.library.programme.reminders
    again = (reminders.reminder(message, number + 1) for number in range(rule.most if rule else 0))
    shows = chain(
        [(message, messages.compose(message, person))],
        ((each, reminders.compose(each, person)) for each in again),
    )
    return Step(known, replace(broadcast, message=message), tuple(shows))
