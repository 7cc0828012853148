"""A broadcast from its first draft to its end: the stages it can be in, and the steps between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from content.cards import Card
from content.pieces import BasePiece, Exclusion, Forecast, Timing


class Stage(StrEnum):
    """DRAFT --send--> WAITING (for a second person) --approve--> SCHEDULED <--> PAUSED --withdraw--> WITHDRAWN

    A draft that needs nobody else goes to SCHEDULED at once; one that is sent back is a DRAFT again. SCHEDULED
    is also what is under way and what has gone out.
    """

    DRAFT = "draft"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Broadcast:
    """A campaign that its author writes in chat: a message to an audience, once, or again and again.

    version counts the changes of what is said, to whom and when: who approves has seen one of them, and approves that.
    """

    id: str
    message: BasePiece
    audience: str  # a rule, canonical, within what its author may write to
    author: str  # key of the person who sends it
    at: datetime  # when the next of it falls due, for the first zone; of a draft when it was last changed
    slot: str = ""  # nominal local time of the next of it, by its author's clock; empty: when it is planned
    stage: Stage = Stage.SCHEDULED
    version: int = 1
    timing: Timing = field(default_factory=Timing)
    exclusions: tuple[Exclusion, ...] = ()
    people: int = 0  # how many the audience named when it was last changed
    forecast: Forecast | None = None
    approver: str = ""  # key of the second person who approved this version
    remark: str = ""  # with what sentence it was sent back
    reply_to: str = ""  # key of who gets people's replies; empty: the author
    occasion: str = ""  # the slot of a rota that it stands for (`handlers.broadcasts.occasions`)
    correction: BasePiece | None = None  # what takes the place of the message if a second person agrees

    @property
    def out(self) -> bool:
        """Whether it has been let go: it will go out, is going out or has."""
        return self.stage in (Stage.SCHEDULED, Stage.PAUSED, Stage.WITHDRAWN)


@dataclass(frozen=True)
class Step:
    """What becomes of a broadcast, written only if it still is at the stage and version that were known.

    known: None for one that is new. So of two who decide at once one is first, and the other sees what was decided.
    shows: of a correction, what takes the place of each piece of that id.
    """

    known: Broadcast | None
    broadcast: Broadcast
    shows: tuple[tuple[BasePiece, Card], ...] = ()

    @property
    def takes_back(self) -> bool:
        return self.broadcast.stage is Stage.WITHDRAWN

    @property
    def reaches_sent(self) -> bool:
        """Whether something becomes of cards that were sent, which its author's card tells of."""
        return self.takes_back or bool(self.shows)


def step(known: Broadcast, stage: Stage, **fields: object) -> Step:
    """To another stage, with what else changes by that."""
    return Step(known, replace(known, stage=stage, **fields))  # type: ignore[arg-type]
