"""Lines over the weeks of a year as a small SVG that is read in light and in dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from tests.bench.picture import COLOURS, STYLE

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 760, 380, 52, 44, 40, 190
GRID = (
    ".grid{stroke:#d0d7de;stroke-width:1}.small{font-size:12px}path{fill:none;stroke-width:2.5}"
    "@media(prefers-color-scheme:dark){.grid{stroke:#3d444d}}"
)
APART = 17  # between names at the right


def lines(title: str, weeks: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    """series: shares between 0 and 1; the first is ours, and drawn thicker. The alternative text has both ends."""
    values = [value for line in series.values() for value in line]
    low, high = int(min(values) * 10) / 10, int(max(values) * 10 + 1) / 10
    said = "; ".join(f"{name}: {line[0]:.0%} to {line[-1]:.0%}" for name, line in series.items())
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="title said">\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="said">{escape(said)}</desc>\n<style>{STYLE}{GRID}</style>\n'
        f'<text class="head" x="12" y="24">{escape(title)}</text>'
    ]

    def x(week: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * week / weeks[-1]

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    for tenth in range(round(low * 10), round(high * 10) + 1):
        at = y(tenth / 10)
        drawn.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        drawn.append(f'<text class="small" x="12" y="{at + 4:.1f}">{tenth * 10} %</text>')
    for week in weeks[:: max(1, len(weeks) // 4)]:
        drawn.append(f'<text class="small" x="{x(week) - 6:.1f}" y="{HEIGHT - 14}">week {week}</text>')
    beside = _apart({name: y(line[-1]) for name, line in series.items()})
    for (name, line), colour in zip(series.items(), (COLOURS[2], *COLOURS[:2], *COLOURS[3:]), strict=False):
        path = "L".join(f"{x(week):.1f} {y(value):.1f}" for week, value in zip(weeks, line, strict=True))
        thick = ' style="stroke-width:4"' if name == next(iter(series)) else ""
        drawn.append(f'<path d="M{path}" stroke="{colour}"{thick}/>')
        text = f"{escape(name)}, {line[-1]:.0%}"
        drawn.append(
            f'<rect x="{WIDTH - RIGHT + 8}" y="{beside[name] - 5:.1f}" width="10" height="10" fill="{colour}"/>'
        )
        drawn.append(f'<text class="small" x="{WIDTH - RIGHT + 24}" y="{beside[name] + 4:.1f}">{text}</text>')
    return "\n".join([*drawn, "</svg>\n"])


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """The same heights, moved down where two names would lie on each other."""
    found: dict[str, float] = {}
    free = 0.0
    for name, height in sorted(heights.items(), key=lambda one: one[1]):
        found[name] = max(height, free)
        free = found[name] + APART
    return found
