"""Teams on loopback: the Bot Connector's REST interface, its refusals, a ledger of what each person saw."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from bot.clock import SystemClock
from handlers.ports import Clock
from tests.simulators import teams_limits
from tests.simulators.ledger import Call, Ledger
from tests.simulators.loopback import Loopback
from tests.simulators.teams_authority import Authority
from tests.simulators.teams_screens import ADAPTIVE, Member, Message, card_of, delivery_of, error
from tests.simulators.wire import Wire

__all__ = ["ADAPTIVE", "TENANT", "Fault", "Member", "Message", "Teams"]

TENANT = "11111111-2222-3333-4444-555555555555"
CALL = web.RequestKey("call", Call)

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class Fault:
    """What happens to one call instead of success.

    accept: the message is shown all the same. reset: the connection ends without an answer. hang: seconds
    until the answer.
    """

    status: int = 200
    code: str = ""
    retry_after: str = ""
    accept: bool = False
    reset: bool = False
    hang: float = 0


class Teams:
    """faults: one is taken from the left by every call; `wire.faults` seeds them instead.

    calls: (method, path) of everything that arrived. ledger: what each person saw.
    """

    def __init__(
        self, authority: Authority | None, members: Sequence[Member], clock: Clock | None = None
    ) -> None:
        self.clock = clock or (authority.clock if authority else SystemClock())
        self.members = {member.user: member for member in members}
        self.ledger = Ledger()
        self.wire = Wire(self.clock, _no)
        self.rates = teams_limits.Rates()
        self.faults: deque[Fault] = deque()
        self.calls: list[tuple[str, str]] = []
        self.channel: list[str] = []  # what was said outside personal chats
        self.posts: dict[str, list[Message]] = {}  # channel of a team with the app -> the cards posted there
        self._authority = authority
        self._ids = 0
        activities = "/v3/conversations/{conversation}/activities"
        self._server = Loopback(
            [
                web.post("/v3/conversations", self._wired(self._create)),
                web.post(activities, self._wired(self._post)),
                web.put(activities + "/{message}", self._wired(self._put)),
                web.delete(activities + "/{message}", self._wired(self._delete)),
                web.get("/v3/conversations/{conversation}/members/{user}", self._wired(self._member)),
            ]
        )

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        self.wire.let_go.set()
        await self._server.stop()

    @property
    def service_url(self) -> str:
        return f"{self._server.url}/"

    def next_id(self) -> str:
        self._ids += 1
        return f"17000000{self._ids:05}"

    def message(self, member: Member, message: str) -> Message | None:
        return next((m for m in member.messages if m.id == message), None)

    # the connector
    def _wired(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def carried(request: web.Request) -> web.StreamResponse:
            body = await request.json() if request.can_read_body else {}
            member = self._meant(request, body)
            what = f"{request.method} {request.path.rsplit('/', 1)[-1]}"
            call = self.ledger.call(self.clock.now(), what, member.user if member else "", delivery_of(body))
            request[CALL] = call
            return await self.wire.carry(request, call, lambda: handler(request))

        return carried

    def _meant(self, request: web.Request, body: dict[str, Any]) -> Member | None:
        """The person whom a call is about."""
        user = request.match_info.get("user") or next((m["id"] for m in body.get("members", ())), "")
        return self.members.get(user) or self._at(request.match_info.get("conversation", ""))

    def _at(self, conversation: str) -> Member | None:
        return next((m for m in self.members.values() if m.conversation == conversation), None)

    async def _create(self, request: web.Request) -> web.Response:
        if refused := await self._refused(request, ""):
            return refused
        body = await request.json()
        member = self.members.get(body["members"][0]["id"])
        if member is None or body["tenantId"] != TENANT:
            return error(403, "ForbiddenOperationException")
        if not member.installed:
            return error(403, "BotNotInConversationRoster")
        request[CALL].accepted = self.clock.now()
        return web.json_response({"id": member.conversation}, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        conversation = request.match_info["conversation"]
        fault = self.faults[0] if self.faults else Fault()
        refused = await self._refused(request, conversation)
        if refused and not fault.accept:
            return refused
        activity = await request.json()
        if conversation.startswith("19:") and "attachments" in activity:
            return self._posted(conversation, activity)
        if conversation.startswith("19:"):
            self.channel.append(activity["text"])
            return web.json_response({"id": self.next_id()}, status=201)
        member = self._at(conversation)
        if bad := self._unwelcome(member, activity):
            return bad
        assert member is not None
        message = Message(
            self.next_id(), card_of(activity), activity.get("summary", ""), activity.get("text", "")
        )
        member.messages.append(message)
        request[CALL].accepted = self.clock.now()
        self.ledger.shown(self.clock.now(), member.user, delivery_of(activity), message.id)
        return refused or web.json_response({"id": message.id}, status=201)

    def _posted(self, channel: str, activity: dict[str, Any]) -> web.Response:
        """A card in a channel begins a thread of its own there."""
        if channel not in self.posts:
            return error(403, "BotNotInConversationRoster")
        message = Message(self.next_id(), card_of(activity), activity.get("summary", ""), "")
        self.posts[channel].append(message)
        return web.json_response({"id": message.id}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        conversation = request.match_info["conversation"]
        if refused := await self._refused(request, conversation):
            return refused
        activity = await request.json()
        member = self._at(conversation)
        if bad := self._unwelcome(member, activity):
            return bad
        assert member is not None
        message = self.message(member, request.match_info["message"])
        if message is None:
            return error(404, "ActivityNotFoundInConversation")
        message.replace(card_of(activity))
        request[CALL].accepted = self.clock.now()
        self.ledger.replaced(self.clock.now(), message.id)
        return web.json_response({"id": message.id})

    async def _delete(self, request: web.Request) -> web.Response:
        conversation = request.match_info["conversation"]
        if refused := await self._refused(request, conversation):
            return refused
        member = self._at(conversation)
        message = self.message(member, request.match_info["message"]) if member else None
        if member is None or message is None:
            return error(404, "ActivityNotFoundInConversation")
        if member.keeps:
            return error(403, member.keeps)
        member.messages.remove(message)
        request[CALL].accepted = self.clock.now()
        self.ledger.removed(self.clock.now(), message.id)
        return web.Response(status=200)

    async def _member(self, request: web.Request) -> web.Response:
        if refused := await self._refused(request, ""):
            return refused
        member = self.members.get(request.match_info["user"])
        if member is None:
            return error(404, "MemberNotFoundInConversation")
        return web.json_response(
            {"id": member.user, "name": member.name, "email": member.email, "tenantId": TENANT}
        )

    async def _refused(self, request: web.Request, conversation: str) -> web.Response | None:
        """The answer to a call that does not get through; None: it does."""
        self.calls.append((request.method, request.path))
        await request.read()
        if self._authority and not self._authority.accepts(request.headers.get("Authorization", "")):
            return error(401, "Unauthorized")
        fault = self.faults.popleft() if self.faults else Fault()
        if fault.hang:
            await asyncio.sleep(fault.hang)
        if fault.reset and request.transport:
            request.transport.abort()
        if fault.status != 200 or fault.reset:
            return error(fault.status, fault.code, fault.retry_after)
        if self.rates.exceeded(conversation, time.monotonic()):
            return error(429, "Throttled", "1")
        return None

    def _unwelcome(self, member: Member | None, activity: dict[str, Any]) -> web.Response | None:
        if member is None:
            return error(404, "ConversationNotFound")
        if not member.installed:
            return error(403, "BotNotInConversationRoster")
        if member.refuses:
            return error(413 if member.refuses == "MessageSizeTooBig" else 403, member.refuses)
        found = teams_limits.problems(card_of(activity)) if "attachments" in activity else []
        if any(problem.endswith(str(teams_limits.CARD_BYTES)) for problem in found):
            return error(413, "MessageSizeTooBig")
        return error(400, "BadSyntax", text="; ".join(found)) if found else None


def _no(what: str, retry_after: int) -> web.Response:
    """Teams' answer to a call that a seeded fault met; a 502, unlike a 503, says nothing about acceptance."""
    match what:
        case "429":
            return error(429, "Throttled", str(retry_after))
        case "412":
            return error(412, "PreconditionFailed")
    return error(502, "BadGateway")
