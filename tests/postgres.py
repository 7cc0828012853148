"""A PostgreSQL of the tests' own, on a Unix socket, for whoever wants a database in it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.needs import program

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """A server on a Unix socket, run by a user who may; gives a function from a template to a new database's URL."""
    initdb, server = program("initdb"), program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="catchball-pg-"))
    account = _account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    user = account.pw_name if account else None
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"],
        check=True,
        capture_output=True,
        user=user,
        cwd=folder,
    )
    settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "max_connections=50")
    arguments = [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [server, "-D", data, *arguments], stdout=log, stderr=log, user=user, cwd=folder
        )
    try:
        _wait(folder)
        yield lambda template: _database(folder, template)
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nothing here is to be kept
        process.wait(30)
        shutil.rmtree(folder)


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _wait(folder: Path) -> None:
    for _ in range(300):
        try:
            with psycopg.connect(host=str(folder), user="postgres", dbname="postgres"):
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise TimeoutError((folder / "log").read_text())


def _database(folder: Path, template: str) -> str:
    name = f"catchball{next(_numbers)}"
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"postgresql://postgres@/{name}?host={folder}"
