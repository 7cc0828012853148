"""A finding from its number to its end, and what is refused on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from content.pieces import Quiz
from handlers.events import Click
from handlers.findings.finding import Stage
from handlers.model import Delivery, Person, Status
from tests.conftest import Company, at, button
from tests.handlers.findings.correcting import (
    ABOUT,
    CALIPER,
    CLAUSE,
    asked_again,
    cards_of,
    done,
    fills,
    labels,
    opened,
    opens,
    planned,
    presses,
    sees,
    sent,
    shop,
    the_one,
)
from tests.handlers.leading import facts, pass_by

A_DAY = timedelta(days=1)


async def test_from_a_wrong_answer_to_a_closed_finding(company: Company) -> None:
    """Everybody is asked the same again, knows it now, and somebody else than Kurt closes it."""
    people = await shop(company)
    await asked_again(company)
    before = (await the_one(company)).before
    assert (before.part, before.of, before.people) == (2, 8, 8)
    await pass_by(company, timedelta(days=14), step=7 * A_DAY)
    rows = await know_it_now(company, people)
    assert [d.status for d in rows] == [Status.SENT] * 8
    for row in rows:
        assert isinstance(row.piece, Quiz)
        assert [item.id for item in row.piece.items] == [CALIPER]
    seen = await sees(company, "marie")
    assert "better than noise, 75 points more" in str(seen)
    assert facts(seen)["After it"].startswith("100% (68-100%), 8 of 8 answers")
    await presses(company, "marie", "It helped")
    assert (await the_one(company)).stage is Stage.EFFECTIVE
    await presses(company, "marie", "Close it")
    closed = await the_one(company)
    marie = await company.store.person_at(at("marie"))
    assert marie is not None
    assert (closed.stage, closed.closed_by) == (Stage.CLOSED, marie.key)
    assert closed.after is not None
    assert closed.after.part == 8
    assert labels(await sees(company, "kurt")) == []
    kinds = [step.kind.removeprefix("finding ") for step in closed.trail]
    assert kinds == ["opened", "planned", "done", "retest", "effective", "closed"]
    assert [
        entry.kind.removeprefix("finding ")
        for entry in reversed(await company.store.entries(500))
        if entry.kind.startswith("finding ")
    ] == kinds
    assert (await company.store.verify()).broken is None


async def know_it_now(company: Company, people: Sequence[Person]) -> list[Delivery]:
    """Each answers what they were asked again, and is right."""
    rows = []
    for person in people:
        for row in await company.store.deliveries_of(person.key):
            if row.campaign.startswith("retest-"):
                rows.append(row)
                await company.answer(person.addresses[0].user, row, company.library.items[CALIPER].key)
    return rows


async def test_the_log_has_the_clause_and_the_hash_of_the_words_and_none_of_them(company: Company) -> None:
    await shop(company)
    await opened(company, title="Zwetschgendatschi", found="Powidl")
    await planned(company, cause="Marillenknoedel", action="Topfenstrudel")
    entries = [e for e in await company.store.entries(500) if e.kind.startswith("finding ")]
    assert [e.clauses for e in entries] == [(CLAUSE,)] * 2
    everything = str(await company.store.entries(500))
    for word in ("Zwetschgendatschi", "Powidl", "Marillenknoedel", "Topfenstrudel"):
        assert word not in everything
    found = await the_one(company)
    assert [step.words.cause for step in found.trail] == ["", "Marillenknoedel"]
    assert found.trail[0].words.version != found.trail[1].words.version


async def test_what_did_not_help_is_open_again_with_what_was_tried_kept(company: Company) -> None:
    await shop(company)
    await asked_again(company)
    company.clock.pass_by(timedelta(days=20))
    await company.go_on()
    assert "It helped" not in labels(await sees(company, "marie"))  # nobody has answered
    outcome = await fills(company, "marie", "It did not help", due="2027-01-15")
    assert outcome.errors == {}
    found = await the_one(company)
    assert (found.stage, found.round, found.done_at, str(found.due)) == (
        Stage.NOT_EFFECTIVE,
        2,
        None,
        "2027-01-15",
    )
    await company.drain.everything()
    assert "It did not help, so it is open again" in str(await sees(company, "kurt"))
    await planned(company, cause="The list hangs where nobody looks.")
    assert [step.words.cause for step in (await the_one(company)).trail][
        -1
    ] == "The list hangs where nobody looks."
    assert (await the_one(company)).campaign.endswith("-2")


async def test_its_owner_neither_judges_nor_closes_it_whatever_they_may(company: Company) -> None:
    await shop(company)
    await opened(company, owner="wanda@example.org")
    assert (await planned(company, "wanda")).errors == {}
    await presses(company, "wanda", "It is done")
    await fills(company, "wanda", "See whether it helped", on="2026-12-07")
    company.clock.pass_by(timedelta(days=20))
    assert labels(await sees(company, "wanda")) == ["How is it now?"]
    (card, *_) = await cards_of(company, "wanda")
    known = await the_one(company)
    fields = {"owner": "kurt@example.org", "due": "2027-01-15"}
    outcome = await sent(company, "reopen", "wanda", card, str(known.version), **fields)
    assert "Whoever owns it cannot judge" in str(outcome.show)
    pressed = await company.dispatch(Click("k1", at("wanda"), "moves", delivery=card.id, value="helped"))
    closes = await company.dispatch(Click("k2", at("wanda"), "moves", delivery=card.id, value="close"))
    assert pressed.show
    assert closes.show
    assert await the_one(company) == known


async def test_what_helped_is_closed_by_somebody_else_than_its_owner(company: Company) -> None:
    """Wanda may close findings, and not her own."""
    people = await shop(company)
    await opened(company, owner="wanda@example.org")
    await planned(company, "wanda")
    await presses(company, "wanda", "It is done")
    await fills(company, "marie", "See whether it helped", on="2026-12-07")
    await pass_by(company, timedelta(days=14), step=7 * A_DAY)
    await know_it_now(company, people)
    await presses(company, "marie", "It helped")
    assert labels(await sees(company, "wanda")) == []
    (card, *_) = await cards_of(company, "wanda")
    await company.dispatch(Click("closes", at("wanda"), "moves", delivery=card.id, value="close"))
    assert (await the_one(company)).stage is Stage.EFFECTIVE
    await presses(company, "marie", "Close it")
    assert (await the_one(company)).stage is Stage.CLOSED


async def test_who_may_not_open_a_finding_opens_none_with_a_form_either(company: Company) -> None:
    await shop(company)
    for who in ("kurt", "olga", "p1"):
        outcome = await opens(company, who=who)
        assert "Only a quality lead or an administrator" in str(outcome.show), who
    page = await company.store.findings.page("open", company.clock.now().date(), 0, 9)
    assert page.counts["open"] == 0


async def test_who_owned_it_before_reads_nothing_of_it_on_their_card(company: Company) -> None:
    await shop(company)
    await opened(company, owner="p1@example.org")
    assert "Calipers that are overdue" in str(await sees(company, "p1"))
    to_kurt = {"owner_other": "kurt@example.org", "due": "2026-12-18"}
    assert (await fills(company, "marie", "Owner and due date", **to_kurt)).errors == {}
    seen = str(await sees(company, "p1"))
    assert "Only who owns this finding" in seen
    assert "Calipers that are overdue" not in seen


async def test_what_fewer_than_five_answered_again_is_not_shown(company: Company) -> None:
    people = await shop(company)
    await asked_again(company)
    await pass_by(company, timedelta(days=14), step=7 * A_DAY)
    await know_it_now(company, people[:4])
    seen = await sees(company, "marie")
    assert facts(seen)["After it"] == "fewer than 5 people so far"
    assert "It helped" not in labels(seen)
    await know_it_now(company, people[4:5])
    assert facts(await sees(company, "marie"))["After it"].endswith("5 of 5 answers, 5 people")


async def test_what_a_button_says_of_a_number_is_not_believed(company: Company) -> None:
    await shop(company)
    for about in ("accuracy by clause 0", "happiness", "accuracy by owner", "accuracy of x of y by", ""):
        outcome = await opens(company, about)
        assert "not known" in str(outcome.show)
    outcome = await opens(company, "accuracy by clause 90", group="ISO 9001:2015 99.9")
    assert "no such number" in outcome.errors["group"]
    assert (await company.store.findings.page("open", company.clock.now().date(), 0, 9)).counts["open"] == 0


WRONG = (
    ("title", " ", "Write something first"),
    ("title", "x" * 101, "101 characters"),
    ("found", "x" * 1001, "1,001 characters"),
    ("clause", "-", "Write a standard of the programme"),
    ("other_clause", "ISO 99999:2015 7.3", "Write a standard of the programme"),
    ("owner", "-", "Choose somebody"),
    ("owner_other", "nobody@example.org", "Nobody here"),
    ("due", "soon", "Write a day"),
    ("due", "2026-11-22", "must lie between"),
    ("due", "2036-11-22", "must lie between"),
)


async def test_what_is_missing_or_wrong_is_said_at_its_field(company: Company) -> None:
    await shop(company)
    for field, value, says in WRONG:
        outcome = await opens(company, **{field: value})
        assert says in outcome.errors[field], field


async def test_about_fewer_than_five_people_nothing_is_opened(company: Company) -> None:
    await shop(company, people=4)
    assert "five people" in str((await opens(company)).errors)


async def test_cause_and_action_are_both_wanted_and_what_is_linked_exists(company: Company) -> None:
    await shop(company)
    await opened(company)
    outcome = await planned(company, cause="", action="x" * 1001, other="no-such-piece")
    assert set(outcome.errors) == {"cause", "action", "other"}
    assert (await planned(company, other="overdue-caliper")).errors == {}
    assert (
        facts(await sees(company, "kurt"))["Done in Catchball"]
        == "The caliper that is overdue (overdue-caliper)"
    )


async def test_a_form_about_something_that_changed_meanwhile_keeps_nothing(company: Company) -> None:
    await shop(company)
    await opened(company)
    (card, *_) = await cards_of(company, "kurt")
    words = {"cause": "c", "action": "a"}
    await planned(company)
    outcome = await sent(company, "plan", "kurt", card, "1", **words)
    assert "changed after you opened" in str(outcome.show)
    assert (await the_one(company)).words.cause == "Nobody looks at the date."


async def test_of_two_who_press_at_once_one_is_first_and_both_see_the_same(company: Company) -> None:
    await shop(company)
    await opened(company)
    await planned(company)
    await company.said("wanda", f"finding {(await the_one(company)).id}")
    await company.drain.everything()
    press = [
        (who, (await cards_of(company, who))[0], button(await sees(company, who), "It is done"))
        for who in ("kurt", "wanda")
    ]
    seen = await asyncio.gather(*(company.press(who, card, which) for who, card, which in press))
    assert [step.kind for step in (await the_one(company)).trail].count("finding done") == 1
    assert all(outcome.show is not None and facts(outcome.show)["Stage"] == "done" for outcome in seen)


async def test_where_cause_and_action_are_known_already_it_is_planned_at_once(company: Company) -> None:
    await shop(company)
    assert (await opened(company, cause="Nobody looks.")).stage is Stage.OPEN
    company.clock.pass_by(timedelta(minutes=1))
    await opens(company, cause="Nobody looks.", action="A list.")
    stages = (await company.store.findings.page("open", company.clock.now().date(), 0, 9)).findings
    assert {finding.stage for finding in stages} == {Stage.OPEN, Stage.PLANNED}


async def test_a_form_that_comes_twice_opens_one_finding(company: Company) -> None:
    await shop(company)
    opened_at = company.clock.now().isoformat()
    fields = {
        "group": CLAUSE,
        "title": "T",
        "clause": CLAUSE,
        "owner": "kurt@example.org",
        "due": "2026-12-14",
    }
    for _ in range(2):
        await sent(company, f"about {ABOUT}", value=opened_at, **fields)
    await the_one(company)


async def test_somebody_without_a_part_in_it_sees_nothing_of_it(company: Company) -> None:
    await shop(company)
    found = await opened(company)
    outcome = await company.said("p1", f"finding {found.id}")
    assert "not known here" in str(outcome.show)
    assert "0 open" in str((await company.said("p1", "findings")).show)
    assert "1 open" in str((await company.said("olga", "findings")).show)
    (card, *_) = await cards_of(company, "kurt")
    stolen = await company.dispatch(Click("k9", at("p1"), "moves", delivery=card.id, value="done"))
    assert "sent to somebody else" in str(stolen.show)


async def test_who_lost_the_role_can_do_nothing_any_more(company: Company) -> None:
    await shop(company)
    await done(company)
    form = (await presses(company, "marie", "See whether it helped")).form
    assert form is not None
    (card, *_) = await cards_of(company, "marie")
    await company.admit("marie", roles=frozenset())
    sends = form.buttons()[0]
    outcome = await sent(company, sends.item, "marie", card, sends.value, on="2026-12-07", how="same")
    assert "Only a quality lead or an administrator" in str(outcome.show)
    assert (await the_one(company)).stage is Stage.DONE


async def test_the_day_of_a_retest_is_another_one_until_it_begins(company: Company) -> None:
    people = await shop(company)
    await asked_again(company, how="other", on="2026-12-07")
    assert "Another day" not in labels(await sees(company, "kurt"))
    form = (await presses(company, "marie", "Another day")).form
    assert form is not None
    assert {field.id: field.value for field in form.inputs()}["how"] == "other"
    assert (await fills(company, "marie", "Another day", on="2026-12-14", how="same")).errors == {}
    moved = await the_one(company)
    assert (moved.stage, moved.retest, str(moved.retest_at)[:10]) == (Stage.RETEST, "same", "2026-12-14")
    await pass_by(company, timedelta(days=22), step=A_DAY)
    rows = [
        d
        for p in people
        for d in await company.store.deliveries_of(p.key)
        if d.campaign.startswith("retest-")
    ]
    assert {d.slot[:10] for d in rows} == {"2026-12-14"}
    assert len(rows) == 8
    assert "Another day" not in labels(await sees(company, "marie"))


async def test_a_form_for_another_day_that_comes_back_when_it_has_begun_is_told_so(company: Company) -> None:
    await shop(company)
    await asked_again(company, on="2026-12-07")
    form = (await presses(company, "marie", "Another day")).form
    assert form is not None
    await pass_by(company, timedelta(days=15), step=A_DAY)
    (card, *_) = await cards_of(company, "marie")
    send = form.buttons()[0]
    late = await sent(company, send.item, "marie", card, send.value, on="2026-12-21", how="same")
    assert "Nothing was kept" in str(late.show)
    assert str((await the_one(company)).retest_at)[:10] == "2026-12-07"
