"""report: the numbers of `stats` in a terminal, for people or (--json) for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from bot.app import opened
from bot.cli.days import day
from bot.config import BadSetting, Settings
from handlers.metrics import METRICS, PERIOD, states
from handlers.model import Tally
from handlers.ports import Grouping

GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


async def report(settings: Settings, arguments: argparse.Namespace) -> int:
    """All groupings over one period; days are the programme's."""
    async with opened(settings) as house:
        zone = ZoneInfo(house.library.programme.zone)
        today = house.clock.now().astimezone(zone).date()
        until = day(arguments.until, "--until") if arguments.until else today
        since = day(arguments.since, "--since") if arguments.since else until - PERIOD
        if since > until:
            raise BadSetting(f"--since {since} comes after --until {until}")
        begin = datetime.combine(since, time(0), zone)
        end = datetime.combine(until + timedelta(days=1), time(0), zone)
        tallies = {by: await house.store.tallies(by, begin, end) for by in GROUPINGS}
    if arguments.json:
        content = {by: [_as_json(tally) for tally in found] for by, found in tallies.items()}
        sys.stdout.write(json.dumps({"since": str(since), "until": str(until), **content}, indent=2) + "\n")
    else:
        sys.stdout.write(_as_text(since, until, tallies))
    return 0


def _as_json(tally: Tally) -> Mapping[str, Any]:
    named = [{"status": s, "reason": r, "deliveries": n} for (s, r), n in tally.by_status.items()]
    rates = {m.name: {"rate": m.rate(tally), "count": m.part(tally), "n": m.of(tally)} for m in METRICS}
    return {"group": tally.group, "audience": tally.audience, "states": named, "metrics": rates}


def _as_text(since: date, until: date, tallies: Mapping[Grouping, Sequence[Tally]]) -> str:
    lines = [f"Catchball, {since} to {until}", ""]
    for by, found in tallies.items():
        rows = [(by, *(m.name for m in METRICS))]
        rows += [(t.group or "none", *(m.shown(t) for m in METRICS)) for t in found]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        if by == "all" and not found[0].audience:
            lines.append("Nothing was planned in this period.")
        elif by == "all":
            lines.append(f"{found[0].audience} deliveries planned: {states(found[0])}")
        lines.append("")
    return "\n".join(lines)
