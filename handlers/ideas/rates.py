"""Ideas in numbers: how many people have, how much of that is decided, how soon, and what is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.findings.rates import share
from handlers.ideas.idea import TAKEN_UP, Idea, Stage
from handlers.moments import about as lasting
from handlers.numbers.definitions import IDEAS_ACCEPTED, IDEAS_DECIDED, IDEAS_PROPOSED, TIME_TO_DECIDE
from handlers.numbers.groups import FEWER, few
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars

DEFINED = (IDEAS_PROPOSED, IDEAS_DECIDED, TIME_TO_DECIDE, IDEAS_ACCEPTED)
NONE = "Nobody had an idea in this period, and none was decided. Type `idea` to have one."


@dataclass(frozen=True)
class Counted:
    """Ideas of a period: proposed in it, and decided in it. people: who are here; of a manager the own."""

    proposed: Sequence[Idea]
    decided: Sequence[Idea]
    people: int

    @property
    def few(self) -> bool:
        """Whether fewer than five people had them; all that have no name under them may be of one."""
        found = [*self.proposed, *self.decided]
        return few(len({"" if idea.anonymous else idea.person for idea in found}))

    @property
    def median(self) -> timedelta | None:
        """Half of the decisions came within it; of an even number the later of the two in the middle."""
        times = sorted(idea.decided_at - idea.at for idea in self.decided if idea.decided_at)
        return times[len(times) // 2] if times else None


async def counted(scope: Scope, about: str = "") -> Counted:
    """about: of one standard, and those about none in particular."""
    store, since, until = scope.desk.store.ideas, scope.since, scope.until
    found = await store.between(since, until, about=about, manager=scope.manager)
    return Counted(
        [idea for idea in found if since <= idea.at < until],
        [idea for idea in found if idea.decided_at and since <= idea.decided_at < until],
        await store.people(manager=scope.manager),
    )


def facts(found: Counted, *, of_manager: bool = False) -> tuple[tuple[str, str], ...]:
    """Of few people no more than how many ideas they had, and not even that to their manager."""
    name = IDEAS_PROPOSED.name.capitalize()
    if found.few and of_manager:
        return ((name, FEWER),)
    proposed = (name, in_words(found))
    if found.few or not (found.proposed or found.decided):
        return (proposed,)
    sooner = sum(idea.decided_at is not None for idea in found.proposed)
    taken_up = sum(idea.stage in TAKEN_UP for idea in found.decided)
    told = [proposed, (IDEAS_DECIDED.name.capitalize(), share(sooner, len(found.proposed)))]
    if (half := found.median) is not None:
        told.append((TIME_TO_DECIDE.name.capitalize(), lasting(half)))
    return (*told, (IDEAS_ACCEPTED.name.capitalize(), share(taken_up, len(found.decided))))


def in_words(found: Counted) -> str:
    """ "12, 4.0 per 100 people"."""
    if not found.proposed or not found.people:
        return f"{len(found.proposed):,}"
    return f"{len(found.proposed):,}, {100 * len(found.proposed) / found.people:.1f} per 100 people"


async def ideas(scope: Scope) -> Sheet:
    """Those proposed in the period, by how they stand now; a manager sees those that the own people have."""
    found = await counted(scope)
    stages = stages_of(found)
    return Sheet(
        title=f"Ideas{scope.of_whom}",
        facts=facts(found, of_manager=bool(scope.manager)) if found.proposed or found.decided else (),
        says=() if found.proposed or found.decided else (NONE,),
        header=("Stage", "Ideas"),
        rows=tuple((stage, f"{number:,}") for stage, number in stages),
        charts=bars("Ideas by stage", stages, unit=""),
        notes=(
            f"{scope.period} By stage: what was proposed in it, as it stands now. What fewer than five people had is "
            "not told apart.",
        ),
        data=tuple({"stage": stage, "ideas": number} for stage, number in stages),
    )


def stages_of(found: Counted) -> list[tuple[str, int]]:
    """How many of those proposed stand where; nothing of few people."""
    if replace(found, decided=()).few:
        return []
    stages = Counter(idea.stage for idea in found.proposed)
    return [(str(stage), stages[stage]) for stage in Stage if stages[stage]]
