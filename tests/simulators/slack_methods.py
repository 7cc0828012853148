"""The Web API methods: what each needs, how often it may be called, and what it does to the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulators.slack_ledger import TEAM, Refused, Workspace, delivery_of
from tests.simulators.slack_screens import Json, Shown


def auth_test(slack: Workspace, arguments: Json) -> Json:
    return {
        "url": slack.url,
        "team": "Example Works",
        "team_id": TEAM,
        "user": "catchball",
        "user_id": "U0BOT",
    }


def apps_connections_open(slack: Workspace, arguments: Json) -> Json:
    return {"url": slack.url.replace("http://", "ws://").replace("/api/", "/link")}


def users_info(slack: Workspace, arguments: Json) -> Json:
    if arguments.get("user") not in slack.members:
        raise Refused("user_not_found")
    return {"user": slack.user_object(slack.members[arguments["user"]])}


def users_list(slack: Workspace, arguments: Json) -> Json:
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
    found = list(slack.members.values())
    after = str(start + limit) if start + limit < len(found) else ""
    page = [slack.user_object(member) for member in found[start : start + limit]]
    return {"members": page, "response_metadata": {"next_cursor": after}}


def conversations_open(slack: Workspace, arguments: Json) -> Json:
    member = slack.reachable(arguments.get("users", ""))
    return {"channel": {"id": member.chat}}


def chat_post_message(slack: Workspace, arguments: Json) -> Json:
    channel = str(arguments.get("channel", ""))
    if channel.startswith("C"):
        return _post_to(slack, channel, arguments)
    if channel.startswith("U"):
        if not slack.posts_to_users:
            raise Refused("channel_not_found")
        member = slack.reachable(channel)
    else:
        member = slack.reachable(slack.of_chat(channel).id)
    if member.refuses:
        raise Refused(member.refuses)
    slack.check_message(arguments)
    shown = Shown(
        ts=slack.timestamp(),
        channel=member.chat,
        text=arguments.get("text", ""),
        blocks=arguments.get("blocks") or [],
        metadata=arguments.get("metadata"),
    )
    slack.screens[member.id].messages.append(shown)
    slack.ledger.shown(slack.now(), member.id, delivery_of(arguments), shown.ts)
    return {
        "channel": member.chat,
        "ts": shown.ts,
        "message": {"text": shown.text, "blocks": shown.blocks},
    }


def _post_to(slack: Workspace, channel: str, arguments: Json) -> Json:
    if channel not in slack.channels:
        raise Refused(slack.closed.get(channel, "channel_not_found"))
    slack.check_message(arguments)
    words, blocks = arguments.get("text", ""), arguments.get("blocks") or []
    shown = Shown(slack.timestamp(), channel, words, blocks, metadata=arguments.get("metadata"))
    slack.screens[channel].messages.append(shown)
    return {"channel": channel, "ts": shown.ts, "message": {"text": words, "blocks": blocks}}


def chat_update(slack: Workspace, arguments: Json) -> Json:
    """https://docs.slack.dev/reference/methods/chat.update: by a conversation's id alone, and nothing ephemeral."""
    member = slack.of_chat(str(arguments.get("channel", "")))
    shown = next((m for m in slack.screens[member.id].messages if m.ts == str(arguments.get("ts"))), None)
    if shown is None:
        raise Refused("message_not_found")
    if shown.foreign:
        raise Refused("cant_update_message")
    slack.check_message(arguments)
    slack.replace(member.id, shown.ts, arguments)
    shown.metadata = arguments.get("metadata")
    return {"channel": member.chat, "ts": shown.ts}


def chat_delete(slack: Workspace, arguments: Json) -> Json:
    """https://docs.slack.dev/reference/methods/chat.delete: an app's own messages only, which all here are."""
    member = slack.of_chat(str(arguments.get("channel", "")))
    messages, ts = slack.screens[member.id].messages, str(arguments.get("ts"))
    shown = next((m for m in messages if m.ts == ts), None)
    if shown is None:
        raise Refused("message_not_found")
    if member.keeps:
        raise Refused(member.keeps)
    messages.remove(shown)
    slack.ledger.removed(slack.now(), ts)
    return {"channel": member.chat, "ts": ts}


def conversations_history(slack: Workspace, arguments: Json) -> Json:
    member = slack.of_chat(str(arguments.get("channel", "")))
    oldest = float(arguments.get("oldest") or 0)
    with_metadata = str(arguments.get("include_all_metadata")).lower() in ("1", "true")
    found = [m for m in reversed(slack.screens[member.id].messages) if float(m.ts) >= oldest]
    start, limit = (
        int(arguments.get("cursor") or 0),
        min(int(arguments.get("limit") or 100), slack.page_size),
    )
    page = [
        {"type": "message", "ts": m.ts, "text": m.text, "blocks": m.blocks, "bot_id": "B0BOT"}
        | ({"metadata": m.metadata} if with_metadata and m.metadata else {})
        for m in found[start : start + limit]
    ]
    after = str(start + limit) if start + limit < len(found) else ""
    return {"messages": page, "has_more": bool(after), "response_metadata": {"next_cursor": after}}


def views_open(slack: Workspace, arguments: Json) -> Json:
    user = slack.triggered_by(str(arguments.get("trigger_id")))
    view = slack.screens[user].modal = slack.view(arguments)
    return {"view": view}


def views_update(slack: Workspace, arguments: Json) -> Json:
    for screen in slack.screens.values():
        if screen.modal and screen.modal["id"] == arguments.get("view_id"):
            screen.modal = slack.view(arguments) | {"id": screen.modal["id"]}
            return {"view": screen.modal}
    raise Refused("not_found")


def views_publish(slack: Workspace, arguments: Json) -> Json:
    member = slack.reachable(str(arguments.get("user_id", "")))
    view = slack.screens[member.id].home = slack.view(arguments)
    return {"view": view}


@dataclass(frozen=True)
class Method:
    """a_minute: https://docs.slack.dev/apis/web-api/rate-limits; posting has a rule of its own."""

    do: Callable[[Workspace, Json], Json]
    scope: str = ""
    a_minute: int = 100


METHODS: dict[str, Method] = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(apps_connections_open),
    "users.info": Method(users_info, "users:read"),
    "users.list": Method(users_list, "users:read", 20),
    "conversations.open": Method(conversations_open, "im:write", 50),
    "conversations.history": Method(conversations_history, "im:history", 50),
    "chat.postMessage": Method(chat_post_message, "chat:write", 600),
    "chat.update": Method(chat_update, "chat:write", 50),
    "chat.delete": Method(chat_delete, "chat:write", 50),
    "views.open": Method(views_open),
    "views.update": Method(views_update),
    "views.publish": Method(views_publish),
}
