"""The processes of a run: started, killed, stopped, woken, and started again when they die."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.chaos.process import PRELOADED, run


@dataclass
class Worker:
    """One process and its lives. deaths: the last words of each life that nobody but itself ended."""

    name: str
    command: str
    environ: Mapping[str, str]
    ahead: float
    folder: Path
    stopped: bool = False
    deaths: list[str] = field(default_factory=list)
    _process: ForkServerProcess | None = None
    _killed: bool = False

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def start(self) -> None:
        """Where it does not run already."""
        if self.alive:
            return
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._killed = self.stopped = False
        self._process = context.Process(
            target=run, args=(self.command, self.environ, self.ahead, self.log), daemon=True
        )
        self._process.start()

    def start_again(self) -> None:
        """Where it ended by itself."""
        if self._process is None or self.alive or self._killed:
            return
        last = self.log.read_text().rstrip().rpartition("\n")[2]
        self.deaths.append(f"{self.name} ended with {self._process.exitcode}: {last[:200]}")
        self.start()

    def kill(self) -> None:
        """kill -9, and gone when this returns."""
        if self._process is not None and self.alive:
            self._killed = True
            self._process.kill()
            self._process.join()

    def stop(self) -> None:
        self._signal(signal.SIGSTOP)
        self.stopped = True

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)
        self.stopped = False

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.pid and self.alive:
            os.kill(self._process.pid, number)
