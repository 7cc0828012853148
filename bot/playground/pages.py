"""The pages themselves: plain files beside this one, served as they are."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.playground.guard import Handler, Refused

STATIC = Path(__file__).parent / "static"


def bundled() -> bool:
    """Whether the platforms' own renderers were built here."""
    return (STATIC / "bundle" / "cards.js").is_file()


def page(name: str) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / name)

    return serve


async def to_playground(request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/playground"})


async def static(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_file(request.match_info["path"]))


def _file(name: str) -> Path:
    """Looked up among the files that are there, so no spelling of a path leads anywhere else."""
    for path in STATIC.rglob("*"):
        if path.is_file() and path.relative_to(STATIC).as_posix() == name:
            return path
    raise Refused(404, "There is no such file.")
