"""The playground's door: pages ask for what people see, and say what people press, type and open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import itemgetter

from aiohttp import web

from bot.playground import asked, casting, views
from bot.playground.chat import PlaygroundChat
from bot.playground.guard import Refused, guarded
from bot.playground.live import Live
from bot.playground.moves import destination, offers
from bot.playground.pages import bundled, page, static, to_playground
from bot.playground.pieces import shelf, tried
from content.cards import Card
from content.pieces import BasePiece
from handlers.events import Click, Incoming, Joined, Outcome, Said
from handlers.model import Address, Person
from handlers.ports import Clock, Receive, Store, Stranger

Sketched = Callable[[Person, Mapping[str, str], str], Awaitable[Outcome]]

log = logging.getLogger(__name__)

MOVING = "The clock is already moving: wait until it stands."


@dataclass
class PlaygroundDoor:
    """advance: moves the clock to a UTC time and returns when all that fell due was delivered.

    looks: the card of a delivery as it looks by now. sketched: a broadcast as far as its form says (values, its
    name). slots: what comes next, as (UTC time, campaign title). drawings: a platform's name -> its payload for
    (card, delivery id). admit: adds a person from name, email, team and roles, and returns them. cast: sees to
    it that the first people are there.
    """

    store: Store
    receive: Receive
    looks: views.Looks
    sketched: Sketched
    clock: Clock
    advance: Callable[[datetime], Awaitable[None]]
    slots: Callable[[], Sequence[tuple[datetime, str]]]
    drawings: views.Drawings
    admit: Callable[[Mapping[str, str]], Awaitable[Person]]
    cast: Callable[[], Awaitable[None]]
    programme: str
    zone: str
    pieces: Sequence[BasePiece] = ()
    _typed: dict[str, list[views.Json]] = field(default_factory=dict, init=False)
    _moving: dict[str, str] | None = field(default=None, init=False)
    _watch: asyncio.Task[None] | None = field(default=None, init=False)

    @cached_property
    def live(self) -> Live:
        return Live(self.store, self.clock)

    @cached_property
    def chat(self) -> PlaygroundChat:
        return PlaygroundChat(self.live.tell)

    def routes(self) -> list[web.RouteDef]:
        """What to mount on the web server; each route is guarded by itself."""
        api = "/playground/api"
        person = api + "/people/{person}"
        return [
            web.get("/", guarded(to_playground)),
            web.get("/playground", guarded(page("page.html"))),
            web.get("/playground/pieces", guarded(page("pieces.html"))),
            web.get("/playground/static/{path:.+}", guarded(static)),
            web.get("/playground/events", guarded(self.live.stream)),
            web.get(f"{api}/house", guarded(self._house)),
            web.get(f"{api}/people", guarded(self._found)),
            web.get(f"{api}/drawer", guarded(self._drawer)),
            web.get(f"{api}/pieces", guarded(self._shelf)),
            web.get(f"{person}/chat", guarded(self._chat)),
            web.post(f"{api}/pieces/{{piece}}/tried", guarded(self._tried)),
            web.post(f"{api}/people", guarded(self._admit)),
            web.post(f"{api}/clock", guarded(self._move)),
            web.post(f"{person}/home", guarded(self._home)),
            web.post(f"{person}/said", guarded(self._said)),
            web.post(f"{person}/pressed", guarded(self._pressed)),
            web.post(f"{person}/sketched", guarded(self._sketched)),
        ]

    async def start(self) -> None:
        """Bring in the first people, and begin to look for changes while a page is open."""
        await self.cast()
        self._watch = asyncio.create_task(self.live.watch(), name="playground watch")
        self._watch.add_done_callback(_report)

    async def stop(self) -> None:
        """End the pages' streams and the look-out."""
        self.live.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])

    # what pages show

    async def _house(self, request: web.Request) -> web.Response:
        now = self.clock.now()
        people = views.in_order(await self.store.people())
        shown = casting.shown(people, request.query.get("people"))
        return web.json_response(
            {
                "programme": self.programme,
                "zone": self.zone,
                "now": now.isoformat(),
                "moving": self._moving,
                "offers": offers(self.slots(), now, self.zone),
                "drawings": self._available(),
                "people": [views.person_view(person, now) for person in shown],
                "of": len(people),
                "many": len(people) > casting.FEW,
                "most": casting.MOST,
            }
        )

    async def _found(self, request: web.Request) -> web.Response:
        people = views.in_order(await self.store.people())
        found, now = casting.found(people, request.query.get("words", "")), self.clock.now()
        listed = [views.person_view(person, now) for person in found[: casting.LISTED]]
        return web.json_response({"people": listed, "found": len(found)})

    async def _chat(self, request: web.Request) -> web.Response:
        (person, _), drawing = await self._person(request), self._drawing(request)
        cards = await views.arrived(self.store, self.looks, person, self.drawings, drawing)
        items = sorted((*self._typed.get(person.key, ()), *cards), key=itemgetter("at"))
        return web.json_response({"items": items})

    async def _drawer(self, request: web.Request) -> web.Response:
        return web.json_response(await views.drawer(self.store))

    async def _shelf(self, request: web.Request) -> web.Response:
        pieces = shelf(self.pieces, self.drawings, self._drawing(request))
        return web.json_response({"drawings": self._available(), "pieces": pieces})

    async def _tried(self, request: web.Request) -> web.Response:
        piece = request.match_info["piece"]
        card = tried(self.pieces, piece, await asked.body(request))
        return web.json_response(views.drawn(card, self.drawings, self._drawing(request), scope=piece))

    # what people do

    async def _home(self, request: web.Request) -> web.Response:
        sent = await asked.body(request)
        person, here = await self._person(request)
        outcome = await self._received(Joined(key=asked.key(sent), address=here))
        return web.json_response(self._shown(outcome, self._drawing(request), f"home-{person.key}"))

    async def _said(self, request: web.Request) -> web.Response:
        sent = await asked.body(request)
        (person, here), words = await self._person(request), asked.text(sent, "text").strip()
        if not words:
            raise Refused(400, "Type something first: `help` shows what there is.")
        key = asked.key(sent)
        self._keep(person, {"kind": "typed", "id": key, "at": self.clock.now().isoformat(), "text": words})
        outcome = await self._received(Said(key=key, address=here, text=words))
        return web.json_response(self._shown(outcome, self._drawing(request), person.key))

    async def _pressed(self, request: web.Request) -> web.Response:
        sent = await asked.body(request)
        (person, here), delivery = await self._person(request), asked.text(sent, "delivery")
        if delivery and await self.store.delivery(delivery) is None:
            raise Refused(404, "This card is not in the outbox any more: reload the page.")
        click = Click(
            key=asked.key(sent),
            address=here,
            verb=asked.text(sent, "verb"),
            delivery=delivery,
            item=asked.text(sent, "item"),
            value=asked.text(sent, "value"),
            values=asked.values(sent),
        )
        outcome = await self._received(click)
        carried = "" if click.verb == "said" else delivery  # words have no card that a form could belong to
        return web.json_response(self._shown(outcome, self._drawing(request), person.key, carried))

    async def _sketched(self, request: web.Request) -> web.Response:
        """While a form is filled in: the preview as it would be."""
        sent = await asked.body(request)
        (person, _), name = await self._person(request), asked.text(sent, "delivery")
        about = await self.store.delivery(name) if name else None
        draft = about.piece if about and about.person == person.key else None
        outcome = await self.sketched(person, asked.values(sent), draft.id if draft else "")
        return web.json_response(self._shown(outcome, self._drawing(request), person.key))

    async def _admit(self, request: web.Request) -> web.Response:
        fields = asked.newcomer(await asked.body(request))
        known = await self.store.person_by_email(fields["email"])
        if known and views.playground_address(known):
            raise Refused(409, f"{known.name} has this e-mail address and is here already.")
        person = await self.admit(fields)
        self.live.tell()
        return web.json_response(views.person_view(person, self.clock.now()))

    async def _move(self, request: web.Request) -> web.Response:
        sent = await asked.body(request)
        if self._moving is not None:
            raise Refused(409, MOVING)
        now = self.clock.now()
        to = destination(asked.text(sent, "to"), now)
        self._moving = {"from": now.isoformat(), "to": to.isoformat()}
        self.live.tell()
        try:
            await self.advance(to)
        finally:
            self._moving = None
            self.live.tell()
        return web.json_response({"now": self.clock.now().isoformat()})

    # small parts of the above

    def _keep(self, person: Person, typed: views.Json) -> None:
        """What people type is shown while the process lives; the answers are in the outbox and stay."""
        kept = self._typed.setdefault(person.key, [])
        if all(before["id"] != typed["id"] for before in kept):
            kept.append(typed)
            del kept[: -views.CHAT_LENGTH]

    def _available(self) -> list[str]:
        return [views.PLAIN, *(self.drawings if bundled() else ())]

    async def _received(self, event: Incoming) -> Outcome:
        try:
            outcome = await self.receive(event)
        except Stranger as stranger:
            raise Refused(404, "Nobody is known at this address any more: reload the page.") from stranger
        self.live.tell()
        return outcome

    def _shown(self, outcome: Outcome, drawing: str, scope: str, delivery: str = "") -> views.Json:
        """A form is always our own: Slack and Teams open one outside of the card as well."""

        def card(value: Card | None, how: str) -> views.Json | None:
            return views.drawn(value, self.drawings, how, delivery, scope) if value else None

        return {
            "show": card(outcome.show, drawing),
            "form": card(outcome.form, views.PLAIN),
            "errors": dict(outcome.errors),
        }

    async def _person(self, request: web.Request) -> tuple[Person, Address]:
        person = await self.store.person(request.match_info["person"])
        here = views.playground_address(person) if person else None
        if person is None or here is None:
            raise Refused(404, "This person is not in the playground: reload the page.")
        return person, here

    def _drawing(self, request: web.Request) -> str:
        drawing = request.query.get("drawing", views.PLAIN)
        if drawing != views.PLAIN and drawing not in self.drawings:
            raise Refused(400, f"A drawing is one of: {', '.join((views.PLAIN, *self.drawings))}.")
        return drawing


def _report(watch: asyncio.Task[None]) -> None:
    error = None if watch.cancelled() else watch.exception()
    if error is not None:
        log.error("pages no longer hear of what the schedule does; restart to mend that", exc_info=error)
