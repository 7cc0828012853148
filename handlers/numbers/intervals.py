"""How far a number may be from the truth: intervals of 95 %, and the correlation that item analysis stands on."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from handlers.numbers.counts import Answers, Sums

Z = 1.959964  # of the normal distribution: 95 % lie within so many standard deviations


class Estimate(NamedTuple):
    """A share between 0 and 1 with its interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.0%} ({100 * self.low:.0f}-{self.high:.0%})"


def wilson(part: float, of: float) -> Estimate:
    """A share of independent answers. Wilson's interval also holds near 0 and 1, and where there are few."""
    share, spread = part / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * sqrt(share * (1 - share) / of + spread / (4 * of))
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half))


def difference(part: int, of: int, part_before: int, of_before: int) -> Estimate:
    """Of two shares of different answers: `change` of their intervals by Wilson.

    Answers of one person are no independent sample, so it is a little too narrow.
    """
    return change(wilson(part, of), wilson(part_before, of_before))


def change(now: Estimate, before: Estimate) -> Estimate:
    """Where the interval leaves out 0 it is more than noise.

    Newcombe's interval from the two (Statistics in Medicine 17, 1998, 873-890, method 10). For different people; of
    the same ones it is too wide, for what is odd about them is in both.
    """
    low = sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    high = sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    value = now.value - before.value
    return Estimate(value, value - low, value + high)


def mean(sums: Sums) -> Estimate:
    """The mean over all pairs, with an interval whose unit of sampling is the person.

    What one person remembers of several items goes up and down together, so pairs are no sample of their own: people
    are, as clusters, and the mean is a ratio of sums over them. Its variance is n / (n - 1) * sum((r - mean * m)^2) /
    sum(m)^2 (Cochran, Sampling Techniques, 6.4), its interval Student's t with n - 1 degrees of freedom. It says how
    much another such set of people could differ, and not how wrong the forgetting curve may be. For two people or more.
    """
    value, n = sums.r / sums.m, sums.people
    squares = max(0.0, sums.rr - 2 * value * sums.mr + value * value * sums.mm)
    half = t(n - 1) * sqrt(n / (n - 1) * squares) / sums.m
    return Estimate(value, max(0.0, value - half), min(1.0, value + half))


def t(freedom: int) -> float:
    """Student's t for 95 %, from the normal distribution's (Cornish and Fisher); 0.3 % too small at 4 degrees."""
    z, v = Z, freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3


def discrimination(answers: Answers) -> float | None:
    """The corrected item-rest point-biserial: the correlation between right or wrong here and the rest.

    The rest of a person is the share that is right of their first answers to *other* items (this one left out, hence
    corrected: an item agrees with itself). People are asked different items, so it is a share and no score; an item
    of which the better fail has a value below 0, mostly because its key is wrong. None where everybody is alike.
    """
    n, x, y = answers.pairs, answers.x, answers.y  # x is its own square
    spread = (n * x - x * x) * (n * answers.yy - y * y)
    if n < 3 or spread <= 1e-9:
        return None
    return (n * answers.xy - x * y) / sqrt(spread)
