"""people import: a list of people from a CSV file; a bad row is named and the rest goes on."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from bot.app import House, opened
from bot.config import Settings
from handlers import people as admitting
from handlers import profiles
from handlers.model import Platform


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
    rows = csv.DictReader(text.splitlines())
    columns = [column or "" for column in rows.fieldnames or ()]
    unknown = profiles.unknown_columns(columns)
    if "email" not in [column.strip().lower() for column in columns] or unknown:
        wrong = f"does not know {', '.join(map(repr, unknown))}" if unknown else "needs a column named email"
        sys.stderr.write(f"{name}: line 1: the list {wrong}; its columns are {', '.join(profiles.COLUMNS)}\n")
        return 1
    named: list[admitting.Profile] = []
    bad = 0
    for row in rows:
        try:
            named.append(profiles.profile(row, workspaces))
        except profiles.BadRow as mistake:
            bad += 1
            sys.stderr.write(f"{name}: line {rows.line_num}: {mistake}; this row was left out\n")
    managers = {profile.manager.lower() for profile in named}
    for profile in sorted(named, key=lambda p: p.email.lower() not in managers):
        await admitting.admit(house.desk, profile, "import")
    sys.stdout.write(f"{len(named)} people imported, {bad} rows left out\n")
    return 1 if bad else 0


async def _workspaces(house: House) -> dict[Platform, str]:
    """Which workspace an id in the list belongs to: where people are known already, and Teams' tenant."""
    found = {a.platform: a.workspace for person in await house.store.people() for a in person.addresses}
    tenant = house.settings.teams_tenant_id
    return found | ({Platform.TEAMS: tenant} if tenant else {})
