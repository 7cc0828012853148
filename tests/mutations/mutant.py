"""A mutant: the product with one guard taken out by an exact replacement, and the tests that should see that."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache", ".hypothesis"
)
LONGEST = 300.0  # seconds; what has not ended by then is said to hang


class Gone(Exception):
    """The text of a guard is not there (any more), or not once: the list of guards has to be brought up to date."""


class NotRun(Exception):
    """The tests could not be run at all, which is not the same as seeing something."""


@dataclass(frozen=True)
class Level:
    """Tests that can see a mutant. red: the exit code by which they say so, and not that they could not run."""

    name: str
    command: tuple[str, ...]
    red: int = 1


@dataclass(frozen=True)
class Edit:
    path: str
    text: str
    without: str


@dataclass(frozen=True)
class Mutant:
    """guard: what is taken out; how: in a few words; level: the quickest tests that should see it."""

    guard: str
    how: str
    edits: tuple[Edit, ...]
    level: Level


@dataclass(frozen=True)
class Seen:
    """red: whether the tests saw it; what they said, and after how many seconds."""

    red: bool
    said: str
    seconds: float


def checked(mutant: Mutant) -> None:
    """Raises Gone."""
    for edit in mutant.edits:
        found = (ROOT / edit.path).read_text().count(edit.text)
        if found != 1:
            raise Gone(f"{mutant.guard}: {edit.path} has {found} times {edit.text!r}")


def hunted(mutant: Mutant | None, level: Level) -> Seen:
    """Run the tests of a level on a copy with the mutant in it; None: on a copy as it is. Raises NotRun."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder) / "house"
        shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND, symlinks=True)
        for edit in mutant.edits if mutant else ():
            path = copy / edit.path
            path.write_text(path.read_text().replace(edit.text, edit.without))
        return _run(level, copy)


def _run(level: Level, where: Path) -> Seen:
    more = {"UNSHRUNK": "1", "OUTBOX_STORIES": "400", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = os.environ | more
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *level.command],
        cwd=where, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with the servers that it started
            return Seen(True, "did not come to an end", LONGEST)
    took = time.perf_counter() - began
    if process.returncode not in (0, level.red):
        raise NotRun(f"{level.name} could not be run ({process.returncode}):\n{output[-3000:]}")
    return Seen(process.returncode == level.red, _said(output.splitlines()), took)


def _said(lines: Sequence[str]) -> str:
    """What was seen first, in one line."""
    for line in lines:
        if line.startswith(("E   ", "seed ")):
            return line.removeprefix("E").strip()[:160]
    return lines[-1][:160] if lines else ""
