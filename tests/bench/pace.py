"""As fast as a platform allows and no faster: a bulk at a peer that counts, and refuses what is too much."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from handlers.model import Platform
from tests.bench.company import Company, found
from tests.bench.peers import Limit, Peer, SlackPeer, TeamsPeer, open_peer
from tests.bench.processes import Nonsense, Running, running
from tests.bench.report import Row
from tests.bench.scale import Scale
from tests.bench.sends import connected, settled

DOCUMENTED = 50  # requests in a second, an app and tenant: Microsoft Learn, "Rate limiting for agents"
OURS = 49  # a second: at 50 some closed second holds 51
HIDDEN = 10  # messages a second that a workspace of Slack's happens to allow
WORK = ["-m", "bot", "work"]
PATIENCE = 1.3  # times what a bulk takes at our own limit: a slower one is looked at no longer


@dataclass
class Bulk:
    """One bulk that went out: what the peer saw of it."""

    peer: Peer
    count: int
    arrived: int


async def pace(folder: Path, scale: Scale) -> list[Row]:
    """Teams with two latencies side by side, then with refusals beside a Slack whose limit nobody knows."""
    many, few = scale.of(10_000, 1_000), scale.of(1_000, 500)
    refused = frozenset(range(few // 4, few, few // 4))
    near, far = TeamsPeer(0.1, Limit(DOCUMENTED)), TeamsPeer(0.25, Limit(DOCUMENTED))
    moody = TeamsPeer(0.1, Limit(DOCUMENTED, retry_after=2, refuse=refused))
    secretive = SlackPeer(0.1, Limit(HIDDEN))
    bulks = await asyncio.gather(_teams(folder / "near", near, many), _teams(folder / "far", far, many))
    minute = scale.of(60, 20)
    refusing, _ = await asyncio.gather(
        _teams(folder / "moody", moody, few), _slack(folder / "slack", secretive, minute)
    )
    rows = [row for bulk in bulks for row in _rates(bulk)]
    return [*rows, _refusals(refusing, refused), _secret(secretive, minute)]


async def _teams(folder: Path, peer: Peer, count: int) -> Bulk:
    """A bulk to its end, or as much of it as goes out in good time."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_peer(peer))
        company, env = await _outbox(stack, folder, Platform.TEAMS, peer, count)
        work = await stack.enter_async_context(running(WORK, env, folder / "work.log", listening=False))
        if await _reached(work, lambda: len(peer.accepted) >= count, 20 + PATIENCE * count / OURS):
            await settled(company.url, count)
        arrived = len(peer.accepted)
        peer.each_once({d.id for d in company.deliveries if arrived == count or d.id in peer.accepted})
        return Bulk(peer, count, arrived)


async def _slack(folder: Path, peer: Peer, seconds: float) -> None:
    """A bulk that is longer than we look at it."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_peer(peer))
        _, env = await _outbox(stack, folder, Platform.SLACK, peer, 2 * HIDDEN * int(seconds))
        work = await stack.enter_async_context(running(WORK, env, folder / "work.log", listening=False))
        if not await _reached(work, lambda: bool(peer.arrivals), 20):
            raise Nonsense(f"nothing was sent: {work.tail()}")
        await asyncio.sleep(seconds)


async def _outbox(
    stack: AsyncExitStack, folder: Path, platform: Platform, peer: Peer, count: int
) -> tuple[Company, dict[str, str]]:
    folder.mkdir()
    url = f"sqlite:///{folder}/pace.db"
    company = await found(url, count, platform, service_url=peer.url)
    env: Mapping[str, str] = await connected(stack, folder, platform, peer)
    return company, {**env, "DATABASE_URL": url}


async def _reached(work: Running, end: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to that in time."""
    until = time.monotonic() + seconds
    while not end() and time.monotonic() < until:
        work.lives()
        await asyncio.sleep(0.05)
    return end()


def _rates(bulk: Bulk) -> list[Row]:
    peer, name = bulk.peer, f"{bulk.peer.delay * 1000:.0f} ms"
    return [
        Row(
            f"pace {name}",
            f"{peer.rate():.2f}/s",
            f"{OURS}/s",
            peer.rate() / OURS,
            ">= 0.97",
            f"{_arrived(bulk)} in Teams, latency {name} / our own limit; {len(peer.refused)} refused",
        ),
        Row(
            f"pace {name} window",
            f"{peer.most()} in 1 s",
            f"{DOCUMENTED} in 1 s",
            peer.most() / DOCUMENTED,
            "<= 1",
            "the most in any closed second, as they came / the documented limit",
        ),
    ]


def _refusals(bulk: Bulk, refuse: frozenset[int]) -> Row:
    peer = bulk.peer
    note = (
        f"sends that came before a Retry-After of 2 s was over; {_arrived(bulk)} arrived, once each; "
        f"{len(peer.refused)} refused, {len(refuse)} of them out of the blue"
    )
    return Row("pace early", f"{peer.early}", ratio=peer.early, goal="<= 0", note=note)


def _arrived(bulk: Bulk) -> str:
    return f"{bulk.arrived:,} of {bulk.count:,}"


def _secret(peer: Peer, seconds: float) -> Row:
    rate = sum(peer.accepted.values()) / seconds
    note = f"Slack with a hidden limit of {HIDDEN}/s, for {seconds} s; {len(peer.refused)} refused, {peer.early} early"
    return Row("pace slack", f"{rate:.1f}/s", f"{HIDDEN}/s", rate / HIDDEN, "", note)
