"""A fresh memory for each test, on SQLite and on a PostgreSQL of its own."""

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

from storage.engine import connect
from storage.schema import migrate
from storage.store import Storage
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


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Callable[[str], str]) -> str:
    """The name of a database with the schema in it, to copy from."""
    url = postgres("template1")
    _migrate(url)
    return url.split("/")[3].split("?")[0]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for SQLite."""
    path = tmp_path_factory.mktemp("migrated") / "catchball.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nothing has touched yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/catchball.db"
    url: str = request.getfixturevalue("postgres")("template1")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of its own, with the schema in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "catchball.db")
        return f"sqlite:///{tmp_path}/catchball.db"
    made: str = request.getfixturevalue("postgres_url")
    return made


@pytest.fixture
def postgres_url(postgres: Callable[[str], str], migrated_postgres: str) -> str:
    """A PostgreSQL database of its own, with the schema in it."""
    return postgres(migrated_postgres)


@pytest.fixture
def store(url: str) -> Iterator[Storage]:
    storage = Storage.open(url, version="1.2.3")
    yield storage
    storage.close()


@pytest.fixture
def second(url: str, store: Storage) -> Iterator[Storage]:
    """Another process' storage on the same database."""
    storage = Storage.open(url, version="1.2.3")
    yield storage
    storage.close()


def _migrate(url: str) -> None:
    engine = connect(url)
    migrate(engine)
    engine.dispose()


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
