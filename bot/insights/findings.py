"""The form of a finding on the page, and what was filled in handed to the one door in, as if from the chat."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.insights.templating import html
from bot.insights.visit import Refused, Visits
from bot.patience import in_time
from handlers.desk import Desk
from handlers.model import Person
from handlers.numbers.entry import PATH
from handlers.pages import findings
from handlers.pages.book import NotForYou, pages_for, visitor
from handlers.permissions import looking, may
from handlers.ports import Receive

PATIENCE = 30.0  # seconds
NO_NUMBER = "There is no such number of five people or more, up to today and within no filter. Go back to the overview."
NO_CHAT = "You have no chat with Catchball any more, where its card would come. Type `insights` there again."


class Findings:
    def __init__(self, desk: Desk, visits: Visits, receive: Receive) -> None:
        self._desk = desk
        self._visits = visits
        self._receive = receive

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/finding", self._begin), web.post("/finding", self._open)]

    async def _begin(self, request: web.Request) -> web.Response:
        person = await self._lead(request)
        shown = await self._drawn(request, person, request.query)
        about = looking(person, "insights finding", request.query["about"])
        await self._desk.store.looked((about,), self._desk.clock.now())
        return shown

    async def _open(self, request: web.Request) -> web.Response:
        """What is missing is said on the form, with everything else as it was filled in."""
        person = await self._lead(request)
        given = await self._visits.form(request)
        if person.address is None:
            raise Refused(400, NO_CHAT)
        outcome = await in_time(self._receive(findings.filled(person, person.address, given)), PATIENCE)
        if outcome.errors:
            return await self._drawn(request, person, given, outcome.errors)
        if outcome.finding is None:
            blocks = outcome.show.blocks if outcome.show else ()
            raise Refused(400, " ".join(getattr(block, "markdown", "") for block in blocks))
        return web.Response(status=303, headers={"Location": f"{PATH}/overview#findings"})

    async def _lead(self, request: web.Request) -> Person:
        """Raises NotForYou or Refused."""
        person = await in_time(self._visits.who(request), PATIENCE)
        if not may(person, findings.OPEN):
            raise NotForYou
        return person

    async def _drawn(
        self,
        request: web.Request,
        person: Person,
        given: Mapping[str, str],
        errors: Mapping[str, str] | None = None,
    ) -> web.Response:
        who = visitor(self._desk, person, {})
        about, group = given.get("about", ""), given.get("group", "")
        form = await in_time(findings.form(who, about, group), PATIENCE)
        if form is None:
            raise Refused(404, NO_NUMBER)
        nothing = dict.fromkeys(("group", *(field.id for field in form.fields)), "")
        page = html(
            "finding.html",
            form=form,
            values={**nothing, **given},
            errors={**nothing, **(errors or {})},
            refused=bool(errors),
            opened=given.get("opened") or form.opened,
            person=person,
            pages=pages_for(who),
            asked=who.asked,
            token=self._visits.form_token(request),
            organisation=self._desk.library.programme.organisation,
            prefix=PATH,
        )
        return web.Response(text=page, status=422 if errors else 200, content_type="text/html")
