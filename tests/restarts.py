"""A PostgreSQL of one test's own, which can be stopped and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.needs import program


class Server:
    """Reached through a Unix socket; `stop` is what an administrator's restart does to those who are connected."""

    def __init__(self) -> None:
        self._initdb, self._server = program("initdb"), program("postgres")
        self.folder = Path(tempfile.mkdtemp(prefix="catchball-pg-"))
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        account = (names.get("postgres") or names["nobody"]) if os.geteuid() == 0 else None
        if account:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self._user = account.pw_name if account else None
        words = [
            self._initdb,
            "-D",
            "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-N",
            "--locale=C",
            "-E",
            "UTF8",
        ]
        subprocess.run(words, check=True, capture_output=True, user=self._user, cwd=self.folder)
        self.url = f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Comes back when it answers."""
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off")
        words = [self._server, "-D", "data", *(word for setting in settings for word in ("-c", setting))]
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, user=self._user, cwd=self.folder)
        for _ in range(300):
            try:
                with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres"):
                    return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise TimeoutError((self.folder / "log").read_text())

    def stop(self) -> None:
        """At once, whoever is connected."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.start()
    yield made
    made.stop()
    shutil.rmtree(made.folder)
