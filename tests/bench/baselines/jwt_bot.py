"""The least that a bot in Teams has to do: check the token of a request, read it, answer with JSON."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

import jwt
from aiohttp import web
from jwt import PyJWK

from tests.bench.teams import APP_ID, PATH
from tests.simulators.teams_authority import ISSUER

SAID = {
    "statusCode": 200,
    "type": "application/vnd.microsoft.card.adaptive",
    "value": {"type": "AdaptiveCard"},
}


def main() -> None:
    keys = {key["kid"]: PyJWK(key, algorithm="RS256") for key in _published()}

    async def messages(request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=APP_ID, issuer=ISSUER)
        activity = json.loads(await request.read())
        if claims["serviceurl"] != activity["serviceUrl"]:
            raise web.HTTPUnauthorized
        return web.json_response(SAID)

    app = web.Application()
    app.router.add_post(PATH, messages)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)


def _published() -> list[dict[str, Any]]:
    with urllib.request.urlopen(os.environ["TEAMS_OPENID_URL"]) as found:
        address = json.load(found)["jwks_uri"]
    with urllib.request.urlopen(address) as found:
        keys: list[dict[str, Any]] = json.load(found)["keys"]
    return keys


if __name__ == "__main__":
    main()
