"""HTTP mode's front door: signed by Slack just now, or refused without a word too many."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bot.slack.signature import json_of, parsed
from tests.simulators.slack_house import SlackHouse, slack_house
from tests.simulators.slack_reports import FORM


@pytest.fixture
async def house() -> AsyncIterator[SlackHouse]:
    async with slack_house() as built:
        yield built


async def test_a_signed_request_of_the_last_five_minutes_is_taken(house: SlackHouse) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}).encode()
    status, answer = await house.reports.post(body, "application/json")
    assert (status, answer["challenge"]) == (200, "c")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=ü"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "9" * 40},
        {"X-Slack-Request-Timestamp": "0"},
    ],
    ids=str,
)
async def test_a_bad_signature_or_timestamp_is_401_and_never_500(
    house: SlackHouse, headers: dict[str, str]
) -> None:
    status, _ = await house.reports.post(b"{}", "application/json", **headers)
    assert status == 401


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_signature_more_than_five_minutes_old_or_ahead_is_401(
    house: SlackHouse, minutes: int
) -> None:
    then = house.slack.now() + timedelta(minutes=minutes)
    stamp = {"X-Slack-Request-Timestamp": str(int(then.timestamp()))}
    assert (await house.reports.post(b"{}", "application/json", **stamp))[0] == 401


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"payload=nothing", FORM),
    ],
)
async def test_a_signed_body_that_is_no_payload_is_400(
    house: SlackHouse, body: bytes, content_type: str
) -> None:
    assert (await house.reports.post(body, content_type))[0] == 400


async def test_a_body_over_a_megabyte_is_413(house: SlackHouse) -> None:
    assert (await house.reports.post(b"{" + b" " * 1024 * 1024 + b"}", "application/json"))[0] == 413


def test_a_form_is_decoded_as_the_standard_library_would() -> None:
    payload = json.dumps({"text": "a+b & c=d %41 ü 😀 \\u2028 ;"}, ensure_ascii=False)
    body = urlencode({"payload": payload}).encode()
    assert json_of(body, FORM) == payload


def test_an_emoji_that_was_cut_in_two_does_not_make_a_payload_unreadable() -> None:
    assert parsed(r'{"value": "well done \ud83d"}') == {"value": "well done \ud83d"}


@pytest.mark.parametrize("text", ["", "{", "{} {}", "payload"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parsed(text)
