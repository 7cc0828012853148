"""What we want of Procrastinate: jobs that name a queue of the outbox, a tick now and then, and nothing to clean up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from enum import IntEnum

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import DeleteJobCondition

from bot.engine.namespace import conninfo, prepare
from handlers.model import Job, Platform, Queue

log = logging.getLogger(__name__)

AT_ONCE = 50  # jobs under way in one process; each waits for the network nearly all of the time
POLL = timedelta(
    seconds=1
)  # for what a notification was missed; Procrastinate loses one that comes while it looks
CONNECTIONS = 4  # and one more that listens
AWAY = (ConnectorException, psycopg.Error)  # what a database leaves that is restarted
_LOCK = 0x43415446  # PostgreSQL's advisory lock of `alone`


class Urgency(IntEnum):
    """Somebody waits for an answer; the plan; the many."""

    NOW = 100
    TICK = 50
    SHARED = 0


class Jobs:
    """tick: every `every`, on whichever process has a hand free. drain: a queue, and how often it may be handed on.

    A process that has not said for three heartbeats that it is alive is dead, and its jobs are anybody's.
    """

    def __init__(
        self,
        database_url: str,
        tick: Callable[[], Awaitable[None]],
        drain: Callable[[Queue, int], Awaitable[None]],
        *,
        every: timedelta,
        heartbeat: timedelta,
    ) -> None:
        self._database_url = database_url
        self._heartbeat = heartbeat.total_seconds()
        self._connector = PsycopgConnector(
            conninfo=conninfo(database_url), min_size=1, max_size=CONNECTIONS, timeout=10, name="engine"
        )
        self._app = App(connector=self._connector)

        # The names stand in the database, and old processes meet new ones there: they never change.
        @self._app.periodic(cron=f"* * * * * */{every.seconds}")
        @self._app.task(name="tick", queueing_lock="tick", priority=Urgency.TICK)
        async def tick_(timestamp: int) -> None:
            await tick()

        @self._app.task(name="drain")
        async def drain_(platform: str, workspace: str, job: str, tries: int) -> None:
            await drain(Queue(Platform(platform), workspace, Job(job)), tries)

        self._drain = drain_

    async def open(self) -> None:
        """Raises psycopg.Error where the database cannot be reached."""
        await asyncio.to_thread(prepare, self._database_url)
        await self._app.open_async()

    async def close(self) -> None:
        await self._app.close_async()

    async def work(self) -> None:
        """Run jobs until this is cancelled; those under way are finished first.

        Raises ConnectorException, or simply returns, when Procrastinate gives up: a lost connection, lost tables.
        """
        await asyncio.to_thread(prepare, self._database_url)
        await self._app.run_worker_async(
            concurrency=AT_ONCE,
            install_signal_handlers=False,
            fetch_job_polling_interval=POLL.total_seconds(),
            # Failed ones too: the log has the traceback, the next tick asks again, and nothing piles up.
            delete_jobs=DeleteJobCondition.ALWAYS,
            update_heartbeat_interval=self._heartbeat,
            stalled_worker_timeout=3 * self._heartbeat,
        )

    async def ring(self, queue: Queue, urgency: Urgency, tries: int = 0) -> None:
        """Ask for a drainer, unless one is asked for already. What cannot be asked now, the next tick asks."""
        name = " ".join(queue)
        job = self._drain.configure(queueing_lock=f"drain {name} {urgency}", priority=urgency)
        try:
            await job.defer_async(**queue._asdict(), tries=tries)
        except AlreadyEnqueued:
            pass
        except ConnectorException as error:
            log.warning("nobody could be woken for %s; the next tick does it: %s", name, error.__cause__)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[bool]:
        """Whether no other process is in here now. A process that dies has left; nobody waits."""
        async with self._connector.pool.connection() as connection:
            asked = await connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            yield await asked.fetchone() == (True,)

    async def revive(self) -> None:
        """Give the jobs of the dead to the living.

        A job cannot go back while another with its queueing lock waits; it is tried again at the next tick.
        """
        stalled = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=3 * self._heartbeat)
        for job in stalled:
            with suppress(ConnectorException):
                await self._app.job_manager.retry_job(job)
