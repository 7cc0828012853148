"""`python -m tests.bench profile`: where the CPU time of an answer and of a send goes, as tables and two pictures.

The database lies in memory meanwhile, since py-spy takes a thread that waits for the disk for a busy one.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from handlers.model import Platform
from tests.bench import slack
from tests.bench.answers import IN_FLIGHT, WARM, all_shown
from tests.bench.company import found, programme
from tests.bench.layers import ORDER, recorded
from tests.bench.load import closed
from tests.bench.peers import SlackPeer, open_peer
from tests.bench.picture import Part, bar
from tests.bench.processes import running
from tests.bench.report import ms
from tests.bench.scale import Scale
from tests.bench.sends import UNPACED, WORK, Stretch, connected, settled
from tests.bot.processes import ROOT

MEMORY = Path("/dev/shm")
PICTURES = ROOT / "docs"


async def profile(folder: Path, scale: Scale) -> None:
    """Both pictures, from Slack: `serve` while answers come in, `work` while messages go out."""
    PICTURES.mkdir(exist_ok=True)
    for name, title, (samples, seconds) in (
        ("answers", "Where the CPU time of one answer goes", await _answers(folder, scale.of(5000, 1500))),
        ("sends", "Where the CPU time of one send goes", await _sends(folder, scale.of(5000, 1500))),
    ):
        parts = _parts(samples, seconds)
        title = f"{title}: {ms(seconds)}"
        print(f"\n{title} (of {sum(samples.values()):.1f} s looked at)")
        for layer, share, beside in parts:
            print(f"  {layer:24}{share:6.1%}  {beside}")
        path = PICTURES / f"time-in-{name}.svg"
        path.write_text(bar(title, parts))
        print(f"  {path.relative_to(ROOT)}")


def _parts(samples: dict[str, float], seconds: float) -> list[Part]:
    whole = sum(samples.values())
    shares = {layer: samples.get(layer, 0.0) / whole for layer in ORDER}
    return [(layer, share, ms(share * seconds)) for layer, share in shares.items() if share >= 0.005]


async def _answers(folder: Path, count: int) -> tuple[dict[str, float], float]:
    """CPU time by layer, and CPU seconds an answer without py-spy at it."""
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(open_peer(SlackPeer()))
        total = WARM + 2 * count
        company = await found(f"sqlite:///{folder}/answers.db", total, Platform.SLACK, sent=total)
        env = {**slack.settings(peer), "DATABASE_URL": company.url, "PROGRAMME": str(programme(folder))}
        serve = await stack.enter_async_context(running(["-m", "bot", "serve"], env, folder / "serve.log"))
        waiting = iter(company.deliveries)

        async def answer(number: int) -> None:
            requests = [slack.press(next(waiting), peer) for _ in range(number)]
            before = peer.shown
            await closed(serve.port, requests, IN_FLIGHT)
            await all_shown(peer, before + number)

        await answer(WARM)
        before = serve.cpu()
        await answer(count)
        seconds = (serve.cpu() - before) / count
        async with recorded(serve, folder) as samples:
            await answer(count)
    return samples, seconds


async def _sends(folder: Path, count: int) -> tuple[dict[str, float], float]:
    """The same for a send. The first stretch is not watched, the second is."""
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(open_peer(SlackPeer()))
        env = {**await connected(stack, folder, Platform.SLACK, peer), **UNPACED}
        total = 5 * count
        company = await found(f"sqlite:///{folder}/sends.db", total, Platform.SLACK)
        env["DATABASE_URL"] = company.url
        first = Stretch(peer, count)
        work = await stack.enter_async_context(running(WORK, env, folder / "work.log", listening=False))
        first.process = work
        await first.wait(60)
        async with recorded(work, folder) as samples:
            while len(peer.arrivals) < total:
                await asyncio.sleep(0.01)
        await settled(company.url, total)
    return samples, first.cpu()
