"""The smallest group of which a number may be shown, and what else is left out so that it cannot be reckoned.

Statistical disclosure control: *primary suppression* leaves out what tells of fewer people than the smallest group,
*secondary* or complementary suppression what would give that away by subtraction from a total (Hundepool et al.,
Statistical Disclosure Control, 2012, chapter 4). Two tables that are laid beside each other, such as two periods that
overlap, are not looked at together.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

SMALLEST = 5  # people of whom a number about what they did may be shown: of fewer it could be guessed
FEWER = f"fewer than {SMALLEST} people"
NOT_SHOWN = "not shown"  # large enough, and left out because a smaller one could be subtracted

Cell = tuple[int, int]
Node = tuple[str, int]
Beside = Mapping[Node, Sequence[tuple[Node, Cell]]]


def few(people: int) -> bool:
    """Whether a number about so many people may not be shown; of nobody there is nothing to hide."""
    return 0 < people < SMALLEST


def hidden(people: Sequence[int]) -> frozenset[int]:
    """The positions that are left out in a table of one column with its total: the sizes of its groups.

    Two of them at least, and five people together, or nothing: what is left out can be had as one by subtraction. A
    table whose total is too small itself is left out as a whole.
    """
    small = {place for place, size in enumerate(people) if few(size)}
    if not small:
        return frozenset()
    others = sorted((size, place) for place, size in enumerate(people) if size >= SMALLEST)
    for _, place in others:
        if len(small) > 1 and sum(people[each] for each in small) >= SMALLEST:
            break
        small.add(place)
    return frozenset(small)


def hidden_cells(table: Sequence[Sequence[int]]) -> frozenset[Cell]:
    """The same for a table of two dimensions whose last row and last column are its totals: (row, column).

    A cell that is left out can be reckoned exactly unless it lies on a cycle of such cells, each in the row or column
    of the one before, totals among them (Gusfield, A Graph Theoretic Approach to Statistical Data Security, SIAM J.
    Comput. 17, 1988). So for each one the cycle that costs the fewest people is left out with it; and in each line five
    people at least. Where there is no cycle its whole row and column are left out.
    """
    size = {
        (row, column): people
        for row, line in enumerate(table)
        for column, people in enumerate(line)
        if people  # where nobody is the cell protects nothing, and has nothing to protect
    }
    beside: dict[Node, list[tuple[Node, Cell]]] = defaultdict(list)
    for row, column in size:
        beside["row", row].append((("column", column), (row, column)))
        beside["column", column].append((("row", row), (row, column)))
    out = {cell for cell, people in size.items() if few(people)}
    alone: set[Cell] = set()  # with its line where there is no cycle
    while True:
        before = len(out)
        safe = _on_cycles(out) | alone  # whatever else is left out, it stays so
        for cell in sorted(out - safe):
            if cell not in safe:
                cycle = _cheapest(beside, size, out, cell)
                if not cycle:
                    alone |= (cycle := _line(size, cell) | {cell})
                out |= cycle
                safe |= cycle | {cell}
        out |= _too_few(size, out)
        if len(out) == before:
            return frozenset(out)


def _on_cycles(out: set[Cell]) -> set[Cell]:
    """Those that lie on a cycle of these: all but the bridges of their graph (Tarjan, Inf. Proc. Letters 2, 1974)."""
    beside: dict[Node, list[tuple[Node, Cell]]] = defaultdict(list)
    for cell in out:
        beside["row", cell[0]].append((("column", cell[1]), cell))
        beside["column", cell[1]].append((("row", cell[0]), cell))
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    bridges: set[Cell] = set()
    for root in beside:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        ways: list[tuple[Node, Cell | None, Iterator[tuple[Node, Cell]]]] = [(root, None, iter(beside[root]))]
        while ways:
            node, came, left = ways[-1]
            following, by = next(((node, by) for node, by in left if by != came), (None, None))
            if following is None:
                ways.pop()
                if ways and came is not None:
                    earlier = ways[-1][0]
                    low[earlier] = min(low[earlier], low[node])
                    if low[node] > order[earlier]:
                        bridges.add(came)
            elif following in order:
                low[node] = min(low[node], order[following])
            else:
                order[following] = low[following] = len(order)
                ways.append((following, by, iter(beside[following])))
    return out - bridges


def _line(size: Mapping[Cell, int], cell: Cell) -> set[Cell]:
    return {other for other in size if other[0] == cell[0] or other[1] == cell[1]}


def _too_few(size: Mapping[Cell, int], out: set[Cell]) -> set[Cell]:
    """For each line in which fewer than five people are left out, its next smallest cell."""
    more = set()
    for axis in (0, 1):
        for number in {cell[axis] for cell in out}:
            line = [cell for cell in size if cell[axis] == number]
            shown = [cell for cell in line if cell not in out]
            if shown and sum(size[cell] for cell in line if cell in out) < SMALLEST:
                more.add(min(shown, key=lambda cell: (size[cell], cell)))
    return more


def _cheapest(beside: Beside, size: Mapping[Cell, int], out: set[Cell], cell: Cell) -> set[Cell]:
    """The cells of the cheapest way from its row to its column without it: Dijkstra, where what is left out is free."""
    start, goal = ("row", cell[0]), ("column", cell[1])
    came: dict[Node, tuple[Node, Cell]] = {}
    waits: list[tuple[int, Node, Node, Cell]] = [(0, start, start, cell)]
    while waits:
        cost, node, before, through = heapq.heappop(waits)
        if node in came:
            continue
        came[node] = (before, through)
        if node == goal:
            return _way(came, start, goal)
        for following, by in beside[node]:
            if following not in came and by != cell:
                heapq.heappush(waits, (cost + (0 if by in out else size[by]), following, node, by))
    return set()


def _way(came: Mapping[Node, tuple[Node, Cell]], start: Node, goal: Node) -> set[Cell]:
    cells, node = set(), goal
    while node != start:
        node, cell = came[node]
        cells.add(cell)
    return cells


def left_out(small: int, also: int) -> str:
    """What a note says of the rows that are not shown; nothing where all are."""
    if not small:
        return ""
    more = f", and {also} more, from which they could be subtracted" if also else ""
    return f"Not shown: {small} of {FEWER}{more}."
