"""A calibration plot as a small SVG that is read in light and in dark."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.learning.calibration import Bin

SIDE, LEFT, TOP = 420, 64, 48  # pixels: of the square, and where it begins
WIDTH, HEIGHT = LEFT + SIDE + 40, TOP + SIDE + 64
LARGEST = 13  # radius of the point of the fullest bin
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1f2328}.head{font-weight:600}.small{font-size:12px}"
    "line,rect{stroke:#8c959f;fill:none}.even{stroke-dasharray:5 5}circle{fill:#4c78a8;fill-opacity:.85}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}line,rect{stroke:#6e7681}circle{fill:#82b1ff}}"
)


def calibration_plot(bins: Sequence[Bin]) -> str:
    """What was foretold against the share right, a point for each bin; on the dashed line they are the same."""
    full = [tenth for tenth in bins if tenth.n]
    most = max((tenth.n for tenth in full), default=1)
    said = "; ".join(f"foretold {b.predicted / b.n:.0%}, right {b.right / b.n:.0%} of {b.n}" for b in full)
    title = "Foretold and observed"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="title said">\n<title id="title">{title}</title>\n'
        f'<desc id="said">{said or "no predictions"}</desc>\n<style>{STYLE}</style>\n'
        f'<text class="head" x="{LEFT}" y="28">{title}</text>',
        f'<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>',
        f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>',
        f'<text class="small" x="{LEFT}" y="{HEIGHT - 12}">recall foretold before the answer</text>',
        f'<text class="small" transform="translate(16 {TOP + SIDE}) rotate(-90)">share of right answers</text>',
    ]
    for fifth in range(6):
        share = fifth / 5
        lines.append(f'<text class="small" x="{_x(share) - 10:.0f}" y="{TOP + SIDE + 20}">{share:.0%}</text>')
        lines.append(f'<text class="small" x="{LEFT - 38}" y="{_y(share) + 4:.0f}">{share:.0%}</text>')
    for tenth in full:
        x, y = _x(tenth.predicted / tenth.n), _y(tenth.right / tenth.n)
        radius = max(2.5, LARGEST * (tenth.n / most) ** 0.5)
        lines.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>n = {tenth.n}</title></circle>'
        )
        lines.append(f'<text class="small" x="{x + radius + 3:.1f}" y="{y - 4:.1f}">{tenth.n:,}</text>')
    return "\n".join([*lines, "</svg>\n"])


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + SIDE * (1 - share)
