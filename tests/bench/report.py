"""The table at the end: what was measured, against what, whether that meets its goal, and on which machine."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WIDTHS = (24, 22, 22, 8, 9, 8)


@dataclass(frozen=True)
class Row:
    """One bench. ratio: the median over rounds of ours to the baseline of the same round.

    goal: such as ">= 0.8" or "<= 3"; empty for a figure that is only reported.
    """

    bench: str
    ours: str
    baseline: str = ""
    ratio: float | None = None
    goal: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        if not self.goal or self.ratio is None:
            return None
        sense, limit = self.goal.split()
        return self.ratio >= float(limit) if sense == ">=" else self.ratio <= float(limit)

    def line(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}"
        met = {True: "met", False: "NOT MET", None: ""}[self.met]
        cells = (self.bench, self.ours, self.baseline, ratio, self.goal, met)
        return _columns(cells) + f"  {self.note}"


def heading() -> str:
    return _columns(("bench", "ours", "baseline", "ratio", "goal", "")) + "  beside it"


def machine(folder: Path) -> str:
    """Cores, versions, and what the disk asks for a promise."""
    return (
        f"{os.cpu_count()} cores ({_processor()}), load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"fsync of 4 KiB p50 {_fsync(folder) * 1000:.2f} ms"
    )


def ratios(ours: Sequence[float], baseline: Sequence[float]) -> float:
    """Rounds are compared each with itself, for the machine changes between them."""
    return statistics.median(a / b for a, b in zip(ours, baseline, strict=True))


def percentile(values: Sequence[float], part: float) -> float:
    """part: 0.99 for p99; the nearest value that was measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def _columns(cells: Sequence[str]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def _fsync(folder: Path) -> float:
    page, taken = b"\0" * 4096, []
    descriptor = os.open(folder / "fsync", os.O_CREAT | os.O_WRONLY)
    for _ in range(300):
        os.pwrite(descriptor, page, 0)
        began = time.perf_counter()
        os.fsync(descriptor)
        taken.append(time.perf_counter() - began)
    os.close(descriptor)
    return statistics.median(taken)
