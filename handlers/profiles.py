"""A list of people as a file: rows in, profiles out, and every mistake named by its row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from handlers.model import Address, Platform, Role
from handlers.people import Profile, is_zone

COLUMNS = (
    "email",
    "name",
    "team",
    "site",
    "manager",
    "roles",
    "time zone",
    "language",
    "joined",
    "slack id",
    "teams id",
)


class BadRow(Exception):
    """A row that cannot be taken; the message says which column and what would be right."""


def unknown_columns(header: Iterable[str]) -> list[str]:
    return [name for name in header if name.strip().lower() not in COLUMNS]


def profile(row: Mapping[str, str], workspaces: Mapping[Platform, str]) -> Profile:
    """One row, by lower-case column name. workspaces: Slack's team id and Teams' tenant id, where known."""
    cell = {name.strip().lower(): (value or "").strip() for name, value in row.items() if name}
    email = cell.get("email", "")
    if not re.fullmatch(r"[^@\s,;\"']+@[^@\s,;\"']+", email):
        raise BadRow(f"email: {email!r} is not an e-mail address")
    zone = cell.get("time zone", "")
    if zone and not is_zone(zone):
        raise BadRow(f"time zone: {zone!r} is not a name like Europe/Berlin")
    return Profile(
        email=email,
        name=cell.get("name", ""),
        team=cell.get("team", ""),
        site=cell.get("site", ""),
        manager=cell.get("manager", ""),
        roles=_roles(cell["roles"]) if cell.get("roles") else None,
        zone=zone,
        language=cell.get("language", ""),
        joined=_date(cell.get("joined", "")),
        addresses=tuple(_addresses(cell, workspaces)),
    )


def _roles(text: str) -> frozenset[Role]:
    names = [name.strip().lower().replace("_", " ") for name in text.replace(";", ",").split(",")]
    for name in names:
        if name and name not in set(Role):
            raise BadRow(f"roles: {name!r} is not one of {', '.join(Role)}")
    return frozenset(Role(name) for name in names if name)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadRow(f"joined: {text!r} is not a date like 2026-11-23") from None


def _addresses(cell: Mapping[str, str], workspaces: Mapping[Platform, str]) -> Iterable[Address]:
    for column, platform in (("slack id", Platform.SLACK), ("teams id", Platform.TEAMS)):
        user = cell.get(column, "")
        if not user:
            continue
        if platform not in workspaces:
            raise BadRow(
                f"{column}: no {platform.capitalize()} workspace is known yet; open Catchball there once, "
                "or leave the column empty: people are found by their e-mail"
            )
        yield Address(platform, workspaces[platform], user)
