"""What a page sends, taken apart and checked: JSON of a modest size, and text where text belongs."""

from __future__ import annotations

import json
import re
from typing import Any

from aiohttp import web

from bot.playground.guard import Refused
from handlers.model import Role

BODY_LIMIT = 64 * 1024  # bytes; the longest form is a leader's message of a few thousand characters
TOO_LONG = f"That is too long: at most {BODY_LIMIT // 1024} KB at once."

Sent = dict[str, Any]


async def body(request: web.Request) -> Sent:
    """The JSON object a page sent. Raises Refused (415, 413, 400)."""
    if request.content_type != "application/json":
        raise Refused(415, "Send JSON, with the content type application/json.")
    raw = bytearray()
    async for chunk in request.content.iter_chunked(8192):
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise Refused(413, TOO_LONG)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "That is not JSON.") from error
    if not isinstance(value, dict):
        raise Refused(400, "Send one JSON object.")
    return value


def text(sent: Sent, name: str, *, limit: int = 4000) -> str:
    """A field that must be text; absent is empty. Raises Refused (400)."""
    found = sent.get(name, "")
    if not isinstance(found, str) or len(found) > limit:
        raise Refused(400, f"`{name}` must be text of at most {limit} characters.")
    return found


def key(sent: Sent) -> str:
    """The page's name for this press: the same request sent twice is one press. Raises Refused (400)."""
    found = text(sent, "key", limit=64)
    if not re.fullmatch(r"[A-Za-z0-9-]{8,64}", found):
        raise Refused(400, "`key` must name this very press: 8 to 64 letters, digits or hyphens.")
    return f"playground:{found}"


def values(sent: Sent) -> dict[str, str]:
    """What was filled in, by input id. Raises Refused (400)."""
    found = sent.get("values", {})
    if not isinstance(found, dict):
        raise Refused(400, "`values` must be an object of text.")
    return {name: text(found, name, limit=10_000) for name in found}


def newcomer(sent: Sent) -> dict[str, str]:
    """Name, email, team and roles of a person to add. Raises Refused (400) with what is missing."""
    fields = {name: text(sent, name, limit=200).strip() for name in ("name", "email", "team", "roles")}
    if not fields["name"]:
        raise Refused(400, "A person needs a name.")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", fields["email"]):
        raise Refused(400, "A person needs an e-mail address such as tim@example.org; nothing is sent to it.")
    if fields["roles"] and fields["roles"] not in set(Role):
        raise Refused(400, f"A role is one of: {', '.join(Role)}.")
    return fields
