"""Every role and every action, in the chat and by API: it is done, or a sentence says who may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta

import pytest

from content.campaigns import Cadence, Campaign
from content.cards import Card
from handlers import kudos
from handlers.api.requests import ACTIONS
from handlers.events import Change, Click, Outcome
from handlers.findings.finding import Move
from handlers.ideas.steps import NOT_KNOWN
from handlers.model import Role
from handlers.pages.book import NotForYou, opened, visitor
from handlers.permissions import WHO_MAY, refusal
from tests.bot.api_house import THANKS, ApiHouse, open_api
from tests.conftest import Company, at, button
from tests.handlers.findings.correcting import written

EVE = "eve"


@pytest.fixture
async def api(company: Company) -> AsyncIterator[ApiHouse]:
    async with open_api(company) as house:
        yield house


async def eve_is(company: Company, role: Role) -> None:
    await company.admit(EVE, roles=frozenset({Role.EMPLOYEE, role}), team="Eve's")


def words(outcome: Outcome) -> str:
    return str((outcome.show or outcome.form or Card(title="")).model_dump())


async def writes(api: ApiHouse, role: Role) -> tuple[bool, str]:
    outcome = await api.company.said(EVE, "broadcast")
    return outcome.form is not None, words(outcome)


async def approves(api: ApiHouse, role: Role) -> tuple[bool, str]:
    """She was asked while she was an approver."""
    await eve_is(api.company, Role.APPROVER)
    id_ = await api.waiting(await api.token("grace"))
    await api.company.drain.everything()
    asked = await api.company.latest(EVE)
    await eve_is(api.company, role)
    outcome = await api.company.press(EVE, asked, button(asked.card, "Approve it"))
    kept = await api.company.store.broadcast(id_)
    assert kept is not None
    return kept.out, words(outcome)


async def sees_everybody(api: ApiHouse, role: Role) -> tuple[bool, str]:
    grace = await api.token("grace")
    sent = await api.drafted(grace, audience="team:ada")
    await api.call(grace, "POST", f"/broadcasts/{sent}/send")
    await api.company.go_on()
    api.company.clock.pass_by(timedelta(minutes=1))
    outcome = await api.company.said(EVE, "stats")
    assert outcome.show is not None
    return outcome.show.title == "Numbers" and "deliveries planned" in words(outcome), words(outcome)


async def sees_the_team(api: ApiHouse, role: Role) -> tuple[bool, str]:
    outcome = await api.company.said(EVE, "stats")
    assert outcome.show is not None
    return outcome.show.title == "Numbers of your team", words(outcome)


async def sees_names(api: ApiHouse, role: Role) -> tuple[bool, str]:
    induction = Campaign(id="induction", title="Induction", pieces=("two-labels",), cadence=Cadence(joined=0))
    api.company.run_campaigns(induction)
    await api.company.admit("tim", joined=date(2026, 11, 20))
    outcome = await api.company.said(EVE, "stats induction")
    return "Tim" in words(outcome), words(outcome)


async def gets_a_token(api: ApiHouse, role: Role) -> tuple[bool, str]:
    outcome = await api.company.said(EVE, "token")
    return outcome.access is not None, words(outcome)


async def celebrates(api: ApiHouse, role: Role) -> tuple[bool, str]:
    outcome = await api.company.said(EVE, "milestone")
    return outcome.form is not None, words(outcome)


async def gives_kudos(api: ApiHouse, role: Role) -> tuple[bool, str]:
    outcome = await api.company.said(EVE, "kudos")
    return outcome.form is not None, words(outcome)


async def withdraws_kudos(api: ApiHouse, role: Role) -> tuple[bool, str]:
    """Those that Grace gave."""
    values = {"team": "Eve's", "text": "The new labels are good."}
    opened = api.company.clock.now().isoformat()
    await api.company.dispatch(Click("k", at("grace"), kudos.GIVEN, value=opened, values=values))
    grace = await api.company.store.person_at(at("grace"))
    assert grace is not None
    (given,) = await api.company.store.broadcasts_of(grace.key)
    outcome = await api.company.said(EVE, f"kudos withdraw {given.id}")
    return "Withdrawn" in words(outcome), words(outcome)


async def sees_evidence(api: ApiHouse, role: Role) -> tuple[bool, str]:
    said = words(await api.company.said(EVE, "evidence"))
    while "being drawn" in (drawn := words(await api.company.said(EVE, "sample ISO 9001:2015 2026"))):
        await asyncio.sleep(0.1)
    said += drawn
    return "Only a" not in said and "A pack holds" in said and "Drawn by" in said, said


async def opens_a_finding(api: ApiHouse, role: Role) -> tuple[bool, str]:
    outcome = await api.company.said(EVE, "finding about participation")
    return outcome.form is not None, words(outcome)


async def sees_findings(api: ApiHouse, role: Role) -> tuple[bool, str]:
    """One that is Grace's."""
    now = api.company.clock.now()
    finding = Move(None, written("grace", now), "finding opened")
    await api.company.store.commit(Change(inbox="opened", at=now, finding=finding))
    outcome = await api.company.said(EVE, "findings")
    return "1 open" in words(outcome), words(outcome)


async def decides_ideas(api: ApiHouse, role: Role) -> tuple[bool, str]:
    """One that Grace had."""
    await api.company.said("grace", "idea Hang the gauges where one needs them.")
    (idea,) = (await api.company.store.ideas.page("open", 0, 1)).ideas
    outcome = str(await api.company.said(EVE, f"idea {idea.id}"))
    return "Accept it" in outcome, outcome


