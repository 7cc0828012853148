"""manifest: what an administrator uploads to Slack or to Teams so that Catchball can be installed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bot.config import BadSetting, Settings


async def manifest(settings: Settings, arguments: argparse.Namespace) -> int:
    """Slack: JSON on standard output or in `--out`. Teams: a zip. Raises BadSetting."""
    if arguments.platform == "slack":
        return _slack(settings, arguments.out)
    return _teams(settings, arguments.out or Path("catchball-teams.zip"))


def _slack(settings: Settings, out: Path | None) -> int:
    from bot.slack.manifest import manifest as slack_manifest

    socket_mode = bool(settings.slack_app_token)
    if not settings.public_url and not socket_mode:
        raise BadSetting(
            "PUBLIC_URL is missing: the https address under which Slack reaches this server. Behind a firewall "
            "set SLACK_APP_TOKEN instead (Basic Information, App-Level Tokens): Socket Mode needs no address"
        )
    drawn = slack_manifest(settings.public_url, socket_mode, settings.slack_rotates)
    text = json.dumps(drawn, indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    return 0


def _teams(settings: Settings, out: Path) -> int:
    from bot.teams.manifest import package

    for value, variable, where in (
        (settings.teams_app_id, "MicrosoftAppId", "the Application (client) ID of the app registration"),
        (settings.public_url, "PUBLIC_URL", "the https address under which Teams reaches this server"),
    ):
        if not value:
            raise BadSetting(f"{variable} is missing: {where}")
    in_team = bool(settings.ledger_teams_channel)
    out.write_bytes(package(settings.teams_app_id, settings.public_url, team=in_team))
    sys.stdout.write(f"{out}: upload it in the Teams admin center, Manage apps\n")
    return 0
