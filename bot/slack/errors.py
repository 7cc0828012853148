"""What Slack answers, and a broken line, in the outbox's words: one table from Slack's codes to ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.model import Reason
from handlers.ports import TryLater, Undeliverable, Unknown

log = logging.getLogger(__name__)

NOT_SENT_AGAIN = timedelta(seconds=10)  # the line was not even open
THROTTLED_AGAIN = timedelta(seconds=30)  # a 429 without a Retry-After that can be read
MENDED_AGAIN = timedelta(minutes=5)  # somebody has to change a setting first

ENDED = {"token_expired", "token_revoked", "invalid_auth"}  # what a token meets that is good no more


class NoToken(SlackClientError):
    """There is no good token to call Slack with just now; nothing was sent."""


LINE_ERRORS = (
    *(SlackClientError, aiohttp.ClientError, OSError, TimeoutError),  # a refusal, a broken line, silence
    *(ValueError, KeyError, TypeError, AttributeError),  # an answer of another shape than Slack's
)

FINAL: dict[str, Reason] = {
    "user_not_found": Reason.NOBODY,
    "user_not_visible": Reason.NOBODY,
    "users_not_found": Reason.NOBODY,
    "channel_not_found": Reason.NOBODY,
    "cannot_dm_bot": Reason.NOBODY,
    "user_disabled": Reason.LEFT,
    "is_archived": Reason.LEFT,
    "not_in_channel": Reason.NOT_INSTALLED,
    "restricted_action": Reason.DISABLED,
    "restricted_action_read_only_channel": Reason.DISABLED,
    "restricted_action_non_threadable_channel": Reason.DISABLED,
    "msg_too_long": Reason.TOO_LARGE,
    "msg_blocks_too_long": Reason.TOO_LARGE,
    "metadata_too_large": Reason.TOO_LARGE,
    "invalid_blocks": Reason.REFUSED,
    "invalid_blocks_format": Reason.REFUSED,
    "invalid_arguments": Reason.REFUSED,
    "invalid_metadata_format": Reason.REFUSED,
    "invalid_metadata_schema": Reason.REFUSED,
    "no_text": Reason.REFUSED,
    "message_not_found": Reason.NOBODY,
    "cant_delete_message": Reason.REFUSED,
    "cant_update_message": Reason.REFUSED,
}
"""Refusals that concern one person or one card: https://docs.slack.dev/reference/methods/chat.postMessage"""

INSTALLATION: dict[str, str] = {
    "not_authed": "SLACK_BOT_TOKEN did not reach Slack; set it and start again",
    "invalid_auth": "SLACK_BOT_TOKEN is not valid; copy the Bot User OAuth Token of the app and start again",
    "token_revoked": "the token was revoked; install the app again and set the new SLACK_BOT_TOKEN",
    "token_expired": "the token has expired, since the app has token rotation switched on; set SLACK_REFRESH_TOKEN, "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET as well",
    "account_inactive": "the app was removed from the workspace; install it again and set SLACK_BOT_TOKEN",
    "not_allowed_token_type": "SLACK_BOT_TOKEN must be a bot token (xoxb-)",
    "missing_scope": "the app lacks a scope; apply `python -m bot manifest slack` and install it again",
    "no_permission": "the app lacks a scope; apply `python -m bot manifest slack` and install it again",
    "messages_tab_disabled": "switch the Messages tab on under App Home, or apply the manifest again",
    "org_login_required": "the workspace is being moved into an organisation; wait until Slack has finished",
    "team_added_to_org": "the workspace is being moved into an organisation; wait until Slack has finished",
    "access_denied": "the workspace's administrators refuse the app; ask them to approve it",
    "team_access_not_granted": "the app is not approved for this workspace; ask its administrators",
    "ekm_access_denied": "the workspace's administrators have suspended access to messages; ask them",
}
"""Refusals that concern the bot itself: no delivery fails for them; all wait for an administrator."""


@contextmanager
def translated(*, posted: bool = False) -> Iterator[None]:
    """Raise our word for whatever goes wrong in a call to Slack made inside.

    posted: the call may have put a message before a person, so what cannot be known is Unknown; any
    other call is simply worth another try.
    """
    try:
        yield
    except LINE_ERRORS as error:
        raise _word(error, Unknown if posted else _again) from error


def _word(error: Exception, otherwise: Callable[[str], Exception]) -> Exception:
    if isinstance(error, NoToken):
        return TryLater(NOT_SENT_AGAIN, str(error), whole_workspace=True)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return TryLater(NOT_SENT_AGAIN, "Slack could not be reached")
    if not isinstance(error, SlackApiError):
        return otherwise(f"{type(error).__name__}: {error}")
    headers = getattr(error.response, "headers", {})
    return refusal(_status(error), code_of(error), headers, otherwise)


def refusal(
    status: int, code: str, headers: Mapping[str, str], otherwise: Callable[[str], Exception] = Unknown
) -> Exception:
    """What a no of Slack's means, by its status and its own word for it."""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return TryLater(_retry_after(headers), "Slack asks us to slow down", whole_workspace=True)
    if status < 500 and code in FINAL:
        return Undeliverable(FINAL[code], code)
    if status < 500 and code in INSTALLATION:
        log.error("Slack refuses everything we send (%s): %s.", code, INSTALLATION[code])
        return TryLater(MENDED_AGAIN, INSTALLATION[code], whole_workspace=True)
    return otherwise(code or f"status {status}")


def code_of(error: SlackApiError) -> str:
    """Slack's own word for a refusal; empty when its answer could not be read."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def fields(answer: AsyncSlackResponse) -> dict[str, Any]:
    """A good answer's fields; slack_sdk's own access gives None for one that is missing, this a KeyError."""
    if not isinstance(answer.data, dict):
        raise ValueError("not a JSON object")
    return answer.data


def _status(error: SlackApiError) -> int:
    """The HTTP status; slack_sdk hands over the raw response where the body was not JSON."""
    return int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    said = str(headers.get("Retry-After", ""))
    return timedelta(seconds=int(said)) if said.isdecimal() else THROTTLED_AGAIN


def _again(what: str) -> Exception:
    return TryLater(NOT_SENT_AGAIN, what)
