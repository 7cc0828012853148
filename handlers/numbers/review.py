"""The management-review sheet: what is known here of each input of clause 9.3, by standard and period, and what not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.cards import Card, Note
from content.programme import Programme, Standard
from handlers.desk import Desk
from handlers.findings import rates as corrective
from handlers.ideas import rates as improving
from handlers.learning import induction, recall
from handlers.model import Person, Tally
from handlers.numbers.groups import few
from handlers.numbers.intervals import wilson
from handlers.numbers.metrics import ACCURACY, ACKNOWLEDGEMENT, PARTICIPATION, REACH, Metric, moved
from handlers.numbers.periods import EXAMPLES, BadPeriod, Period, read
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, card
from handlers.permissions import may, refusal
from handlers.replies import rates

Row = tuple[str, str, str]
TITLE = "Management review"
WEAKEST = 3  # clauses that are named
NO_RECORD = "not known here: bring it from your own records"
NO_FINDING = "no finding about this standard was open in the period"
COMPARED = (
    "Findings as they stand now. “Before” is of as many days before the period, and stands only where the difference "
    "is more than noise."
)
NOT_SHOWN = (
    "Not in this sheet, because Catchball does not know it: how satisfied customers are, how processes and products "
    "conform, suppliers, what audits found, incidents, risks, and what the review decides. The inputs stand in our own "
    "words: check them against your copy of the standard."
)


class BadReview(ValueError):
    """The text says what to write."""


async def answer(desk: Desk, person: Person, words: str) -> Card:
    if not may(person, "see everybody's numbers"):
        return Card(title=TITLE, blocks=(Note(markdown=refusal("see everybody's numbers")),))
    now, zone = desk.clock.now(), desk.zone(person)
    try:
        standard, period = asked(desk.library.programme, words, now, zone)
    except (BadReview, BadPeriod) as mistake:
        return Card(title=TITLE, blocks=(Note(markdown=str(mistake)),))
    return card(await review(Scope(desk, now, period.since, period.until, zone, person=person), standard))


def asked(programme: Programme, words: str, now: datetime, zone: ZoneInfo) -> tuple[Standard, Period]:
    """The standard and the period, by default the quarter under way. Raises BadReview or BadPeriod."""
    text = words.translate({ord(mark): " " for mark in '"“”'})
    text = " ".join(text.split())
    for standard in programme.standards:
        for name in (str(standard), f"{standard.standard} {standard.edition}", standard.standard):
            if text.lower().startswith(name.lower()) and text[len(name) :][:1] in ("", " "):
                period, left = read(text[len(name) :].split(), now, zone)
                if left:
                    raise BadReview(f"After the standard write a period: {EXAMPLES}.")
                quarter = read(["this", "quarter"], now, zone)[0]
                assert quarter is not None
                return standard, period or quarter
    there = ", ".join(f'`review "{standard}" 2026-Q3`' for standard in programme.standards)
    raise BadReview(f"Of which standard? Type {there or '`review` when the programme names standards'}.")


async def review(scope: Scope, standard: Standard) -> Sheet:
    """Everybody's numbers. Each with what it is counted of; a share with its interval of 95 %."""
    rows = [
        *_before(),
        *_changes(scope, standard),
        *await _performance(scope, standard),
        *await _corrected(scope, standard),
        *await _learnt(scope, standard),
        *await _engagement(scope),
        *await _resources(scope),
        *await _improvement(scope, standard),
    ]
    return Sheet(
        title=f"{TITLE}: {standard}",
        header=("Input", "What", "Number"),
        rows=tuple(rows),
        notes=(scope.period, COMPARED, NOT_SHOWN),
        data=tuple({"input": about, "what": what, "number": number} for about, what, number in rows),
    )


def _before() -> list[Row]:
    return [("Earlier actions", "what the review before decided", NO_RECORD)]


def _changes(scope: Scope, standard: Standard) -> list[Row]:
    today = scope.now.astimezone(scope.zone).date()
    audits = [f"{audit.kind} {audit.date}" for audit in sorted(standard.audits, key=lambda audit: audit.date)]
    ahead = [
        f"{audit.kind} in {(audit.date - today).days} days"
        for audit in standard.audits
        if audit.date >= today
    ]
    return [
        ("Changes", "internal and external issues", NO_RECORD),
        ("Changes", "audits planned and held", ", ".join(audits) or "no date is set"),
        ("Changes", "still ahead", ", ".join(ahead) or "no date is set"),
    ]


