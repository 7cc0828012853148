"""People at Teams clients: they type, press, fill in, install and remove, and see what Teams would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp

from handlers.ports import Clock
from tests.simulators.teams import TENANT, Teams
from tests.simulators.teams_authority import Authority
from tests.simulators.teams_limits import actions, problems
from tests.simulators.teams_screens import ADAPTIVE, Member, Message

TRIES = 3  # Teams repeats an invoke that failed twice before it gives up
QUESTION = "Your answer"  # the label of a question's options
PATIENCE = 10.0  # seconds until a client gives up on an answer
READ_RECEIPT = "application/vnd.microsoft.readReceipt"
BARELY = 30  # seconds that a token is good for where clocks differ: nothing but the tolerance lets it in


@dataclass
class Seen:
    """What came of it: HTTP status, the card or the sentence shown, and how often the request was made."""

    status: int
    card: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    tries: int = 1


@dataclass
class People:
    """url: the bot's /api/messages. Everything they do is signed by the authority, unless there is none."""

    url: str
    teams: Teams
    authority: Authority | None
    clock: Clock
    bot: str
    patience: float = PATIENCE

    async def says(self, member: Member, text: str, **more: Any) -> Seen:
        return await self.post(self.activity(member, "message") | {"text": text} | more)

    async def presses(self, member: Member, message: Message, title: str, **values: str) -> Seen:
        """A button by its title, inputs by their label; what is not named stays as it is."""
        action = _button(message.card, title)
        data = action["data"] | _filled(message.card, values)
        pressed = {"type": action["type"], "title": title, "verb": action["verb"], "data": data}
        invoke = self.activity(member, "invoke") | {
            "name": "adaptiveCard/action",
            "replyToId": message.id,
            "value": {"action": pressed, "trigger": "manual"},
        }
        faults = self.teams.wire.faults
        spare = faults.again(member.user) if faults else 0
        for tries in range(1, TRIES + 1):
            seen = await self.post(invoke)
            seen.tries = tries
            if seen.status == 200:
                if not spare:
                    break
                spare -= 1  # the answer was lost between Teams and its client
        if seen.card:
            assert problems(seen.card) == []
            message.replace(seen.card)
            self.teams.ledger.replaced(self.clock.now(), message.id)
        return seen

    async def answers(self, member: Member, message: Message, option: str, sure: str = "Fairly sure") -> Seen:
        """Choose an option of a question, and press how sure one is."""
        return await self.presses(member, message, sure, **{QUESTION: option})

    async def submits(self, member: Member, message: Message, title: str, **values: str) -> Seen:
        """The same at a client that does not know Action.Execute and takes its fallback."""
        fallback = _button(message.card, title)["fallback"]
        assert fallback["type"] == "Action.Submit"
        value = fallback["data"] | _filled(message.card, values)
        return await self.post(self.activity(member, "message") | {"replyToId": message.id, "value": value})

    async def reads(self, member: Member, message: Message | None = None) -> Seen:
        """Open the chat and scroll to a message, or to the newest: Teams tells of the last that was on the screen."""
        last = (message or member.messages[-1]).id
        receipt = {"name": READ_RECEIPT, "value": {"lastReadMessageId": last}}
        return await self.post(self.activity(member, "event") | receipt)

    async def installs(self, member: Member) -> list[Seen]:
        """Teams reports an installation twice."""
        member.installed = True
        added = self.activity(member, "conversationUpdate") | {"membersAdded": [{"id": self.bot}]}
        return [
            await self.post(self.activity(member, "installationUpdate") | {"action": "add"}),
            await self.post(added),
        ]

    async def removes(self, member: Member) -> Seen:
        member.installed = False
        return await self.post(self.activity(member, "installationUpdate") | {"action": "remove"})

    def activity(self, member: Member, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "id": f"f:{self.teams.next_id()}",
            "timestamp": self.clock.now().isoformat(),
            "channelId": "msteams",
            "serviceUrl": self.teams.service_url,
            "from": {"id": member.user, "name": member.name},
            "recipient": {"id": self.bot, "name": "Catchball"},
            "conversation": {"id": member.conversation, "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "locale": member.locale,
            "localTimezone": member.zone,
        }

    async def post(self, activity: dict[str, Any], token: str | None = None) -> Seen:
        """Any activity; token: what stands in its Authorization header, "" for no header. Status 0: no answer."""
        if token is None:
            token = self._token(activity["serviceUrl"])
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.patience)) as session,
                session.post(self.url, json=activity, headers=headers) as response,
            ):
                body = await response.json() if response.content_type == "application/json" else {}
        except (aiohttp.ClientError, TimeoutError) as error:
            return Seen(0, text=f"{type(error).__name__}: {error}")
        if body.get("type") == ADAPTIVE:
            return Seen(response.status, card=body["value"])
        return Seen(response.status, text=str(body.get("value", body.get("error", ""))))

    def _token(self, service_url: str) -> str:
        """Signed by a clock that is as far off as seeded faults let it be; empty without an authority."""
        if self.authority is None:
            return ""
        faults = self.teams.wire.faults
        skew = faults.skewed() if faults else timedelta()
        if not skew:
            return self.authority.sign(service_url)
        theirs = (self.clock.now() + skew).timestamp()
        return self.authority.sign(service_url, nbf=theirs, exp=theirs + BARELY)


def texts(card: dict[str, Any]) -> list[str]:
    """The lines of a card, top to bottom."""
    return [line for element in card.get("body", ()) for line in _lines(element)]


def _lines(element: dict[str, Any]) -> list[str]:
    match element:
        case {"type": "TextBlock"}:
            return [element["text"]]
        case {"type": "RichTextBlock"}:
            return ["".join(run["text"] for run in element["inlines"])]
        case {"type": "Container"}:
            return [line for item in element["items"] for line in _lines(item)]
    return []


def _button(card: dict[str, Any], title: str) -> dict[str, Any]:
    found = [action for action in actions(card) if action["title"] == title]
    assert len(found) == 1, f"{title!r} is not on the card: {[a['title'] for a in actions(card)]}"
    return found[0]


def _filled(card: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    """What a client sends of the inputs: all of them, as filled in or as they were."""
    inputs = [e for e in card.get("body", ()) if e["type"].startswith("Input.")]
    unknown = set(values) - {element["label"] for element in inputs}
    assert not unknown, f"no such input: {unknown}"
    filled = {e["id"]: values.get(e["label"], e.get("value", "")) for e in inputs}
    missing = [e["errorMessage"] for e in inputs if e.get("isRequired") and not filled[e["id"]]]
    assert not missing, missing
    return filled
