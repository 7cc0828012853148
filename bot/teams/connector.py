"""The Bot Connector's REST interface: one session, one token, and only hosts that may have the token."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from bot.teams.refusals import refusal
from bot.teams.tokens import Tokens
from bot.wire import Outgoing, Turns
from handlers.model import Address, Reason
from handlers.ports import Clock, TryLater, Undeliverable, Unknown

log = logging.getLogger(__name__)

CONNECT = 5.0  # seconds to get a connection
NOT_SENT = timedelta(seconds=10)  # until the next try when nobody answered the call
TOKEN_REFUSED = timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)

# Where to write to somebody who never wrote to us (a person from a list, a channel) while nothing else of their tenant
# is known: the service's worldwide address.
WORLDWIDE = "https://smba.trafficmanager.net/teams/"

# "Rate limiting" in Microsoft's documentation, as (calls, seconds), each with one to spare: for a call that is
# on its way a little longer than the one after it. What was held up is made up for, but not all at once.
PER_TENANT = (49, 1.005)
APART = 1 / 60
PER_CONVERSATION = ((6, 1.0), (7, 2.0), (59, 30.0), (1799, 3600.0))


class Connector:
    """tokens: None sends without one, which only local clients take.

    hosts: host names that a token may be sent to; a leading dot admits subdomains.
    """

    def __init__(
        self,
        session: Callable[[], aiohttp.ClientSession],
        tokens: Tokens | None,
        hosts: Sequence[str],
        clock: Clock,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._clock = clock
        self._bases: dict[str, str] = {}  # of the service URLs that were checked: a handful
        self._usual: dict[str, str] = {}  # tenant -> the service URL that its people were last written to at
        self._tenants = Turns(PER_TENANT, apart=APART)
        self._conversations = Turns(*PER_CONVERSATION)
        self._hosts = tuple(host.strip().lower() for host in hosts)

    async def call(
        self,
        method: str,
        address: Address,
        *path: str,
        body: bytes | None = None,
        seconds: float = 10,
        before: datetime | None = None,
    ) -> dict[str, Any]:
        """One request to `{service_url}/v3/{path...}`, never repeated; the JSON of the answer, else {}.

        Raises TryLater when it certainly was not accepted and may be later, Undeliverable when it was
        refused for good, Unknown when nobody can tell. Takes at most `seconds`, and 5 more for a token; waits
        its turn before that, within the tenant's and the conversation's limits. With `before` the body leaves
        before that moment, or it is TryLater.
        """
        url = self._address(address.service_url or self._usual.get(address.workspace, WORLDWIDE), path)
        if address.service_url:
            self._usual[address.workspace] = address.service_url
        token = await self._tokens.current() if self._tokens else ""
        turn = partial(self._tenants.take, address.workspace)
        if len(path) > 1:
            await self._conversations.take(path[1])
        payload = None if body is None else Outgoing(body, self._clock, before or NEVER, turn)
        if payload is None:
            await turn()
        try:
            async with self._session().request(
                method,
                url,
                data=payload,
                headers={"Authorization": f"Bearer {token}"} if token else {},
                timeout=aiohttp.ClientTimeout(total=seconds, connect=CONNECT),
                allow_redirects=False,
            ) as response:
                status, headers = response.status, response.headers
                answer = await _json(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TryLater(NOT_SENT, f"no connection to Teams: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if payload is not None and payload.unsent:
                raise payload.unsent from error
            raise Unknown(f"{type(error).__name__}: {error}") from error
        if 200 <= status < 300:
            return answer if isinstance(answer, dict) else {}
        if status == 401 and self._tokens:
            raise self._token_refused(self._tokens, token)
        refused = refusal(status, headers, answer)
        if isinstance(refused, TryLater) and refused.whole_workspace:
            self._tenants.block(address.workspace, refused.after)
        raise refused

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
        base = self._bases.get(service_url)
        if base is None:
            base = self._bases[service_url] = self._checked(service_url)
        return URL("/".join((base, *(quote(part, safe="") for part in path))), encoded=True)

    def _checked(self, service_url: str) -> str:
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
        return f"{str(base).rstrip('/')}/v3"

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
