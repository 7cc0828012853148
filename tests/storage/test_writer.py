"""The writer: what waits is committed together, and each gets its own answer after the commit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, Engine, text

from handlers.ports import Unavailable
from storage import values
from storage.engine import connect
from storage.space import Space
from storage.trouble import Trouble
from storage.writer import Writer


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    writer = Writer(engine, Trouble(Space(None)))
    yield writer
    writer.close()


async def held(writer: Writer) -> tuple[threading.Event, asyncio.Future[bool]]:
    """The writer is busy until the event is set: what is submitted now waits together behind it."""
    begun, gate = threading.Event(), threading.Event()

    def wait(_: Connection) -> bool:
        begun.set()
        return gate.wait(5)

    first = asyncio.ensure_future(writer.submit(wait))
    assert await asyncio.to_thread(begun.wait, 5)
    return gate, first


def _kept(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return {row.name: row.value for row in connection.execute(values.VALUE.select())}


def _doubled(connection: Connection) -> None:
    values.keep(connection, "b", "left behind?")
    raise KeyError("mine alone")


async def test_an_operation_that_fails_takes_nobody_with_it(engine: Engine, writer: Writer) -> None:
    gate, first = await held(writer)
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
    gate, first = await held(writer)
    seen = [asyncio.ensure_future(writer.submit(lambda c: c.get_transaction())) for _ in "abc"]
    await asyncio.sleep(0.01)
    gate.set()
    one = await first
    transactions = await asyncio.gather(*seen)
    assert one
    assert transactions[0] is transactions[1] is transactions[2] is not None


async def test_what_one_turn_of_the_event_loop_asks_for_is_done_together(writer: Writer) -> None:
    together: list[int] = []

    def work(_connection: Connection, items: Sequence[int]) -> Sequence[int]:
        together.append(len(items))
        return [-item for item in items]

    assert await asyncio.gather(*(writer.gather(work, n) for n in range(50))) == [-n for n in range(50)]
    assert together == [50]


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

    gate, first = await held(writer)
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
    gate, first = await held(writer)
    gone = asyncio.ensure_future(writer.submit(lambda c: values.keep(c, "a", "1")))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.sleep(0.01)
    gate.set()
    await first
    await writer.submit(lambda c: values.keep(c, "b", "2"))
    assert _kept(engine) == {"b": "2"}


async def test_closing_finishes_what_was_submitted(engine: Engine) -> None:
    writer = Writer(engine, Trouble(Space(None)))
    waiting = [asyncio.ensure_future(writer.submit(lambda c, n=n: values.keep(c, n, n))) for n in "abcd"]
    await asyncio.sleep(0)
    writer.close()
    await asyncio.gather(*waiting)
    assert _kept(engine) == {n: n for n in "abcd"}


def _hang_up(connection: Connection) -> None:
    """The server ends the connection of whoever writes, as it does when it is restarted."""
    own = connection.scalar(text("SELECT pg_backend_pid()"))
    with connection.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})


@pytest.mark.postgres
async def test_what_was_lost_with_its_connection_before_the_commit_is_written_on_the_next_one(
    postgres_url: str,
) -> None:
    engine = connect(postgres_url)
    writer = Writer(engine, Trouble(Space(None)))
    own = await writer.submit(lambda c: c.scalar(text("SELECT pg_backend_pid()")))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})
    await writer.submit(lambda c: values.keep(c, "idle", "1"))
    calls: list[str] = []

    def meets_the_end(connection: Connection) -> None:
        calls.append("once")
        if len(calls) == 1:
            _hang_up(connection)
        values.keep(connection, "b", "2")

    gate, first = await held(writer)
    before = asyncio.ensure_future(writer.submit(lambda c: values.keep(c, "a", "1")))
    ended = asyncio.ensure_future(writer.submit(meets_the_end))
    await asyncio.sleep(0.01)
    gate.set()
    await asyncio.gather(first, before, ended)
    assert (_kept(engine), len(calls)) == ({"idle": "1", "a": "1", "b": "2"}, 2)
    writer.close()
    engine.dispose()


@pytest.mark.postgres
async def test_what_was_lost_with_the_commit_is_not_written_again_since_nobody_can_tell(
    postgres_url: str,
) -> None:
    engine = connect(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON value DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION hang_up()"
        )
    writer = Writer(engine, Trouble(Space(None)))
    calls: list[str] = []

    def called(connection: Connection) -> None:
        calls.append("once")
        values.keep(connection, "a", "1")

    with pytest.raises(Unavailable, match="it counts once"):
        await writer.submit(called)
    assert (calls, _kept(engine)) == (["once"], {})
    writer.close()
    engine.dispose()
