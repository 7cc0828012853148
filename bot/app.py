"""The one place where the house is put together, started and stopped."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from bot import pages, stage
from bot.api import routes as api
from bot.clock import MovableClock, SystemClock
from bot.config import BadSetting, Settings
from bot.demo import programme as demo
from bot.engine import Engine
from bot.engine.embedded import EmbeddedEngine
from bot.evidence.background import Background
from bot.insights import routes as insights
from bot.notary import HouseNotary
from bot.patience import in_time
from bot.web import READY, Door, application
from content.packs import Library, load
from handlers.api.requests import Requests
from handlers.desk import Desk
from handlers.dispatch import Dispatch
from handlers.drain import Drain
from handlers.model import Job, Platform, Room
from handlers.pace import Pace
from handlers.plan import Plan
from handlers.ports import Chat, Clock, Receive, Unavailable
from handlers.privacy.retaining import RAN
from storage.engine import beside, libpq
from storage.store import Storage

log = logging.getLogger(__name__)

VERSION = "0.1.0"


@dataclass
class House:
    """Everything built from one set of settings. `open` for a command, `live` for a server."""

    settings: Settings
    library: Library
    store: Storage
    clock: Clock
    desk: Desk
    doors: Mapping[Platform, Door]
    engine: Engine
    dispatch: Dispatch
    makers: Background | None = None

    async def health(self) -> Mapping[str, Any]:
        """What /healthz says: ready, since the server listens only when everything is, or what keeps it from work."""
        room = self.store.room()
        status, waiting = READY if room is not Room.NONE else "disk full", None
        try:
            waiting = len(await in_time(self.store.waiting(self.clock.now())))
        except Unavailable:
            status = "no database"
        return {
            "status": status,
            "version": VERSION,
            "organisation": self.library.programme.organisation,
            "platforms": [str(platform) for platform in self.doors],
            "last_tick": self.engine.last_tick.isoformat() if self.engine.last_tick else None,
            "waiting_queues": waiting,
            "disk": str(room),
        }


def new_id() -> str:
    return uuid.uuid4().hex


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """The house with its memory and its words, every platform's door built but still shut.

    Raises BadPack, NewerSchema, or what the database says when it cannot be reached.
    """
    own = load(Path(settings.programme))
    store = await asyncio.to_thread(lambda: Storage.open(settings.database_url, version=VERSION))
    try:
        yield await _build(settings, await demo.library_of(store) or own, store)
    finally:
        await asyncio.to_thread(store.close)


@asynccontextmanager
async def live(settings: Settings, *, serve: bool) -> AsyncIterator[House]:
    """The house with its doors open and its engine running; with `serve`, the web server too.

    It closes in the opposite order: nothing new comes in, what is under way is sent, the doors end what
    they keep open (pages that listen), and the web server finishes its last answers.
    """
    async with opened(settings) as house:
        routes = pages.routes(
            house.library.programme, settings.administrator, partial(house.store.recall_value, RAN)
        )
        requests = Requests(house.desk, house.engine.wake)
        parts = {
            api.PREFIX: api.application(requests),
            insights.PREFIX: insights.application(
                house.desk, house.dispatch, secure=settings.address.startswith("https:")
            ),
        }
        app = application(list(house.doors.values()), house.health, routes, parts)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
        async with AsyncExitStack() as opening:
            opening.push_async_callback(runner.cleanup)
            for door in house.doors.values():
                opening.push_async_callback(door.stop)
                await door.start()
            opening.push_async_callback(house.engine.stop)
            if house.makers is not None:
                opening.push_async_callback(house.makers.stop)
            await house.engine.start()
            if serve:
                await runner.setup()
                site = web.TCPSite(runner, settings.host, int(settings.port))
                try:
                    await site.start()
                except OSError as error:
                    raise BadSetting(
                        f"HOST and PORT: cannot listen at {settings.host}:{settings.port}: {error.strerror}. "
                        "Name another PORT, or stop what uses this one"
                    ) from error
                opening.push_async_callback(site.stop)
            yield house


async def _build(settings: Settings, library: Library, store: Storage) -> House:
    clock = await _clock(settings, store)
    paces: dict[Platform, Mapping[Job, Pace]] = {}
    folder = settings.evidence_dir or beside(settings.database_url, ".evidence")
    makers = Background(folder, _same_house(settings)) if folder else None
    desk = Desk(
        store,
        library,
        clock,
        new_id,
        paces,
        page=settings.address,
        notary=HouseNotary(settings, VERSION),
        makers=makers,
    )
    if makers is not None:
        makers.desk = desk
    chats: dict[Platform, Chat] = {}
    engine = _engine(settings, Plan(desk), Drain(desk, chats, owner=new_id()), clock)
    dispatch = Dispatch(desk, engine.wake, settings.administrator)
    doors: dict[Platform, Door] = {}
    if settings.slack_on:
        doors[Platform.SLACK] = _slack(settings, dispatch, SystemClock(), store)
    if settings.teams_on:
        doors[Platform.TEAMS] = _teams(settings, dispatch, SystemClock())
    if settings.playground_on and isinstance(clock, MovableClock):
        doors[Platform.PLAYGROUND] = stage.door(desk, clock, engine, dispatch)
    chats.update({platform: door.chat for platform, door in doors.items()})
    paces.update({platform: chat.paces for platform, chat in chats.items()})
    return House(settings, library, store, clock, desk, doors, engine, dispatch, makers)


def _same_house(settings: Settings) -> Mapping[str, str]:
    """What another process needs to open this house's memory and words."""
    return {
        "DATABASE_URL": settings.database_url,
        "PROGRAMME": settings.programme,
        "HOST": settings.host,
        "PLAYGROUND": "on" if settings.playground_on else "off",
    }


