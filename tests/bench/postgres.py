"""A PostgreSQL of the bench's own that keeps its promises: on a Unix socket, with fsync, off the tested core."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.bench.processes import OURSELVES, Nonsense


@contextmanager
def postgres() -> Iterator[str | None]:
    """The URL of an empty database; None where PostgreSQL is not installed."""
    initdb, server = _program("initdb"), _program("postgres")
    if initdb is None or server is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="catchball-bench-pg-"))
    user = None
    if os.geteuid() == 0:  # which PostgreSQL refuses
        account = next((a for a in pwd.getpwall() if a.pw_name == "postgres"), pwd.getpwnam("nobody"))
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = account.pw_name
    words = [initdb, "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(words, check=True, capture_output=True, user=user, cwd=folder)
    options = ("listen_addresses=", f"unix_socket_directories={folder}", "max_connections=50")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [server, "-D", folder / "data", *(word for option in options for word in ("-c", option))],
            stdout=log, stderr=log, user=user, cwd=folder,
        )  # fmt: skip
    os.sched_setaffinity(process.pid, {OURSELVES})
    try:
        _wait(folder)
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(30)
        shutil.rmtree(folder)


def _program(name: str) -> str | None:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or next((str(path) for path in installed), None)


def _wait(folder: Path) -> None:
    for _ in range(300):
        try:
            with psycopg.connect(host=str(folder), user="postgres", dbname="postgres"):
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise Nonsense((folder / "log").read_text())
