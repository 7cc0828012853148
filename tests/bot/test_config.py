"""Settings: what is missing is named, with where to get it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import BadSetting, Settings


def test_without_any_setting_there_is_a_playground_on_this_machine() -> None:
    settings = Settings.read({})
    assert settings.playground_on
    assert settings.loopback
    assert not settings.slack_on
    assert not settings.teams_on


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, ("SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "Basic Information")),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_CLIENT_ID": "1.2"},
            ("SLACK_REFRESH_TOKEN", "all three"),
        ),
        (
            {"SLACK_REFRESH_TOKEN": "xoxe-1-1", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"},
            ("SLACK_BOT_TOKEN",),
        ),
        ({"MicrosoftAppId": "a"}, ("MicrosoftAppPassword", "Entra")),
        ({"MicrosoftAppId": "a", "MicrosoftAppPassword": "b"}, ("MicrosoftAppTenantId",)),
        ({"PORT": "http"}, ("PORT", "8080")),
        ({"PLAYGROUND": "yes"}, ("PLAYGROUND",)),
        ({"PLAYGROUND": "on", "HOST": "0.0.0.0"}, ("PLAYGROUND", "loopback")),
        ({"TEAMS_AUTH": "off", "HOST": "0.0.0.0"}, ("TEAMS_AUTH", "loopback")),
        ({"SLACK_BOT_TOKEN_FILE": "/nowhere"}, ("SLACK_BOT_TOKEN_FILE", "/nowhere")),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environ: dict[str, str], words: tuple[str, ...]) -> None:
    with pytest.raises(BadSetting) as mistake:
        Settings.read(environ)
    assert all(word in str(mistake.value) for word in words)


def test_a_platform_switches_the_playground_off_and_the_setting_keeps_it() -> None:
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
    assert not Settings.read(slack).playground_on
    assert Settings.read({**slack, "PLAYGROUND": "on"}).playground_on


def test_a_public_address_has_no_playground() -> None:
    assert not Settings.read({"HOST": "0.0.0.0"}).playground_on


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-from-file\n")
    settings = Settings.read({"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token"), "SLACK_SIGNING_SECRET": "s"})
    assert settings.slack_bot_token == "xoxb-from-file"
