"""Answers taken in, made durable and shown, against bots that do less: Slack's and Teams'."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from handlers.model import Delivery, Platform
from tests.bench import slack, teams
from tests.bench.company import Company, answered, found, programme
from tests.bench.load import Burst, Good, acknowledged, closed
from tests.bench.peers import Peer, SlackPeer, TeamsPeer, open_peer
from tests.bench.processes import Nonsense, Running, running
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale

IN_FLIGHT = 32
WARM = 60

Press = Callable[[Delivery], bytes]


@dataclass
class Taken:
    """What one process did in every round."""

    many: list[Burst] = field(default_factory=list)
    single: list[Burst] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # seconds a request, of those in flight together

    async def round(
        self, process: Running, requests: Sequence[bytes], single: int, good: Good, peer: Peer | None
    ) -> None:
        """peer: where every answer is shown beside; a round is over when the last of them is."""
        before, shown = process.cpu(), peer.shown if peer else 0
        burst = await closed(process.port, requests[single:], IN_FLIGHT, good)
        if peer:
            burst.seconds += await all_shown(peer, shown + len(burst.latencies))
        self.cpu.append((process.cpu() - before) / len(burst.latencies))
        self.many.append(burst)
        self.single.append(await closed(process.port, requests[:single], 1, good))
        if peer:
            await all_shown(peer, shown + len(requests))

    def each(self, part: float) -> list[float]:
        return [burst.at(part) for burst in self.many]

    @property
    def rates(self) -> list[float]:
        return [burst.rate for burst in self.many]

    @property
    def alone(self) -> list[float]:
        return [burst.at(0.5) for burst in self.single]


async def answers(folder: Path, scale: Scale) -> list[Row]:
    """Slack, against Bolt with its defaults that only acknowledges."""
    many, single = scale.of(300, 200), scale.of(60, 40)
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(open_peer(SlackPeer()))
        company = await _company(folder, Platform.SLACK, scale, many + single)
        env = {**slack.settings(peer), "PROGRAMME": str(programme(folder))}

        def press(delivery: Delivery) -> bytes:
            return slack.press(delivery, peer)

        ours, theirs = await _rounds(
            stack, folder, company, env, "bolt", press, scale, single, acknowledged, peer
        )
        each_counted(company, company.deliveries)
        size = len(press(company.deliveries[0])) / 1000
    return _slack_rows(ours, theirs, f"{size:.1f} KB a request, {2 * scale.rounds} rounds of {many}")


async def teams_answers(folder: Path, scale: Scale) -> list[Row]:
    """Teams, against aiohttp that checks the token, reads the JSON and says yes."""
    many, single = scale.of(300, 200), scale.of(30, 20)
    async with AsyncExitStack() as stack:
        authority = await stack.enter_async_context(teams.authority(folder))
        peer = await stack.enter_async_context(open_peer(TeamsPeer()))
        company = await _company(folder, Platform.TEAMS, scale, many + single, peer.url)
        token = authority.sign(peer.url)
        env = {**teams.settings(authority), "PROGRAMME": str(programme(folder))}

        def press(delivery: Delivery) -> bytes:
            return teams.press(delivery, token)

        ours, theirs = await _rounds(
            stack, folder, company, env, "jwt_bot", press, scale, single, teams.shown, None
        )
        each_counted(company, company.deliveries)
    note = f"Action.Execute, one token for all / aiohttp + PyJWT each time + JSON; CPU {_cpu(ours, theirs)}; one alone "
    return [
        Row(
            "teams answers",
            f"{statistics.median(ours.rates):.0f}/s",
            f"{statistics.median(theirs.rates):.0f}/s",
            ratios(ours.rates, theirs.rates),
            ">= 0.2",
            f"{note} p50 {ms(statistics.median(ours.alone))} / {ms(statistics.median(theirs.alone))}",
        )
    ]


async def _company(
    folder: Path, platform: Platform, scale: Scale, each: int, service_url: str = ""
) -> Company:
    count = WARM + 2 * scale.rounds * each
    url = f"sqlite:///{folder}/answers.db"
    return await found(url, count, platform, sent=count, service_url=service_url)


async def _rounds(
    stack: AsyncExitStack,
    folder: Path,
    company: Company,
    env: dict[str, str],
    baseline: str,
    press: Press,
    scale: Scale,
    single: int,
    good: Good,
    peer: Peer | None,
) -> tuple[Taken, Taken]:
    """One process each, alive for all rounds; the rounds take turns, after one to get warm."""
    env["DATABASE_URL"] = company.url
    product = await stack.enter_async_context(running(["-m", "bot", "serve"], env, folder / "serve.log"))
    words = ["-m", f"tests.bench.baselines.{baseline}"]
    other = await stack.enter_async_context(running(words, env, folder / "baseline.log"))
    ours, theirs = Taken(), Taken()
    each = (len(company.deliveries) - WARM) // (
        2 * scale.rounds
    )  # short rounds, for ratios are taken within one
    warm = [press(delivery) for delivery in company.deliveries[:WARM]]
    await closed(product.port, warm, IN_FLIGHT, good)
    if peer:
        await all_shown(peer, WARM)
    await closed(other.port, warm, IN_FLIGHT, good)
    for start in range(WARM, len(company.deliveries), each):
        requests = [press(delivery) for delivery in company.deliveries[start : start + each]]
        await ours.round(product, requests, single, good, peer)
        await theirs.round(other, requests, single, good, None)
    return ours, theirs


def each_counted(company: Company, pressed: Sequence[Delivery]) -> None:
    """Raises Nonsense unless every answer stands in the ledger once."""
    ledger, wanted = answered(company.url), {delivery.id for delivery in pressed}
    if len(ledger) != len(wanted) or set(ledger) != wanted:
        raise Nonsense(f"{len(ledger)} answers in the ledger, {len(set(ledger))} of {len(wanted)} deliveries")


async def all_shown(peer: Peer, wanted: int) -> float:
    """Returns when so many answers have been shown, with the seconds that took. Raises Nonsense after 5."""
    began = time.perf_counter()
    while peer.shown < wanted:
        if time.perf_counter() - began > 5:
            raise Nonsense(f"{peer.shown} of {wanted} answers were shown")
        await asyncio.sleep(0.001)
    return time.perf_counter() - began


def _slack_rows(ours: Taken, theirs: Taken, size: str) -> list[Row]:
    middle = statistics.median
    return [
        Row(
            "answers",
            f"{middle(ours.rates):.0f}/s",
            f"{middle(theirs.rates):.0f}/s",
            ratios(ours.rates, theirs.rates),
            ">= 0.8",
            f"durable and shown / Bolt's bare ack, {IN_FLIGHT} in flight; CPU {_cpu(ours, theirs)}; {size}",
        ),
        Row(
            "one answer",
            f"p50 {ms(middle(ours.alone))}",
            f"p50 {ms(middle(theirs.alone))}",
            ratios(ours.alone, theirs.alone),
            "<= 0.3",
            "one at a time",
        ),
        Row(
            "answers tail",
            f"p99 {ms(middle(ours.each(0.99)))}",
            f"p50 {ms(middle(ours.each(0.5)))}",
            ratios(ours.each(0.99), ours.each(0.5)),
            "<= 3",
            f"of ours, {IN_FLIGHT} in flight",
        ),
    ]


def _cpu(ours: Taken, theirs: Taken) -> str:
    """With what the ratio would be if nothing but CPU time counted."""
    cpu = statistics.median(ours.cpu), statistics.median(theirs.cpu)
    return f"{ms(cpu[0])} / {ms(cpu[1])} (by that alone {cpu[1] / cpu[0]:.2f})"
