"""Slack's part: the settings of a bot in front of our peer, and presses as Slack reports them, signed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bot.slack.render import message
from handlers.model import Delivery
from tests.bench.company import RECEIPT, TEAM
from tests.bench.peers import Peer
from tests.simulators.slack_reports import FORM, signature

SECRET = "the signing secret of a bench"
TOKEN = "xoxb-bench"
PATH = "/slack/events"
_ICON = "https://avatars.example.org/bot"
_BOT = {
    **{"id": "B0BOT", "app_id": "A0BENCH", "user_id": "U0BOT", "name": "Catchball", "team_id": TEAM},
    "icons": {f"image_{size}": f"{_ICON}_{size}.png" for size in (36, 48, 72)},
    **{"deleted": False, "updated": 1795000000},
}


def settings(peer: Peer) -> Mapping[str, str]:
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{peer.url}/api/",
    }


def press(delivery: Delivery, peer: Peer) -> bytes:
    """The whole HTTP request: the first option, pressed as a guess by the person it went to, just now."""
    payload = json.dumps(_payload(delivery, peer), separators=(",", ":"))
    body = urlencode({"payload": payload}).encode()
    timestamp = str(int(time.time()))
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: bench\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        f"Accept: */*\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\n"
        f"X-Slack-Signature: {signature(SECRET, timestamp, body)}\r\n\r\n"
    )
    return head.encode() + body


def _payload(delivery: Delivery, peer: Peer) -> dict[str, Any]:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    assert delivery.address
    user, channel, ts = delivery.address.user, delivery.address.conversation, RECEIPT
    drawn = message(delivery.card, delivery.id)
    row = next(block for block in drawn["blocks"] if block["type"] == "actions")
    pressed = row["elements"][0] | {"block_id": row["block_id"], "action_ts": f"{time.time():.6f}"}
    question = next(block for block in drawn["blocks"] if block["type"] == "input")
    radio = question["element"]
    chosen = {"type": radio["type"], "selected_option": radio["options"][0]}
    return {
        "type": "block_actions",
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "token": "verification",
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
        "trigger_id": f"1795.{delivery.id}",
        "team": {"id": TEAM, "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": "directmessage"},
        "message": {"user": "U0BOT", "type": "message", "ts": ts, "bot_id": "B0BOT", "app_id": "A0BENCH"}
        | {"team": TEAM, "bot_profile": _BOT, **drawn},
        "state": {"values": {question["block_id"]: {radio["action_id"]: chosen}}},
        "response_url": f"{peer.url}/respond/{delivery.id}",
        "actions": [pressed],
    }
