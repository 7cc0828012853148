"""Whether leaders answer what people write to them: how much of it, and how soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.moments import about
from handlers.numbers.definitions import REPLY_RATE, TIME_TO_ANSWER
from handlers.numbers.groups import SMALLEST
from handlers.numbers.leaders import OTHERS, Leaders
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars
from handlers.replies.reply import ReplyRate


async def replies(scope: Scope) -> Sheet:
    """By leader; who has the most waiting comes first."""
    found = await scope.desk.store.replies.rates(scope.since, scope.until, manager=scope.manager)
    told_apart = await Leaders.seen(scope)
    found = _together(found, told_apart)
    found = sorted(found, key=lambda rate: (rate.answered - rate.wanted, rate.leader))
    names = {rate.leader: await _name(scope, rate.leader) if rate.leader else OTHERS for rate in found}
    shares = [(names[r.leader], 100 * r.answered / r.wanted) for r in found if r.wanted >= SMALLEST]
    return Sheet(
        title=f"Replies to leaders{scope.of_whom}",
        facts=_facts(found),
        says=() if found else ("Nobody has written to a leader in this period.",),
        header=("Leader", REPLY_RATE.short, TIME_TO_ANSWER.short, "Received", "Set aside"),
        narrow=4,
        rows=tuple(_row(names[rate.leader], rate) for rate in found),
        charts=bars("Replies answered", shares) if len(shares) > 1 else (),
        notes=(
            f"{scope.period} Answered, of the replies that want an answer; under {SMALLEST} no rate is given. What "
            "was written without a name is timed by the hour.",
        ),
        data=tuple(_data(names[rate.leader], rate) for rate in found),
        looked=told_apart.looked("stats replies", (rate.leader for rate in found)),
    )


def _together(found: Sequence[ReplyRate], told_apart: Leaders) -> list[ReplyRate]:
    """Those whom who asks may see by name, and all others as one."""
    others = [rate for rate in found if not told_apart.key(rate.leader)]
    return [rate for rate in found if rate not in others] + ([_whole(others)] if others else [])


def share(rate: ReplyRate) -> str:
    """ "80% (4 of 5)"; with fewer the counts alone."""
    counted = f"{rate.answered} of {rate.wanted}"
    return f"{rate.answered / rate.wanted:.0%} ({counted})" if rate.wanted >= SMALLEST else counted


def _facts(found: list[ReplyRate]) -> tuple[tuple[str, str], ...]:
    if not found:
        return ()
    whole = _whole(found)
    facts = ((REPLY_RATE.name.capitalize(), share(whole)),)
    half = whole.median
    return facts if half is None else (*facts, (TIME_TO_ANSWER.name.capitalize(), about(half)))


def _whole(found: Sequence[ReplyRate]) -> ReplyRate:
    return ReplyRate(
        leader="",
        received=sum(rate.received for rate in found),
        wanted=sum(rate.wanted for rate in found),
        answered=sum(rate.answered for rate in found),
        times=tuple(time for rate in found for time in rate.times),
    )


def _row(name: str, rate: ReplyRate) -> tuple[str, ...]:
    median = about(rate.median) if rate.median is not None else "-"
    return name, share(rate), median, str(rate.received), str(rate.received - rate.wanted)


def _data(name: str, rate: ReplyRate) -> Mapping[str, str | float | None]:
    return {
        "leader": name,
        "received": rate.received,
        "wanted": rate.wanted,
        "answered": rate.answered,
        "share": rate.answered / rate.wanted if rate.wanted else None,
        "median_seconds": rate.median.total_seconds() if rate.median is not None else None,
    }


async def _name(scope: Scope, leader: str) -> str:
    person = await scope.desk.store.person(leader)
    return (person.name if person else "") or "no name"
