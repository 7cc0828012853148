"""The app manifest: keys as Slack's reference has them, exactly the scopes we explain, one address."""

import pytest

from bot.slack.inbound import PATH
from bot.slack.manifest import EVENTS, SCOPES, manifest
from tests.simulators.slack_ledger import SCOPES as ENOUGH
from tests.simulators.slack_methods import METHODS

KEYS = {
    "": {"display_information", "features", "oauth_config", "settings"},
    "display_information": {"name", "description", "long_description", "background_color"},
    "features": {"app_home", "bot_user", "slash_commands"},
    "app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "bot_user": {"display_name", "always_online"},
    "slash_commands": {"command", "url", "description", "usage_hint", "should_escape"},
    "oauth_config": {"scopes", "redirect_urls"},
    "scopes": {"bot", "user"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
    "event_subscriptions": {"request_url", "bot_events"},
    "interactivity": {"is_enabled", "request_url"},
}
"""https://docs.slack.dev/reference/app-manifest"""


@pytest.mark.parametrize("socket_mode", [True, False])
def test_every_key_is_in_slack_s_reference(socket_mode: bool) -> None:
    drawn = manifest("https://catchball.example.org", socket_mode)

    def check(part: object, name: str) -> None:
        if isinstance(part, dict):
            assert set(part) <= KEYS[name]
            for key, inner in part.items():
                check(inner, key)
        elif isinstance(part, list):
            for inner in part:
                check(inner, name)

    check(drawn, "")


def test_over_http_events_presses_and_commands_share_one_address() -> None:
    drawn = manifest("https://catchball.example.org/", socket_mode=False)
    address = f"https://catchball.example.org{PATH}"
    assert drawn["settings"]["event_subscriptions"]["request_url"] == address
    assert drawn["settings"]["interactivity"]["request_url"] == address
    assert drawn["features"]["slash_commands"][0]["url"] == address
    assert not drawn["settings"]["socket_mode_enabled"]


def test_in_socket_mode_there_is_no_address() -> None:
    drawn = manifest("", socket_mode=True)
    assert "url" not in str(drawn)
    assert drawn["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize("rotation", [True, False])
def test_the_manifest_says_whether_tokens_are_renewed(rotation: bool) -> None:
    drawn = manifest("https://catchball.example.org", socket_mode=False, rotation=rotation)
    assert drawn["settings"]["token_rotation_enabled"] is rotation


def test_the_scopes_are_the_least_and_enough_for_every_method_we_call() -> None:
    asked = manifest("", socket_mode=True)["oauth_config"]["scopes"]["bot"]
    assert set(asked) == set(SCOPES) == ENOUGH
    assert {method.scope for method in METHODS.values()} - {""} <= set(asked)
    assert all(SCOPES.values())


def test_the_limits_of_a_manifest_are_kept() -> None:
    drawn = manifest("https://catchball.example.org", socket_mode=False)
    assert len(drawn["display_information"]["name"]) <= 35
    assert len(drawn["display_information"]["description"]) <= 140
    assert len(drawn["features"]["bot_user"]["display_name"]) <= 80
    assert len(drawn["features"]["slash_commands"][0]["description"]) <= 2000
    assert len(EVENTS) <= 100
