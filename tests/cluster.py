"""The house as many processes, by one command: a PostgreSQL of its own, and the Procfile on it until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.needs import found
from tests.postgres_server import CannotRun, database, running

PROCESSES = "web=1,worker=2"


def main() -> int:
    """`python -m tests.cluster [FOLDER]`; the folder keeps the data from one start to the next."""
    folder = Path(*sys.argv[1:2] or ["var/cluster"]).resolve()
    initdb, server = found("initdb"), found("postgres")
    if not initdb or not server:
        sys.stderr.write("This needs PostgreSQL: its programs initdb and postgres are not here.\n")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # The socket stands apart: its whole path may have 107 bytes.
        with (
            TemporaryDirectory(prefix="catchball-") as sockets,
            running(initdb, server, folder / "data", Path(sockets), stop=signal.SIGINT),
        ):
            return _processes(database(Path(sockets), "catchball"))
    except CannotRun as why:
        sys.stderr.write(f"{why}\n")
        return 1
    except KeyboardInterrupt:
        return 0


def _processes(url: str) -> int:
    sys.stderr.write(f"the database is {url}\n")
    here = str(Path(sys.executable).parent)
    env = {**os.environ, "DATABASE_URL": url, "PATH": os.pathsep.join((here, os.environ["PATH"]))}
    subprocess.run([sys.executable, "-m", "bot", "migrate"], env=env, check=True)
    # Without .env: honcho would put it above our DATABASE_URL, and the processes read it by themselves.
    words = [
        "start",
        "-e",
        os.devnull,
        "-c",
        PROCESSES,
        "-p",
        os.environ.get("PORT", "8080"),
        "web",
        "worker",
    ]
    honcho = subprocess.Popen([sys.executable, "-m", "honcho", *words], env=env, start_new_session=True)
    try:
        return honcho.wait()
    except KeyboardInterrupt:
        honcho.terminate()
        honcho.wait()
        raise


if __name__ == "__main__":
    sys.exit(main())
