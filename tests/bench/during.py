"""How long an answer takes while a bulk goes out at full rate from the same process, against without a bulk."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from handlers.model import Delivery, Platform
from tests.bench import slack, teams
from tests.bench.answers import each_counted
from tests.bench.company import found, programme
from tests.bench.load import Burst, Good, acknowledged, closed, opened
from tests.bench.peers import Peer, SlackPeer, TeamsPeer, open_peer
from tests.bench.processes import Nonsense, running
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale
from tests.bench.sends import copied, forget

WARM = 20  # answers before those that count: the first one waits for Teams' keys
CLICKS = 50  # a second, whatever comes back
FULL = {Platform.SLACK: 20, Platform.TEAMS: 49}  # sends a second at most, by our own pace
AN_HOUR = 3600.0
LATENCY = 0.1


@dataclass
class Waits:
    """Rounds of answers: without a bulk, and with one; and how fast that one went."""

    quiet: list[Burst] = field(default_factory=list)
    busy: list[Burst] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)


async def during(folder: Path, scale: Scale) -> list[Row]:
    rows = []
    for platform in (Platform.TEAMS, Platform.SLACK):
        waits = Waits()
        async with AsyncExitStack() as stack:
            await _rounds(stack, folder, platform, scale, waits)
        rows.append(_row(platform, waits))
    return rows


async def _rounds(
    stack: AsyncExitStack, folder: Path, platform: Platform, scale: Scale, waits: Waits
) -> None:
    """Each round with and without, on a database of its own."""
    seconds = scale.of(10, 5)
    clicks = CLICKS * seconds
    sent = WARM + clicks
    count = sent + FULL[platform] * (seconds + 15)
    peer = await stack.enter_async_context(
        open_peer(SlackPeer() if platform is Platform.SLACK else TeamsPeer())
    )
    peer.delay = LATENCY
    env, press, good = await _door(stack, folder, platform, peer)
    later, now = [
        await found(
            f"sqlite:///{folder}/{platform}{due_in}.db",
            count,
            platform,
            sent=sent,
            service_url=peer.url,
            due_in=due_in,
        )
        for due_in in (AN_HOUR, 0.0)
    ]
    for number in range(scale.of(min(scale.rounds, 3), 1)):
        for company, bursts, bulk in ((later, waits.quiet, False), (now, waits.busy, True)):
            company, url = copied(company, folder, f"{platform}-{number}-{bulk}")
            env["DATABASE_URL"] = url
            forget(peer)
            async with running(["-m", "bot", "serve"], env, folder / "serve.log") as serve:
                await _under_way(peer, bulk)
                requests = [press(delivery) for delivery in company.deliveries[:sent]]
                await closed(serve.port, requests[:WARM], 1, good)
                before = len(peer.arrivals)
                burst = await opened(serve.port, requests[WARM:], CLICKS, good)
                meanwhile = len(peer.arrivals) - before
            bursts.append(burst)
            each_counted(company, company.deliveries[:sent])
            if bulk:
                waits.rates.append(meanwhile / burst.seconds)
            if bool(meanwhile) != bulk or before + meanwhile >= count - sent:
                raise Nonsense(f"a bulk of {count - sent}, of which {before} + {meanwhile} were sent")


async def _door(
    stack: AsyncExitStack, folder: Path, platform: Platform, peer: Peer
) -> tuple[dict[str, str], Callable[[Delivery], bytes], Good]:
    """The settings, and how a press is made and recognised as answered."""
    env = {"PROGRAMME": str(programme(folder))}
    if platform is Platform.SLACK:
        return {**env, **slack.settings(peer)}, lambda delivery: slack.press(delivery, peer), acknowledged
    authority = await stack.enter_async_context(teams.authority(folder))
    token = authority.sign(peer.url)
    return {**env, **teams.settings(authority)}, lambda delivery: teams.press(delivery, token), teams.shown


async def _under_way(peer: Peer, bulk: bool) -> None:
    """A second into the bulk; as long after the start where there is none."""
    while bulk and not peer.arrivals:
        await asyncio.sleep(0.01)
    await asyncio.sleep(1.5)


def _row(platform: Platform, waits: Waits) -> Row:
    quiet, busy = ([burst.at(0.99) for burst in bursts] for bursts in (waits.quiet, waits.busy))
    middle = statistics.median(burst.at(0.5) for burst in waits.busy)
    return Row(
        f"during bulk {platform}",
        f"p99 {ms(statistics.median(busy))}",
        f"p99 {ms(statistics.median(quiet))}",
        ratios(busy, quiet),
        "<= 2",
        f"an answer at {CLICKS}/s while {statistics.median(waits.rates):.0f} a second go out / while none does; "
        f"p50 {ms(middle)}",
    )
