"""Starting the product as an administrator does: a process, a port, and /healthz."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from bot.__main__ import main

ROOT = Path(__file__).parent.parent.parent
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("SLACK_", "Microsoft", "TEAMS_", "LEDGER_"))
} | {"LEDGER_KEY": "ab" * 32}  # by default one would be made, for PostgreSQL in our own var/


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def bot(*words: str, env: Mapping[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """One command to its end, by the same door as in a terminal but within this process: starting one takes longer."""
    before, handlers, level = dict(os.environ), logging.root.handlers[:], logging.root.level
    out, err = StringIO(), StringIO()
    os.environ.clear()
    os.environ.update({**CLEAN, **env})
    try:
        with redirect_stdout(out), redirect_stderr(err), chdir(ROOT), _standard_input(stdin):
            code = main(words)
    except SystemExit as refused:  # argparse's
        code = int(refused.code or 0)
    finally:
        os.environ.clear()
        os.environ.update(before)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        gc.unfreeze()
    return subprocess.CompletedProcess(list(words), code, out.getvalue(), err.getvalue())


@contextmanager
def _standard_input(words: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, StringIO(words)
    yield
    sys.stdin = before


def typed(*words: str, env: Mapping[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT, env={**CLEAN, **env}, input=stdin, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@contextmanager
def serving(env: Mapping[str, str], command: str = "serve") -> Iterator[str]:
    """A server until the block ends; yields its address once /healthz says ready."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", command],
        cwd=ROOT, env={**CLEAN, "PORT": str(port), **env}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield wait_ready(f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def wait_ready(address: str, process: subprocess.Popen[str], seconds: float = 60) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(
                f"it ended with {process.returncode}: {process.stderr and process.stderr.read()}"
            )
        try:
            if get(f"{address}/healthz")["status"] == "ready":
                return address
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(f"not ready after {seconds} s")


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
