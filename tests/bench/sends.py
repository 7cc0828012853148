"""Sends to a peer that answers at once, claimed and settled durably, against raw aiohttp to the same peer."""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from handlers import drain
from handlers.model import Platform
from tests.bench import slack, teams
from tests.bench.company import Company, found, programme, statuses
from tests.bench.peers import Peer, SlackPeer, TeamsPeer, open_peer
from tests.bench.processes import Nonsense, Running, running
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale

WORK = ["-m", "tests.bench.launch", "work"]
UNPACED = {"BENCH_PACE": "off"}
PLACES = drain.IN_FLIGHT - drain.FOR_ANSWERS  # sends of a bulk under way at once
WARM = 0.1  # of the sends: what is started and opened then does not count


@dataclass
class Sent:
    """Rounds of one sender: sends a second, CPU seconds a send, connections a send."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    connections: list[float] = field(default_factory=list)


class Stretch:
    """Time and CPU time from the first sends that count to the last, by the peer's own record."""

    def __init__(self, peer: Peer, count: int) -> None:
        self._first, self._last = int(count * WARM), count
        self._marks: list[tuple[float, float]] = []
        self.process: Running | None = None
        self.over = asyncio.Event()
        peer.on_send = self._look

    def _look(self, count: int) -> None:
        if count in (self._first, self._last):
            assert self.process
            self._marks.append((time.perf_counter(), self.process.cpu()))
        if count >= self._last:
            self.over.set()

    async def wait(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self.over.wait()

    def cpu(self) -> float:
        """Seconds a send."""
        (_, before), (_, after) = self._marks
        return (after - before) / (self._last - self._first)

    def into(self, sent: Sent, peer: Peer) -> None:
        (began, _), (ended, _) = self._marks
        sent.rates.append((self._last - self._first) / (ended - began))
        sent.cpu.append(self.cpu())
        sent.connections.append(peer.connections / self._last)


async def sends(folder: Path, scale: Scale) -> list[Row]:
    """Slack and Teams; a fresh process and a fresh copy of the database for every round."""
    rows: list[Row] = []
    for platform in (Platform.SLACK, Platform.TEAMS):
        ours, theirs = await _rounds(folder, scale, platform, scale.of(2000, 1500))
        rows += _rows(platform, ours, theirs)
    return rows


async def _rounds(folder: Path, scale: Scale, platform: Platform, count: int) -> tuple[Sent, Sent]:
    ours, theirs = Sent(), Sent()
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(open_peer(peer_of(platform)))
        env = {**await connected(stack, folder, platform, peer), **UNPACED}
        original = await found(f"sqlite:///{folder}/{platform}.db", count, platform, service_url=peer.url)
        for number in range(scale.rounds):
            company, env["DATABASE_URL"] = copied(original, folder, f"{platform}{number}")
            messages = await _product(folder, company, env, peer, ours)
            await _baseline(folder, messages, peer, theirs)
    return ours, theirs


def peer_of(platform: Platform) -> Peer:
    return SlackPeer() if platform is Platform.SLACK else TeamsPeer()


async def connected(stack: AsyncExitStack, folder: Path, platform: Platform, peer: Peer) -> dict[str, str]:
    """The settings of a product that this peer is the platform of."""
    env: Mapping[str, str] = slack.settings(peer)
    if platform is Platform.TEAMS:
        env = teams.settings(await stack.enter_async_context(teams.authority(folder)))
    return {**env, "PROGRAMME": str(programme(folder))}


def copied(company: Company, folder: Path, name: str) -> tuple[Company, str]:
    """The same company in a database of its own, nothing of which has been sent yet."""
    path = folder / f"{name}.db"
    shutil.copy(company.url.removeprefix("sqlite:///"), path)
    url = f"sqlite:///{path}"
    return Company(url, company.people, company.deliveries), url


def forget(peer: Peer) -> None:
    """A peer as it was before anybody called."""
    peer.arrivals.clear()
    peer.accepted.clear()
    peer.asked.clear()
    peer.refused.clear()
    peer.connections = peer.early = 0


async def _product(
    folder: Path, company: Company, env: Mapping[str, str], peer: Peer, sent: Sent
) -> list[tuple[str, bytes]]:
    count = len(company.deliveries)
    forget(peer)
    peer.kept = []
    stretch = Stretch(peer, count)
    async with running(WORK, env, folder / "work.log", listening=False) as stretch.process:
        await stretch.wait(60 + count / 20)
        await settled(company.url, count)
    peer.each_once({delivery.id for delivery in company.deliveries})
    stretch.into(sent, peer)
    kept, peer.kept = peer.kept, None
    return kept


async def settled(url: str, count: int, seconds: float = 10) -> None:
    """Returns when all are SENT. Raises Nonsense when they are not in time."""
    for _ in range(int(seconds / 0.05)):
        if (found := statuses(url)) == {"sent": count}:
            return
        await asyncio.sleep(0.05)
    raise Nonsense(f"all {count} were sent, and stand in the outbox as {found}")


async def _baseline(folder: Path, messages: list[tuple[str, bytes]], peer: Peer, sent: Sent) -> None:
    path = folder / "messages"
    path.write_text("".join(json.dumps([to, json.loads(body)]) + "\n" for to, body in messages))
    forget(peer)
    stretch = Stretch(peer, len(messages))
    words = ["-m", "tests.bench.baselines.sender", peer.url, str(path), str(PLACES)]
    async with running(words, {}, folder / "sender.log", listening=False) as stretch.process:
        await stretch.wait(60)
        await stretch.process.ends()
    stretch.into(sent, peer)


def _rows(platform: Platform, ours: Sent, theirs: Sent) -> list[Row]:
    middle = statistics.median
    return [
        Row(
            f"sends {platform}",
            f"{middle(ours.rates):.0f}/s",
            f"{middle(theirs.rates):.0f}/s",
            ratios(ours.rates, theirs.rates),
            ">= 0.4" if platform is Platform.SLACK else "",
            f"claimed, sent, settled / raw aiohttp, {PLACES} in flight, no pace",
        ),
        Row(
            f"send cpu {platform}",
            ms(middle(ours.cpu)),
            ms(middle(theirs.cpu)),
            ratios(ours.cpu, theirs.cpu),
            "<= 3",
            "CPU a send",
        ),
        Row(
            f"connections {platform}",
            f"{middle(ours.connections):.4f}",
            f"{middle(theirs.connections):.4f}",
            middle(ours.connections),
            "<= 0.05",
            "TCP connections a send, at the peer (the ratio is ours itself)",
        ),
    ]
