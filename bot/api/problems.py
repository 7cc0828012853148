"""Every way to say no over HTTP: a status, a sentence, and what is wrong in which field."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from pydantic import ValidationError

from bot.api.bodies import FIELD_OF
from bot.api.shown import Problem
from bot.rate import TooMany
from bot.web import Handler
from handlers.api.asks import NotAllowed, NotFound, Outrun, Refused, Wrong
from handlers.ports import Unavailable

_STATUS: Mapping[type[Refused], int] = {NotAllowed: 403, NotFound: 404, Outrun: 409, Wrong: 422}
_SENTENCES = {
    404: "There is nothing at this address. GET /api/v1/openapi.json says what there is.",
    405: "This address does not take this method; the header Allow says which it takes.",
    413: "This is too large: a request may have at most 1 MB.",
}
SHAPE = "The body does not have the shape that /api/v1/openapi.json says; see `fields`. Nothing was kept."
NO_JSON = "The body is no JSON in UTF-8 with one object in it. Nothing was kept."


class Stopped(Exception):
    """It ends here, with this answer."""

    def __init__(
        self,
        status: int,
        sentence: str,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.answer = problem(status, sentence, fields, headers)


def problem(
    status: int,
    sentence: str,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    said = Problem(error=sentence, fields=dict(fields or {}))
    return web.json_response(text=said.model_dump_json(), status=status, headers=headers)


@web.middleware
async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever stops a request is told as JSON; what nobody named is left to the edge."""
    try:
        return await handler(request)
    except Stopped as stopped:
        return stopped.answer
    except Refused as refused:
        fields = {FIELD_OF.get(name, name): sentence for name, sentence in refused.fields.items()}
        return problem(_STATUS[type(refused)], str(refused), fields)
    except TooMany as much:
        return problem(429, str(much), headers={"Retry-After": str(much.wait)})
    except Unavailable as why:
        return problem(503, str(why), headers={"Retry-After": "60"})
    except ValidationError as error:
        return _misshapen(error)
    except web.HTTPException as known:
        kept = {name: known.headers[name] for name in ("Allow",) if name in known.headers}
        return problem(known.status, _SENTENCES.get(known.status, known.reason), headers=kept)


def _misshapen(error: ValidationError) -> web.Response:
    found = error.errors(include_url=False)
    if found[0]["type"] == "json_invalid":
        return problem(400, NO_JSON)
    return problem(422, SHAPE, {_name(each["loc"]): _sentence(each) for each in found})


def _name(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc) or "body"


def _sentence(error: Mapping[str, object]) -> str:
    """pydantic's, where we have none of our own."""
    known = error.get("ctx")
    limits = known if isinstance(known, Mapping) else {}
    given = error.get("input")
    sentences = {
        "missing": "This is needed.",
        "extra_forbidden": "There is no such field.",
        "string_too_long": f"This has {len(str(given)):,} characters; at most {limits.get('max_length', 0):,} fit.",
        "string_too_short": "This needs words.",
        "string_pattern_mismatch": "This has to be one line, without control characters.",
    }
    return sentences.get(str(error["type"]), f"{error['msg']}.")
