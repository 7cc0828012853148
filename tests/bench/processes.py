"""Processes under test: each alone on the first core, its log in a file, its CPU time read from /proc."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bot.processes import CLEAN, ROOT, free_port

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]  # benches need Linux
TESTED, OURSELVES = CORES[0], CORES[-1]
TICK = os.sysconf("SC_CLK_TCK")
STOPPING = "INFO bot.cli.running: stopping"
PATIENCE = 60.0  # seconds for a process to listen, or to end


class Nonsense(Exception):
    """What was measured is not what should have been: no figure of this run may be believed."""


class Running:
    """A process on the core of its own. `port` is where it was told to listen."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str], log: Path, core: int = TESTED) -> None:
        self.port = free_port()
        self.log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env={**CLEAN, "PORT": str(self.port), **env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        self.pid = self._process.pid
        os.sched_setaffinity(self.pid, {core})

    def cpu(self) -> float:
        """Seconds of CPU time so far, of all its threads."""
        return _cpu(Path(f"/proc/{self.pid}/stat"))

    def threads(self) -> dict[int, float]:
        """The same for each thread that is there."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return {int(task.name): _cpu(task / "stat") for task in tasks}

    async def listens(self, pause: float = 0.02) -> None:
        """Returns when its port takes connections."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.lives()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            await asyncio.sleep(pause)
        raise Nonsense(f"nothing listens after {PATIENCE} s: {self.tail()}")

    def lives(self) -> None:
        if self._process.poll() is not None:
            raise Nonsense(f"it ended with {self._process.returncode}: {self.tail()}")

    async def ends(self, pause: float = 0.01) -> None:
        """Returns when it has ended by itself, well."""
        until = time.monotonic() + 10 * PATIENCE
        while self._process.poll() is None:
            if time.monotonic() > until:
                raise Nonsense(f"it does not end: {self.tail()}")
            await asyncio.sleep(pause)
        if self._process.returncode:
            self.lives()

    async def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        until = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            if time.monotonic() > until:
                self._process.kill()
            await asyncio.sleep(0.01)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def clean(self) -> None:
        """Raises Nonsense if it logged an error before it was told to stop: what fails fast measures nothing."""
        text = self.log.read_text(errors="replace").partition(STOPPING)[0]
        if " ERROR " in text or "Traceback" in text:
            raise Nonsense(f"it logged errors: {text[:3000]}")


@asynccontextmanager
async def running(
    words: Sequence[str], env: Mapping[str, str], log: Path, *, listening: bool = True, core: int = TESTED
) -> AsyncIterator[Running]:
    """A process until the block ends; its log must then be free of errors."""
    process = Running(words, env, log, core)
    try:
        if listening:
            await process.listens()
        yield process
    finally:
        await process.stop()
    process.clean()


class Neighbours:
    """How much of the tested core others had: with more than a tenth a run says little.

    A process of several threads gets more of a crowded core than one of a single thread, so a crowd favours us.
    """

    def __init__(self) -> None:
        self._began = time.monotonic(), _busy(), of_children()

    def share(self) -> float:
        """Since this was made, of the whole core; processes under test must have ended."""
        began, busy, children = self._began
        return max(0.0, (_busy() - busy - (of_children() - children)) / (time.monotonic() - began))


def _busy() -> float:
    """Seconds in which the tested core was not idle."""
    lines = Path("/proc/stat").read_text().splitlines()
    user, nice, system, _, _, irq, soft, steal = map(
        int, next(line for line in lines if line.startswith(f"cpu{TESTED} ")).split()[1:9]
    )
    return (user + nice + system + irq + soft + steal) / TICK


def of_children() -> float:
    """Seconds of CPU time of all processes of ours that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def memory(name: str) -> int:
    """KiB, such as VmRSS and VmHWM of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def to_own_core() -> None:
    """The load generator and the peers, which is this process, keep off the core of what is measured."""
    os.sched_setaffinity(0, {OURSELVES})


def _cpu(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
