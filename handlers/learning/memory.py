"""What one person remembers of one item: a memory that fades by the day and is renewed by each answer (FSRS).

FSRS-6 (open-spaced-repetition) with its default parameters predicts recall with a log loss of 0.34 on 10,000 learners,
SM-2 with 0.55. Its own short steps of minutes are left out: here a day is the shortest gap.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fsrs import Scheduler

Day = float
"""Days since 1970 began, in UTC: a number that a database can reckon with."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY = timedelta(days=1)
MASTERED = (
    21.0  # days of stability from which an item counts as mastered: it is asked less than once in three weeks
)

DECAY = -0.1542  # FSRS-6's default parameter 20
FACTOR = 0.9 ** (1 / DECAY) - 1  # so that recall is 0.9 when as many days have passed as the stability says


class Memory(NamedTuple):
    """stability: days until recall falls to 0.9; difficulty: 1 to 10; met, reviewed: days of the first and last answer.

    streak: how many of the last answers in a row were right.
    """

    item: str
    stability: float
    difficulty: float
    met: Day
    reviewed: Day
    answers: int
    streak: int

    def recall(self, day: Day) -> float:
        """The chance that they know it on this day, between 0 and 1."""
        return recall(self.stability, day - self.reviewed)

    @property
    def mastered(self) -> bool:
        return self.stability >= MASTERED and self.streak > 0


def day_of(moment: datetime) -> Day:
    return (moment - EPOCH) / A_DAY


def recall(stability: float, days: float) -> float:
    """FSRS-6's curve of forgetting."""
    return float((1 + FACTOR * max(0.0, days) / stability) ** DECAY)


def interval(retention: float) -> float:
    """After how many days, as a multiple of the stability, recall falls to this."""
    return float((retention ** (1 / DECAY) - 1) / FACTOR)


def answered(known: Memory | None, item: str, day: Day, right: bool, certainty: int | None) -> Memory:
    """The memory after an answer. Right as a guess strengthens it less than right and sure."""
    from fsrs import Card, Rating, State

    rating = Rating.Again if not right else Rating.Hard if certainty == 1 else Rating.Good
    card = Card(card_id=0)
    if known is not None:
        last = EPOCH + known.reviewed * A_DAY
        card = Card(
            card_id=0,
            state=State.Review,
            stability=known.stability,
            difficulty=known.difficulty,
            due=last,
            last_review=last,
        )
    now = EPOCH + max(day, known.reviewed if known else day) * A_DAY
    after, _ = _scheduler().review_card(card, rating, now)
    assert after.stability is not None
    assert after.difficulty is not None
    return Memory(
        item=item,
        stability=after.stability,
        difficulty=after.difficulty,
        met=known.met if known else day,
        reviewed=day,
        answers=(known.answers if known else 0) + 1,
        streak=(known.streak if known else 0) + 1 if right else 0,
    )


@cache
def _scheduler() -> Scheduler:
    """What is due is judged when questions are chosen, by the programme's retention: the scheduler only remembers."""
    from fsrs import Scheduler

    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
