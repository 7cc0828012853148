"""The product as processes: ready, stopped, started again, and all of the Procfile together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.bot.processes import CLEAN, ROOT, free_port, get, serving, wait_ready
from tests.cluster import PROCESSES
from tests.needs import program


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
        [sys.executable, "-m", "honcho", "start", "-e", os.devnull, "-c", PROCESSES, "-p", str(port), "web", "worker"],
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


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that PostgreSQL's own user may own; pytest's are the caller's alone."""
    with TemporaryDirectory(prefix="catchball-cluster-") as made:
        yield Path(made)


NOT_OPTED_IN = ("skipped", "not opted in")  # what comes of an anniversary in the starter programme
ANNIVERSARIES = {"03-01", "06-15", "11-27"}  # of the first days in the starter's people.csv


def _hears_ctrl_c() -> None:
    """Also where the tests run in the background, where a shell has everything ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """`make run-cluster` until the block ends with Ctrl-C; yields its address."""
    program("initdb")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cluster", str(folder)],
        cwd=ROOT, env={**CLEAN, "PORT": str(port)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=_hears_ctrl_c,
    )  # fmt: skip
    try:
        yield wait_ready(f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=30)[0]
    assert (process.returncode, "Traceback" in output) == (0, False), output


@pytest.mark.postgres
def test_a_cluster_by_one_command_plays_a_week_and_keeps_it(folder: Path) -> None:
    with cluster(folder) as address:
        assert len(get(f"{address}/playground/api/house")["people"]) == 3
        played, days = _play_a_week(f"{address}/playground/api")
    with cluster(folder) as address:
        kept = get(f"{address}/playground/api/drawer")["outbox"]
    assert set(played) <= {row["id"] for row in kept}
    ends = {(row["status"], row["reason"]) for row in kept}
    assert ends - {NOT_OPTED_IN} == {("sent", "")}
    first, *between, last = [f"{day:%m-%d}" for day in days]
    if not ANNIVERSARIES & {first, last}:  # on these the hour decides
        assert (NOT_OPTED_IN in ends) is bool(ANNIVERSARIES.intersection(between))


def _play_a_week(api: str) -> tuple[list[str], list[datetime]]:
    """Three people, three questions, a week of campaigns, three more; the ids of all that came, and the days."""
    people = [person["key"] for person in get(f"{api}/house")["people"]]
    _each_asks(api, people, "first")
    begun = datetime.fromisoformat(get(f"{api}/house")["now"])
    days = [begun + timedelta(days=day) for day in range(8)]
    _post(f"{api}/clock", {"to": days[-1].isoformat()})
    rows = _each_asks(api, people, "later")
    assert len([row for row in rows if row["campaign"] == "on-demand"]) == 2 * len(people)
    assert len(rows) > 3 * len(people)
    return [row["id"] for row in rows], days


def _each_asks(api: str, people: Sequence[str], when: str) -> list[dict[str, Any]]:
    """Waits until everybody has a question; the outbox then."""
    for person in people:
        _post(f"{api}/people/{person}/said", {"key": f"{when}-{person}", "text": "quiz"})
    until = time.monotonic() + 10
    while time.monotonic() < until:
        rows: list[dict[str, Any]] = get(f"{api}/drawer")["outbox"]
        if not any(row["status"] in ("pending", "sending") for row in rows):
            return rows
        time.sleep(0.1)
    raise AssertionError(rows)


def _post(url: str, body: dict[str, str]) -> None:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def test_the_procfile_names_commands_that_exist() -> None:
    lines = (ROOT / "Procfile").read_text().split("\n")
    assert {line.split(":")[0] for line in lines if line} == {"web", "worker", "release"}
