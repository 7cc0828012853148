"""People at Slack clients: they type, press, fill in and open the home, and their screens change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_reports import SlackReports
from tests.simulators.slack_screens import Json, Member, Screen, Shown


class SlackPerson:
    """One person: every act is reported to the app, and what comes back changes their `screen`."""

    def __init__(self, reports: SlackReports, member: Member) -> None:
        self.slack, self.reports, self.member = reports.slack, reports, member

    @property
    def screen(self) -> Screen:
        return self.slack.screens[self.member.id]

    @property
    def last(self) -> Shown:
        """The newest message in their chat with the app."""
        return self.screen.messages[-1]

    async def types(self, command: str) -> None:
        """A slash command in some channel, such as "/catchball help"."""
        name, _, text = command.partition(" ")
        form = {
            "token": "verification",
            "team_id": TEAM,
            "team_domain": "example",
            "channel_id": "C0GENERAL",
            "channel_name": "general",
            "user_id": self.member.id,
            "user_name": self.member.name.lower(),
            "command": name,
            "text": text,
            "api_app_id": "A0CATCHBALL",
            "is_enterprise_install": "false",
            "response_url": self.slack.response_url(self.member.id, ""),
            "trigger_id": self.slack.trigger(self.member.id),
        }
        status, body = await self.reports.command(form)
        if status != 200:
            self.screen.warnings.append(f"{name} failed with the error: {status}")
        elif body:
            self.slack.show_ephemeral(self.member.id, body if isinstance(body, dict) else {"text": body})

    async def writes(self, text: str, **more: Any) -> tuple[int, Any]:
        """A message in their chat with the app."""
        event = {"type": "message", "channel": self.member.chat, "channel_type": "im", "user": self.member.id}
        return await self.reports.event(event | {"text": text, "ts": self.slack.timestamp()} | more)

    async def opens_home(self) -> tuple[int, Any]:
        event = {
            "type": "app_home_opened",
            "user": self.member.id,
            "channel": self.member.chat,
            "tab": "home",
        }
        return await self.reports.event(event)

    async def presses(self, label: str, shown: Shown | None = None, **filled: Json) -> tuple[int, Any]:
        """A button of a message (the newest one that has it, unless given), by its label.

        filled: as of `submits`. Slack reports the state of every input of the message with a press, and does
        not ask whether something was filled in.
        """
        screen = self.screen
        shown = shown or next(
            m for m in [*screen.ephemeral, *screen.messages][::-1] if _button(m.blocks, label)
        )
        body = self._pressed(label, shown.blocks) | {
            "container": {
                "type": "message",
                "message_ts": shown.ts,
                "channel_id": shown.channel,
                "is_ephemeral": shown.ephemeral,
            },
            "channel": {"id": shown.channel, "name": "directmessage"},
            "message": {"type": "message", "ts": shown.ts, "text": shown.text, "blocks": shown.blocks},
            "state": _state(shown.blocks, filled),
            "response_url": self.slack.response_url(self.member.id, shown.ts),
        }
        return await self._interacts(body)

    async def answers(
        self, option: str, sure: str = "Fairly sure", shown: Shown | None = None
    ) -> tuple[int, Any]:
        """Choose an option of a question (the newest one that is open, unless given), and press how sure one is."""
        shown = shown or next(m for m in reversed(self.screen.messages) if _radios(m.blocks))
        (block,) = _radios(shown.blocks)
        chosen = next(each for each in block["element"]["options"] if each["value"] == option)
        state = {"type": "radio_buttons", "selected_option": chosen}
        return await self.presses(sure, shown, **{block["block_id"]: state})

    async def presses_in(self, place: str, label: str) -> tuple[int, Any]:
        """A button of their "home" or of the "modal" they have open."""
        view = self.screen.home if place == "home" else self.screen.modal
        assert view is not None
        body = self._pressed(label, view["blocks"]) | {
            "container": {"type": "view", "view_id": view["id"]},
            "view": view | {"state": {"values": {}}},
        }
        return await self._interacts(body)

    async def submits(self, **filled: Json) -> tuple[int, Any]:
        """The open modal: block id -> what its element holds, as `text(...)`, `option(...)` write it."""
        view = self.screen.modal
        assert view is not None
        body = self._person() | {
            "type": "view_submission",
            "trigger_id": self.slack.trigger(self.member.id),
            "view": view | {"state": _state(view["blocks"], filled)},
            "response_urls": [],
        }
        status, answer = await self._interacts(body)
        if status == 200:
            self._answered(answer if isinstance(answer, dict) else {})
        return status, answer

    def _answered(self, answer: Json) -> None:
        """https://docs.slack.dev/surfaces/modals"""
        screen = self.screen
        screen.errors = {}
        match answer.get("response_action", "close"):
            case "errors":
                blocks = {block["block_id"] for block in _inputs((screen.modal or {}).get("blocks", []))}
                assert set(answer["errors"]) <= blocks, "errors must name input blocks"
                screen.errors = answer["errors"]
            case "update":
                screen.modal = self.slack.view(answer)
            case "close" | "clear":
                screen.modal = None

    def _pressed(self, label: str, blocks: list[Json]) -> Json:
        block, button = _button(blocks, label) or ({}, {})
        assert button, f"no button {label!r}"
        action = {
            name: button[name] for name in ("action_id", "value", "text", "type", "url") if name in button
        }
        action |= {"block_id": block.get("block_id", "generated"), "action_ts": self.slack.timestamp()}
        return self._person() | {
            "type": "block_actions",
            "trigger_id": self.slack.trigger(self.member.id),
            "actions": [action],
        }

    def _person(self) -> Json:
        name = self.member.name.lower()
        return {
            "user": {"id": self.member.id, "username": name, "name": name, "team_id": TEAM},
            "team": {"id": TEAM, "domain": "example"},
            "api_app_id": "A0CATCHBALL",
            "token": "verification",
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def _interacts(self, body: Json) -> tuple[int, Any]:
        """Slack ignores what answers a press, and shows a warning where the answer is not a 200."""
        status, answer = await self.reports.interaction(body)
        if status != 200:
            self.screen.warnings.append("This app is not responding")
        return status, answer


def text(value: str) -> Json:
    return {"type": "plain_text_input", "value": value}


def option(value: str) -> Json:
    chosen = {"text": {"type": "plain_text", "text": value}, "value": value}
    return {"type": "static_select", "selected_option": chosen}


def radio(value: str) -> Json:
    return option(value) | {"type": "radio_buttons"}


def date(value: str) -> Json:
    return {"type": "datepicker", "selected_date": value}


def time(value: str) -> Json:
    return {"type": "timepicker", "selected_time": value}


def _button(blocks: list[Json], label: str) -> tuple[Json, Json] | None:
    rows = ((b, e) for b in blocks if b["type"] == "actions" for e in b["elements"])
    return next((found for found in rows if found[1]["text"]["text"] == label), None)


def _inputs(blocks: list[Json]) -> list[Json]:
    return [block for block in blocks if block["type"] == "input"]


def _radios(blocks: list[Json]) -> list[Json]:
    return [block for block in _inputs(blocks) if block["element"]["type"] == "radio_buttons"]


def _state(blocks: list[Json], filled: Mapping[str, Json]) -> Json:
    """What all inputs hold: what was filled in, by block id, and the rest as it was."""
    held = {b["block_id"]: {b["element"]["action_id"]: _untouched(b["element"])} for b in _inputs(blocks)}
    return {"values": held | {block: {block: state} for block, state in filled.items()}}


def _untouched(element: Json) -> Json:
    """What an element holds before anybody touches it."""
    held = {
        "plain_text_input": ("value", "initial_value"),
        "static_select": ("selected_option", "initial_option"),
        "radio_buttons": ("selected_option", "initial_option"),
        "datepicker": ("selected_date", "initial_date"),
        "timepicker": ("selected_time", "initial_time"),
    }[element["type"]]
    return {"type": element["type"], held[0]: element.get(held[1])}
