"""Logs hold no secrets."""

from __future__ import annotations

import logging

import pytest

from bot.logs import Redacting


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123456-abcDEF",
        "xapp-1-A0-123-abc",
        "xoxe.xoxb-1-Mi0yLTEyMw",
        "xoxe-1-My0xLTEyMw",
        "refresh_token=hunter2",
        "'refresh_token': 'hunter2'",
        "Bearer abc.def-ghi_jkl",
        "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
        "client_secret=hunter2",
        "postgresql://bot:hunter2@host/name",
        "cb_Tk9Jf2-a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s",
        "cb_once_Tk9Jf2-a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s",
    ],
)
def test_tokens_and_passwords_never_reach_the_log(secret: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "before %s after", (secret,), None)
    line = Redacting("%(message)s").format(record)
    assert "hunter2" not in line
    assert secret.split(" ")[-1] not in line
    assert line.startswith("before ")