async def _performance(scope: Scope, standard: Standard) -> list[Row]:
    """Of the clauses of this standard: what was answered, and which are weakest in this period."""
    tallies = await scope.desk.store.tallies("clause", scope.since, scope.until)
    before = {t.group: t for t in await scope.desk.store.tallies("clause", *_earlier(scope))}
    ours = [tally for tally in tallies if tally.group.startswith(f"{standard} ")]
    answered = [tally for tally in ours if tally.answers and not few(ACCURACY.people(tally))]
    weak = sorted(answered, key=lambda tally: (tally.correct / tally.answers, tally.group))[:WEAKEST]
    rows = [
        ("Performance", "clauses taught or told in the period", f"{len(ours)}"),
        *(
            (
                "Performance",
                f"right answers, {tally.group.removeprefix(f'{standard} ')}",
                _share(ACCURACY, tally, before.get(tally.group)),
            )
            for tally in weak
        ),
    ]
    return [
        *rows,
        ("Performance", "how far objectives are met", NO_RECORD),
        ("Performance", "audit results", NO_RECORD),
    ]


async def _corrected(scope: Scope, standard: Standard) -> list[Row]:
    """Findings about clauses of this standard, by what the chat counts of all."""
    found = await scope.desk.store.findings.findings(str(standard), scope.since, scope.until)
    about = "Nonconformity"
    if not found:
        return [(about, "nonconformities and corrective actions", NO_FINDING)]
    opened = sum(scope.since <= each.opened_at < scope.until for each in found)
    return [
        (about, "findings opened in the period", f"{opened:,}"),
        *((about, label[0].lower() + label[1:], value) for label, value in corrective.facts(scope, found)),
    ]


async def _learnt(scope: Scope, standard: Standard) -> list[Row]:
    """As it stands today: the curve of forgetting knows no other day."""
    found = await recall.recall(replace(scope, word="standard", manager=""))
    row = next((row for row in found.rows if row[0] == str(standard)), None)
    if row is None:
        return [("Awareness", "recall", "no question serves this standard")]
    _, now, audit, people, coverage = row
    clauses = await recall.recall(replace(scope, word="clause", manager=""))
    weakest = [r for r in clauses.rows if r[0].startswith(f"{standard} ") and r[1] != recall.NOT_MET][
        :WEAKEST
    ]
    return [
        ("Awareness", f"recall today, n = {people}", now),
        ("Awareness", "recall at the audit, if nothing is asked", audit),
        ("Awareness", "met, of what is meant for people", coverage),
        *(
            ("Awareness", f"least known: {r[0].removeprefix(f'{standard} ')}, n = {r[3]}", r[1])
            for r in weakest
        ),
    ]


async def _engagement(scope: Scope) -> list[Row]:
    """Of the whole programme: a person belongs to no single standard."""
    total = (*await scope.desk.store.tallies("all", scope.since, scope.until), Tally(group="all"))[0]
    before = (*await scope.desk.store.tallies("all", *_earlier(scope)), None)[0]
    replies = await rates.replies(replace(scope, manager=""))
    return [
        *(
            ("Engagement", metric.name, _share(metric, total, before))
            for metric in (REACH, PARTICIPATION, ACKNOWLEDGEMENT)
        ),
        *(("Engagement", label.lower(), value) for label, value in replies.facts),
    ]


async def _resources(scope: Scope) -> list[Row]:
    joined = await induction.induction(replace(scope, manager=""))
    rows = [("Resources", label[0].lower() + label[1:], value) for label, value in joined.facts[:2]]
    return [
        *(rows or [("Resources", "induction", "nobody's first day, or too few")]),
        ("Resources", "money, people, equipment", NO_RECORD),
    ]


async def _improvement(scope: Scope, standard: Standard) -> list[Row]:
    """Ideas about this standard and about none in particular; kudos of the whole programme."""
    kudos = await scope.desk.store.kudos_given(scope.since, scope.until)
    found = await improving.counted(replace(scope, manager=""), str(standard))
    return [
        *(("Improvement", label.lower(), value) for label, value in improving.facts(found)),
        ("Improvement", "kudos given for improvements", f"{kudos:,}"),
    ]


def _earlier(scope: Scope) -> tuple[datetime, datetime]:
    """As many days, right before the period."""
    since, until = (moment.astimezone(scope.zone) for moment in (scope.since, scope.until))
    days = (until - timedelta(microseconds=1)).date() - since.date() + timedelta(days=1)
    return since - days, since


def _share(metric: Metric, tally: Tally, before: Tally | None) -> str:
    """ "84% (80-88%) of 312, 71% before"."""
    part, of = metric.part(tally), metric.of(tally)
    if not of or few(metric.people(tally)):
        return "too few to say"
    return f"{wilson(part, of)} of {of:,}{moved(metric, tally, before)}"
