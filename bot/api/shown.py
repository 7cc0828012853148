"""What other systems get: a broadcast as it stands, with its forecast and how far it has come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from content.pieces import Check, Exclusion, Forecast, Message, Timing
from handlers.api.asks import Standing
from handlers.broadcasts.headway import Headway
from handlers.broadcasts.stages import Broadcast, Stage
from handlers.model import Reason, Status


class State(BaseModel):
    """So many deliveries in one state, for one reason."""

    status: Status
    reason: Reason
    people: int


class HowFar(BaseModel):
    """The people of `states` add up to `roster`."""

    roster: int
    states: list[State]
    acknowledged: Annotated[
        int | None, Field(description="Nothing where works-council mode does not tell it of so few people.")
    ]
    complete: bool
    last_sent_at: datetime | None


class Shown(BaseModel):
    """A broadcast. `version` counts the changes of what is said, to whom and when."""

    id: str
    stage: Stage
    version: int
    title: str
    text: str
    audience: str
    people: Annotated[int, Field(description="How many the audience named when it was last changed.")]
    exclusions: list[Exclusion]
    timing: Timing
    due_at: datetime
    acknowledge: bool
    replies: bool
    picture: str
    picture_alt: str
    link: str
    link_label: str
    check: Check | None
    clauses: list[str]
    objective: str
    expires: str
    forecast: Forecast | None
    needs_approval: Annotated[
        str, Field(description="Why a second person has to agree; empty: nobody has to.")
    ] = ""
    warnings: list[str] = []
    approver: Annotated[str, Field(description="Who approved it or sent it back.")] = ""
    remark: Annotated[str, Field(description="With what sentence it was sent back.")] = ""
    headway: HowFar | None = None


class Listed(BaseModel):
    """What the author of the token wrote, the latest first, without what was discarded."""

    broadcasts: list[Shown]


class NewToken(BaseModel):
    """It is shown this once."""

    token: str
    ends_at: datetime


class Problem(BaseModel):
    """Why it was not done, and what to do next; in `fields` what is wrong, by the name of the field."""

    error: str
    fields: dict[str, str] = {}


def listed(broadcasts: list[Broadcast]) -> Listed:
    return Listed(broadcasts=[shown(Standing(broadcast)) for broadcast in broadcasts])


def shown(standing: Standing) -> Shown:
    broadcast = standing.broadcast
    message = broadcast.message
    assert isinstance(message, Message)
    same = (
        "acknowledge",
        "replies",
        "picture",
        "picture_alt",
        "link",
        "link_label",
        "check",
        "objective",
        "expires",
    )
    return Shown(
        **{name: getattr(message, name) for name in same},
        id=broadcast.id,
        stage=broadcast.stage,
        version=broadcast.version,
        title=message.title,
        text=message.text,
        clauses=[str(clause) for clause in message.clauses],
        audience=broadcast.audience,
        people=broadcast.people,
        exclusions=list(broadcast.exclusions),
        timing=broadcast.timing,
        due_at=broadcast.at,
        forecast=broadcast.forecast,
        needs_approval=standing.second,
        warnings=list(standing.warnings),
        approver=standing.approver,
        remark=broadcast.remark,
        headway=_how_far(standing.headway) if standing.headway else None,
    )


def _how_far(headway: Headway) -> HowFar:
    states = [
        State(status=status, reason=reason, people=people)
        for (status, reason), people in sorted(headway.states.items())
    ]
    return HowFar(
        roster=headway.roster,
        states=states,
        acknowledged=None if headway.few else headway.acknowledged,
        complete=headway.complete,
        last_sent_at=headway.last_sent_at,
    )
