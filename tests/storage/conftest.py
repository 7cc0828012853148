"""A fresh memory for each test, on SQLite and on a PostgreSQL of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.engine import connect
from storage.schema import migrate
from storage.store import Storage
from tests.databases import prepared


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Callable[[str], str]) -> str:
    """The name of a database with the schema in it, to copy from."""
    url = postgres("template1")
    engine = connect(url)
    migrate(engine)
    engine.dispose()
    return url.split("/")[3].split("?")[0]


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
        return prepared(tmp_path / "catchball.db")
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
