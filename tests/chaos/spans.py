"""Every span of the product that a run shortens, in one place; a name that is gone stops the run at once.

The product waits a minute where a run has seconds. What the promises need is not how long the spans are
but which of them is the longer: `check` says so, and `tests.simulators.faults` takes its own from here.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from types import MappingProxyType
from typing import Any

import aiohttp

from handlers.model import Job
from handlers.pace import Pace

ROOMS = ("bot", "handlers", "storage")
CLIENT = 0.8  # seconds until a platform's client gives up on an answer (10 in the product)
PREPARE = 0.4  # a conversation's creation before it, a connection, a token (5)
CALL = 1.4  # the longest a send may take (15)
LEASE = 3.0  # (60)
QUARANTINE = 2.1  # (60)
SLOW = 0.5  # a slow answer, within the client's patience
LATE = 1.1  # a late acceptance, beyond it
LATEST = 1.4  # nothing is accepted later than this after it came
ROOM = 0.6  # how long the machine may hold a simulator up before a run proves nothing
STARVED = 0.2  # a machine that holds us up for so long may let a lease run out in a process that is well


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


SHORTENED: dict[str, object] = {
    "handlers.deliver:CALL": _span(CALL),
    "handlers.deliver:LEASE": _span(LEASE),
    "handlers.deliver:QUARANTINE": _span(QUARANTINE),
    "handlers.deliver:SETTLED_AGAIN": _span(0.3),
    "handlers.deliver:SWITCHED_OFF": _span(1),
    "handlers.pace:RAISED_EVERY": _span(1),
    "bot.wire:IN_A_MOMENT": _span(0.2),
    "bot.slack.chat:ACCEPTED_LATE": _span(1),
    "bot.teams.chat:ACCEPTED_LATE": _span(1),
    "bot.engine.embedded:TICK": _span(0.5),
    "bot.engine.embedded:BEAT": _span(0.2),
    "bot.engine.distributed:TURN": _span(2),
    "bot.engine.distributed:LONG": _span(0.3),
    "bot.engine.distributed:AGAIN": _span(0.3),
    "bot.engine.jobs:POLL": _span(0.2),
    "bot.slack.chat:SlackChat.paces": MappingProxyType(
        {
            Job.SEND: Pace(start=30, most=60, step=5),
            **dict.fromkeys((Job.FIND, Job.WITHDRAW, Job.EDIT), Pace(10, 10)),
        }
    ),
    "bot.slack.chat:TIMEOUT": aiohttp.ClientTimeout(total=CLIENT, sock_connect=PREPARE),
    "bot.slack.errors:NOT_SENT_AGAIN": _span(0.5),
    "bot.slack.errors:THROTTLED_AGAIN": _span(1),
    "bot.slack.errors:MENDED_AGAIN": _span(1),
    "bot.teams.chat:PREPARE": PREPARE,
    "bot.teams.chat:AGAIN": _span(0.5),
    "bot.teams.connector:CONNECT": PREPARE,
    "bot.teams.connector:NOT_SENT": _span(0.5),
    "bot.teams.connector:TOKEN_REFUSED": _span(1),
    "bot.teams.keys:BETWEEN_TRIES": _span(0.2),
    "bot.teams.tokens:MARGIN": _span(2),
    "bot.teams.tokens:BETWEEN_REFUSALS": _span(0.3),
    "bot.teams.tokens:WAIT": PREPARE,
    "bot.teams.tokens:AGAIN": _span(0.5),
}
DEFAULTS: dict[str, object] = {  # of keywords
    "bot.teams.connector:Connector.call:seconds": CLIENT,
    "bot.engine.distributed:DistributedEngine.__init__:every": _span(1),
    "bot.engine.distributed:DistributedEngine.__init__:heartbeat": _span(1),
}


def check() -> None:
    """The proportions that the promises stand on. Raises AssertionError."""
    assert QUARANTINE > LATEST + ROOM, "the quarantine is longer than the latest acceptance"
    assert LATEST > LATE > CLIENT > SLOW, "late is beyond the client's patience, slow within it"
    assert CALL > PREPARE + CLIENT, "a call has room for its conversation and its post"
    assert LEASE > CALL, "a lease is longer than a call"


def shorten() -> None:
    """In this process, before anything is built. Raises LookupError, naming every name that is gone."""
    check()
    gone: list[str] = []
    for name, value in SHORTENED.items():
        _tried(gone, name, lambda name=name, value=value: _set(name, value))  # type: ignore[misc]
    for name, value in DEFAULTS.items():
        _tried(gone, name, lambda name=name, value=value: _default(name, value))  # type: ignore[misc]
    _tried(gone, "bot.teams.refusals:TABLE", _refusals)
    if gone:
        raise LookupError(f"tests/chaos/spans.py shortens what is not there any more: {', '.join(gone)}")


def substitute(name: str, value: object) -> object:
    """Put something in the place of `module:NAME`; what was there. Raises AttributeError, ImportError."""
    module, _, path = name.partition(":")
    *owners, last = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    before: object = getattr(owner, last)
    setattr(owner, last, value)
    return before


def _set(name: str, value: object) -> None:
    """Also where a module of ours has taken it over by its name: its copy would stay a minute long."""
    before = substitute(name, value)
    if type(before) is not type(value):
        raise AttributeError(f"{name} is a {type(before).__name__} now")
    last = name.rpartition(":")[2]
    for module in [m for n, m in sys.modules.items() if n.partition(".")[0] in ROOMS]:
        if vars(module).get(last) is before:
            setattr(module, last, value)


def _default(name: str, value: object) -> None:
    module, path, keyword = name.split(":")
    function: Any = reduce(getattr, path.split("."), importlib.import_module(module))
    if keyword not in function.__kwdefaults__:
        raise KeyError(keyword)
    function.__kwdefaults__[keyword] = value


def _refusals() -> None:
    """Teams' waits stand in a table with its refusals."""
    refusals = importlib.import_module("bot.teams.refusals")
    for code, meaning in refusals.TABLE.items():
        if isinstance(meaning, refusals.Wait):
            refusals.TABLE[code] = replace(meaning, seconds=0.4)


def _tried(gone: list[str], name: str, do: Callable[[], None]) -> None:
    try:
        do()
    except (ImportError, AttributeError, KeyError, TypeError) as error:
        gone.append(f"{name} ({error})")
