"""Slack's and Teams' people as the crowd sees them: what is on a card, a press and whether it was told, words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tests.simulators.ledger import Ledger, Sight
from tests.simulators.slack_people import SlackPerson
from tests.simulators.slack_reports import SlackReports
from tests.simulators.teams import Teams
from tests.simulators.teams_limits import actions
from tests.simulators.teams_people import QUESTION, People, texts
from tests.simulators.teams_screens import Message

LOOKS_FOR = 2.5  # seconds in which a card that was pressed may still change: the answer comes after the yes
NOT_COUNTED = "Nothing was counted"  # the title of the card that a press gets which means nothing

Json = dict[str, Any]
Drawn = Any
"""A card as a client holds it: Slack's blocks, or Teams' Adaptive Card."""


@dataclass(frozen=True)
class Button:
    """What a press of it says. value: of a question the option that is chosen with it, not how sure they are."""

    label: str
    verb: str
    item: str
    value: str
    question: bool = False


def pressable(label: str, carried: Json, options: Sequence[str]) -> list[Button]:
    """A button, or one for each option where there is one to be chosen first."""
    verb, item = carried["verb"], str(carried.get("item", ""))
    if options:
        return [Button(label, verb, item, option, question=True) for option in options]
    return [Button(label, verb, item, str(carried.get("value", "")))]


@dataclass(frozen=True)
class Told:
    """What a press came to for who made it. yes: they saw it count; otherwise `what` they saw instead."""

    yes: bool
    what: str


class Side(Protocol):
    @property
    def ledger(self) -> Ledger: ...

    def card(self, sight: Sight) -> Drawn | None:
        """What stands there now; None: it was taken away."""
        ...

    def buttons(self, card: Drawn) -> list[Button]: ...

    async def press(self, sight: Sight, card: Drawn, button: Button) -> Told: ...

    async def types(self, user: str, words: str) -> tuple[str, list[int]]:
        """What names these words for ever in the product, and the status of each time they were sent."""
        ...


@dataclass(frozen=True)
class OnSlack:
    reports: SlackReports

    @property
    def ledger(self) -> Ledger:
        return self.reports.slack.ledger

    def card(self, sight: Sight) -> Drawn | None:
        messages = self.reports.slack.screens[sight.person].messages
        return next((shown.blocks for shown in messages if shown.ts == sight.message), None)

    def buttons(self, card: Drawn) -> list[Button]:
        elements = (e for block in card if block["type"] == "actions" for e in block["elements"])
        radios = [
            block["element"] for block in card if block.get("element", {}).get("type") == "radio_buttons"
        ]
        options = [option["value"] for radio in radios for option in radio["options"]]
        found: list[Button] = []
        for element in elements:
            carried = json.loads(element["value"]) if element.get("value") else {}
            if carried.get("verb"):
                found += pressable(element["text"]["text"], carried, options)
        return found

    async def press(self, sight: Sight, card: Drawn, button: Button) -> Told:
        """Slack answers a press with nothing: it counted where the message changed (`response_url`).

        A change that leaves the button there is the late answer to another press.
        """
        slack = self.reports.slack
        shown = next((m for m in slack.screens[sight.person].messages if m.ts == sight.message), None)
        if shown is None:
            return Told(True, "taken away")
        person = SlackPerson(self.reports, slack.members[sight.person])
        before, told = len(shown.versions), len(person.screen.ephemeral)
        held = replace(shown, blocks=card)
        if button.question:
            status, _ = await person.answers(button.value, button.label, held)
        else:
            status, _ = await person.presses(button.label, held)
        until = asyncio.get_running_loop().time() + (LOOKS_FOR if status == 200 else 0)
        while asyncio.get_running_loop().time() < until:
            if len(shown.versions) > before or len(person.screen.ephemeral) > told:
                break
            await asyncio.sleep(0.02)
        changed = len(shown.versions) > before
        asked = {(b.verb, b.item) for b in self.buttons(shown.blocks)}
        counts = changed and NOT_COUNTED not in shown.words and (button.verb, button.item) not in asked
        return Told(counts, shown.words if changed else str(status))

    async def types(self, user: str, words: str) -> tuple[str, list[int]]:
        slack = self.reports.slack
        chat, event_id = slack.members[user].chat, slack.next_id("Ev")
        event = {"type": "message", "channel": chat, "channel_type": "im", "user": user, "text": words}
        event |= {"ts": slack.timestamp()}
        return event_id, await self.reports.event_until_taken(event, event_id)


@dataclass(frozen=True)
class OnTeams:
    people: People

    @property
    def teams(self) -> Teams:
        return self.people.teams

    @property
    def ledger(self) -> Ledger:
        return self.teams.ledger

    def card(self, sight: Sight) -> Drawn | None:
        message = self._message(sight)
        return message.card if message else None

    def buttons(self, card: Drawn) -> list[Button]:
        sets = [e for e in card["body"] if e["type"] == "Input.ChoiceSet" and e["label"] == QUESTION]
        options = [choice["value"] for each in sets for choice in each["choices"]]
        carried = [(a["title"], a["data"]) for a in actions(card) if a.get("data", {}).get("verb")]
        return [button for title, data in carried for button in pressable(title, data, options)]

    async def press(self, sight: Sight, card: Drawn, button: Button) -> Told:
        message = self._message(sight)
        if message is None:
            return Told(True, "taken away")
        held = replace(message, card=card)
        filled = {QUESTION: button.value} if button.question else {}
        seen = await self.people.presses(self.teams.members[sight.person], held, button.label, **filled)
        if seen.card:
            message.replace(seen.card)
        lines = "\n".join(texts(seen.card)) if seen.card else f"{seen.status} {seen.text}"
        return Told(bool(seen.card) and NOT_COUNTED not in lines, lines)

    async def types(self, user: str, words: str) -> tuple[str, list[int]]:
        """Teams sends words once; what is sent again is an answer that got lost on the way."""
        activity = self.people.activity(self.teams.members[user], "message") | {"text": words}
        faults = self.teams.wire.faults
        times = 1 + (faults.again(user) if faults else 0)
        return str(activity["id"]), [(await self.people.post(activity)).status for _ in range(times)]

    def _message(self, sight: Sight) -> Message | None:
        return self.teams.message(self.teams.members[sight.person], sight.message)
