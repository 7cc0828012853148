"""Delayed recall: what is still right a week, a month and a quarter after it was met."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.learning.gathered import gathered, of_when
from handlers.learning.learnt import WINDOWS
from handlers.learning.lessons import DELAYED_RECALL
from handlers.numbers.counts import Delayed
from handlers.numbers.definitions import DELAYED
from handlers.numbers.groups import FEWER, few
from handlers.numbers.intervals import wilson
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars


async def delayed(scope: Scope) -> Sheet:
    """Beside each share stands what the same people and questions had at first.

    For what was wrong is asked again sooner: the answers after a week are of other, harder pairs than those after three
    months, so the line alone would show who is asked when. Answers of one person are no independent sample, so
    Wilson's interval is a little too narrow.
    """
    known = await gathered(scope, DELAYED_RECALL)
    found = {each.about: each for each in known.rows}
    names = {0: "first answer"} | {w.about: f"{w.begins:.0f} to {w.ends - 1:.0f} days after" for w in WINDOWS}
    shown = {about: each for about, each in found.items() if not few(each.people)}
    points = [
        (f"{about} days" if about else "first", 100 * shown[about].right / shown[about].answers)
        for about in shown
    ]
    return Sheet(
        title=f"Delayed recall{scope.of_whom}",
        says=() if found else ("Nobody has answered a question in this period.",),
        header=("When", DELAYED.short, "The same at first", "n", "People"),
        rows=tuple((name, *_cells(found.get(about))) for about, name in names.items()) if found else (),
        narrow=4,
        charts=bars("Right by days after the first answer", points, shape="line") if len(points) > 1 else (),
        notes=(
            f"{of_when(scope.desk, known, scope.zone)} In brackets: Wilson's interval, 95 %; n: answers. What was "
            "wrong is asked again sooner, so compare a row with the same at first: these people's first answers to "
            "these questions.",
        ),
        data=tuple(_data(each) for each in shown.values()),
    )


def _cells(each: Delayed | None) -> tuple[str, str, str, str]:
    if each is None:
        return "no answers yet", "-", "0", "0"
    if few(each.people):
        return FEWER, "-", "-", "-"
    at_first = f"{each.at_first / each.answers:.0%}"
    return str(wilson(each.right, each.answers)), at_first, f"{each.answers:,}", f"{each.people:,}"


def _data(each: Delayed) -> Mapping[str, str | float | None]:
    return {**each._asdict(), "share": each.right / each.answers}
