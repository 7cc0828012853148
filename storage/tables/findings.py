"""Findings: each as it stands, its steps, every version of its words, and the people its number was counted over."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class FindingRow(Base, table=True):
    """What a number showed to be wrong, as it stands: `handlers.findings.finding.Finding`."""

    __tablename__: ClassVar[str] = "finding"
    id: str = Field(primary_key=True)
    version: int
    stage: str
    metric: str
    grouped: str
    group: str
    days: int
    standard: str
    edition: str
    clause: str
    since: datetime
    until: datetime
    before: str  # JSON: part, of, people, low, high
    words: str  # hash: see `finding_words`
    opener: str
    owner: str = Field(index=True)
    due: date
    opened_at: datetime
    round: int
    linked: str
    done_at: datetime | None
    retest: str
    retest_at: datetime | None
    asked: bool
    after: str  # JSON; empty: not judged
    judged_at: datetime | None
    judged_by: str
    closed_at: datetime | None
    closed_by: str
    look_at: datetime | None = Field(index=True)  # when somebody is reminded next; NULL: nobody is


class FindingStepRow(Base, table=True):
    """A step of a finding; the ledger has an entry for each, with the hash of the words and none of them."""

    __tablename__: ClassVar[str] = "finding_step"
    finding: str = Field(primary_key=True, foreign_key="finding.id")
    version: int = Field(primary_key=True)
    at: datetime
    kind: str
    actor: str
    stage: str
    owner: str
    due: date
    words: str
    number: str  # JSON; empty: none was counted


class FindingWordsRow(Base, table=True):
    """What people wrote about a finding, in every version."""

    __tablename__: ClassVar[str] = "finding_words"
    finding: str = Field(primary_key=True, foreign_key="finding.id")
    hash: str = Field(primary_key=True)
    title: str
    found: str
    cause: str
    action: str


class FindingPersonRow(Base, table=True):
    """Over whom a finding's number was counted: they are asked again, and theirs are the next numbers."""

    __tablename__: ClassVar[str] = "finding_person"
    finding: str = Field(primary_key=True, foreign_key="finding.id")
    person: str = Field(primary_key=True)
