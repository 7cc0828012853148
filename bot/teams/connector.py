"""The Bot Connector's REST interface: one session, one token, and only hosts that may have the token."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.teams.refusals import refusal
from bot.teams.render import encoded
from bot.teams.tokens import Tokens
from handlers.model import Reason
from handlers.ports import TryLater, Undeliverable, Unknown

log = logging.getLogger(__name__)

CONNECT = 5.0  # seconds to get a connection
NOT_SENT = timedelta(seconds=10)  # until the next try when nobody answered the call
TOKEN_REFUSED = timedelta(minutes=1)


class Connector:
    """tokens: None sends without one, which only local clients take.

    hosts: host names that a token may be sent to; a leading dot admits subdomains.
    """

    def __init__(
        self, session: Callable[[], aiohttp.ClientSession], tokens: Tokens | None, hosts: Sequence[str]
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._hosts = tuple(host.strip().lower() for host in hosts)

    async def call(
        self, method: str, service_url: str, *path: str, body: Any = None, seconds: float = 10
    ) -> dict[str, Any]:
        """One request to `{service_url}/v3/{path...}`, never repeated; the JSON of the answer, else {}.

        Raises TryLater when it certainly was not accepted and may be later, Undeliverable when it was
        refused for good, Unknown when nobody can tell. Takes at most `seconds`, and 5 more for a token.
        """
        url = self._address(service_url, path)
        token = await self._tokens.current() if self._tokens else ""
        try:
            async with self._session().request(
                method,
                url,
                data=None if body is None else encoded(body),
                headers={"Content-Type": "application/json"}
                | ({"Authorization": f"Bearer {token}"} if token else {}),
                timeout=aiohttp.ClientTimeout(total=seconds, connect=CONNECT),
                allow_redirects=False,
            ) as response:
                status, headers = response.status, response.headers
                answer = await _json(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TryLater(NOT_SENT, f"no connection to Teams: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unknown(f"{type(error).__name__}: {error}") from error
        if 200 <= status < 300:
            return answer if isinstance(answer, dict) else {}
        if status == 401 and self._tokens:
            raise self._token_refused(self._tokens, token)
        raise refusal(status, headers, answer)

    def _token_refused(self, tokens: Tokens, token: str) -> TryLater:
        if tokens.refused(token):
            return TryLater(timedelta(), "401: the token is replaced")
        log.error(
            "Teams refuses a new token (401). Check that the Azure bot uses MicrosoftAppId, "
            "and that MicrosoftAppType and MicrosoftAppTenantId are those of its registration."
        )
        return TryLater(TOKEN_REFUSED, "401: Teams refuses a new token", whole_workspace=True)

    def _address(self, service_url: str, path: Sequence[str]) -> URL:
        """The whole address. Raises Undeliverable before anything goes to a host that may not have it."""
        try:
            base = URL(service_url)
        except ValueError:
            base = URL()
        host = (base.host or "").lower()
        local = _loopback(host)
        secure = base.scheme == "https" or (base.scheme == "http" and local)
        if not secure or not (self._listed(host) or (local and self._tokens is None)):
            log.error("Nothing is sent to %r: the host is not in TEAMS_SERVICE_HOSTS", service_url)
            raise Undeliverable(Reason.REFUSED, f"service URL not allowed: {host or service_url!r}")
        tail = "/".join(quote(part, safe="") for part in ("v3", *path))
        return URL(f"{str(base).rstrip('/')}/{tail}", encoded=True)

    def _listed(self, host: str) -> bool:
        return any(host == name or (name.startswith(".") and host.endswith(name)) for name in self._hosts)


async def _json(response: aiohttp.ClientResponse) -> Any:
    """The body, if it is JSON and arrives: the status alone has already said yes or no."""
    try:
        return await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError):
        return None


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
