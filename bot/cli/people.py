"""people import: a list of people from a CSV file; a bad row is named and the rest goes on."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.app import House, opened
from bot.config import Settings
from handlers import people as admitting
from handlers import profiles
from handlers.model import Platform

FORGOTTEN = "was erased, so this row was left out; they come back when they open Catchball themselves"


async def people(settings: Settings, arguments: argparse.Namespace) -> int:
    """Import; exit code 1 when a row was left out."""
    try:
        text = _read(arguments.file)
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{arguments.file}: cannot be read as UTF-8 text: {error}\n")
        return 1
    async with opened(settings) as house:
        return await _import(house, arguments.file.name, text, await _workspaces(house))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


async def _import(house: House, name: str, text: str, workspaces: dict[Platform, str]) -> int:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = [column or "" for column in rows.fieldnames or ()]
    unknown = profiles.unknown_columns(columns)
    if "email" not in [column.strip().lower() for column in columns] or unknown:
        wrong = f"does not know {', '.join(map(repr, unknown))}" if unknown else "needs a column named email"
        sys.stderr.write(f"{name}: line 1: the list {wrong}; its columns are {', '.join(profiles.COLUMNS)}\n")
        return 1
    named: dict[str, admitting.Profile] = {}
    bad = 0
    for line, row in _rows(rows):
        try:
            if isinstance(row, csv.Error):
                raise profiles.BadRow(f"{row}; look for a quotation mark too many")
            profile = profiles.profile(row, workspaces)
            if profile.email.lower() in named:
                raise profiles.BadRow(f"email: {profile.email} stands in the list already")
            named[profile.email.lower()] = profile
        except profiles.BadRow as mistake:
            bad += 1
            sys.stderr.write(f"{name}: line {line}: {mistake}; this row was left out\n")
    for profile in list(
        named.values()
    ):  # managers may stand further down, so they are named in a second pass
        try:
            await admitting.admit(house.desk, replace(profile, manager=""), "import")
        except admitting.Forgotten:
            bad += 1
            del named[profile.email.lower()]
            sys.stderr.write(f"{name}: {profile.email}: {FORGOTTEN}\n")
    for profile in named.values():
        if profile.manager and await house.store.person_by_email(profile.manager) is None:
            sys.stderr.write(f"{name}: {profile.email}: manager {profile.manager} is not known; left empty\n")
        await admitting.admit(house.desk, profile, "import")
    sys.stdout.write(f"{len(named)} people imported, {bad} rows left out\n")
    return 1 if bad else 0


def _rows(rows: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str] | csv.Error]]:
    """Each row with its line; what cannot be read as a row comes as the error it is."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num, error
        else:
            yield rows.line_num, row


async def _workspaces(house: House) -> dict[Platform, str]:
    """Which workspace an id in the list belongs to: where people are known already, and Teams' tenant."""
    found = {a.platform: a.workspace for person in await house.store.people() for a in person.addresses}
    tenant = house.settings.teams_tenant_id
    return found | ({Platform.TEAMS: tenant} if tenant else {})
