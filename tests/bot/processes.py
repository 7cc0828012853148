"""Starting the product as an administrator does: a process, a port, and /healthz."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("SLACK_", "Microsoft", "TEAMS_"))
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def bot(*words: str, env: Mapping[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """One command to its end."""
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
