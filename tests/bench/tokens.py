"""Tokens for Teams: how many are asked for, and whether anybody waits while one is fetched."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from handlers.model import Platform
from tests.bench import teams
from tests.bench.company import found, programme
from tests.bench.peers import TeamsPeer, open_peer
from tests.bench.processes import running
from tests.bench.report import Row, ms
from tests.bench.scale import Scale
from tests.bench.sends import UNPACED, WORK, Stretch, settled

COUNT = 1000
SLOW = 0.5  # seconds that the token endpoint takes


async def tokens(folder: Path, scale: Scale) -> list[Row]:
    """A bulk to Teams while the authority takes its time."""
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(open_peer(TeamsPeer()))
        authority = await stack.enter_async_context(teams.authority(folder))
        authority.token_delay = SLOW
        url, stalls = f"sqlite:///{folder}/tokens.db", folder / "stalls"
        company = await found(url, COUNT, Platform.TEAMS, service_url=peer.url)
        env = {
            **teams.settings(authority),
            **UNPACED,
            "PROGRAMME": str(programme(folder)),
            "DATABASE_URL": url,
        }
        env["BENCH_STALLS"] = str(stalls)
        stretch = Stretch(peer, COUNT)
        async with running(WORK, env, folder / "work.log", listening=False) as stretch.process:
            await stretch.wait(120)
            await settled(url, COUNT)
        peer.each_once({delivery.id for delivery in company.deliveries})
        stall = float(stalls.read_text())
    return [
        Row(
            "tokens",
            f"{authority.token_requests}",
            ratio=authority.token_requests,
            goal="<= 2",
            note=f"requests to the authority for {COUNT:,} messages in Teams",
        ),
        Row(
            "tokens stall",
            ms(stall),
            ms(SLOW),
            stall / SLOW,
            "<= 0.5",
            "longest stall of the event loop in that / what the token endpoint takes",
        ),
    ]
