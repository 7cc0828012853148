"""What an editor remarks on in the items of a whole pack, and between packs: what a clever guesser would find out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from content.pieces import Item
from content.remarks import Remark, meaning

A_SET = 12  # items: fewer say nothing about habits
LONGEST = 0.45  # of the keys; by chance it is one in three
ONE_LETTER = 0.50  # of the keys
A_LARGE_SET = 30  # items, from which a letter can also be too rare
RARE_LETTER = 0.15  # of the keys
NEAR = 0.45  # of the weight of two stems: paraphrases have 0.5 to 0.9, and stems of other situations less than 0.4


def of_set(items: Sequence[tuple[str, Item]], covers: Collection[str]) -> Iterator[Remark]:
    """Of the items of one pack, each with its id, and the clauses that the pack says it covers."""
    yield from _untaught(items, covers)
    if len(items) >= A_SET:
        yield from _longest([(id, item) for id, item in items if _key_is_longest(item)], len(items))
        yield from _letters([item for _, item in items])


def _untaught(items: Sequence[tuple[str, Item]], covers: Collection[str]) -> Iterator[Remark]:
    taught = {str(clause.whole) for _, item in items for clause in item.clauses}
    for number, clause in enumerate(covers):
        if clause not in taught:
            found = f"no item teaches {clause}; write one, or take the clause out of the list"
            yield Remark("untaught-clause", ("covers", number), found)


def _key_is_longest(item: Item) -> bool:
    others = (len(text) for letter, text in item.options.items() if letter != item.key)
    return len(item.options[item.key]) > max(others)


def _longest(found: Sequence[tuple[str, Item]], of: int) -> Iterator[Remark]:
    if len(found) / of > LONGEST:
        some = ", ".join(id for id, _ in found[:10]) + (", ..." if len(found) > 10 else "")
        yield Remark(
            "longest-key",
            (),
            f"the key is the longest option in {len(found)} of {of} items, so that who knows nothing can guess; "
            f"shorten keys or say more in the other options: {some}",
        )


def _letters(items: Sequence[Item]) -> Iterator[Remark]:
    keys = Counter(item.key for item in items)
    letter, often = keys.most_common(1)[0]
    if often / len(items) > ONE_LETTER:
        found = f"{letter} is the key of {often} of {len(items)} items; move some keys to another letter"
        yield Remark("key-letters", (), found)
    if len(items) < A_LARGE_SET:
        return
    offered = Counter(letter for item in items for letter in item.options)
    for letter in sorted(letter for letter, times in offered.items() if times * 2 > len(items)):
        if keys[letter] / len(items) < RARE_LETTER:
            found = f"{letter} is the key of only {keys[letter]} of {len(items)} items; move some keys there"
            yield Remark("key-letters", (), found)


class Near(NamedTuple):
    """Two stems that ask nearly the same, and how much of them is the same, from 0 to 1."""

    first: int
    second: int
    share: float


def near_duplicates(stems: Sequence[str]) -> Iterator[Near]:
    """Every two stems of which at least NEAR is the same, in order.

    The measure is Dice's: twice what both have, by what each has, where a word weighs the more the fewer stems it
    is in. So "What do you do first?", which many end in, weighs next to nothing, a caliper or a badge much; the order
    of words, their endings and small words do not count, which is what a paraphrase changes. It cannot see that a
    wrench and a spanner are one.
    """
    bags = [meaning(stem) for stem in stems]
    weights = _weights(bags)
    whole = [sum(weights[word] for word in bag) for bag in bags]
    for first, second in combinations(range(len(bags)), 2):
        both = bags[first] & bags[second]
        if len(both) > 1:
            share = 2 * sum(weights[word] for word in both) / (whole[first] + whole[second])
            if share >= NEAR:
                yield Near(first, second, share)


def _weights(bags: Sequence[frozenset[str]]) -> Mapping[str, float]:
    often = Counter(word for bag in bags for word in bag)
    return {word: math.log(1 + len(bags) / times) for word, times in often.items()}
