"""What may be shown of groups: nobody finds out about fewer than five people by subtracting what is shown."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.numbers.groups import SMALLEST, few, hidden, hidden_cells, left_out

SIZES = st.integers(0, 12)


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    assert hidden([3, 20, 7, 9]) == {0, 2}
    assert hidden([3, 2, 20, 7]) == {0, 1}
    assert hidden([2, 2, 20, 7]) == {0, 1, 3}
    assert hidden([8, 20, 7]) == frozenset()
    assert hidden([0, 20, 7]) == frozenset()
    assert hidden([3]) == {0}


@given(st.lists(SIZES, max_size=8))
def test_what_is_left_out_is_nothing_or_five_people_in_two_groups(people: list[int]) -> None:
    out = hidden(people)
    assert {place for place, size in enumerate(people) if few(size)} <= out
    if out and sum(people) >= SMALLEST:
        assert sum(people[place] for place in out) >= SMALLEST
        assert len(out) > 1


def test_a_small_cell_takes_a_rectangle_with_it() -> None:
    table = _with_totals([[3, 20, 9], [10, 30, 8], [40, 50, 60]])
    assert hidden_cells(table) == {(0, 0), (0, 2), (1, 0), (1, 2)}


def test_a_table_without_small_cells_is_shown_whole() -> None:
    assert hidden_cells(_with_totals([[5, 0], [7, 9]])) == frozenset()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(SIZES, min_size=n, max_size=n), min_size=1, max_size=4)
    )
)
def test_no_cell_that_is_left_out_can_be_reckoned_from_those_that_are_shown(cells: list[list[int]]) -> None:
    table = _with_totals(cells)
    out = hidden_cells(table)
    assert {(r, c) for r, line in enumerate(table) for c, people in enumerate(line) if few(people)} <= out
    if table[-1][-1] >= SMALLEST:
        assert not _reckoned(table, out)
        for line in _lines(table):
            left = [cell for cell in line if cell in out]
            shown = [cell for cell in line if cell not in out and table[cell[0]][cell[1]]]
            assert not left or not shown or sum(table[r][c] for r, c in left) >= SMALLEST


def test_sixty_clauses_by_forty_teams_hide_whoever_is_few() -> None:
    table = _with_totals([[(7 * r + 13 * c) % 31 for c in range(40)] for r in range(60)])
    small = {(r, c) for r, line in enumerate(table) for c, people in enumerate(line) if few(people)}
    assert small <= hidden_cells(table)


def test_the_note_says_how_many_are_left_out() -> None:
    assert left_out(0, 0) == ""
    assert left_out(1, 1) == (
        "Not shown: 1 of fewer than 5 people, and 1 more, from which they could be subtracted."
    )


def _with_totals(cells: list[list[int]]) -> list[list[int]]:
    rows = [[*line, sum(line)] for line in cells]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _lines(table: list[list[int]]) -> list[list[tuple[int, int]]]:
    rows = [[(r, c) for c in range(len(table[0]))] for r in range(len(table))]
    return rows + [list(column) for column in zip(*rows, strict=True)]


def _reckoned(table: list[list[int]], out: frozenset[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cells whose value follows from the sums: Gauss over the rationals, one equation for each line.

    A cell with nobody in it is known to have nobody: what is left out there says so.
    """
    unknown = sorted(out)
    place = {cell: number for number, cell in enumerate(unknown)}
    matrix = []
    for line in _lines(table):
        row = [Fraction(0)] * len(unknown)
        for number, cell in enumerate(line):
            if cell in place:
                row[place[cell]] = Fraction(-1 if number == len(line) - 1 else 1)
        matrix.append(row)
    reduced = _reduced(matrix)
    return [unknown[next(n for n, x in enumerate(r) if x)] for r in reduced if sum(x != 0 for x in r) == 1]


def _reduced(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    done: list[list[Fraction]] = []
    for column in range(len(matrix[0]) if matrix else 0):
        pivot = next((row for row in matrix if row[column]), None)
        if pivot is None:
            continue
        matrix.remove(pivot)
        pivot = [x / pivot[column] for x in pivot]
        matrix = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in matrix]
        done = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in done] + [pivot]
    return done
