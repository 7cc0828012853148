"""Whether an action helped: the number before and after, and whether the difference is more than noise."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from handlers.findings.finding import Number
from handlers.numbers.intervals import Estimate, wilson

BETTER, SAME, WORSE = "better than noise", "no change shown", "worse"


class Effect(NamedTuple):
    """The difference after minus before with its interval, as shares between -1 and 1, and what it says."""

    difference: Estimate
    says: str


def number(part: float, of: float, people: int) -> Number:
    """With Wilson's interval, people as the sample: whoever answers several questions counts once.

    That is as wide as it would be if all answers of one person agreed, so it promises nothing too much.
    """
    estimate = wilson(people * part / of, people)
    return Number(part, of, people, estimate.low, estimate.high)


def effect(before: Number, after: Number, low_is_good: bool = False) -> Effect:
    """Newcombe's interval for the difference of two shares, made of the intervals of the two.

    R. G. Newcombe, Interval estimation for the difference between independent proportions: comparison of eleven
    methods, Statistics in Medicine 17 (1998), 873-890, method 10. It takes the two as independent; those who were good
    at first are mostly good again, so for the same people it is rather too wide. A number that was chosen because it
    was bad is somewhat better the next time by itself: that the interval cannot know, and a person judges.
    """
    d = after.share - before.share
    down = sqrt((after.share - after.low) ** 2 + (before.high - before.share) ** 2)
    up = sqrt((after.high - after.share) ** 2 + (before.share - before.low) ** 2)
    difference = Estimate(d, max(-1.0, d - down), min(1.0, d + up))
    rose, fell = difference.low > 0, difference.high < 0
    if not (rose or fell):
        return Effect(difference, SAME)
    return Effect(difference, BETTER if rose is not low_is_good else WORSE)


def in_words(found: Effect) -> str:
    """ "better than noise, 12 points more (95 %: 3 to 21)"."""
    points = [round(100 * value) for value in found.difference]
    change = f"{abs(points[0])} points {'more' if points[0] >= 0 else 'less'}"
    return f"{found.says}, {change} (95 %: {points[1]} to {points[2]})"
