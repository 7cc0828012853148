"""What Teams reports, in our words: an activity becomes a click, something said, a joining or a leaving."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.teams import fields
from bot.teams.fields import string
from handlers.events import Click, Forms, Joined, Left, Said, Seen
from handlers.model import Address, Platform

Json = Mapping[str, Any]

READ = "application/vnd.microsoft.readReceipt"  # the name of the event that a read receipt is
PRESS = "adaptiveCard/action"  # the name of the invoke that an Action.Execute becomes


def activity_of(body: bytes) -> Json | None:
    """The activity in a request, if it is one and says who, to whom and where; its other fields may be anything."""
    try:
        activity = json.loads(body)
    except (ValueError, RecursionError):
        return None
    ends = ("type",), ("from", "id"), ("recipient", "id"), ("conversation", "id")
    return activity if all(string(_at(activity, *end)) for end in ends) else None


def tenant_of(activity: Json) -> str:
    """The id of the tenant an activity comes from; empty when it does not say."""
    of_conversation = _at(activity, "conversation", "tenantId")
    return string(of_conversation or _at(activity, "channelData", "tenant", "id"))


def address_of(activity: Json) -> Address:
    """Where the person who did this is reached."""
    return Address(
        platform=Platform.TEAMS,
        workspace=tenant_of(activity),
        user=string(activity["from"]["id"]),
        conversation=string(activity["conversation"]["id"]),
        service_url=string(activity.get("serviceUrl")),
    )


def personal(activity: Json) -> bool:
    """Whether this happened in somebody's own chat with the bot. Some local clients do not say: then yes."""
    return (activity["conversation"].get("conversationType") or "personal") == "personal"


def said(activity: Json) -> Said:
    """The words of a message, without the bot's own name in front."""
    text = string(activity.get("text"))
    for entity in _entities(activity, "mention"):
        if _at(entity, "mentioned", "id") == activity["recipient"]["id"]:
            name = string(entity.get("text"))
            text = text.replace(name, " ") if name else text
    words = " ".join(text.replace("\u00a0", " ").split())
    return Said(key=_key(activity, words), address=address_of(activity), text=words, forms=Forms.CARD)


def click(activity: Json) -> Click | None:
    """The press in an invoke, or in an Action.Submit's message; None: no button of ours."""
    data = _data(activity)
    if not isinstance(data, dict) or not isinstance(data.get("verb"), str):
        return None
    verb, delivery, item, value = (string(data.get(name)) for name in ("verb", "delivery", "item", "value"))
    values = fields.collect(data)
    return Click(
        key=_key(activity, [verb, delivery, item, value, values]),
        address=address_of(activity),
        verb=verb,
        delivery=delivery,
        message=string(activity.get("replyToId")),
        item=item,
        value=value,
        values=values,
        forms=Forms.CARD,
    )


def form_of(activity: Json) -> str:
    """The JSON of the form that a press sent back with its values; empty when there was none."""
    return string(_at(_data(activity), "form"))


def joined(activity: Json, profile: Json, now: datetime, *, welcome: bool) -> Joined:
    """The person of this activity came to us; profile: the member as Teams' roster has them, or {}.

    An installation is reported twice, as `installationUpdate` and as `conversationUpdate`, without a
    common id; both carry the same minute, and so the same key. A later installation has its own.
    """
    address = address_of(activity)
    minute = f"{_moment(activity) or now:%Y-%m-%dT%H:%M}"
    return Joined(
        key=f"teams:{address.workspace}:{address.user}:joined:{minute}",
        address=address,
        name=string(profile.get("name")) or string(activity["from"].get("name")),
        email=string(profile.get("email")) or string(profile.get("userPrincipalName")),
        zone=string(activity.get("localTimezone")) or _client(activity, "timezone"),
        language=(string(activity.get("locale")) or _client(activity, "locale")).partition("-")[0].lower(),
        welcome=welcome,
    )


def seen(activity: Json) -> Seen | None:
    """What a read receipt says; None: this is none, or does not name a message.

    The id is the moment the message was sent, in milliseconds, as a string of digits.
    """
    message = string(_at(activity, "value", "lastReadMessageId"))
    if activity["type"] != "event" or activity.get("name") != READ or not message:
        return None
    return Seen(key=_key(activity, message), address=address_of(activity), message=message)


def left(activity: Json) -> Left:
    """The person removed the app."""
    return Left(key=_key(activity, "left"), address=address_of(activity))


def _data(activity: Json) -> Any:
    """What the pressed button carried; None or anything else where none of ours was pressed."""
    if activity["type"] != "invoke":
        return activity.get("value")
    return _at(activity, "value", "action", "data") if activity.get("name") == PRESS else None


def _key(activity: Json, content: Any) -> str:
    """The activity's own id; where there is none, what makes this very activity what it is."""
    if named := string(activity.get("id")):
        return f"teams:{string(activity['conversation']['id'])}:{named}"
    parts = [activity["from"]["id"], *(string(activity.get(n)) for n in ("replyToId", "timestamp")), content]
    return f"teams:{hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()}"


def _moment(activity: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(string(activity.get("timestamp")))
    except ValueError:
        return None


def _client(activity: Json, name: str) -> str:
    """What the person's client says about itself (`clientInfo`)."""
    return next((string(info.get(name)) for info in _entities(activity, "clientInfo")), "")


def _entities(activity: Json, kind: str) -> Iterator[Json]:
    entities = activity.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        if _at(entity, "type") == kind:
            yield entity


def _at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
