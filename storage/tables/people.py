"""People, their addresses and what was saved under a name of theirs."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlmodel import Field

from storage.tables.base import Base


class PersonRow(Base, table=True):
    """A human; the only place of a name or an e-mail address."""

    __tablename__: ClassVar[str] = "person"
    key: str = Field(primary_key=True)
    name: str
    email: str  # as it was given
    email_folded: str = Field(index=True)  # as it is looked up
    team: str
    site: str
    manager: str
    roles: str  # sorted, with commas
    zone: str
    language: str
    joined: date | None = Field(index=True)
    left_at: datetime | None
    paused_until: datetime | None
    celebrates: bool
    digest: bool
    preferred: str


class BelongingRow(Base, table=True):
    """Where somebody belonged up to a moment: written when that changes, and kept under their key for good."""

    __tablename__: ClassVar[str] = "belonging"
    person: str = Field(primary_key=True)
    until: datetime = Field(primary_key=True)
    team: str
    site: str
    manager: str
    roles: str  # sorted, with commas


class AddressRow(Base, table=True):
    """Where a platform reaches a person; the one with the highest position is where they came last."""

    __tablename__: ClassVar[str] = "address"
    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    person: str = Field(foreign_key="person.key", index=True)
    position: int
    conversation: str
    service_url: str


class AudienceRow(Base, table=True):
    """An audience that an author saved under a name."""

    __tablename__: ClassVar[str] = "audience"
    name_folded: str = Field(primary_key=True)  # as it is looked up
    name: str  # as it was given
    rule: str  # canonical, and without the names of other saved ones
    owner: str  # key of the person who saved it
    at: datetime


class TokenRow(Base, table=True):
    """What lets another system act for a person, by its SHA-256: a token, or a code to be exchanged for one."""

    __tablename__: ClassVar[str] = "token"
    hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    made_at: datetime
    used_at: datetime | None  # to the hour
    code: bool
