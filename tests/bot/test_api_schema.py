"""The API held against the document that it serves, by schemathesis: seeded, bounded, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from bot.api import openapi
from tests.bot.api_house import THANKS, ApiHouse, open_api
from tests.conftest import Company

EACH = 6  # cases of one operation, one kind of data and one id: about 350 in all
OPERATIONS = [(method, path) for path, methods in openapi.document()["paths"].items() for method in methods]
# What an audience, a moment or a clause may say stands in no schema: such a value is valid there and told here.
LEFT_OUT = [positive_data_acceptance]


@pytest.fixture
async def api(company: Company) -> AsyncIterator[ApiHouse]:
    async with open_api(company) as house:
        yield house


def run(
    address: str, method: str, path: str, mode: GenerationMode, token: str, id_: str | None, each: int = EACH
) -> list[int]:
    """The statuses that came back; whatever breaks a promise of the document raises."""
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    operation = schema[path][method]
    known = {"id": id_} if id_ and "{id}" in path else None
    statuses: list[int] = []
    with requests.Session() as session:

        @seed(20261123)
        @settings(max_examples=each, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known))
        def check(case: Any) -> None:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = case.call_and_validate(session=session, headers=headers, excluded_checks=LEFT_OUT)
            statuses.append(answer.status_code)

        check()
    return statuses


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(each) for each in OPERATIONS])
async def test_the_api_answers_as_its_document_says(
    api: ApiHouse, method: str, path: str, mode: GenerationMode
) -> None:
    token, other = await api.token("alan"), await api.token("grace")
    mine, theirs = await api.drafted(token, audience="team:ada"), await api.waiting(other)
    id_ = theirs if path.endswith(("approve", "send-back")) else mine
    for known in (id_, None) if "{id}" in path else (None,):
        statuses = await asyncio.to_thread(run, api.address, method, path, mode, token, known)
        assert statuses


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(each) for each in OPERATIONS])
async def test_without_a_token_nothing_is_told_but_that(api: ApiHouse, method: str, path: str) -> None:
    id_ = await api.drafted(await api.token("alan"))
    statuses = await asyncio.to_thread(run, api.address, method, path, GenerationMode.POSITIVE, "", id_, 2)
    assert set(statuses) <= {401, 422} if path.endswith("tokens") else {401}


async def test_the_document_is_served_to_everybody_and_names_every_route(api: ApiHouse) -> None:
    got = await api.call("", "GET", "/openapi.json")
    assert (got.status, got.said["openapi"]) == (200, "3.1.0")
    served = {(method, path) for path, methods in got.said["paths"].items() for method in methods}
    assert len(served) == 13
    for schema in got.said["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    for method, path in served:
        asked = await api.call(
            "", method.upper(), path.removeprefix("/api/v1").replace("{id}", "broadcast-0"), {}
        )
        assert asked.status in (401, 422), (method, path)


async def test_what_comes_back_has_the_shape_of_the_document(api: ApiHouse) -> None:
    token = await api.token("grace")
    made = await api.call(token, "POST", "/broadcasts", THANKS)
    schemas = openapi.document()["components"]["schemas"]
    shape = {**schemas["Shown"], "components": {"schemas": schemas}}
    jsonschema_rs.Draft202012Validator(shape).validate(made.said)
