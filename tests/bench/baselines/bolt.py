"""A Slack bot as the tutorials write it: Bolt with its defaults, that acknowledges a press and does nothing."""

from __future__ import annotations

import os
import re

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.slack import PATH


def main() -> None:
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(
        client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"]
    )  # our peer, else defaults

    @app.action(re.compile(""))
    async def press(ack: AsyncAck) -> None:
        await ack()

    port = int(os.environ["PORT"])
    web.run_app(app.web_app(PATH), host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