def _engine(settings: Settings, plan: Plan, drain: Drain, clock: Clock) -> Engine:
    address = libpq(settings.database_url)
    if address is None:
        return EmbeddedEngine(plan, drain, clock)
    from bot.engine.distributed import DistributedEngine

    follow = partial(stage.follow, drain.desk.store, clock) if isinstance(clock, MovableClock) else None
    return DistributedEngine(plan, drain, clock, address, catch_up=follow)


async def _clock(settings: Settings, store: Storage) -> Clock:
    """The machine's clock; the playground's goes on from wherever it had been moved to.

    A playground's database has invented people and a time of its own, so nothing real is run on it.
    """
    if not settings.playground_on:
        if await store.recall_value(stage.PLAYED):
            raise BadSetting(
                "DATABASE_URL names a database that the playground was played in: its people are invented and its "
                "clock was moved. Name another one, such as sqlite:///var/company.db"
            )
        return SystemClock()
    clock = MovableClock()
    await stage.follow(store, clock)
    return clock


def _slack(settings: Settings, receive: Receive, clock: Clock, store: Storage) -> Door:
    from bot.slack.inbound import SlackDoor
    from bot.slack.tokens import Rotation

    rotation = Rotation(
        settings.slack_refresh_token, settings.slack_client_id, settings.slack_client_secret, store
    )
    return SlackDoor(
        bot_token=settings.slack_bot_token,
        signing_secret=settings.slack_signing_secret,
        app_token=settings.slack_app_token,
        api_url=settings.slack_api_url,
        receive=receive,
        clock=clock,
        rotation=rotation if settings.slack_rotates else None,
    )


def _teams(settings: Settings, receive: Receive, clock: Clock) -> Door:
    from bot.teams.inbound import TeamsDoor

    return TeamsDoor(
        app_id=settings.teams_app_id,
        app_password=settings.teams_app_password,
        tenant_id=settings.teams_tenant_id,
        app_type=settings.teams_app_type,
        auth_on=settings.teams_auth == "on",
        openid_url=settings.teams_openid_url,
        login_url=settings.teams_login_url,
        service_hosts=tuple(settings.teams_service_hosts.split(",")),
        receive=receive,
        clock=clock,
    )
