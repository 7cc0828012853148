"""Where the time goes: py-spy's samples of a process, sorted into the layers of the house."""

from __future__ import annotations

import asyncio
import linecache
import re
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.processes import Nonsense, Running

RATE = 200  # samples a second; py-spy stops the process for each

# From the innermost frame outwards the first that stands here decides: what the standard library, pydantic or
# SQLAlchemy do belongs to whoever called them.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("storage", ("/storage/",)),
    (
        "draw",
        ("/content/", "/bot/slack/render", "/bot/slack/richtext", "/bot/slack/charts", "/bot/teams/render"),
    ),
    ("draw", ("/bot/slack/answers", "/bot/teams/replies", "/bot/teams/text", "/bot/teams/fields")),
    ("decide", ("/handlers/",)),
    ("Bolt, Slack's SDK", ("/slack_bolt/", "/slack_sdk/")),
    ("botbuilder", ("/botbuilder/", "/msrest/")),
    (
        "front and signature",
        ("/bot/slack/signature", "/bot/slack/inbound", "/bot/slack/payloads", "/bot/teams/gate"),
    ),
    ("front and signature", ("/bot/slack/listeners", "/bot/slack/bolt", "/bot/slack/people", "/bot/web")),
    (
        "front and signature",
        ("/bot/teams/inbound", "/bot/teams/presses", "/bot/teams/people", "/bot/teams/events"),
    ),
    (
        "chat",
        ("/bot/slack/chat", "/bot/slack/errors", "/bot/teams/chat", "/bot/teams/connector", "/bot/wire"),
    ),
    (
        "aiohttp, event loop",
        ("/aiohttp/", "/multidict/", "/yarl/", "/asyncio/", "/selectors.py", "/bot/engine/"),
    ),
)
_WAITING = re.compile(r"(queue|waiting)\.get\(|\.(wait|acquire|select|poll|join)\(")
_THREAD = re.compile(r"thread \((\d+)\)")
ORDER = (
    "aiohttp, event loop",
    "front and signature",
    "Bolt, Slack's SDK",
    "botbuilder",
    "chat",
    "decide",
    "draw",
    "storage: read",
    "storage: ledger",
    "storage: commit",
    "storage: other",
    "other",
)


@asynccontextmanager
async def recorded(process: Running, folder: Path) -> AsyncIterator[dict[str, float]]:
    """CPU seconds by layer of everything a process does in the block; filled at the end.

    The CPU time of each thread is the kernel's. py-spy only says how to divide it among the layers: of the threads
    that it calls active several may wait for one core.
    """
    found: dict[str, float] = defaultdict(float)
    raw = folder / "samples"
    program = Path(sys.executable).parent / "py-spy"
    words = ["record", "--pid", str(process.pid), "--format", "raw", "--full-filenames", "--threads"]
    spy = subprocess.Popen(
        [program, *words, "--rate", str(RATE), "--duration", "600", "--output", raw],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    await asyncio.sleep(1)  # until it has found its way into the process
    before = process.threads()
    try:
        yield found
    finally:
        after = process.threads()
        spy.send_signal(signal.SIGINT)
        said = await asyncio.to_thread(spy.communicate, timeout=60)
    if not raw.exists():
        raise Nonsense(f"py-spy wrote nothing: {said[1]}")
    for thread, samples in _by_thread(raw).items():
        seconds = after.get(thread, 0.0) - before.get(thread, 0.0)
        for name, count in samples.items():
            found[name] += seconds * count / samples.total()


def _by_thread(raw: Path) -> dict[int, Counter[str]]:
    """Samples by layer of each thread, which is the outermost frame: `thread (16005): storage-reader_1`."""
    threads: dict[int, Counter[str]] = defaultdict(Counter)
    for line in raw.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if not waits(frames[-1]):
            thread = next(int(found[1]) for frame in frames if (found := _THREAD.match(frame)))
            threads[thread][layer(frames)] += int(count)
    return threads


def waits(frame: str) -> bool:
    """Whether the line of this innermost frame does nothing but wait; py-spy takes a thread at a queue for busy."""
    file, _, line = frame.rpartition("(")[2].removesuffix(")").rpartition(":")
    return _WAITING.search(linecache.getline(file, int(line or 0))) is not None


def layer(frames: Sequence[str]) -> str:
    """The layer of one sample, whose frames stand outermost first as `name (file:line)`."""
    for frame in reversed(frames):
        for name, places in LAYERS:
            if any(place in frame for place in places):
                return _of_storage(frames) if name == "storage" else name
    return "other"


def _of_storage(frames: Sequence[str]) -> str:
    stack = ";".join(frames)
    if "/storage/ledger.py" in stack and "/storage/writer.py" in stack:
        return "storage: ledger"
    if "do_commit (" in stack or "do_begin (" in stack or "fsync" in stack:
        return "storage: commit"
    return "storage: other" if "storage/writer.py" in stack else "storage: read"
