"""Teams' part: the settings of a bot in front of our peer and an authority, and presses as Teams reports them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.teams.render import CONTENT_TYPE, card
from handlers.model import Delivery
from tests.bench.company import RECEIPT, TENANT, ZONE
from tests.simulators.teams_authority import Authority

APP_ID = "00000000-bbbb-4000-8000-000000000001"
PASSWORD = "the client secret of a bench"
PATH = "/api/messages"


@asynccontextmanager
async def authority(folder: Path) -> AsyncIterator[Authority]:
    """Keys that sign what comes in, and tokens for what goes out."""
    opened = Authority(folder, SystemClock(), APP_ID, PASSWORD)
    await opened.start()
    try:
        yield opened
    finally:
        await opened.stop()


def settings(authority: Authority) -> Mapping[str, str]:
    return {
        "MicrosoftAppId": APP_ID,
        "MicrosoftAppPassword": PASSWORD,
        "MicrosoftAppTenantId": TENANT,
        "TEAMS_OPENID_URL": authority.openid_url,
        "TEAMS_LOGIN_URL": authority.login_url,
        "TEAMS_SERVICE_HOSTS": "127.0.0.1",
        **authority.environ,
    }


def press(delivery: Delivery, token: str) -> bytes:
    """The whole HTTP request: the first option, pressed as a guess by the person it went to, just now."""
    body = json.dumps(_invoke(delivery)).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: bench\r\nUser-Agent: Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    return head.encode() + body


def shown(answer: bytes) -> bool:
    """The card that takes the place of the pressed one."""
    return answer.startswith(b"HTTP/1.1 200") and CONTENT_TYPE.encode() in answer


def _invoke(delivery: Delivery) -> dict[str, Any]:
    address = delivery.address
    assert address
    drawn = card(delivery.card, delivery.id)
    button = next(e for e in drawn["body"] if e["type"] == "ActionSet")["actions"][0]
    question = next(e for e in drawn["body"] if e["type"] == "Input.ChoiceSet")
    filled = {question["id"]: question["choices"][0]["value"]}
    action = {name: button[name] for name in ("type", "title", "verb")} | {"data": button["data"] | filled}
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": f"f:{delivery.id}",
        "timestamp": now,
        "localTimestamp": now,
        "localTimezone": ZONE,
        "locale": "en-GB",
        "channelId": "msteams",
        "serviceUrl": address.service_url,
        "from": {"id": address.user, "name": delivery.person, "aadObjectId": delivery.id},
        "recipient": {"id": f"28:{APP_ID}", "name": "Catchball"},
        "conversation": {
            **{"id": address.conversation, "conversationType": "personal", "tenantId": TENANT},
        },
        "channelData": {
            "tenant": {"id": TENANT},
            "source": {"name": "message"},
            "legacy": {"replyToId": "1"},
        },
        "entities": [
            {
                "type": "clientInfo",
                "locale": "en-GB",
                "country": "GB",
                "platform": "Windows",
                "timezone": ZONE,
            }
        ],
        "replyToId": RECEIPT,
        "value": {"action": action, "trigger": "manual"},
    }
