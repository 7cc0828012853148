"""The report of an evidence pack: sections of words, facts, tables and charts, all reckoned from the same counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from content.charts import Mark, Plot, bars, line
from handlers.evidence.pack import ASSIGNMENTS, EXCLUSIONS, RULES, TABLES, Counts, Left, Planned, Scope
from handlers.evidence.pack import Table as Sheet
from handlers.evidence.sums import Sums
from handlers.ideas.rates import DEFINED as IDEAS
from handlers.ledger.exports import Header
from handlers.model import Tally
from handlers.numbers.definitions import INDUCTION
from handlers.numbers.groups import FEWER, NOT_SHOWN, SMALLEST, hidden
from handlers.numbers.intervals import wilson
from handlers.numbers.metrics import ACCURACY, ACKNOWLEDGEMENT, METRICS, PARTICIPATION, REACH, Metric
from handlers.numbers.names import titled

MOST = 60  # rows of one table on paper
BARS = 20  # of one chart


class Facts(NamedTuple):
    rows: Sequence[tuple[str, str]]


class Table(NamedTuple):
    """cells of the columns in `numbers` stand to the right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


class Section(NamedTuple):
    """blocks: a text is a paragraph."""

    title: str
    blocks: Sequence[str | Facts | Table | Plot]


@dataclass(frozen=True)
class Found:
    """All that the report tells of. more: sections of other parts of the house, such as corrective actions.

    files: table -> where it is; held: comparisons between the parts of the pack.
    """

    scope: Scope
    organisation: str
    version: str
    made_at: datetime
    counts: Counts
    sums: Sums
    clauses: Sequence[Tally]
    planned: Sequence[Planned]
    left_out: Sequence[Left]
    held: int
    entries: Header
    key: str = ""  # public, that the ledger is signed with
    files: Mapping[str, str] = field(default_factory=dict)
    more: Sequence[Section] = ()


def sections(found: Found) -> Sequence[Section]:
    """In the order in which auditors ask: who, by which rule, what came of it, what did not, and how to check it."""
    return (
        _scope(found),
        _population(found),
        _assignment(found),
        _results(found),
        _exceptions(found),
        _reminders(found),
        *found.more,
        _content(found),
        _definitions(),
        _verifying(found),
    )


def summary(found: Found) -> Facts:
    """What stands on the cover."""
    scope, all_ = found.scope, found.counts.all
    names = "no: people stand under their keys alone" if scope.named is None else f"of {scope.named}"
    return Facts(
        (
            ("Organisation", found.organisation),
            ("Standard", scope.standard),
            ("Period", f"{scope.since} to {scope.until}, both included ({scope.zone.key})"),
            ("People under the standard when it ended", f"{found.sums.population.end:,}"),
            ("Assigned", f"{all_.audience:,} deliveries to {found.sums.population.assigned:,} people"),
            *((metric.name.capitalize(), shown(metric, all_)) for metric in METRICS),
            ("Names in the tables", names),
            ("Made", f"{found.made_at.astimezone(scope.zone):%Y-%m-%d %H:%M} with Catchball {found.version}"),
        )
    )


def shown(metric: Metric, tally: Tally) -> str:
    """ "84% (82-86%), 42 of 50"; a line may break after the comma alone."""
    of = metric.of(tally)
    return (
        f"{wilson(metric.part(tally), of)}, {metric.part(tally):,}\u00a0of\u00a0{of:,}" if of else "no data"
    )


def _scope(found: Found) -> Section:
    scope = found.scope
    return Section(
        "Scope and method",
        (
            f"This pack holds what Catchball planned, delivered and recorded for {scope.standard} from "
            f"{scope.since} to {scope.until}: every piece that serves a clause of this standard in this "
            "edition, whatever campaign it stood in, and everybody it was for.",
            "A delivery belongs to the period in which it first fell due, and so does what was done with it, "
            "also when that was later. Whoever a rule named has a row: delivered, or not delivered with the "
            "reason. So the rows of the tables add up to the roster, and nobody is missing for having been "
            "missed.",
            "A clause is always told with its standard and edition. One delivery may serve several clauses and then "
            "stands under each of them; in the totals it counts once.",
            "All numbers were counted from one moment of the database. Before the pack was finished its parts "
            f"were held against each other and against what `stats` shows in the chat: {found.held:,} "
            "comparisons, none of which may fail.",
            "Intervals are Wilson's, of 95 %. They say how far a share could differ by chance, not whether "
            f"those who did not answer are like those who did. What fewer than {SMALLEST} people did is not "
            "told in this report.",
        ),
    )


