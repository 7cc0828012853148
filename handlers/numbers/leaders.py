"""What leaders said in a period and how far it got: by message, and by leader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handlers.numbers.definitions import PEOPLE_REACHED, UNDERSTOOD
from handlers.numbers.groups import FEWER, few
from handlers.numbers.layers import Result
from handlers.numbers.lookback import HEADER, data, row, share
from handlers.numbers.metrics import ACKNOWLEDGEMENT
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars
from handlers.privacy.looks import Looked, each

MOST = 500  # messages of one period
OTHERS = "other leaders"
NONE = "No message of a leader went out in this period."


async def messages(scope: Scope) -> Sheet:
    """Each with its id, by which `stats message` tells more; the latest first."""
    found = await scope.desk.store.results(scope.since, scope.until, author=scope.author, most=MOST)
    if not found:
        return Sheet(title="Messages of leaders", says=(NONE,), notes=(scope.period,))
    names = await Leaders.seen(scope)
    return Sheet(
        title="Messages of leaders",
        facts=_facts(found),
        header=(HEADER[0], "Leader", *HEADER[1:], "ID"),
        rows=tuple(_with_leader(result, scope, names) for result in found),
        notes=(scope.period, "One in full: `stats message` and its ID. By leader: `stats leaders`."),
        data=tuple(data(result) | {"author": names.key(result.author)} for result in found),
        looked=names.looked("stats messages", (result.author for result in found)),
    )


async def leaders(scope: Scope) -> Sheet:
    """How often each spoke, whom it reached, and how many acknowledged it; who spoke most first."""
    found = await scope.desk.store.results(scope.since, scope.until, author=scope.author, most=MOST)
    people = await scope.desk.store.people_reached(scope.since, scope.until)
    if not found:
        return Sheet(title="Leaders", says=(NONE,), notes=(scope.period,))
    names = await Leaders.seen(scope)
    theirs: dict[str, list[Result]] = defaultdict(list)
    reached: dict[str, int] = defaultdict(int)
    for result in found:
        theirs[names.key(result.author)].append(result)
    for author, number in people.items():
        reached[names.key(author)] += number
    ordered = sorted(theirs.items(), key=lambda each: (-len(each[1]), each[1][0].name))
    return Sheet(
        title="Leaders",
        header=("Leader", "Messages", PEOPLE_REACHED.short, ACKNOWLEDGEMENT.short, UNDERSTOOD.short),
        rows=tuple(_leader(names.of(results[0]), results, reached[author]) for author, results in ordered),
        charts=bars(
            "Messages by leader",
            ((names.of(results[0]), len(results)) for _, results in ordered),
            unit="",
        ),
        notes=(scope.period, "By message: `stats messages`."),
        data=tuple(_leader_data(author, results, reached[author]) for author, results in ordered),
        looked=names.looked("stats leaders", (author for author, _ in ordered)),
    )


@dataclass(frozen=True)
class Leaders:
    """Which leaders are told apart: all, or in works-council mode who asks and whom an exception names."""

    scope: Scope
    keys: frozenset[str] | None

    @classmethod
    async def seen(cls, scope: Scope) -> Leaders:
        return cls(scope, await scope.seen("leaders"))

    def key(self, author: str) -> str:
        """Empty for all who are not told apart."""
        return author if self.keys is None or author in self.keys else ""

    def of(self, result: Result) -> str:
        return (result.name or "name not known") if self.key(result.author) else OTHERS

    def looked(self, what: str, authors: Iterable[str]) -> tuple[Looked, ...]:
        named = [author for author in authors if self.key(author)]
        return each(self.scope.sight("leaders").look(self.scope.person, what), named) if named else ()


def _with_leader(result: Result, scope: Scope, names: Leaders) -> tuple[str, ...]:
    title, *numbers = row(result, scope)
    return title, names.of(result), *numbers, result.id


def _facts(found: Sequence[Result]) -> tuple[tuple[str, str], ...]:
    sums, told = _sums(found), _told(found)
    return (
        ("Messages", f"{len(found)}"),
        ("Reached", share(sums["sent"], sums["roster"])),
        ("Acknowledged", share(told["acknowledged"], told["asked"]) if told["sent"] else FEWER),
    )


def _leader(name: str, results: Sequence[Result], people: int) -> tuple[str, ...]:
    told = _told(results)
    rates = share(told["acknowledged"], told["asked"]), share(told["understood"], told["checked"])
    return name, str(len(results)), f"{people:,}", *(rates if told["sent"] else (FEWER, FEWER))


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
