"""What is known ahead of a broadcast, as counts: its people, and the queues that they are served in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from handlers.model import Platform, Queue, Reason
from handlers.pace import Gauge


@dataclass(frozen=True)
class Group:
    """People of whom the same is known, and who have one delivery each, planned or still to be planned."""

    people: int
    platform: Platform | None = None  # None: no address
    workspace: str = ""
    zone: str = ""  # IANA name; empty: the programme's
    met: bool = True  # the platform's conversation with them is known
    refused: Reason = Reason.NONE  # why the last delivery to the address failed; "" once anything was heard
    paused_until: datetime | None = None  # where that lies ahead
    due_at: datetime | None = None  # None: not planned yet
    excluded: bool = False  # by the author
    site: str = ""


class Ahead(NamedTuple):
    """Deliveries of others that wait in a queue, some of them first contacts."""

    due_at: datetime
    deliveries: int
    first_contacts: int = 0


@dataclass(frozen=True)
class Line:
    """A queue as it stands; without a gauge it has never moved."""

    gauge: Gauge | None = None
    ahead: tuple[Ahead, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """What is known of an audience, and of the queues that its people are served in."""

    groups: tuple[Group, ...] = ()
    lines: Mapping[Queue, Line] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return sum(group.people for group in self.groups)
