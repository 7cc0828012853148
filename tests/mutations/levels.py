"""The tests that can see a mutant: a file of them, the machine over the rows, or days on the virtual clock."""

from __future__ import annotations

from tests.mutations.mutant import Level

_PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
_MACHINE = "tests/storage/test_outbox_machine.py"


def pytest(path: str, only: str = "", name: str = "") -> Level:
    """One file, or of it the tests with these words in their names, as pytest's -k takes them."""
    return Level(name or path, (*_PYTEST, path, *(("-k", only) if only else ())))


def http(path: str, only: str = "") -> Level:
    """Tests that talk to simulators or to us over real HTTP."""
    return pytest(path, only, name=f"HTTP, {path}")


ROWS = pytest(_MACHINE, "sqlite", "the machine, on SQLite")
ROWS_PG = pytest(_MACHINE, "postgresql", "the machine, on PostgreSQL")
DAYS = Level("days on the virtual clock", ("-m", "tests.rig", "--seeds", "400", "--until-broken"), red=3)
