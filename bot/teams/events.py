"""What Teams reports, in our words: an activity becomes a click, something said, a joining or a leaving."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botbuilder.schema import Activity

from bot.teams import fields
from handlers.events import Click, Forms, Joined, Left, Said
from handlers.model import Address, Platform


def tenant_of(activity: Activity) -> str:
    """The id of the tenant an activity comes from; empty when it does not say.

    botbuilder has `tenantID` for a field of its own, and so leaves Teams' `tenantId` among the unknown ones.
    """
    of_conversation = _at(activity.conversation.additional_properties, "tenantId")
    return str(of_conversation or _at(activity.channel_data, "tenant", "id") or "")


def address_of(activity: Activity) -> Address:
    """Where the person who did this is reached."""
    return Address(
        platform=Platform.TEAMS,
        workspace=tenant_of(activity),
        user=str(activity.from_property.id),
        conversation=str(activity.conversation.id),
        service_url=str(activity.service_url or ""),
    )


def personal(activity: Activity) -> bool:
    """Whether this happened in somebody's own chat with the bot. Some local clients do not say: then yes."""
    return bool((activity.conversation.conversation_type or "personal") == "personal")


def said(activity: Activity) -> Said:
    """The words of a message, without the bot's own name in front."""
    text = str(activity.text or "")
    for entity in activity.entities or ():
        mention = entity.additional_properties
        if entity.type == "mention" and _at(mention, "mentioned", "id") == activity.recipient.id:
            text = text.replace(str(mention.get("text") or ""), " ")
    words = " ".join(text.replace("\u00a0", " ").split())
    return Said(key=_key(activity, words), address=address_of(activity), text=words, forms=Forms.CARD)


def click(activity: Activity) -> Click | None:
    """The press in an `adaptiveCard/action`, or in an Action.Submit's message; None: no button of ours."""
    data = _at(activity.value, "action", "data") if activity.type == "invoke" else activity.value
    if not isinstance(data, Mapping) or not isinstance(data.get("verb"), str):
        return None
    return Click(
        key=_key(activity, data),
        address=address_of(activity),
        verb=data["verb"],
        delivery=str(data.get("delivery") or ""),
        message=str(activity.reply_to_id or ""),
        item=str(data.get("item") or ""),
        value=str(data.get("value") or ""),
        values=fields.collect(data),
        forms=Forms.CARD,
    )


def form_of(activity: Activity) -> str:
    """The JSON of the form that a press sent back with its values; empty when there was none."""
    data = _at(activity.value, "action", "data") if activity.type == "invoke" else activity.value
    return str(_at(data, "form") or "")


def joined(activity: Activity, profile: Mapping[str, Any], now: datetime, *, welcome: bool) -> Joined:
    """The person of this activity came to us; profile: the member as Teams' roster has them, or {}.

    An installation is reported twice, as `installationUpdate` and as `conversationUpdate`, without a
    common id; both carry the same minute, and so the same key. A later installation has its own.
    """
    address = address_of(activity)
    minute = f"{activity.timestamp or now:%Y-%m-%dT%H:%M}"
    return Joined(
        key=f"teams:{address.workspace}:{address.user}:joined:{minute}",
        address=address,
        name=str(profile.get("name") or activity.from_property.name or ""),
        email=str(profile.get("email") or profile.get("userPrincipalName") or ""),
        zone=_zone(activity),
        language=str(activity.locale or _client(activity, "locale")).partition("-")[0].lower(),
        welcome=welcome,
    )


def left(activity: Activity) -> Left:
    """The person removed the app."""
    return Left(key=_key(activity, "left"), address=address_of(activity))


def _key(activity: Activity, content: Any) -> str:
    """The activity's own id; where there is none, what makes this very activity what it is."""
    if activity.id:
        return f"teams:{activity.conversation.id}:{activity.id}"
    parts = [activity.from_property.id, activity.reply_to_id, content, str(activity.timestamp)]
    return f"teams:{hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()}"


def _zone(activity: Activity) -> str:
    return str(activity.local_timezone or _client(activity, "timezone") or "")


def _client(activity: Activity, name: str) -> str:
    """What the person's client says about itself (`clientInfo`)."""
    infos = (e.additional_properties for e in activity.entities or () if e.type == "clientInfo")
    return next((str(info.get(name) or "") for info in infos), "")


def _at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
