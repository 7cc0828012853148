"""report, review: the numbers of `stats` in a terminal, for people or (--json) for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from bot.app import House, opened
from bot.cli.days import day
from bot.config import BadSetting, Settings
from handlers.lookups import Grouping
from handlers.model import Person, Tally
from handlers.numbers import review as reviews
from handlers.numbers.groups import NOT_SHOWN
from handlers.numbers.insights import TOPICS, understood
from handlers.numbers.metrics import METRICS, PERIOD, Metric, more_of, named, not_told, states, told
from handlers.numbers.periods import EXAMPLES, BadPeriod, Period, days, read
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, text

GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


async def report(settings: Settings, arguments: argparse.Namespace) -> int:
    """A topic, or else all groupings of the participation numbers, over one period; days are the programme's."""
    async with opened(settings) as house:
        zone, now = ZoneInfo(house.library.programme.zone), house.clock.now()
        typed = f"report {' '.join(arguments.words)}"
        try:
            if arguments.words and arguments.words[0].lower() in TOPICS:
                sheet = await _topic(house, arguments, now, zone)
                await house.store.looked(sheet.looked, now)
                sys.stdout.write(_sheet_as_json(sheet) if arguments.json else text(sheet))
                return 0
            period_named, left = read(arguments.words, now, zone)
        except BadPeriod as mistake:
            raise BadSetting(f"{typed}: {mistake}".replace("`", "")) from mistake
        if left:
            raise BadSetting(
                f"{typed}: There are {', '.join(TOPICS)}; or a period: {EXAMPLES}".replace("`", "")
            )
        period = _options(arguments, now, zone, period_named, PERIOD)
        begin, end = period.since, period.until
        tallies = {by: await house.store.tallies(by, begin, end) for by in GROUPINGS}
        called = {by: await named(house.desk, by, found) for by, found in tallies.items()}
        kudos = await house.store.kudos_given(begin, end)
    since, _, until = days(begin, end, zone).partition(" to ")
    if arguments.json:
        content = {by: _all_as_json(found) for by, found in tallies.items()}
        sys.stdout.write(
            json.dumps({"since": since, "until": until, "kudos": kudos, **content}, indent=2) + "\n"
        )
    else:
        sys.stdout.write(_as_text(since, until, called, kudos))
    return 0


async def review(settings: Settings, arguments: argparse.Namespace) -> int:
    """The sheet for a management review, whole."""
    async with opened(settings) as house:
        zone, now = ZoneInfo(house.library.programme.zone), house.clock.now()
        words = " ".join([arguments.standard, *arguments.period])
        try:
            standard, period = reviews.asked(house.library.programme, words, now, zone)
        except (reviews.BadReview, BadPeriod) as mistake:
            raise BadSetting(str(mistake).replace("`", "")) from mistake
        sheet = await reviews.review(Scope(house.desk, now, period.since, period.until, zone), standard)
    sys.stdout.write(_sheet_as_json(sheet) if arguments.json else text(sheet))
    return 0


async def _who(house: House, email: str | None) -> Person | None:
    """Whose exception from works-council mode is used."""
    person = await house.store.person_by_email(email) if email else None
    if email and person is None:
        raise BadSetting(f"report --as {email}: nobody with this e-mail is known; see `python -m bot people`")
    return person


async def _topic(house: House, arguments: argparse.Namespace, now: datetime, zone: ZoneInfo) -> Sheet:
    """Everybody's, and by name unless works-council mode is on: who has the machine has the database."""
    name, *rest = arguments.words
    topic = TOPICS[name.lower()]
    asked = understood(topic, rest, now, zone)
    if asked is None:
        usage = topic.usage(name).replace("`stats ", "`report ")
        raise BadSetting(f"report {' '.join(arguments.words)}: {usage}")
    named = read(rest, now, zone)[0] if topic.days else None
    period = _options(arguments, now, zone, named, timedelta(days=topic.days or 0))
    who = await _who(house, arguments.acting)
    until = min(period.until, now)
    return await topic.run(Scope(house.desk, now, period.since, until, zone, word=asked[0], person=who))


def _options(
    arguments: argparse.Namespace, now: datetime, zone: ZoneInfo, named: Period | None, back: timedelta
) -> Period:
    """The period of --since and --until, or the one that is named in words; both would be two."""
    if named is not None:
        if arguments.since or arguments.until:
            raise BadSetting("--since, --until: the period is named in words already. Name it once")
        return named
    until = day(arguments.until, "--until") if arguments.until else now.astimezone(zone).date()
    since = day(arguments.since, "--since") if arguments.since else until - back
    if since > until:
        raise BadSetting(f"--since {since} comes after --until {until}")
    return Period(
        datetime.combine(since, time(0), zone), datetime.combine(until + timedelta(days=1), time(0), zone)
    )


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


def _as_text(since: str, until: str, tallies: Mapping[Grouping, Sequence[Tally]], kudos: int) -> str:
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
            lines.append(f"{found[0].audience:,} deliveries planned: {states(found[0])}")
        if by == "all":
            lines += [f"{label}: {value}" for label, value in more_of(found[0])]
            lines.append(f"{kudos} kudos given")
        lines.append("")
    return "\n".join(lines)
