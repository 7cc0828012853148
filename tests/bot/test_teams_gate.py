"""Who is let in at /api/messages: signed by Teams, for this bot, from this tenant, now."""

from __future__ import annotations

import asyncio
import base64
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.simulators.teams_house import House, Inbox, house


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def teams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox
) -> AbstractAsyncContextManager[House]:
    return house(tmp_path, monkeypatch, inbox)


async def knock(house: House, token: str, **more: Any) -> int:
    """The status that a message of Ada's is answered with under this token."""
    activity = house.people.activity(house.ada, "message") | {"text": "help"} | more
    return (await house.people.post(activity, token)).status


async def test_a_signed_message_is_let_in(teams, inbox) -> None:
    async with teams as house:
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200
        assert len(inbox.came) == 1


async def test_no_header_is_401(teams, inbox) -> None:
    async with teams as house:
        assert await knock(house, "") == 401
        assert inbox.came == []


async def test_a_forged_signature_is_401(teams, inbox) -> None:
    async with teams as house:
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert await knock(house, house.authority.sign(house.teams.service_url, key=other)) == 401
        assert inbox.came == []


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-bot"},
        {"aud": None},
        {"iss": "https://sts.windows.net/another/"},
        {"exp": 0},
        {"exp": "soon"},
        {"exp": None},
        {"nbf": 4_000_000_000},
        {"serviceurl": "https://smba.trafficmanager.net/elsewhere/"},
        {"serviceurl": None},
        {"kid": "nobody's"},
    ],
    ids=str,
)
async def test_a_token_made_for_something_else_is_401(teams, inbox, claims) -> None:
    async with teams as house:
        assert await knock(house, house.authority.sign(house.teams.service_url, **claims)) == 401
        assert inbox.came == []


async def test_a_token_that_is_no_token_is_401(teams, inbox, caplog) -> None:
    async with teams as house:
        own = {"iss": "https://api.botframework.com", "aud": house.authority.app_id, "exp": 4_000_000_000}
        unsigned = jwt.encode(own, None, algorithm="none", headers={"kid": "key-1"})
        shared = jwt.encode(own, "s" * 32, algorithm="HS256", headers={"kid": "key-1"})
        deep = base64.urlsafe_b64encode(b"[" * 5000).decode()
        other = [f"{base64.urlsafe_b64encode(head).decode()}.b.c" for head in (b"[]", b"5", b'{"kid": 5}')]
        signed = house.authority.sign(house.teams.service_url)
        for token in ("nonsense", "a.b.c", "é.b.c", f"{signed}é", unsigned, shared, "x" * 5000, deep, *other):
            assert await knock(house, token) == 401
        assert inbox.came == []
        assert "Traceback" not in caplog.text


async def test_a_token_lasts_five_minutes_longer_for_clocks_that_differ(teams) -> None:
    async with teams as house:
        ended = house.clock.now().timestamp() - 240
        assert await knock(house, house.authority.sign(house.teams.service_url, exp=ended)) == 200
        assert await knock(house, house.authority.sign(house.teams.service_url, exp=ended - 120)) == 401


async def test_a_token_that_was_good_is_asked_again_whether_it_still_is(teams, inbox) -> None:
    async with teams as house:
        token = house.authority.sign(house.teams.service_url)
        assert await knock(house, token) == 200
        assert await knock(house, token, channelId="webchat") == 401
        assert await knock(house, token, serviceUrl="https://smba.trafficmanager.net/elsewhere/") == 401
        assert await knock(house, token[:-2]) == 401
        house.clock.pass_by(timedelta(hours=1, minutes=4))
        assert await knock(house, token) == 200
        house.clock.pass_by(timedelta(minutes=2))
        assert await knock(house, token) == 401
        assert len(inbox.came) == 2


async def test_a_token_that_was_good_is_not_when_its_key_is_published_no_more(teams, inbox) -> None:
    async with teams as house:
        token = house.authority.sign(house.teams.service_url, exp=4_000_000_000)
        assert await knock(house, token) == 200
        house.authority.withdraw(house.authority.signing)
        house.clock.pass_by(timedelta(hours=13))
        await knock(house, token)  # keys of thirteen hours serve once more while they are fetched
        await asyncio.sleep(0.1)
        assert await knock(house, token) == 401


async def test_another_channel_than_the_key_is_endorsed_for_is_401(teams, inbox) -> None:
    async with teams as house:
        token = house.authority.sign(house.teams.service_url)
        assert await knock(house, token, channelId="webchat") == 401
        assert inbox.came == []


async def test_another_tenant_is_403(teams, inbox) -> None:
    async with teams as house:
        token = house.authority.sign(house.teams.service_url)
        elsewhere = {"id": house.ada.conversation, "conversationType": "personal", "tenantId": "another"}
        assert await knock(house, token, conversation=elsewhere) == 403
        assert inbox.came == []


async def test_a_request_that_comes_again_has_the_same_inbox_key(teams, inbox) -> None:
    async with teams as house:
        activity = house.people.activity(house.ada, "message") | {"text": "quiz"}
        token = house.authority.sign(house.teams.service_url)
        for _ in range(2):
            assert (await house.people.post(activity, token)).status == 200
        first, second = inbox.came
        assert first.key == second.key


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b'"text"', b"{}", b'{"type": "message"}', b"[" * 100_000],
    ids=lambda body: str(body[:12]),
)
async def test_what_is_no_activity_is_400(teams, inbox, body) -> None:
    async with teams as house, aiohttp.ClientSession() as session:
        headers = {"Content-Type": "application/json"}
        async with session.post(house.people.url, data=body, headers=headers) as response:
            assert response.status == 400
            assert "activity" in (await response.json())["error"]
        assert inbox.came == []


# keys
async def test_an_unknown_key_id_is_looked_for_and_accepted(teams) -> None:
    async with teams as house:
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200
        house.clock.pass_by(timedelta(minutes=2))
        house.authority.rotate()
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200
        assert house.authority.key_requests == 2


async def test_made_up_key_ids_make_us_fetch_at_most_once_a_minute(teams) -> None:
    async with teams as house:
        for n in range(10):
            assert (
                await knock(house, house.authority.sign(house.teams.service_url, kid=f"made-up-{n}")) == 401
            )
        assert house.authority.key_requests == 1
        house.clock.pass_by(timedelta(minutes=1))
        assert await knock(house, house.authority.sign(house.teams.service_url, kid="made-up")) == 401
        assert house.authority.key_requests == 2


async def test_keys_that_cannot_be_fetched_again_serve_for_a_day_and_then_nobody_can_tell(teams) -> None:
    async with teams as house:
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200
        house.authority.keys_down = True
        house.clock.pass_by(timedelta(hours=23))
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200
        house.clock.pass_by(timedelta(hours=2))
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 503
        house.authority.keys_down = False
        house.clock.pass_by(timedelta(minutes=1))
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200


async def test_a_slow_fetch_of_keys_holds_up_nobody_whose_key_is_known(teams) -> None:
    async with teams as house:
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200
        house.clock.pass_by(timedelta(hours=13))
        house.authority.key_delay = 0.5
        loop = asyncio.get_running_loop()
        before = loop.time()
        assert await knock(house, house.authority.sign(house.teams.service_url)) == 200
        assert loop.time() - before < 0.4
        await asyncio.sleep(0.6)
        assert house.authority.key_requests == 2
