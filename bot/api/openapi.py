"""The OpenAPI document: written by hand around the shapes that the routes themselves check and answer with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.api import bodies, shown

ID = r"^broadcast-[0-9a-z]{1,54}$"
KEY = r"^[!-~]{1,200}$"
VERSION = r'^"?([1-9][0-9]{0,8})"?$'
Schema = dict[str, Any]

_BODIES = (
    bodies.NewBroadcast,
    bodies.ChangedBroadcast,
    bodies.Seen,
    bodies.Remark,
    bodies.Code,
    bodies.Nothing,
)
_ANSWERS = (shown.Shown, shown.Listed, shown.NewToken, shown.Problem)
_PROBLEMS = {
    "400": "The body is no JSON.",
    "401": "There is no token, or it is not known any more.",
    "403": "The person of the token may not do this; the sentence says who may.",
    "404": "There is no such broadcast, or it is not theirs.",
    "409": "It does not stand as it was seen: somebody else was faster, or it is too late. Read it again.",
    "413": "More than 1 MB.",
    "415": "The body is not application/json.",
    "422": "A field says what cannot be; `fields` says which and why.",
    "429": "Too many requests; Retry-After says when to go on.",
    "503": "Nothing was kept, because the database is busy, away or full; Retry-After says when to try again.",
}
_ACTS = {
    "send": "Send it: at once, at its time, or when a second person has agreed.",
    "approve": "Approve it, in the version that was looked at. Nobody approves what they wrote themselves.",
    "send-back": "Send it back to its author with a sentence.",
    "take-back": "Make it a draft again, while nobody has it.",
    "pause": "Nobody else gets it until it goes on.",
    "go-on": "Go on after a pause.",
    "withdraw": "Cancel it: a draft is discarded, and what has gone out is taken away again.",
}


@cache
def document() -> Schema:
    """The same one for everybody who asks."""
    schemas: Schema = {}
    for models, mode in ((_BODIES, "validation"), (_ANSWERS, "serialization")):
        _, made = models_json_schema(
            [(model, mode) for model in models],  # type: ignore[misc]
            ref_template="#/components/schemas/{model}",
        )
        schemas |= made["$defs"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Catchball",
            "version": "1",
            "description": "What an author and a second person do in the chat, for other systems: the same rights, the "
            "same checks. Type `token` in the chat for a token.",
        },
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": {name: parameter for name, parameter in _parameters()},
        },
    }


def _paths() -> Schema:
    one = "/api/v1/broadcasts/{id}"
    made = _answer("It is a draft.", shown.Shown, "201")
    return {
        "/api/v1/tokens": {
            "post": _operation(
                "exchange",
                "A token for the code that `token` shows in the chat.",
                _answer("The token, shown once.", shown.NewToken, "201"),
                ("400", "401", "413", "415", "422", "429", "503"),
                body=bodies.Code,
            )
            | {"security": []}
        },
        "/api/v1/broadcasts": {
            "post": _operation(
                "create", "A draft, with its forecast.", made, _CHANGING, ("key",), bodies.NewBroadcast
            ),
            "get": _operation(
                "list", "One's own, the latest first.", _answer("They.", shown.Listed), _READING
            ),
        },
        one: {
            "get": _operation(
                "status", "How it stands, and how far it has come.", _ONE, (*_READING, "404"), ("id",)
            ),
            "patch": _operation(
                "change",
                "Another version of a draft.",
                _ONE,
                (*_CHANGING, "404", "409"),
                _ALL,
                bodies.ChangedBroadcast,
            ),
        },
        f"{one}/forecast": {
            "post": _operation(
                "forecast",
                "A forecast of this moment; nothing is kept.",
                _ONE,
                (*_CHANGING, "404", "409"),
                ("id",),
                bodies.Nothing,
                needed=False,
            )
        },
    } | {f"{one}/{name}": {"post": _act(name, about)} for name, about in _ACTS.items()}


def _act(name: str, about: str) -> Schema:
    body = bodies.Remark if name == "send-back" else bodies.Seen
    return _operation(name, about, _ONE, (*_CHANGING, "404", "409"), _ALL, body, needed=name == "send-back")


def _answer(about: str, model: type[BaseModel], status: str = "200") -> Schema:
    return {status: {"description": about, "content": _json(model)}}


def _json(model: type[BaseModel]) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def _operation(
    name: str,
    about: str,
    answer: Schema,
    problems: tuple[str, ...],
    parameters: tuple[str, ...] = (),
    body: type[BaseModel] | None = None,
    needed: bool = True,
) -> Schema:
    told = {
        status: {"description": _PROBLEMS[status], "content": _json(shown.Problem)} for status in problems
    }
    said = {"requestBody": {"required": needed, "content": _json(body)}} if body else {}
    return {
        "operationId": name,
        "summary": about,
        "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in parameters],
        "responses": answer | dict(sorted(told.items())),
        **said,
    }


def _parameters() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return (
        ("id", {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": ID}}),
        (
            "key",
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "The same request under the same key is done once, however often it comes.",
                "schema": {"type": "string", "pattern": KEY},
            },
        ),
        (
            "seen",
            {
                "name": "If-Match",
                "in": "header",
                "description": "The version that was looked at, as ETag says it.",
                "schema": {"type": "string", "pattern": VERSION},
            },
        ),
    )


_READING = ("401", "403", "429", "503")
_CHANGING = (*_READING, "400", "413", "415", "422")
_ALL = ("id", "key", "seen")
_ONE = _answer("As it stands now.", shown.Shown)
