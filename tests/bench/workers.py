"""Two workers on one PostgreSQL against one, where what limits a worker is how many calls it has under way."""

from __future__ import annotations

import statistics
from contextlib import AsyncExitStack
from pathlib import Path
from signal import SIGQUIT
from tempfile import TemporaryDirectory

from handlers.model import Platform
from tests import needs, postgres_server
from tests.bench import company as companies
from tests.bench.company import programme
from tests.bench.peers import Peer, SlackPeer, open_peer
from tests.bench.processes import running
from tests.bench.report import Row, ratios
from tests.bench.scale import Scale
from tests.bench.sends import PLACES, UNPACED, WORK, forget, settled
from tests.bench.slack import settings

ONE = 64  # sends a second that one worker manages: its places divided by the latency


async def two_workers(folder: Path, scale: Scale) -> list[Row]:
    """Slack without a pace; each round all is due again."""
    latency = PLACES / ONE
    count = ONE * scale.of(10, 6)
    initdb, server = needs.found("initdb"), needs.found("postgres")
    if not initdb or not server:
        return [Row("two workers", "not measured", note="PostgreSQL is not installed")]
    with (
        TemporaryDirectory(prefix="catchball-bench-") as place,
        postgres_server.running(initdb, server, Path(place) / "data", Path(place), stop=SIGQUIT),
    ):
        url = postgres_server.database(Path(place), "bench")
        async with AsyncExitStack() as stack:
            peer = await stack.enter_async_context(open_peer(SlackPeer(latency)))
            env = {**settings(peer), **UNPACED, "PROGRAMME": str(programme(folder)), "DATABASE_URL": url}
            company = await companies.found(url, count, Platform.SLACK)
            one, two = [], []
            for _ in range(scale.of(min(scale.rounds, 3), 1)):
                one.append(await _round(folder, company, env, peer, 1))
                two.append(await _round(folder, company, env, peer, 2))
    return [
        Row(
            "two workers",
            f"{statistics.median(two):.0f}/s",
            f"{statistics.median(one):.0f}/s",
            ratios(two, one),
            ">= 1.6",
            f"sends of two `work` on PostgreSQL / of one; {PLACES} places, latency {latency:.3g} s, no pace",
        )
    ]


async def _round(
    folder: Path, company: companies.Company, env: dict[str, str], peer: Peer, workers: int
) -> float:
    """Sends a second between the first quarter and the last: the start of a process is another bench's matter."""
    companies.unsend(company.url)
    forget(peer)
    async with AsyncExitStack() as stack:
        for number in range(workers):
            log = folder / f"work{number}.log"
            await stack.enter_async_context(running(WORK, env, log, listening=False))
        await settled(company.url, len(company.deliveries), seconds=60)
    peer.each_once({delivery.id for delivery in company.deliveries})
    quarter = len(peer.arrivals) // 4
    first, last = peer.arrivals[quarter], peer.arrivals[-quarter]
    return (len(peer.arrivals) - 2 * quarter) / (last - first)