async def sees_a_sample_by_name(api: ApiHouse, role: Role) -> tuple[bool, str]:
    outcome = await api.company.said(EVE, "sample ISO 9001:2015 2026 seed 1 n 50")
    return "Grace" in words(outcome), words(outcome)


async def gets_the_digest(api: ApiHouse, role: Role) -> tuple[bool, str]:
    """By itself; on demand it is for whoever may see numbers."""
    outcome = await api.company.said(EVE, "digest on")
    return "It comes on" in words(outcome), words(outcome)


async def sees_people_by_name(api: ApiHouse, role: Role) -> tuple[bool, str]:
    """On the page, whose link somebody has from the chat."""
    eve = await api.company.store.person_by_email(f"{EVE}@example.org")
    assert eve is not None
    try:
        page = await opened(visitor(api.company.desk, eve, {}), "people")
    except NotForYou:
        return False, ""
    return "Grace" in str(page), str(page)


IN_CHAT: dict[str, Callable[[ApiHouse, Role], Awaitable[tuple[bool, str]]]] = {
    "broadcast": writes,
    "approve": approves,
    "see everybody's numbers": sees_everybody,
    "see the own team's numbers": sees_the_team,
    "see induction by name": sees_names,
    "see people by name": sees_people_by_name,
    "get the digest": gets_the_digest,
    "see a sample by name": sees_a_sample_by_name,
    "use the API": gets_a_token,
    "see evidence": sees_evidence,
    "celebrate": celebrates,
    "give kudos": gives_kudos,
    "withdraw kudos": withdraws_kudos,
    "open a finding": opens_a_finding,
    "see findings": sees_findings,
    "decide ideas": decides_ideas,
}
NUMBERS = ("see everybody's numbers", "see the own team's numbers")


def told(action: str, role: Role) -> str:
    """The sentence for who may not; "" where less is shown and no more is said."""
    if action == "see induction by name" or action in NUMBERS:
        return "" if any(role in WHO_MAY[each] for each in NUMBERS) else refusal(*NUMBERS)
    if action == "get the digest":
        shown = any(role in WHO_MAY[each] for each in NUMBERS)
        return "to quality leads and managers only" if shown else refusal(*NUMBERS)
    if action == "see people by name":
        return ""  # the page says it, in `bot/insights`
    if action == "see a sample by name":
        return refusal("see evidence")
    if action == "decide ideas":
        return NOT_KNOWN
    return "of your own" if action == "see findings" else refusal(action)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", WHO_MAY)
async def test_in_the_chat_it_is_done_or_a_sentence_says_who_may(
    api: ApiHouse, action: str, role: Role
) -> None:
    await eve_is(api.company, role)
    done, said = await IN_CHAT[action](api, role)
    assert done is (role in WHO_MAY[action]), said
    assert done or told(action, role) in said


BY_API = {
    "POST /broadcasts": "broadcast",
    "GET /broadcasts": "broadcast",
    "PATCH /broadcasts/{id}": "broadcast",
    **{f"POST /broadcasts/{{id}}/{name}": action.may for name, action in ACTIONS.items()},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", BY_API)
async def test_by_api_it_is_done_or_a_sentence_says_who_may(api: ApiHouse, route: str, role: Role) -> None:
    """Eve has a token from a time when she might have one."""
    action = BY_API[route]
    await eve_is(api.company, Role.ADMINISTRATOR)
    theirs = await api.waiting(await api.token("grace"))
    token = await api.token(EVE)
    mine = await ready(api, token, route.rsplit("/", 1)[1])
    await eve_is(api.company, role)
    method, path = route.replace("{id}", theirs if action == "approve" else mine).split()
    body = {"version": 1, "remark": "Shorter."} if path.endswith("send-back") else {"version": 1}
    fields = {"POST /broadcasts": THANKS, "GET /broadcasts": None, "PATCH /broadcasts/{id}": {"title": "New"}}
    answer = await api.call(token, method, path, fields.get(route, body))
    if role in WHO_MAY[action] and role in WHO_MAY["use the API"]:
        assert answer.status in (200, 201), answer
        return
    lacks = action if role in WHO_MAY["use the API"] else "use the API"
    assert (answer.status, answer.said["error"]) == (403, refusal(lacks))
    kept = [await api.company.store.broadcast(each) for each in (mine, theirs)]
    assert [each and each.version for each in kept] == [1, 1]


async def ready(api: ApiHouse, token: str, action: str) -> str:
    """A broadcast of Eve's to which this action can be done."""
    id_ = await api.drafted(token, audience="team:ada")
    before = {"pause": ["send"], "take-back": ["send"], "go-on": ["send", "pause"]}
    for step in before.get(action, []):
        assert (await api.call(token, "POST", f"/broadcasts/{id_}/{step}")).status == 200
    return id_


@pytest.mark.parametrize("role", Role)
async def test_what_waits_is_seen_by_who_may_approve_and_a_draft_by_its_author_alone(
    api: ApiHouse, role: Role
) -> None:
    await eve_is(api.company, role)
    grace, eve = await api.token("grace"), await api.token(EVE)
    draft, waits = await api.drafted(grace, audience="team:ada"), await api.waiting(grace)
    seen = [(await api.call(eve, "GET", f"/broadcasts/{id_}")).status for id_ in (draft, waits)]
    if role not in WHO_MAY["use the API"]:
        assert seen == [403, 403]
    else:
        assert seen == [404, 200 if role in WHO_MAY["approve"] else 404]
    assert await api.company.store.person_at(at(EVE)) is not None
