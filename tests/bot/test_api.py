"""The API as another system meets it: a draft to its end, every way to be told no, and twice the same done once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.rate import Rate
from content.cards import Card, Text
from content.council import WorksCouncil
from content.packs import Library
from handlers.broadcasts.approvals import NOT_YOUR_OWN
from handlers.events import Click, Left
from handlers.model import Delivery, Role, Status
from tests.bot.api_house import THANKS, ApiHouse, open_api
from tests.conftest import Company, at, button


@pytest.fixture
async def api(company: Company) -> AsyncIterator[ApiHouse]:
    async with open_api(company) as house:
        yield house


async def test_a_message_goes_from_a_draft_to_everybody_and_back(api: ApiHouse) -> None:
    grace, marie = await api.token("grace"), await api.token("marie")
    made = await api.call(grace, "POST", "/broadcasts", THANKS)
    one = f"/broadcasts/{made.said['id']}"
    assert (made.status, made.headers["Location"]) == (201, f"/api/v1{one}")
    assert (made.said["stage"], made.said["version"], made.said["people"]) == ("draft", 1, 5)
    assert made.said["forecast"]["places"] == [{"name": "playground", "people": 5}]
    changed = await api.call(grace, "PATCH", one, {"title": "Thank you all"}, If_Match='"1"')
    assert (changed.said["title"], changed.said["text"], changed.headers["ETag"]) == (
        "Thank you all",
        "A good week.",
        '"2"',
    )
    assert (await api.call(grace, "POST", f"{one}/forecast")).said["forecast"]["last_at"]
    sent = await api.call(grace, "POST", f"{one}/send")
    assert (sent.said["stage"], sent.said["needs_approval"]) == (
        "waiting",
        "What goes to everyone needs a second person to agree.",
    )
    approved = await api.call(marie, "POST", f"{one}/approve", {"version": 2})
    assert (approved.said["stage"], approved.said["approver"]) == ("scheduled", "Marie")
    await api.company.go_on()
    told = (await api.call(grace, "GET", one)).said["headway"]
    assert (told["roster"], told["complete"]) == (5, True)
    assert told["states"] == [{"status": "sent", "reason": "", "people": 5}]
    gone = await api.call(grace, "POST", f"{one}/withdraw")
    assert gone.said["stage"] == "withdrawn"
    await api.company.go_on()
    assert len(api.company.chat.withdrawn) == 5


@pytest.mark.parametrize(("council", "told"), [(None, 1), (WorksCouncil(), None)])
async def test_in_works_council_mode_it_does_not_tell_what_so_few_people_did(
    company: Company, council: WorksCouncil | None, told: int | None
) -> None:
    programme = company.library.programme.model_copy(update={"works_council": council})
    company.library = Library(company.library.pieces, programme)
    async with open_api(company) as api:
        grace = await api.token("grace")
        one = await api.drafted(grace, audience="team:ada", acknowledge=True)
        await api.call(grace, "POST", f"/broadcasts/{one}/send")
        await company.go_on()
        message = await company.latest("ada")
        await company.press("ada", message, button(message.card, "I have read this"))
        headway = (await api.call(grace, "GET", f"/broadcasts/{one}")).said["headway"]
    assert (headway["roster"], headway["acknowledged"]) == (1, told)


async def test_a_draft_carries_everything_that_the_forms_have(api: ApiHouse) -> None:
    grace = await api.token("grace")
    fields = {
        "audience": "team:ada or team:alan",
        "acknowledge": False,
        "replies": True,
        "picture": "https://example.org/team.png",
        "picture_alt": "The team",
        "link": "https://example.org/more",
        "link_label": "More",
        "check": {"stem": "What first?", "options": ["Stop", "* Go on"], "key": "A", "explanation": "So."},
        "clause": "ISO 9001:2015 7.3",
        "objective": "Fewer mistakes",
        "expires": "2026-12-24T12:00",
        "at": "2026-12-01T09:30",
        "local": True,
        "spread": 30,
        "repeat": "weekly",
        "until": "2026-12-31",
    }
    made = await api.call(grace, "POST", "/broadcasts", {**THANKS, **fields})
    assert made.status == 201, made
    said = made.said
    same = ("audience", "acknowledge", "replies", "picture", "picture_alt", "link", "link_label", "objective")
    assert {name: said[name] for name in same} == {name: fields[name] for name in same}
    assert said["check"] == {
        "stem": "What first?",
        "options": {"A": "Stop", "B": "Go on"},
        "key": "A",
        "explanation": "So.",
    }
    assert said["timing"] == {
        "at": "2026-12-01T09:30:00+01:00",
        "zone": "Europe/Berlin",
        "local": True,
        "spread": 30,
        "repeat": "weekly",
        "until": "2026-12-31",
    }
    assert (said["clauses"], said["expires"], said["people"]) == (
        ["ISO 9001:2015 7.3"],
        "2026-12-24T12:00:00+01:00",
        2,
    )
    cleared = await api.call(
        grace, "PATCH", f"/broadcasts/{said['id']}", {"check": None, "at": "", "repeat": "once"}
    )
    assert (cleared.said["check"], cleared.said["timing"]["at"], cleared.said["picture"]) == (
        None,
        "",
        "https://example.org/team.png",
    )


async def test_the_author_has_its_card_in_the_chat_and_goes_on_there(api: ApiHouse) -> None:
    id_ = await api.drafted(await api.token("grace"), audience="team:ada")
    await api.company.drain.everything()
    preview = await api.company.latest("grace")
    assert preview.card.title == "Preview: Thank you"
    outcome = await api.company.press("grace", preview, button(preview.card, "Send it"))
    assert outcome.show is not None
    assert outcome.show.title == "Sent: Thank you"
    assert (await api.call(await api.token("grace"), "GET", f"/broadcasts/{id_}")).said[
        "stage"
    ] == "scheduled"


async def test_pause_go_on_and_take_back(api: ApiHouse) -> None:
    grace = await api.token("grace")
    one = f"/broadcasts/{await api.drafted(grace, audience='team:ada', at='2026-11-24T09:30')}"
    for action, stage in (
        *(("send", "scheduled"), ("take-back", "draft"), ("send", "scheduled")),
        *(("pause", "paused"), ("go-on", "scheduled"), ("withdraw", "withdrawn")),
    ):
        answer = await api.call(grace, "POST", f"{one}/{action}")
        assert (answer.status, answer.said["stage"]) == (200, stage)
    late = await api.call(grace, "POST", f"{one}/pause")
    assert (late.status, late.said["error"]) == (
        409,
        "It has been withdrawn. Read it again, and decide on what it says now.",
    )


async def test_a_draft_that_is_withdrawn_is_discarded_and_no_longer_listed(api: ApiHouse) -> None:
    grace = await api.token("grace")
    first, second = await api.drafted(grace), await api.drafted(grace, title="Another")
    listed = (await api.call(grace, "GET", "/broadcasts")).said["broadcasts"]
    assert {each["id"] for each in listed} == {first, second}
    assert (await api.call(grace, "POST", f"/broadcasts/{first}/withdraw")).said["stage"] == "discarded"
    listed = (await api.call(grace, "GET", "/broadcasts")).said["broadcasts"]
    assert [each["id"] for each in listed] == [second]


async def test_what_is_sent_back_says_why_and_a_change_needs_a_new_approval(api: ApiHouse) -> None:
    grace, marie = await api.token("grace"), await api.token("marie")
    one = f"/broadcasts/{await api.waiting(grace)}"
    assert (await api.call(grace, "PATCH", one, {"text": "Shorter."})).status == 409
    back = await api.call(
        marie, "POST", f"{one}/send-back", {"version": 1, "remark": "Shorter,\0 please \u202e"}
    )
    assert (back.said["stage"], back.said["remark"]) == ("draft", "Shorter, please")
    assert (await api.call(grace, "PATCH", one, {"text": "Shorter."})).said["version"] == 2
    await api.call(grace, "POST", f"{one}/send")
    stale = await api.call(marie, "POST", f"{one}/approve", If_Match='"1"')
    assert stale.status == 409
    assert stale.said["error"].startswith(
        "It was changed meanwhile: you have seen version 1, and it is at 2."
    )
    assert (await api.call(marie, "POST", f"{one}/approve", If_Match='"2"')).status == 200


async def test_an_approval_without_a_version_and_of_ones_own_is_refused(api: ApiHouse) -> None:
    alan, marie = await api.token("alan"), await api.token("marie")
    one = f"/broadcasts/{await api.waiting(alan)}"
    unseen = await api.call(marie, "POST", f"{one}/approve")
    assert (unseen.status, list(unseen.said["fields"])) == (422, ["version"])
    own = await api.call(alan, "POST", f"{one}/approve", {"version": 1})
    assert (own.status, own.said["error"]) == (403, NOT_YOUR_OWN)


@pytest.mark.parametrize("chat", [False, True], ids=["both by API", "one by API, one in the chat"])
@pytest.mark.parametrize("second", ["approve", "send-back"])
async def test_of_two_approvers_at_once_one_decides_and_the_other_sees_what(
    api: ApiHouse, chat: bool, second: str
) -> None:
    grace, marie, linus = [await api.token(name) for name in ("grace", "marie", "linus")]
    id_ = await api.waiting(grace)
    await api.company.drain.everything()
    request = await api.company.latest("linus")
    body = {"version": 1, **({"remark": "Not yet."} if second == "send-back" else {})}
    by_api = partial(_by_api, api, linus, f"/broadcasts/{id_}/{second}", body)
    other = _in_the_chat(api, request, second) if chat else by_api()
    decided = await asyncio.gather(_by_api(api, marie, f"/broadcasts/{id_}/approve", {"version": 1}), other)
    kept = await api.company.store.broadcast(id_)
    assert kept is not None
    first = await api.company.store.person(kept.approver)
    assert first is not None
    entries = [entry.kind for entry in await api.company.store.entries()]
    assert entries.count("launched") + entries.count("sent back") == 1
    told = " ".join(decided)
    assert first.name in ("Marie", "Linus")
    assert told.count(f"{first.name} {'approved it' if kept.out else 'sent it back'}") >= 1, decided


async def _by_api(api: ApiHouse, token: str, path: str, body: dict[str, object]) -> str:
    answer = await api.call(token, "POST", path, body)
    assert answer.status in (200, 409), answer
    return str(answer.said.get("error", ""))


async def _in_the_chat(api: ApiHouse, request: Delivery, which: str) -> str:
    if which == "approve":
        outcome = await api.company.press("linus", request, button(request.card, "Approve it"))
    else:
        opened = api.company.clock.now().isoformat()
        form = Click(
            "form",
            at("linus"),
            "broadcast",
            request.id,
            item="remark",
            value=opened,
            values={"remark": "Not yet."},
        )
        outcome = await api.company.dispatch(form)
    assert isinstance(outcome.show, Card)
    return " ".join(block.markdown for block in outcome.show.blocks if isinstance(block, Text))


async def test_the_same_request_under_one_key_is_done_once(api: ApiHouse) -> None:
    grace = await api.token("grace")
    drafts = await asyncio.gather(
        *(api.call(grace, "POST", "/broadcasts", THANKS, Idempotency_Key="k1") for _ in range(3))
    )
    again = await api.call(grace, "POST", "/broadcasts", THANKS, Idempotency_Key="k1")
    assert {answer.status for answer in (*drafts, again)} == {201}
    assert len({answer.said["id"] for answer in (*drafts, again)}) == 1
    one = f"/broadcasts/{again.said['id']}"
    sent = [await api.call(grace, "POST", f"{one}/send", Idempotency_Key="k2") for _ in range(2)]
    assert [(answer.status, answer.said["stage"]) for answer in sent] == [(200, "waiting")] * 2
    assert (await api.call(grace, "POST", f"{one}/send", Idempotency_Key="k3")).status == 409
    alan = await api.call(await api.token("alan"), "POST", "/broadcasts", THANKS, Idempotency_Key="k1")
    assert alan.said["id"] != again.said["id"]


async def test_somebody_elses_broadcast_is_as_if_it_were_not_there(api: ApiHouse) -> None:
    grace, alan, marie = [await api.token(name) for name in ("grace", "alan", "marie")]
    one = f"/broadcasts/{await api.drafted(grace)}"
    for token, method, path in (
        *((alan, "GET", one), (marie, "GET", one), (alan, "POST", f"{one}/send"), (alan, "PATCH", one)),
        *((grace, "GET", "/broadcasts/broadcast-0"), (grace, "GET", "/broadcasts/a%00b")),
    ):
        answer = await api.call(token, method, path, {} if method == "PATCH" else None)
        assert answer.status == 404, (method, path, answer)
        assert "it is not yours" in answer.said["error"]


async def test_a_code_from_the_chat_is_exchanged_once_for_a_token_that_is_kept_nowhere(api: ApiHouse) -> None:
    shown = (await api.company.said("grace", "token")).show
    assert shown is not None
    code = str(shown.blocks[0].model_dump()["markdown"]).split("`")[1]
    got = await api.call("", "POST", "/tokens", {"code": code})
    assert (got.status, got.headers["Cache-Control"]) == (201, "no-store")
    token = got.said["token"]
    assert len(token) == 46
    assert (await api.call(token, "GET", "/broadcasts")).status == 200
    spent = await api.call("", "POST", "/tokens", {"code": code})
    assert (spent.status, "Type `token`" in spent.said["error"]) == (401, True)
    mine = (await api.company.said("grace", "my data")).show
    assert mine is not None
    assert "last used on Monday 23 November, 10:00" in str(mine.model_dump())
    await api.company.said("grace", "token off")
    assert (await api.call(token, "GET", "/broadcasts")).status == 401


async def test_nothing_in_the_database_is_the_token(api: ApiHouse, tmp_path: Path) -> None:
    token = await api.token("grace")
    await api.call(token, "GET", "/broadcasts")
    api.company.store.close()
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert files
    assert not [path for path in files if token.encode() in path.read_bytes()]


async def test_a_token_ends_with_its_year_with_the_person_and_with_the_role(api: ApiHouse) -> None:
    store = api.company.store
    tokens = {name: await api.token(name) for name in ("grace", "alan", "marie")}
    await api.company.admit("grace", roles=frozenset({Role.EMPLOYEE}), team="grace")
    lost = await api.call(tokens["grace"], "GET", "/broadcasts")
    assert (lost.status, lost.said["error"].startswith("Only a leader, an approver or an administrator")) == (
        403,
        True,
    )
    alan = await store.person_at(at("alan"))
    assert alan is not None
    await api.company.dispatch(Left("left", at("alan"), gone=True))
    gone = await api.call(tokens["alan"], "GET", "/broadcasts")
    assert (gone.status, gone.headers["WWW-Authenticate"]) == (401, 'Bearer realm="catchball"')
    api.company.clock.pass_by(timedelta(days=364))
    assert (await api.call(tokens["marie"], "GET", "/broadcasts/broadcast-0")).status == 404
    api.company.clock.pass_by(timedelta(days=1))
    assert (await api.call(tokens["marie"], "GET", "/broadcasts/broadcast-0")).status == 401


async def test_who_asks_too_often_is_told_when_to_go_on(company: Company) -> None:
    async with open_api(company, Rate(3, 60.0)) as api:
        grace, marie = await api.token("grace"), await api.token("marie")
        assert [(await api.call(grace, "GET", "/broadcasts")).status for _ in range(4)] == [
            200,
            200,
            200,
            429,
        ]
        late = await api.call(grace, "GET", "/broadcasts")
        assert 0 < int(late.headers["Retry-After"]) <= 60
        assert (await api.call(marie, "GET", "/broadcasts/broadcast-0")).status == 404


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        (b"{", 400, set()),
        (b"\xff", 400, set()),
        (b'{"title": "\\ud800", "text": "x"}', 400, set()),
        (b"[]", 422, {"body"}),
        (b"[" * 100_000, 400, set()),
        ({}, 422, {"title", "text"}),
        ({**THANKS, "colour": "red"}, 422, {"colour"}),
        ({**THANKS, "text": "x" * 40_000}, 422, {"text"}),
        ({**THANKS, "title": " \u200b\0"}, 422, {"title"}),
        ({**THANKS, "audience": 'team:"\0"'}, 422, {"audience"}),
        ({**THANKS, "audience": "team:Nobody"}, 422, {"audience"}),
        ({**THANKS, "audience": "everybody!"}, 422, {"audience"}),
        ({**THANKS, "at": "0001-01-01T00:00:00+14:00"}, 422, {"at"}),
        ({**THANKS, "at": "9999-12-31T23:59:59-14:00"}, 422, {"at"}),
        ({**THANKS, "expires": "yesterday"}, 422, {"expires"}),
        ({**THANKS, "until": "9999-12-31"}, 422, {"until"}),
        ({**THANKS, "repeat": "weekly"}, 422, {"at"}),
        ({**THANKS, "picture": "http://example.org/x.png"}, 422, {"picture", "picture_alt"}),
        ({**THANKS, "check": {"stem": "Why?", "options": ["One"], "key": "E"}}, 422, {"check.options"}),
        ({**THANKS, "acknowledge": "yes"}, 422, {"acknowledge"}),
        (b" " * 1_100_000, 413, set()),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[
        :60
    ],  # the same in every process
)
async def test_what_cannot_be_is_told_field_by_field(
    api: ApiHouse, body: object, status: int, fields: set[str]
) -> None:
    grace = await api.token("grace")
    answer = await api.call(grace, "POST", "/broadcasts", body, Content_Type="application/json")
    assert (answer.status, set(answer.said["fields"])) == (status, fields), answer
    assert answer.said["error"].endswith((".", ".`"))
    assert (await api.call(grace, "GET", "/broadcasts")).said["broadcasts"] == []


async def test_signs_that_no_database_takes_are_left_out_and_the_rest_is_kept(api: ApiHouse) -> None:
    words = {"title": "Thank\0 you", "text": "<!channel> <@U1> <b>all</b> [x](javascript:1) \u202e\0 👍"}
    made = await api.call(await api.token("grace"), "POST", "/broadcasts", words)
    assert (made.status, made.said["title"]) == (201, "Thank you")
    assert made.said["text"] == "<!channel> <@U1> <b>all</b> [x](javascript:1)  👍"


async def test_other_addresses_methods_and_contents_are_told_in_json(api: ApiHouse) -> None:
    grace = await api.token("grace")
    assert (await api.call(grace, "GET", "/nothing")).status == 404
    deleted = await api.call(grace, "DELETE", "/broadcasts")
    assert (deleted.status, deleted.headers["Allow"]) == (405, "GET,POST")
    words = json.dumps(THANKS).encode()
    text = await api.call(grace, "POST", "/broadcasts", words, Content_Type="text/plain")
    assert (text.status, "Content-Type: application/json" in text.said["error"]) == (415, True)
    for headers in ({"If_Match": "new"}, {"Idempotency_Key": "k" * 201}):
        assert (await api.call(grace, "POST", "/broadcasts", THANKS, **headers)).status == 422


async def test_who_is_left_out_adds_up_to_the_roster(api: ApiHouse) -> None:
    grace = await api.token("grace")
    await api.company.said("ada", "pause 1 week")
    await api.company.admit("tim", addresses=(), team="ada")
    one = f"/broadcasts/{await api.drafted(grace, audience='team:ada or team:alan')}"
    await api.call(grace, "POST", f"{one}/send")
    await api.company.go_on()
    told = (await api.call(grace, "GET", one)).said["headway"]
    assert sum(state["people"] for state in told["states"]) == told["roster"] == 3
    assert {state["reason"] for state in told["states"]} == {"", "paused", "not installed"}
    assert {state["status"] for state in told["states"]} <= set(Status)
