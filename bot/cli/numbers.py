"""report: the numbers of `stats` in a terminal, for people or (--json) for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from bot.app import House, opened
from bot.cli.days import day
from bot.config import BadSetting, Settings
from handlers.lookups import Grouping
from handlers.model import Person, Tally
from handlers.numbers.groups import NOT_SHOWN
from handlers.numbers.insights import TOPICS, understood
from handlers.numbers.metrics import METRICS, PERIOD, Metric, not_told, states, told
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, text

GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


async def report(settings: Settings, arguments: argparse.Namespace) -> int:
    """A topic, or else all groupings of the participation numbers, over one period; days are the programme's."""
    async with opened(settings) as house:
        zone = ZoneInfo(house.library.programme.zone)
        today = house.clock.now().astimezone(zone).date()
        until = day(arguments.until, "--until") if arguments.until else today
        back = _back(arguments.words)
        since = day(arguments.since, "--since") if arguments.since else until - back
        if since > until:
            raise BadSetting(f"--since {since} comes after --until {until}")
        begin = datetime.combine(since, time(0), zone)
        end = datetime.combine(until + timedelta(days=1), time(0), zone)
        if arguments.words:
            who = await _who(house, arguments.acting)
            sheet = await _topic(house, arguments.words, begin, end, who)
            await house.store.looked(sheet.looked, house.clock.now())
            sys.stdout.write(_sheet_as_json(sheet) if arguments.json else text(sheet))
            return 0
        tallies = {by: await house.store.tallies(by, begin, end) for by in GROUPINGS}
        kudos = await house.store.kudos_given(begin, end)
    if arguments.json:
        content = {by: _all_as_json(found) for by, found in tallies.items()}
        sys.stdout.write(
            json.dumps({"since": str(since), "until": str(until), "kudos": kudos, **content}, indent=2) + "\n"
        )
    else:
        sys.stdout.write(_as_text(since, until, tallies, kudos))
    return 0


async def _who(house: House, email: str | None) -> Person | None:
    """Whose exception from works-council mode is used."""
    person = await house.store.person_by_email(email) if email else None
    if email and person is None:
        raise BadSetting(f"report --as {email}: nobody with this e-mail is known; see `python -m bot people`")
    return person


async def _topic(
    house: House, words: Sequence[str], begin: datetime, end: datetime, who: Person | None
) -> Sheet:
    """Everybody's, and by name unless works-council mode is on: who has the machine has the database."""
    name, *rest = words
    topic = TOPICS.get(name.lower())
    asked = understood(topic, rest) if topic else None
    if topic is None or asked is None:
        usage = topic.usage(name) if topic else f"There are {', '.join(TOPICS)}."
        raise BadSetting(f"report {' '.join(words)}: {usage.replace('`stats ', '`report ')}")
    now = house.clock.now()
    zone = ZoneInfo(house.library.programme.zone)
    return await topic.run(Scope(house.desk, now, begin, min(end, now), zone, word=asked[0], person=who))


def _back(words: Sequence[str]) -> timedelta:
    """How far it looks back: the days that are typed, or what the topic says."""
    topic = TOPICS.get(words[0].lower()) if words else None
    if topic is None:
        return PERIOD
    _, days = understood(topic, words[1:]) or ("", None)
    return timedelta(days=days or topic.days or 0)


def _sheet_as_json(sheet: Sheet) -> str:
    return json.dumps({"title": sheet.title, "facts": dict(sheet.facts), "rows": sheet.data}, indent=2) + "\n"


def _all_as_json(found: Sequence[Tally]) -> Sequence[Mapping[str, Any]]:
    cells = told(found, Metric.shown)
    names = [metric.name for metric in METRICS]
    return [
        _as_json(tally, frozenset(n for n, cell in zip(names, line, strict=True) if cell == NOT_SHOWN))
        for tally, line in zip(found, cells, strict=True)
    ]


def _as_json(tally: Tally, hidden: frozenset[str]) -> Mapping[str, Any]:
    """hidden: names of the metrics that are not told of this group."""
    named = [{"status": s, "reason": r, "deliveries": n} for (s, r), n in tally.by_status.items()]
    rates = {
        m.name: None
        if m.name in hidden
        else {"rate": m.rate(tally), "count": m.part(tally), "n": m.of(tally)}
        for m in METRICS
    }
    return {"group": tally.group, "audience": tally.audience, "states": named, "metrics": rates}


def _as_text(since: date, until: date, tallies: Mapping[Grouping, Sequence[Tally]], kudos: int) -> str:
    lines = [f"Catchball, {since} to {until}", ""]
    for by, found in tallies.items():
        rows = [(by, *(m.name for m in METRICS))]
        cells = told(found, Metric.shown)
        rows += [(t.group or "none", *line) for t, line in zip(found, cells, strict=True)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        lines += [small] if (small := not_told(found)) else []
        if by == "all" and not found[0].audience:
            lines.append("Nothing was planned in this period.")
        elif by == "all":
            lines.append(f"{found[0].audience} deliveries planned: {states(found[0])}")
        if by == "all":
            lines.append(f"{kudos} kudos given")
        lines.append("")
    return "\n".join(lines)
