"""The front door of HTTP mode: was this signed by Slack just now, and what is the JSON inside?"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import from_json
from yarl import URL

FRESH = timedelta(minutes=5)  # https://docs.slack.dev/authentication/verifying-requests-from-slack
TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


class Malformed(ValueError):
    """A signed body that is neither JSON nor a form we know."""


def signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the raw body bears Slack's signature and a time within five minutes of `now`.

    Whatever is wrong with the headers is a plain no: slack_sdk raises on a timestamp that is no number.
    """
    timestamp = headers.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        return False
    base = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.digest(secret.encode(), base, "sha256").hex()
    return hmac.compare_digest(expected.encode(), headers.get(SIGNATURE, "").encode())


def json_of(body: bytes, content_type: str) -> str:
    """The payload as JSON text, which is all that Bolt gets to see. Raises Malformed.

    Forms are decoded by yarl, in C: the decoder of the standard library takes half of the whole request.
    """
    try:
        text = body.decode()
        if content_type == "application/x-www-form-urlencoded":
            form = URL.build(query_string=text, encoded=True).query
            text = form["payload"] if "payload" in form else json.dumps(dict(form))
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed(str(error)) from error
    if not text.startswith("{"):
        raise Malformed("not a JSON object")
    return text


def parsed(text: str) -> Any:
    """What the JSON says. Raises ValueError.

    Pydantic's parser needs two thirds of the time, but refuses half a surrogate pair: an emoji that was cut in two.
    """
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)
