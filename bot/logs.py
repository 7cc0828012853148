"""Logs for the operator: one line an event, without secrets and without what people wrote."""

from __future__ import annotations

import logging
import re
import sys

_SECRETS = re.compile(
    r"(cb_[\w-]{20,}|(?:xoxe\.)?xox[a-z]-[\w-]+|xapp-[\w-]+|Bearer\s+[\w.~+/=-]+|eyJ[\w-]+\.[\w-]+\.[\w-]*|"
    r"(?:client_secret|password|token|ticket)=[^&\s]+|hooks\.slack\.com/\S+|(?<=://)[^\s:@/]*:[^\s@]+(?=@)|"
    r"(?<=client_secret['\"]: ['\"])[^'\"]+|(?<=access_token['\"]: ['\"])[^'\"]+|"
    r"(?<=refresh_token['\"]: ['\"])[^'\"]+)",
    re.IGNORECASE,
)


class Redacting(logging.Formatter):
    """Takes tokens and passwords out of whatever is about to be written, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRETS.sub("[redacted]", super().format(record))


def configure(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in (
        "alembic",
        "apscheduler",
        "procrastinate",
        "aiohttp.access",
        "slack_bolt",
        "slack_sdk",
        "msal",
        "botbuilder",
        "asyncio",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # a line for each try to connect is too much
