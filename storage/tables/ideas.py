"""Ideas: each as it stands, and its steps with what was written in each."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class IdeaRow(Base, table=True):
    """What somebody would do better, as it stands: `handlers.ideas.idea.Idea`."""

    __tablename__: ClassVar[str] = "idea"
    id: str = Field(primary_key=True)
    version: int
    stage: str
    person: str = Field(index=True)  # who had it; of what has no name under it only until it has ended
    anonymous: bool
    about: str  # a standard with its edition; empty: none in particular
    at: datetime = Field(index=True)  # of what has no name under it the hour
    owner: str
    due: date | None
    decided_at: datetime | None
    decided_by: str
    ended_at: datetime | None
    look_at: datetime | None = Field(index=True)  # when somebody is reminded next; NULL: nobody is


class IdeaStepRow(Base, table=True):
    """A step of an idea; the ledger has an entry for each, with the length of the text and none of it."""

    __tablename__: ClassVar[str] = "idea_step"
    idea: str = Field(primary_key=True, foreign_key="idea.id")
    version: int = Field(primary_key=True)
    at: datetime
    kind: str
    actor: str = Field(index=True)  # empty: who had an idea without a name under it
    text: str
