"""Findings: what a number showed to be wrong, and what was done about it."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_TEXTS = (
    *("stage", "metric", "grouped", "group", "standard", "edition", "clause", "before", "words", "opener"),
    *("owner", "linked", "retest", "after", "judged_by", "closed_by"),
)
_LATER = ("done_at", "retest_at", "judged_at", "closed_at", "look_at")


def _moment(name: str, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _of() -> sa.Column[str]:
    return sa.Column("finding", sa.String(), sa.ForeignKey("finding.id"), primary_key=True)


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("version", "days", "round")),
        *(_text(name) for name in _TEXTS),
        *(_moment(name) for name in ("since", "until", "opened_at")),
        *(_moment(name, nullable=True) for name in _LATER),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_finding_owner", "finding", ["owner"])
    op.create_index("ix_finding_look_at", "finding", ["look_at"])
    op.create_table(
        "finding_step",
        _of(),
        sa.Column("version", sa.Integer(), primary_key=True),
        _moment("at"),
        *(_text(name) for name in ("kind", "actor", "stage", "owner", "words", "number")),
        sa.Column("due", sa.Date(), nullable=False),
    )
    op.create_table(
        "finding_words",
        _of(),
        sa.Column("hash", sa.String(), primary_key=True),
        *(_text(name) for name in ("title", "found", "cause", "action")),
    )
    op.create_table("finding_person", _of(), sa.Column("person", sa.String(), primary_key=True))
