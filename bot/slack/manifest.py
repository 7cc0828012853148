"""The app manifest: everything an administrator would otherwise click together at api.slack.com."""

from __future__ import annotations

from typing import Any

from bot.slack.inbound import PATH

COMMAND = "/catchball"

SCOPES: dict[str, str] = {
    "chat:write": "send messages, quizzes and milestones",
    "commands": "answer /catchball",
    "im:write": "open the conversation with a person who has never opened the app",
    "im:history": "see after a broken connection whether a message arrived, read what is typed",
    "users:read": "names and time zones, people who join and leave",
    "users:read.email": "one person on Slack, on Teams and in your list of people",
}
"""Each scope and what it is for; nothing else is asked."""

EVENTS: dict[str, str] = {
    "app_home_opened": "draw the Home tab",
    "message.im": "read what is typed to the app",
    "team_join": "greet people who join",
    "user_change": "follow time zones and names, and see who left",
    "app_uninstalled": "say in the log why nothing is sent any more",
    "tokens_revoked": "say in the log why nothing is sent any more",
}


def manifest(public_url: str, socket_mode: bool, rotation: bool = False) -> dict[str, Any]:
    """https://docs.slack.dev/reference/app-manifest

    public_url: https address of this server without a path; not used in Socket Mode.
    rotation: tokens end after twelve hours and are renewed; once on, Slack does not switch it off again.
    """
    url = {} if socket_mode else {"url": f"{public_url.rstrip('/')}{PATH}"}
    request_url = {"request_url": url["url"]} if url else {}
    command = {
        "command": COMMAND,
        "description": "Messages, quizzes and milestones of our ISO programme",
        "usage_hint": "help | quiz | today | progress | pause 1 week | resume | stats | my data",
        "should_escape": False,
    }
    return {
        "display_information": {
            "name": "Catchball",
            "description": "Leadership messages, micro-training and milestones on the way to the certificate",
            "background_color": "#1d3d5c",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Catchball", "always_online": True},
            "slash_commands": [command | url],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)} | request_url,
            "interactivity": {"is_enabled": True} | request_url,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": rotation,
        },
    }
