"""Microsoft's two authorities on loopback: the keys that sign requests, and the tokens that a bot sends with.

The token endpoint speaks TLS under a certificate of its own, because MSAL takes nothing less; a process
trusts it through `REQUESTS_CA_BUNDLE` (see `environ`), as it would a company's own authority.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from jwt.algorithms import RSAAlgorithm

from handlers.ports import Clock
from tests.simulators.loopback import Loopback

ISSUER = "https://api.botframework.com"


class Authority:
    """app_id, secret: the one bot that is registered here. lifetime: seconds a token is good for."""

    def __init__(self, folder: Path, clock: Clock, app_id: str, secret: str) -> None:
        self.clock = clock
        self.app_id = app_id
        self.secret = secret
        self.lifetime = 3600
        self.token_delay = 0.0  # seconds
        self.token_requests = 0
        self.key_requests = 0
        self.key_delay = 0.0  # seconds
        self.keys_down = False
        self.ca = folder / "authority.pem"
        self._private = folder / "authority.key"
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self._named = 0
        self._tokens: dict[str, float] = {}
        self.rotate()

    async def start(self) -> None:
        _certificate(self.ca, self._private, self.clock)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(self.ca, self._private)
        self._login = Loopback(
            [
                web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._discovery),
                web.post("/{tenant}/oauth2/v2.0/token", self._token),
            ],
            tls,
        )
        self._openid = Loopback(
            [web.get("/configuration", self._configuration), web.get("/keys", self._published)]
        )
        await self._login.start()
        await self._openid.start()

    async def stop(self) -> None:
        await self._login.stop()
        await self._openid.stop()

    @property
    def login_url(self) -> str:
        return self._login.url

    @property
    def openid_url(self) -> str:
        return f"{self._openid.url}/configuration"

    @property
    def environ(self) -> dict[str, str]:
        """What a process needs in its environment to trust the token endpoint."""
        return {"REQUESTS_CA_BUNDLE": str(self.ca)}

    # keys
    def rotate(self) -> str:
        """A new signing key beside the old ones; from now on it signs. Returns its id."""
        self._named += 1
        name = f"key-{self._named}"
        self._keys = self._keys | {name: rsa.generate_private_key(public_exponent=65537, key_size=2048)}
        self.signing = name
        return name

    def withdraw(self, name: str) -> None:
        """A key is published no more; another signs from now on."""
        self.rotate()
        self._keys = {known: key for known, key in self._keys.items() if known != name}

    def sign(self, service_url: str, *, key: rsa.RSAPrivateKey | None = None, **claims: Any) -> str:
        """A token as the Bot Connector puts it on a request; claims replace its own, `key` forges it."""
        now = self.clock.now().timestamp()
        own = {
            "iss": ISSUER,
            "aud": self.app_id,
            "serviceurl": service_url,
            "nbf": now - 60,
            "exp": now + 3600,
        }
        headers = {"kid": claims.pop("kid", self.signing)}
        return jwt.encode(own | claims, key or self._keys[self.signing], algorithm="RS256", headers=headers)

    async def _configuration(self, request: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self._openid.url}/keys"})

    async def _published(self, request: web.Request) -> web.Response:
        self.key_requests += 1
        await asyncio.sleep(self.key_delay)
        if self.keys_down:
            return web.Response(status=503)
        keys = [
            json.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": name, "endorsements": ["msteams"]}
            for name, key in self._keys.items()
        ]
        return web.json_response({"keys": keys})

    # tokens
    def accepts(self, header: str) -> bool:
        """Whether this Authorization header carries a token that was issued here and is still good."""
        expires = self._tokens.get(header.removeprefix("Bearer "), 0)
        return header.startswith("Bearer ") and self.clock.now().timestamp() < expires

    def revoke(self) -> None:
        """No token issued so far is good any more."""
        self._tokens.clear()

    async def _discovery(self, request: web.Request) -> web.Response:
        base = f"{self.login_url}/{request.match_info['tenant']}"
        return _closing(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        self.token_requests += 1
        await asyncio.sleep(self.token_delay)
        form = await request.post()
        if (form.get("client_id"), form.get("client_secret")) != (self.app_id, self.secret):
            return _closing(
                {"error": "invalid_client", "error_description": "AADSTS7000215: invalid secret"}, status=401
            )
        token = f"token-{self.token_requests}"
        self._tokens[token] = self.clock.now().timestamp() + self.lifetime
        return _closing({"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime})


def _closing(body: dict[str, Any], status: int = 200) -> web.Response:
    """JSON, and the end of the connection: MSAL would keep it open for longer than the server lives."""
    response = web.json_response(body, status=status)
    response.force_close()
    return response


def _certificate(certificate: Path, private: Path, clock: Clock) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulated authority")])
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=3650))
        .not_valid_after(clock.now() + timedelta(days=3650))
        .add_extension(loopback, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
