"""The routes under /insights."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlencode

from aiohttp import web

from bot.insights import tables
from bot.insights.findings import Findings
from bot.insights.templating import STATIC, bundled, html
from bot.insights.visit import A_MINUTE, Refused, Visits, same_site
from bot.patience import in_time
from bot.rate import Rate, TooMany
from bot.sorry import SORRY
from bot.web import Handler
from content.palette import DARK, LIGHT, sheet
from handlers.desk import Desk
from handlers.evidence.asking import ACTION, NotUnderstood
from handlers.model import Person
from handlers.numbers.entry import PATH
from handlers.pages import evidence
from handlers.pages.book import NoSuchPage, NotForYou, opened, pages_for, visitor
from handlers.pages.choices import choices
from handlers.pages.people import A_PAGE
from handlers.pages.views import Section, View, Visitor
from handlers.permissions import may
from handlers.ports import Receive, Unavailable

PREFIX = PATH
PATIENCE = 30.0  # seconds
LARGEST = 64 * 1024  # bytes of a form: three long texts in any script
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
KEPT = "Cache-Control"  # of the style sheet and the script, which are asked for again: have they changed?
NOTHING = "There is no such page. Go back to the overview."
NO_PAGE = "This page is not for you. Ask an administrator if it should be."
NO_PACK = "There is no such pack, or it names people whom you may not see by name. Go back to the overview."
BROKEN = "Something broke here; it is in the log. Try again, or choose a shorter period."
SLOW = "Counting took too long. Choose a shorter period or fewer groups, and try again."
FILES = {"style.css": "text/css", "bundle/plots.js": "text/javascript"}


class Pages:
    def __init__(self, desk: Desk, visits: Visits) -> None:
        self._desk = desk
        self._visits = visits

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("", self._first),
            web.get("/enter", self._door),
            web.post("/enter", self._enter),
            web.post("/leave", self._leave),
            web.post("/evidence", self._make),
            web.get("/evidence/{pack}.zip", self._pack),
            web.get("/palette.css", self._palette),
            web.get("/static/{name:.+}", self._static),
            web.get("/{page:[a-z]+}", self._page),
            web.get("/{page:[a-z]+}/{section:[a-z]+}.csv", self._file),
            web.get("/{page:[a-z]+}/{section:[a-z]+}.svg", self._drawn),
        ]

    async def _door(self, request: web.Request) -> web.Response:
        """A page with one button: what only looks at links (previews, scanners) spends none."""
        return _html("enter.html", link=request.query.get("link", ""), organisation=self._organisation)

    async def _enter(self, request: web.Request) -> web.Response:
        same_site(request)
        response = web.Response(status=303, headers={"Location": f"{PREFIX}/overview"})
        await self._visits.enter(request, response)
        return response

    async def _leave(self, request: web.Request) -> web.Response:
        response = _said(
            200, "You have left. Type `insights` in the chat for a new link.", self._organisation
        )
        await self._visits.leave(request, response)
        return response

    async def _first(self, request: web.Request) -> web.Response:
        await self._visits.who(request)
        return web.Response(status=303, headers={"Location": f"{PREFIX}/overview"})

    async def _page(self, request: web.Request) -> web.Response:
        person, who, view = await self._opened(request)
        found = await in_time(choices(who, view.filters), PATIENCE) if view.filters else {}
        return _html(
            "page.html",
            view=view,
            person=person,
            asked=who.asked,
            everybody=not who.manager,
            pages=pages_for(who),
            choices=found,
            token=self._visits.form_token(request),
            organisation=self._organisation,
            made_at=self._desk.local(self._desk.clock.now(), person),
            bundled=bundled(),
            prefix=PREFIX,
            a_page=A_PAGE,
        )

    async def _file(self, request: web.Request) -> web.Response:
        _, who, view = await self._opened(request)
        section = _section(view, request)
        name = f"{view.name}-{section.name}-{who.asked.since}-{who.asked.last}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(
            body=tables.file(section).encode(), headers=disposition, content_type="text/csv", charset="utf-8"
        )

    async def _drawn(self, request: web.Request) -> web.Response:
        """For a page without scripts."""
        _, _, view = await self._opened(request)
        section = _section(view, request)
        if section.plot is None:
            raise Refused(404, NOTHING)
        from bot.plots import svg

        palette = DARK if "dark" in request.query else LIGHT
        drawn = await asyncio.to_thread(svg, section.plot, palette)
        return web.Response(text=drawn, content_type="image/svg+xml")

    async def _make(self, request: web.Request) -> web.Response:
        """Begin a pack, and go back to where it shows how far it is."""
        person = await in_time(self._visits.who(request), PATIENCE)
        if not may(person, ACTION):
            raise NotForYou
        form = await self._visits.form(request)
        standard, since, until = (form.get(name, "") for name in ("standard", "since", "until"))
        try:
            await in_time(evidence.begin(self._desk, person, standard, since, until), PATIENCE)
        except NotUnderstood as why:
            raise Refused(400, str(why)) from why
        back = urlencode({"since": since, "until": until})
        return web.Response(status=303, headers={"Location": f"{PREFIX}/overview?{back}#evidence"})

    async def _pack(self, request: web.Request) -> web.StreamResponse:
        """A finished pack as a file; who has it is written down before its first byte."""
        person = await in_time(self._visits.who(request), PATIENCE)
        found = await in_time(evidence.open_to(self._desk, person), PATIENCE)
        pack = next((each for each in found if each.name == request.match_info["pack"]), None)
        if pack is None or self._desk.makers is None:
            raise Refused(404, NO_PACK)
        await self._desk.store.looked(evidence.looks(self._desk, person, pack), self._desk.clock.now())
        response = web.StreamResponse(headers=HEADERS)
        response.content_type = "application/zip"
        response.headers["Content-Disposition"] = f'attachment; filename="{pack.name}.zip"'
        await response.prepare(request)
        with suppress(ConnectionResetError):  # whoever asked has gone
            async for piece in self._desk.makers.zipped(pack):
                await response.write(piece)
            await response.write_eof()
        return response

    async def _opened(self, request: web.Request) -> tuple[Person, Visitor, View]:
        person = await in_time(self._visits.who(request), PATIENCE)
        who = visitor(self._desk, person, request.query)
        try:
            return person, who, await in_time(opened(who, request.match_info["page"]), PATIENCE)
        except Unavailable as slow:
            raise Refused(503, SLOW) from slow

    async def _palette(self, request: web.Request) -> web.Response:
        return web.Response(text=sheet(), content_type="text/css")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in FILES or not (STATIC / name).is_file():
            raise Refused(404, NOTHING)
        return web.FileResponse(STATIC / name, headers={"Content-Type": FILES[name]})

    @property
    def _organisation(self) -> str:
        return self._desk.library.programme.organisation


def application(desk: Desk, receive: Receive, *, secure: bool, rate: Rate | None = None) -> web.Application:
    """What stands under PREFIX. secure: whether it is reached over https; the rate is of one process."""
    organisation = desk.library.programme.organisation

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Whatever stops a request is told as a page; every answer has the headers. What nobody named is the edge's."""
        request[SORRY] = _said(500, BROKEN, organisation)
        try:
            response = await handler(request)
        except Refused as refused:
            response = _said(refused.status, str(refused), organisation)
        except NotForYou:
            response = _said(403, NO_PAGE, organisation)
        except NoSuchPage:
            response = _said(404, NOTHING, organisation)
        except TooMany as much:
            response = _said(429, str(much), organisation)
            response.headers["Retry-After"] = str(much.wait)
        except Unavailable as why:
            response = _said(503, str(why), organisation)
        except web.HTTPException as known:
            if known.status < 400:
                raise
            response = _said(known.status, NOTHING, organisation)
        response.headers.update({**HEADERS, **({KEPT: "no-cache"} if "name" in request.match_info else {})})
        return response

    app = web.Application(middlewares=[guarded], client_max_size=LARGEST)
    visits = Visits(desk, rate or Rate(A_MINUTE, 60.0), secure=secure)
    app.add_routes([*Findings(desk, visits, receive).routes(), *Pages(desk, visits).routes()])
    return app


def _section(view: View, request: web.Request) -> Section:
    if view.waits:
        raise Refused(503, view.waits)
    for section in view.sections:
        if section.name == request.match_info["section"]:
            return section
    raise Refused(404, NOTHING)


def _html(template: str, status: int = 200, **values: object) -> web.Response:
    return web.Response(text=html(template, **values), status=status, content_type="text/html")


def _said(status: int, sentence: str, organisation: str) -> web.Response:
    return _html("said.html", status, sentence=sentence, organisation=organisation)
