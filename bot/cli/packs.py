"""pack: items of a pack from a spreadsheet and into one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.config import Settings
from content import tables
from content.imports import planned, rows_of
from content.rows import COLUMNS, EXAMPLE, WIDTHS


async def pack(settings: Settings, arguments: argparse.Namespace) -> int:
    """import, export or template; exit code 1 when a file cannot be written, and for a sheet with mistakes."""
    try:
        if arguments.action == "import":
            return _import(arguments.sheet, arguments.into, arguments.dry_run)
        if arguments.action == "export":
            return _write(arguments.out, rows_of(arguments.folder))
        return _write(arguments.out, [COLUMNS, [EXAMPLE.get(column, "") for column in COLUMNS]])
    except FileExistsError as error:
        sys.stderr.write(f"{error.filename}: is there already; choose another name\n")
    except OSError as error:
        sys.stderr.write(f"{error.filename}: cannot be written: {error.strerror}\n")
    return 1


def _import(sheet: Path, folder: Path, dry_run: bool) -> int:
    plan = planned(sheet, folder)
    for change in plan.changes:
        if change.before:
            sys.stdout.write(f"changed {change.id}: version {change.before} becomes {change.after}\n")
        else:
            sys.stdout.write(f"added {change.id}: version {change.after}\n")
    added = sum(not change.before for change in plan.changes)
    counts = f"{added} added, {len(plan.changes) - added} changed, {plan.unchanged} unchanged"
    if dry_run:
        sys.stdout.write(f"{counts}: nothing was written, this was a dry run\n")
        return 0
    plan.carry_out()
    sys.stdout.write(f"{counts}\n")
    if plan.changes:
        sys.stdout.write(f"Now look at them: python -m bot check {folder}\n")
    return 0


def _write(out: Path, rows: Sequence[Sequence[str]]) -> int:
    if out.suffix.lower() not in tables.KINDS:
        sys.stderr.write(f"{out}: must be a file that ends in {' or '.join(tables.KINDS)}\n")
        return 1
    tables.write(out, rows, WIDTHS)
    sys.stdout.write(f"{out}: {len(rows) - 1} {'item' if len(rows) == 2 else 'items'}\n")
    return 0
