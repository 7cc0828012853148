"""Asking Slack for the next pair of tokens: https://docs.slack.dev/reference/methods/oauth.v2.access"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

import aiohttp

from bot.slack.errors import MENDED_AGAIN, NOT_SENT_AGAIN, refusal, translated
from bot.slack.pairs import Pair
from handlers.ports import Clock, TryLater, Unknown

log = logging.getLogger(__name__)

TRIES = 3  # with one refresh token, whose answer may be lost: Slack takes it for "a short grace period"
PAUSE = 1.0  # seconds between two tries
WAIT = 5.0  # seconds for an answer

BY_HAND = (
    "copy a new Bot User OAuth Token with its refresh token to SLACK_BOT_TOKEN and SLACK_REFRESH_TOKEN "
    "(api.slack.com/apps, OAuth & Permissions; install the app again if none are shown) and start again"
)
REFUSED = {
    "invalid_refresh_token": f"the refresh token was spent and its successor lost; {BY_HAND}",
    "invalid_client_id": "SLACK_CLIENT_ID is not the app's; see Basic Information, App Credentials",
    "bad_client_secret": "SLACK_CLIENT_SECRET is not the app's; see Basic Information, App Credentials",
}


class Renewal:
    def __init__(
        self,
        client_id: str,
        client_secret: str,
        api_url: str,
        http: Callable[[], aiohttp.ClientSession],
        clock: Clock,
    ) -> None:
        """api_url: with a slash at its end. http: the session to ask through."""
        self._headers = {"Authorization": aiohttp.encode_basic_auth(client_id, client_secret)}
        self._url, self._http, self._clock = f"{api_url}oauth.v2.access", http, clock

    async def pair(self, refresh: str) -> Pair:
        """The next pair, within 17 s; a lost answer is asked for again, while Slack still takes the token.

        Raises TryLater where there is none for now, after a line in the log.
        """
        for left in reversed(range(TRIES)):
            try:
                return await self._ask(refresh)
            except Unknown as doubt:
                log.warning("Slack's answer with new tokens was lost (%s); %d more tries.", doubt, left)
                await asyncio.sleep(PAUSE if left else 0)
            except TryLater as later:
                log.warning("No new tokens from Slack yet: %s.", later)
                raise
        raise TryLater(NOT_SENT_AGAIN, "the answer was lost")

    async def _ask(self, refresh: str) -> Pair:
        """One request. Raises TryLater, or Unknown: the token may be spent and its successor on its way to nobody."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        patience = aiohttp.ClientTimeout(total=WAIT)
        with translated(posted=True):
            async with self._http().post(
                self._url, data=form, headers=self._headers, timeout=patience
            ) as response:
                status, headers = response.status, response.headers
                answer = await response.json(content_type=None)
            if answer.get("ok"):
                lasts = timedelta(seconds=int(answer["expires_in"]))
                return Pair(answer["access_token"], answer["refresh_token"], self._clock.now() + lasts)
            code = str(answer.get("error", ""))
            if code in REFUSED:
                log.error("Slack renews no tokens (%s): %s.", code, REFUSED[code])
                raise TryLater(MENDED_AGAIN, code)
            raise refusal(status, code, headers)
