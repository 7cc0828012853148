"""What leaders said in a period and how far it got: by message, and by leader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from handlers.numbers.definitions import PEOPLE_REACHED, UNDERSTOOD
from handlers.numbers.groups import FEWER, few
from handlers.numbers.layers import Result
from handlers.numbers.lookback import HEADER, data, row, share
from handlers.numbers.metrics import ACKNOWLEDGEMENT
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars

MOST = 500  # messages of one period
NONE = "No message of a leader went out in this period."


async def messages(scope: Scope) -> Sheet:
    """Each with its id, by which `stats message` tells more; the latest first."""
    found = await scope.desk.store.results(scope.since, scope.until, author=scope.author, most=MOST)
    if not found:
        return Sheet(title="Messages of leaders", says=(NONE,), notes=(scope.period,))
    return Sheet(
        title="Messages of leaders",
        facts=_facts(found),
        header=(HEADER[0], "Leader", *HEADER[1:], "ID"),
        rows=tuple(_with_leader(result, scope) for result in found),
        notes=(scope.period, "One in full: `stats message` and its ID. By leader: `stats leaders`."),
        data=tuple(data(result) for result in found),
    )


async def leaders(scope: Scope) -> Sheet:
    """How often each spoke, whom it reached, and how many acknowledged it; who spoke most first."""
    found = await scope.desk.store.results(scope.since, scope.until, author=scope.author, most=MOST)
    people = await scope.desk.store.people_reached(scope.since, scope.until)
    theirs: dict[str, list[Result]] = defaultdict(list)
    for result in found:
        theirs[result.author].append(result)
    ordered = sorted(theirs.items(), key=lambda each: (-len(each[1]), each[1][0].name))
    if not found:
        return Sheet(title="Leaders", says=(NONE,), notes=(scope.period,))
    return Sheet(
        title="Leaders",
        header=("Leader", "Messages", PEOPLE_REACHED.short, ACKNOWLEDGEMENT.short, UNDERSTOOD.short),
        rows=tuple(_leader(results, people.get(author, 0)) for author, results in ordered),
        charts=bars(
            "Messages by leader", ((_name(results), len(results)) for _, results in ordered), unit=""
        ),
        notes=(scope.period, "By message: `stats messages`."),
        data=tuple(_leader_data(author, results, people.get(author, 0)) for author, results in ordered),
    )


def _with_leader(result: Result, scope: Scope) -> tuple[str, ...]:
    title, *numbers = row(result, scope)
    return title, _name([result]), *numbers, result.id


def _facts(found: Sequence[Result]) -> tuple[tuple[str, str], ...]:
    sums, told = _sums(found), _told(found)
    return (
        ("Messages", f"{len(found)}"),
        ("Reached", share(sums["sent"], sums["roster"])),
        ("Acknowledged", share(told["acknowledged"], told["asked"]) if told["sent"] else FEWER),
    )


def _leader(results: Sequence[Result], people: int) -> tuple[str, ...]:
    told = _told(results)
    rates = share(told["acknowledged"], told["asked"]), share(told["understood"], told["checked"])
    return _name(results), str(len(results)), f"{people:,}", *(rates if told["sent"] else (FEWER, FEWER))


def _leader_data(author: str, results: Sequence[Result], people: int) -> dict[str, str | float | None]:
    told = _told(results)
    return {
        "author": author,
        "messages": len(results),
        "people": people,
        **{name: number if told["sent"] else None for name, number in told.items()},
    }


def _told(results: Sequence[Result]) -> dict[str, int]:
    """Sums over what may be told by itself: a message to few people could be had by subtracting the others."""
    return _sums([result for result in results if not few(result.sent)])


def _sums(results: Sequence[Result]) -> dict[str, int]:
    names = ("roster", "sent", "asked", "acknowledged", "answered", "understood")
    checked = sum(result.sent for result in results if result.checked)
    return {name: sum(getattr(result, name) for result in results) for name in names} | {"checked": checked}


def _name(results: Sequence[Result]) -> str:
    return results[0].name or "name not known"
