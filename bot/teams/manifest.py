"""The Teams app package of this deployment: a manifest and two icons in a zip, the same bytes every time."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, ImageDraw

SCHEMA = "1.19"
VERSION = "1.1.0"  # of the package: an administrator who uploads it again must see a higher one
IN_A_TEAM = "1.1.1"  # of the one that can be added to a team, too
ACCENT = "#1F4E5F"
READ_RECEIPTS = "ChatMessageReadReceipt.Read.Chat"
COMMANDS = {
    "help": "What I can do for you",
    "quiz": "One question now",
    "today": "What is waiting for you",
    "progress": "Your own progress, for you alone",
    "pause 1 week": "Nothing from me for a week; a day or a date work too",
    "resume": "End a pause",
    "stats": "Numbers for quality leads, and for managers on their own team",
    "broadcast": "Leaders: write a message, look at it, send it",
    "my data": "Everything that is held about you",
}
_TINTS = {"color": (ACCENT, "#FFFFFF", "#F2B544"), "outline": ("#00000000", "#FFFFFF", "#FFFFFF")}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name
_FINE = 4  # icons are drawn so many times larger, and then made smaller


def package(app_id: str, public_url: str, name: str = "Catchball", *, team: bool = False) -> bytes:
    """The zip to upload under Teams admin center, Manage apps (at most 30 characters of name).

    team: for a bot that posts to a channel as well.
    """
    files = {
        "manifest.json": json.dumps(
            manifest(app_id, public_url, name, team=team), indent=2, ensure_ascii=False
        ).encode(),
        "color.png": icon("color", 192),
        "outline.png": icon("outline", 32),
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def manifest(app_id: str, public_url: str, name: str, *, team: bool = False) -> dict[str, Any]:
    """Personal scope, and a team's where a channel is named; beyond that one permission: to hear what was read."""
    base = public_url.rstrip("/")
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": IN_A_TEAM if team else VERSION,
        "id": app_id,
        "developer": {
            "name": name,
            "websiteUrl": base,
            "privacyUrl": f"{base}/privacy",
            "termsOfUseUrl": f"{base}/terms",
        },
        "name": {"short": name, "full": f"{name}: your management system, carried to everybody"},
        "description": {
            "short": "Short messages, quiz questions and milestones of your ISO programme",
            "full": "Leaders' messages, one quiz question at a time and milestones to celebrate, at a good "
            "local time. You see why each thing matters and how you are doing, you pause when you are busy, "
            "and `my data` shows everything that is held about you.",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", *(["team"] if team else [])],
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [
                    {
                        "scopes": ["personal"],
                        "commands": [{"title": t, "description": d} for t, d in COMMANDS.items()],
                    }
                ],
            }
        ],
        "defaultInstallScope": "personal",
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": READ_RECEIPTS, "type": "Application"}]}
        },
        "webApplicationInfo": {"id": app_id, "resource": f"https://{urlsplit(base).hostname}/{app_id}"},
        "validDomains": [urlsplit(base).netloc],
    }


def icon(kind: str, size: int) -> bytes:
    """A ball between two hands, as PNG: `color`, or `outline` in white on nothing."""
    ground, line, ball = _TINTS[kind]
    whole = size * _FINE
    margin = whole * (0.17 if kind == "color" else 0.06)
    image = Image.new("RGBA", (whole, whole), ground)
    draw = ImageDraw.Draw(image)
    box = (margin, margin, whole - margin, whole - margin)
    width = round(whole * 0.085)
    draw.arc(box, 125, 235, line, width)
    draw.arc(box, -55, 55, line, width)
    radius = whole * 0.15
    middle = whole / 2
    draw.ellipse((middle - radius, middle - radius, middle + radius, middle + radius), ball)
    png = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(png, "PNG", optimize=True)
    return png.getvalue()
