"""The token we send with: one a process, fetched off the event loop and before the old one ends."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import msal

from handlers.ports import Clock, TryLater

log = logging.getLogger(__name__)

SCOPE = "https://api.botframework.com/.default"
MARGIN = timedelta(minutes=5)  # a token with less than this left is replaced, and serves meanwhile
BETWEEN_REFUSALS = timedelta(minutes=1)
WAIT = 5.0  # seconds, for a whole fetch and for each of its requests
AGAIN = timedelta(seconds=30)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Tokens:
    """Entra access tokens for the Bot Connector. A single-tenant bot asks its own tenant for them."""

    def __init__(
        self, app_id: str, app_password: str, tenant_id: str, app_type: str, login_url: str, clock: Clock
    ) -> None:
        self._app_id = app_id
        self._app_password = app_password
        tenant = tenant_id if app_type == "SingleTenant" else "botframework.com"
        self._authority = f"{login_url.rstrip('/')}/{tenant}"
        self._clock = clock
        self._app: Any = None
        self._token = ""
        self._fetched = self._expires = LONG_AGO
        self._fetching: asyncio.Task[None] | None = None

    async def current(self) -> str:
        """A token that is valid now. Raises TryLater when none could be had within 5 s."""
        left = self._expires - self._clock.now()
        if left <= MARGIN:
            if self._fetching is None or self._fetching.done():
                self._fetching = asyncio.create_task(self._fetch())
            if left <= timedelta():
                await self._wait_for(self._fetching)
        return self._token

    def refused(self, token: str) -> bool:
        """Teams did not accept this token: the next call fetches another. False: that was tried just now."""
        if token != self._token:
            return True
        if self._clock.now() - self._fetched < BETWEEN_REFUSALS:
            return False
        self._expires = LONG_AGO
        return True

    async def stop(self) -> None:
        if self._fetching is not None:
            await asyncio.wait([self._fetching])

    async def _wait_for(self, fetching: asyncio.Task[None]) -> None:
        await asyncio.wait([fetching], timeout=WAIT)
        if self._expires <= self._clock.now():
            raise TryLater(AGAIN, "no token from Microsoft Entra", whole_workspace=True)

    async def _fetch(self) -> None:
        asked = self._clock.now()
        try:
            answer = await asyncio.to_thread(self._ask)
        except (OSError, ValueError, LookupError):  # every error of requests is an OSError
            log.warning("No token from %s: it cannot be reached", self._authority, exc_info=True)
            return
        if "access_token" not in answer:
            log.error(
                "No token from %s: %s. Check MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId.",
                self._authority,
                answer.get("error_description") or answer.get("error"),
            )
            return
        self._token, self._fetched = answer["access_token"], asked
        self._expires = asked + timedelta(seconds=int(answer["expires_in"]))

    def _ask(self) -> dict[str, Any]:
        """Runs in a thread. MSAL's own cache is emptied first: it is we who know when a token is no good."""
        if self._app is None:
            self._app = msal.ConfidentialClientApplication(
                self._app_id,
                client_credential=self._app_password,
                authority=self._authority,
                instance_discovery=False,  # the address is a setting; Microsoft need not vouch for it
                timeout=WAIT,
            )
        self._app.remove_tokens_for_client()
        answer: dict[str, Any] = self._app.acquire_token_for_client(scopes=[SCOPE])
        return answer
