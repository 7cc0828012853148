"""Teams on loopback: the Bot Connector's REST interface, its refusals, a ledger of what each person saw."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.simulators import teams_limits
from tests.simulators.loopback import Loopback
from tests.simulators.teams_authority import Authority

TENANT = "11111111-2222-3333-4444-555555555555"
ADAPTIVE = "application/vnd.microsoft.card.adaptive"


@dataclass
class Message:
    """One message in a chat: the card it shows now, and those it showed before."""

    id: str
    card: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    text: str = ""
    before: list[dict[str, Any]] = field(default_factory=list)

    def replace(self, card: dict[str, Any]) -> None:
        self.before.append(self.card)
        self.card = card


@dataclass
class Member:
    """Somebody in the tenant, and what their chat with the bot holds."""

    name: str
    email: str
    zone: str = "Europe/Berlin"
    locale: str = "en-GB"
    installed: bool = True
    refuses: str = ""  # the code of the 403 that their chat answers with
    messages: list[Message] = field(default_factory=list)

    @property
    def user(self) -> str:
        return f"29:{self.name.lower()}"

    @property
    def conversation(self) -> str:
        return f"a:{self.name.lower()}"


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
    """faults: one is taken from the left by every call. calls: (method, path) of everything that arrived."""

    def __init__(self, authority: Authority | None, members: Sequence[Member]) -> None:
        self.members = {member.user: member for member in members}
        self.rates = teams_limits.Rates()
        self.faults: deque[Fault] = deque()
        self.calls: list[tuple[str, str]] = []
        self.channel: list[str] = []  # what was said outside personal chats
        self._authority = authority
        self._ids = 0
        activities = "/v3/conversations/{conversation}/activities"
        self._server = Loopback(
            [
                web.post("/v3/conversations", self._create),
                web.post(activities, self._post),
                web.put(activities + "/{message}", self._put),
                web.get("/v3/conversations/{conversation}/members/{user}", self._member),
            ]
        )

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *error: object) -> None:
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
    async def _create(self, request: web.Request) -> web.Response:
        if refused := await self._refused(request, ""):
            return refused
        body = await request.json()
        member = self.members.get(body["members"][0]["id"])
        if member is None or body["tenantId"] != TENANT:
            return _error(403, "ForbiddenOperationException")
        if not member.installed:
            return _error(403, "BotNotInConversationRoster")
        return web.json_response({"id": member.conversation}, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        conversation = request.match_info["conversation"]
        fault = self.faults[0] if self.faults else Fault()
        refused = await self._refused(request, conversation)
        if refused and not fault.accept:
            return refused
        activity = await request.json()
        if conversation.startswith("19:"):
            self.channel.append(activity["text"])
            return web.json_response({"id": self.next_id()}, status=201)
        member = next((m for m in self.members.values() if m.conversation == conversation), None)
        if bad := self._unwelcome(member, activity):
            return bad
        assert member is not None
        message = Message(
            self.next_id(), _card(activity), activity.get("summary", ""), activity.get("text", "")
        )
        member.messages.append(message)
        return refused or web.json_response({"id": message.id}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        conversation = request.match_info["conversation"]
        if refused := await self._refused(request, conversation):
            return refused
        activity = await request.json()
        member = next((m for m in self.members.values() if m.conversation == conversation), None)
        if bad := self._unwelcome(member, activity):
            return bad
        assert member is not None
        message = self.message(member, request.match_info["message"])
        if message is None:
            return _error(404, "ActivityNotFoundInConversation")
        message.replace(_card(activity))
        return web.json_response({"id": message.id})

    async def _member(self, request: web.Request) -> web.Response:
        if refused := await self._refused(request, ""):
            return refused
        member = self.members.get(request.match_info["user"])
        if member is None:
            return _error(404, "MemberNotFoundInConversation")
        return web.json_response(
            {"id": member.user, "name": member.name, "email": member.email, "tenantId": TENANT}
        )

    async def _refused(self, request: web.Request, conversation: str) -> web.Response | None:
        """The answer to a call that does not get through; None: it does."""
        self.calls.append((request.method, request.path))
        await request.read()
        if self._authority and not self._authority.accepts(request.headers.get("Authorization", "")):
            return _error(401, "Unauthorized")
        fault = self.faults.popleft() if self.faults else Fault()
        if fault.hang:
            await asyncio.sleep(fault.hang)
        if fault.reset and request.transport:
            request.transport.abort()
        if fault.status != 200 or fault.reset:
            return _error(fault.status, fault.code, fault.retry_after)
        if self.rates.exceeded(conversation, time.monotonic()):
            return _error(429, "Throttled", "1")
        return None

    def _unwelcome(self, member: Member | None, activity: dict[str, Any]) -> web.Response | None:
        if member is None:
            return _error(404, "ConversationNotFound")
        if not member.installed:
            return _error(403, "BotNotInConversationRoster")
        if member.refuses:
            return _error(403, member.refuses)
        found = teams_limits.problems(_card(activity)) if "attachments" in activity else []
        if any(problem.endswith(str(teams_limits.CARD_BYTES)) for problem in found):
            return _error(413, "MessageSizeTooBig")
        return _error(400, "BadSyntax", text="; ".join(found)) if found else None


def _card(activity: dict[str, Any]) -> dict[str, Any]:
    cards = (a["content"] for a in activity.get("attachments", ()) if a["contentType"] == ADAPTIVE)
    return next(cards, {})


def _error(status: int, code: str, retry_after: str = "", text: str = "") -> web.Response:
    headers = {"Retry-After": retry_after} if retry_after else None
    return web.json_response(
        {"error": {"code": code, "message": text or code}}, status=status, headers=headers
    )