def _population(found: Found) -> Section:
    them, scope = found.sums.population, found.scope
    rows = (
        (f"Here when {scope.since} began", them.begin),
        ("Joined in the period", them.joined),
        ("Left in the period", them.left),
        (f"Here when {scope.until} ended", them.end),
    )
    plot = bars(
        "People under the standard",
        [Mark(name, number, said=f"{number:,}") for name, number in rows],
        "; ".join(f"{name}: {number:,}" for name, number in rows) + ".",
        share=False,
    )
    teams = sorted(found.counts.teams, key=lambda tally: -tally.audience)
    return Section(
        "Population",
        (
            f"Who works under {scope.standard} is decided by the rule “{scope.audience}”, applied to each "
            "person as they were on the last day of the period, as far as that is known; the table roster says of "
            "whom it is not. It has everybody with their first and their last day; a person whose first day is "
            "not known counts as having been here from the beginning.",
            plot,
            Facts(
                (
                    ("To whom something was assigned", f"{them.assigned:,}"),
                    ("To whom something was delivered", f"{them.reached:,}"),
                    ("Who took part in something", f"{them.active:,}"),
                    (
                        "Under the standard and here at the end, and never assigned anything",
                        f"{them.never:,}",
                    ),
                )
            ),
            "By the team that people were in when something was assigned to them:",
            Table(
                ("Team", "Assigned", REACH.short, PARTICIPATION.short, ACCURACY.short),
                [
                    (
                        tally.group or "none",
                        f"{tally.audience:,}",
                        *rates,
                    )
                    for tally, rates in list(_rates(teams, REACH, PARTICIPATION, ACCURACY))[:MOST]
                ],
                (1, 2, 3, 4),
            ),
            *_cut(len(teams), "teams", ASSIGNMENTS),
        ),
    )


def _assignment(found: Found) -> Section:
    zone = found.scope.zone
    rows = [
        (_named(each), each.rule, f"{each.times:,}", _days(each, zone), f"{each.assigned:,}")
        for each in found.planned[:MOST]
    ]
    return Section(
        "Who had to get what, and how that was decided",
        (
            "Each campaign and each broadcast names its people by a rule. When a slot falls due the rule is "
            "asked, and everybody it names is put on the roster of that slot. The table rosters has every slot "
            "with its rule, the table assignments everybody on them.",
            Table(("Campaign or broadcast", "Audience rule", "Slots", "Due", "Assigned"), rows, (2, 4)),
            *_cut(len(found.planned), "campaigns and rules", RULES),
        ),
    )


def _named(planned: Planned) -> str:
    """With the name that the tables have for it."""
    if not planned.title:
        return planned.campaign
    return f"{titled(planned.campaign, planned.title)} ({planned.campaign})"


def _results(found: Found) -> Section:
    blocks: list[str | Facts | Table | Plot] = []
    active, right = _by_clause(found, PARTICIPATION), _by_clause(found, ACCURACY)
    if active:
        blocks.append(_plot("Deliveries with which something was done, of those sent, by clause", active))
    if right:
        blocks.append(_plot("Right answers by clause", right))
    weekly = [(week, PARTICIPATION) for week in found.counts.weeks if week.people_reached >= SMALLEST]
    if len(weekly) > 1:
        marks = [_mark(week.group, week, metric) for week, metric in weekly]
        first, last = marks[0], marks[-1]
        alt = f"{first.value:.0%} in {first.label}, {last.value:.0%} in {last.label}."
        blocks.append(line("Deliveries with which something was done, of those sent, by week", marks, alt))
    metrics = (REACH, ACKNOWLEDGEMENT, PARTICIPATION, ACCURACY)
    blocks.append(
        Table(
            ("Clause", "Assigned", *(metric.short for metric in metrics)),
            [
                (_number(found, tally), f"{tally.audience:,}", *rates)
                for tally, rates in _rates(found.clauses, *metrics)
            ],
            (1, 2, 3, 4, 5),
        )
    )
    said = "Each number with its interval, and of how many it is. Not reached and not answered are in the next section."
    return Section("Results by clause", (said, *blocks))


def _exceptions(found: Found) -> Section:
    states = found.counts.all.by_status
    rows = [
        (str(status), str(reason) or "-", f"{number:,}")
        for (status, reason), number in sorted(states.items(), key=lambda each: -each[1])
    ]
    left = [
        (each.title, each.why, each.author, each.approver or "nobody had to", f"{each.people:,}")
        for each in found.left_out
    ]
    blocks: list[str | Facts | Table | Plot] = [
        f"All {found.counts.all.audience:,} assignments by what became of them. The table exclusions names each "
        "that did not arrive.",
        Table(("State", "Reason", "Deliveries"), rows, (2,)),
    ]
    if left:
        blocks.append("Left out on purpose, with the author's sentence and who agreed to the message:")
        blocks.append(Table(("Message", "Why", "Author", "Approved by", "People"), left[:MOST], (4,)))
        blocks += _cut(len(left), "exclusions", EXCLUSIONS)
    else:
        blocks.append("Nobody was left out on purpose.")
    return Section("Exceptions", blocks)


