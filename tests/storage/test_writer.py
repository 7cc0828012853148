"""The writer: what waits is committed together, and each gets its own answer after the commit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from storage import values
from storage.engine import connect
from storage.writer import Writer


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    writer = Writer(engine)
    yield writer
    writer.close()


def _kept(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.name: row.value for row in connection.execute(values.VALUE.select())}


def _doubled(connection: Connection) -> None:
    values.keep(connection, "b", "left behind?")
    raise KeyError("mine alone")


async def test_an_operation_that_fails_takes_nobody_with_it(engine: Engine, writer: Writer) -> None:
    gate = threading.Event()
    first = asyncio.ensure_future(writer.submit(lambda _: gate.wait(5)))  # the others wait behind it
    await asyncio.sleep(0.01)
    one = asyncio.ensure_future(writer.submit(lambda c: values.keep(c, "a", "1")))
    two = asyncio.ensure_future(writer.submit(_doubled))
    three = asyncio.ensure_future(writer.submit(lambda c: values.keep(c, "c", "3")))
    await asyncio.sleep(0.01)
    gate.set()
    results = await asyncio.gather(first, one, two, three, return_exceptions=True)
    assert isinstance(results[2], KeyError)
    assert results[0] is True
    assert (results[1], results[3]) == (None, None)
    assert _kept(engine) == {"a": "1", "c": "3"}


async def test_what_waits_is_committed_in_one_transaction(engine: Engine, writer: Writer) -> None:
    gate = threading.Event()
    first = asyncio.ensure_future(writer.submit(lambda _: gate.wait(5)))
    await asyncio.sleep(0.01)
    seen = [asyncio.ensure_future(writer.submit(lambda c: c.get_transaction())) for _ in "abc"]
    await asyncio.sleep(0.01)
    gate.set()
    one = await first
    transactions = await asyncio.gather(*seen)
    assert one
    assert transactions[0] is transactions[1] is transactions[2] is not None


async def test_nobody_is_answered_before_the_commit(engine: Engine, writer: Writer) -> None:
    await writer.submit(lambda c: values.keep(c, "a", "1"))
    assert _kept(engine) == {"a": "1"}


async def test_if_the_commit_fails_everybody_hears_of_it(engine: Engine, writer: Writer) -> None:
    def unsound(connection: Connection) -> None:
        """Passes its savepoint and fails at the commit."""
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql("INSERT INTO content_clause VALUES ('no such hash', 'x')")
        else:
            connection.exec_driver_sql(
                "CREATE TABLE child (parent text REFERENCES value (name) DEFERRABLE INITIALLY DEFERRED)"
            )
            connection.exec_driver_sql("INSERT INTO child VALUES ('no such value')")

    gate = threading.Event()
    first = asyncio.ensure_future(writer.submit(lambda _: gate.wait(5)))
    await asyncio.sleep(0.01)
    both = [
        asyncio.ensure_future(writer.submit(unsound)),
        asyncio.ensure_future(writer.submit(lambda c: values.keep(c, "a", "1"))),
    ]
    await asyncio.sleep(0.01)
    gate.set()
    await first
    results = await asyncio.gather(*both, return_exceptions=True)
    assert all("foreign key" in str(result).lower() for result in results)
    assert _kept(engine) == {}
    await writer.submit(lambda c: values.keep(c, "a", "2"))
    assert _kept(engine) == {"a": "2"}


async def test_a_caller_who_gave_up_before_the_turn_came_is_passed_over(
    engine: Engine, writer: Writer
) -> None:
    gate = threading.Event()
    first = asyncio.ensure_future(writer.submit(lambda _: gate.wait(5)))
    await asyncio.sleep(0.01)
    gone = asyncio.ensure_future(writer.submit(lambda c: values.keep(c, "a", "1")))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.sleep(0.01)
    gate.set()
    await first
    await writer.submit(lambda c: values.keep(c, "b", "2"))
    assert _kept(engine) == {"b": "2"}


async def test_closing_finishes_what_was_submitted(engine: Engine) -> None:
    writer = Writer(engine)
    waiting = [asyncio.ensure_future(writer.submit(lambda c, n=n: values.keep(c, n, n))) for n in "abcd"]
    await asyncio.sleep(0)
    writer.close()
    await asyncio.gather(*waiting)
    assert _kept(engine) == {n: n for n in "abcd"}


@pytest.mark.postgres
async def test_after_a_lost_connection_the_next_one_writes_again(
    postgres_url: str,
) -> None:
    engine = connect(postgres_url)
    writer = Writer(engine)
    own = await writer.submit(lambda c: c.scalar(text("SELECT pg_backend_pid()")))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
    with pytest.raises(OperationalError):
        await writer.submit(lambda c: values.keep(c, "a", "1"))
    await writer.submit(lambda c: values.keep(c, "a", "2"))
    assert _kept(engine) == {"a": "2"}
    writer.close()
    engine.dispose()
