"""copy-database: from one machine's SQLite file to the PostgreSQL of many."""

from __future__ import annotations

import argparse
import sys

from bot.config import Settings
from storage.copying import CannotCopy, Copied, copy


async def copy_database(settings: Settings, arguments: argparse.Namespace) -> int:
    """Copy and compare; exit code 1 with the first thing that is not as it should be."""
    try:
        copied = copy(arguments.source, arguments.target, _progress)
    except CannotCopy as why:
        sys.stderr.write(f"{why}\n")
        return 1
    sys.stdout.write(_as_text(copied))
    return 0


def _progress(table: str, rows: int, done: int) -> None:
    sys.stderr.write(f"{table}: {done} of {rows} rows\n")


def _as_text(copied: Copied) -> str:
    width = max(len(name) for name in copied.rows)
    lines = [f"{name.ljust(width)}  {rows:>10}" for name, rows in copied.rows.items()]
    ends = [
        f"chain {name} at entry {number} with {hash_}"
        for name, (number, hash_) in sorted(copied.heads.items())
    ]
    ledger = f"the ledger ends in both: {', '.join(ends)}" if ends else "the ledger is empty in both"
    lines.append(f"{sum(copied.rows.values())} rows are in both databases, and {ledger}.")
    return "\n".join(lines) + "\n"