def _reminders(found: Found) -> Section:
    counted = found.sums.reminders
    if not counted:
        return Section("Reminders and escalation", ("Nobody was reminded in this period.",))
    rows = [(kind, state, reason or "-", f"{n:,}") for (kind, state, reason), n in sorted(counted.items())]
    return Section(
        "Reminders and escalation",
        (
            "Who was asked to acknowledge a message and has not is reminded of it; after the last reminder "
            "their manager is told. The table reminders has each of them.",
            Table(("Kind", "State", "Reason", "Number"), rows, (3,)),
        ),
    )


def _content(found: Found) -> Section:
    return Section(
        "What was shown",
        (
            f"{found.counts.rows['versions']:,} versions of pieces were assigned. The folder content has each "
            "as it was shown: as JSON whose SHA-256 is the version that tables and ledger name, and as text to "
            "read.",
        ),
    )


def _definitions() -> Section:
    rows = [(metric.name, "%", metric.means) for metric in METRICS]
    rows += [(each.name, each.unit, each.formula) for each in (INDUCTION, *IDEAS)]
    return Section("How the numbers are defined", (Table(("Name", "Unit", "Definition"), rows),))


def _verifying(found: Found) -> Section:
    said = {table.name: table.says for table in TABLES}
    return Section(
        "How to verify this pack",
        (
            "README.txt in the pack has the steps in plain words. They need this folder and no connection. "
            "manifest.json has the SHA-256 of every file; ledger.jsonl holds each entry with its hash and the "
            "hash of the one before.",
            Facts(
                (
                    ("Entries in ledger.jsonl", f"{found.entries.entries:,}"),
                    ("Checkpoints with them", f"{found.entries.checkpoints:,}"),
                    ("Public key", found.key or "none: the ledger is not signed"),
                    *(
                        (f"Chain {each.chain}, entries {each.first:,} to {each.last:,}", each.hash)
                        for each in found.entries.ranges
                    ),
                )
            ),
            Table(
                ("Table", "Rows", "Where", "A row is"),
                [
                    (name, f"{found.counts.rows[name]:,}", where, said[name])
                    for name, where in found.files.items()
                ],
                (1,),
            ),
        ),
    )


def _rates(found: Sequence[Tally], *metrics: Metric) -> Iterator[tuple[Tally, list[str]]]:
    """Each group with its rates; of a small one only how many it was assigned to and reached."""
    out = hidden([tally.people_reached for tally in found])
    for number, tally in enumerate(found):
        few = FEWER if tally.people_reached < SMALLEST else NOT_SHOWN if number in out else ""
        yield tally, [few if few and metric is not REACH else _rate(metric, tally) for metric in metrics]


def _rate(metric: Metric, tally: Tally) -> str:
    return shown(metric, tally) if metric.of(tally) else "-"


def _by_clause(found: Found, metric: Metric) -> list[Mark]:
    told = [t for t in found.clauses if metric.of(t) and t.people_reached >= SMALLEST]
    return [_mark(_number(found, tally), tally, metric) for tally in told]


def _mark(label: str, tally: Tally, metric: Metric) -> Mark:
    share = wilson(metric.part(tally), metric.of(tally))
    return Mark(label, *share, said=f"{share.value:.0%} of {metric.of(tally):,}")


def _plot(title: str, marks: Sequence[Mark]) -> Plot:
    """Of many the lowest: that is where something is to be done, and the table has all."""
    if len(marks) > BARS:
        title = f"{title}: the {BARS} lowest of {len(marks)}"
        marks = sorted(marks, key=lambda mark: mark.value)[:BARS]
    return bars(title, marks, "; ".join(f"{mark.label}: {mark.said}" for mark in marks) + ".")


def _number(found: Found, tally: Tally) -> str:
    return tally.group.removeprefix(f"{found.scope.standard} ")


def _days(each: Planned, zone: ZoneInfo) -> str:
    first, last = (moment.astimezone(zone).date() for moment in (each.first, each.last))
    return f"{first}" if first == last else f"{first} to {last}"


def _cut(there: int, what: str, where: Sheet) -> list[str]:
    """where: the table of the pack from whose rows the others can be counted."""
    return [f"The first {MOST} of {there:,} {what}; the table {where.name} has all."] if there > MOST else []
