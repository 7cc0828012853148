"""learning evaluate: how well the memory model foretold this organisation's own answers, as a table and a plot."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import opened
from bot.cli.days import day
from bot.cli.plots import calibration_plot
from bot.config import BadSetting, Settings
from handlers.learning.calibration import BINS, ENOUGH, Bin, Calibration
from handlers.learning.memory import day_of

WIDTH = 40  # characters of a bar
EXPLAINED = """\
Each answer of somebody to an item that they had answered before, foretold from the answers up to then.
log loss: less is better, 0.69 is a coin. RMSE: how far the share right is from what was foretold, in ten bins.
FSRS, as kept: what questions are chosen by. constant: the share right so far. SM-2: 0.9 when its interval has passed.
A guess may be right, so more may be right than is known."""


async def learning(settings: Settings, arguments: argparse.Namespace) -> int:
    """Reads every answer in the ledger; those from `--since` on are judged."""
    async with opened(settings) as house:
        zone = ZoneInfo(house.library.programme.zone)
        since = day(arguments.since, "--since") if arguments.since else None
        begin = day_of(datetime.combine(since, time(0), zone)) if since else 0.0
        found = Calibration(begin)
        await house.store.every_answer(found.add)
    sys.stdout.write(text(found))
    if arguments.plot is not None:
        await asyncio.to_thread(_write, arguments.plot, calibration_plot(found.fsrs.bins))
    return 0


def text(found: Calibration) -> str:
    """The table, and under it what was foretold against what was right."""
    n = found.fsrs.n
    lines = [f"{'model':<16}{'log loss':>10}{'RMSE':>8}{'n':>10}"]
    for name, score in found.scores.items():
        lines.append(f"{name:<16}{_number(score.log_loss):>10}{_number(score.rmse):>8}{score.n:>10,}")
    if n < ENOUGH:
        lines.append(f"{n} predictions are too few to judge: {ENOUGH} are needed, and a thousand say more.")
    lines += ["", EXPLAINED]
    if n:
        lines += ["", *bars(found.fsrs.bins)]
    return "\n".join(lines) + "\n"


def bars(bins: Sequence[Bin]) -> list[str]:
    """A line for each tenth: a bar as long as the share right, and where it should have ended."""
    lines = [f"{'foretold':<12}{'right':>6}  {'0%':<{WIDTH - 4}}100%  {'n':>9}"]
    for number, tenth in enumerate(bins):
        name = f"{number / BINS:.0%} to {(number + 1) / BINS:.0%}"
        if not tenth.n:
            lines.append(f"{name:<12}{'-':>6}  {'':<{WIDTH}}  {0:>9}")
            continue
        share, said = tenth.right / tenth.n, tenth.predicted / tenth.n
        bar = list(("#" * round(share * WIDTH)).ljust(WIDTH))
        bar[min(WIDTH - 1, int(said * WIDTH))] = "|"
        lines.append(f"{name:<12}{share:>6.0%}  {''.join(bar)}  {tenth.n:>9,}")
    return [*lines, "# is what was right, | where it was foretold: together they should end."]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _write(path: Path, svg: str) -> None:
    try:
        path.write_text(svg)
    except OSError as error:
        raise BadSetting(f"--plot {path}: {error.strerror}") from error
