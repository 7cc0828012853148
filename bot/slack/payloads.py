"""What Slack reports, in our words: its events, presses, forms and the slash command."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.inputs import values_of
from handlers.events import Click, Forms, Joined, Left, Said
from handlers.model import Address, Platform

Json = dict[str, Any]

SLACKBOT = "USLACKBOT"
SPOKEN = {None, "file_share", "thread_broadcast"}  # subtypes of a message that a person has written


@dataclass(frozen=True)
class Place:
    """Where a press happened, and so where its answer is shown."""

    kind: str  # "message", "home" or "modal"
    trigger: str
    respond: str = ""  # response_url: of a message only
    view: str = ""  # id of the modal


def click_of(body: Json) -> Click | None:
    """A press of one of our buttons; None for a link, which Slack reports too, or for no button of ours."""
    action = body["actions"][0]
    carried = _carried(action.get("value") or "")
    if carried is None:
        return None
    box = body.get("container", {})
    where = box.get("message_ts") or box.get("view_id", "")
    address = _address(body, _own_conversation(box))
    key = key_of("press", address.user, where, action["action_id"], action["action_ts"])
    verb, delivery, item, value = carried
    return Click(
        key,
        address,
        verb,
        delivery=delivery,
        message=box.get("message_ts", "") if address.conversation else "",
        item=item,
        value=value,
        values=values_of(_state(body)),
        direct=_in_home(body),
    )


def _in_home(body: Json) -> bool:
    return (body.get("view") or {}).get("type") == "home"


def place_of(body: Json) -> Place:
    view = body.get("view") or {}
    return Place(
        kind=view.get("type", "message"),
        trigger=body.get("trigger_id", ""),
        respond=body.get("response_url", ""),
        view=view.get("id", "") if view.get("type") == "modal" else "",
    )


def submission_of(body: Json) -> Click | None:
    """A form sent. Its values are part of the key: a form corrected after a mistake is another press."""
    view = body["view"]
    carried = _carried(view.get("private_metadata") or "")
    if carried is None:
        return None
    values = values_of(view["state"])
    address = _address(body)
    written = json.dumps(values, sort_keys=True)
    key = key_of("form", address.user, view["id"], view.get("hash", ""), written)
    verb, delivery, item, value = carried
    return Click(key, address, verb, delivery=delivery, item=item, value=value, values=values)


def words_of(body: Json) -> Said:
    """The slash command: typed anywhere, so its channel says nothing about the person's own chat."""
    address = Address(Platform.SLACK, body["team_id"], body["user_id"])
    key = key_of("command", body["trigger_id"])
    return Said(key, address, unescape(body.get("text", "")).strip(), direct=True, forms=Forms.OPEN)


def said_of(body: Json) -> Said | None:
    """A message to the bot; None for what the bot, another app or an edit wrote."""
    event = body["event"]
    in_chat = event.get("channel_type", "im") == "im"
    by_person = in_chat and event.get("user") and not event.get("bot_id")
    if not by_person or event.get("subtype") not in SPOKEN:
        return None
    address = Address(Platform.SLACK, body["team_id"], event["user"], event["channel"])
    text = unescape(event.get("text", "")).strip()
    return Said(body["event_id"], address, text, forms=Forms.PRESS)


def event_address(body: Json) -> Address:
    """Who an event is about, and their conversation with us where it names one."""
    event = body["event"]
    user = event["user"]["id"] if isinstance(event["user"], dict) else event["user"]
    return Address(Platform.SLACK, body["team_id"], user, event.get("channel", ""))


def joined_of(
    key: str, address: Address, user: Json, *, welcome: bool = False, known_only: bool = False
) -> Joined:
    """A person with what their profile says: https://docs.slack.dev/reference/objects/user-object"""
    profile = user.get("profile") or {}
    return Joined(
        key=key,
        address=address,
        name=user.get("real_name") or profile.get("real_name") or user.get("name", ""),
        email=profile.get("email", ""),
        zone=user.get("tz") or "",
        language=(user.get("locale") or "").partition("-")[0],
        welcome=welcome,
        known_only=known_only,
    )


def gone(key: str, address: Address) -> Left:
    return Left(key, address, gone=True)


def is_outsider(user: Json, workspace: str) -> bool:
    """Bots, Slackbot and people of other organisations in a shared channel: nobody we talk to."""
    elsewhere = user.get("team_id") not in (None, workspace) and not user.get("enterprise_user")
    outside = user.get("is_bot") or user.get("is_stranger") or elsewhere
    return bool(outside) or user["id"] == SLACKBOT


def key_of(*parts: str) -> str:
    """A name for ever for what has no id of its own."""
    return "slack:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def unescape(text: str) -> str:
    """What was typed: Slack sends `&`, `<` and `>` as entities and nothing else."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _address(body: Json, conversation: str = "") -> Address:
    user = body["user"]
    workspace = (body.get("team") or {}).get("id") or user.get("team_id", "")
    return Address(Platform.SLACK, workspace, user["id"], conversation)


def _own_conversation(container: Json) -> str:
    """The chat a pressed message stands in; an answer to a command may stand in anybody's chat."""
    channel = container.get("channel_id", "")
    return channel if channel.startswith("D") and not container.get("is_ephemeral") else ""


def _state(body: Json) -> Json:
    state = body.get("state") or (body.get("view") or {}).get("state") or {}
    return dict(state)


def _carried(value: str) -> tuple[str, str, str, str] | None:
    """Verb, delivery, item and value as a button of ours carries them, see `render.pressed`."""
    try:
        carried = json.loads(value)
    except ValueError:
        return None
    if not isinstance(carried, Mapping) or not carried.get("verb"):
        return None
    verb, delivery, item, value = (
        str(carried.get(name, "")) for name in ("verb", "delivery", "item", "value")
    )
    return verb, delivery, item, value
