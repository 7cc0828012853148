"""Slack's Web API through slack_sdk, with the token that is good at the moment of the call."""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.errors import ENDED, code_of
from bot.slack.tokens import Tokens

APP_LEVEL = "apps.connections.open"  # comes with a token of its own


class Web(AsyncWebClient):
    """Nothing is repeated but a call that was refused for a token that had just ended: that did nothing."""

    def __init__(self, tokens: Tokens, base_url: str, logger: logging.Logger) -> None:
        super().__init__(base_url=base_url, retry_handlers=[], logger=logger)
        self._tokens = tokens

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """As slack_sdk's own, which reads the token before it first waits. Raises NoToken as well."""
        if api_method == APP_LEVEL:
            return await super().api_call(api_method, **arguments)
        self.token = token = await self._tokens.current()
        try:
            return await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if code_of(error) not in ENDED or not self._tokens.refused(token):
                raise
        self.token = await self._tokens.current()
        return await super().api_call(api_method, **arguments)
