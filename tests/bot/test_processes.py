"""The product as processes: ready, stopped, started again, and all of the Procfile together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bot.processes import CLEAN, ROOT, free_port, get, serving, wait_ready


def test_serve_is_ready_with_the_playground_and_stops_cleanly(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/var/catchball.db"}
    with serving(env) as address:
        assert get(f"{address}/healthz")["platforms"] == ["playground"]
    with serving(env) as address:
        assert get(f"{address}/healthz")["status"] == "ready"


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_the_processes_of_the_procfile_run_together(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    url = f"sqlite:///{tmp_path}/catchball.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres")("template1")
    env = {**CLEAN, "DATABASE_URL": url, "PORT": str(port)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    release = subprocess.run(
        ["python", "-m", "bot", "migrate"],
        cwd=ROOT,
        env={**env, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert release.returncode == 0, release.stderr
    honcho = subprocess.Popen(
        [sys.executable, "-m", "honcho", "--no-colour", "start", "-p", str(port), "web", "worker"],
        cwd=ROOT, env={**env, "PATH": path}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        wait_ready(f"http://127.0.0.1:{port}", honcho)
        time.sleep(1)
        assert honcho.poll() is None
    finally:
        honcho.send_signal(signal.SIGTERM)
        output = honcho.communicate(timeout=20)[0]
    assert "Traceback" not in output, output


def test_the_procfile_names_commands_that_exist() -> None:
    lines = (ROOT / "Procfile").read_text().split("\n")
    assert {line.split(":")[0] for line in lines if line} == {"web", "worker", "release"}
