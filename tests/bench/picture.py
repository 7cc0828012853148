"""One bar in parts, as a small SVG that is read in light and in dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, BAR, ROW, MARGIN = 760, 44, 24, 12
COLOURS = (
    *("#4c78a8", "#72b7b2", "#f58518", "#b279a2", "#9ecae9", "#54a24b"),
    *("#eeca3b", "#d6616b", "#843c39", "#ff9da6", "#9d755d", "#8c8c8c"),
)
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1f2328}.head{font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}"
)
Part = tuple[str, float, str]  # name, share of the whole, what is written beside it


def bar(title: str, parts: Sequence[Part]) -> str:
    """The parts in their order, largest shares widest; the alternative text says them all."""
    said = "; ".join(f"{name} {share:.0%}" for name, share, _ in parts)
    lines = [_head(title, said, len(parts))]
    at = float(MARGIN)
    for (name, share, _), colour in zip(parts, COLOURS, strict=False):
        width = share * (WIDTH - 2 * MARGIN)
        lines.append(
            f'<rect x="{at:.1f}" y="36" width="{width:.1f}" height="{BAR}" fill="{colour}">'
            f"<title>{escape(name)} {share:.0%}</title></rect>"
        )
        at += width
    lines += [_legend(number, *part) for number, part in enumerate(parts)]
    return "\n".join([*lines, "</svg>\n"])


def _head(title: str, said: str, count: int) -> str:
    height = 36 + BAR + MARGIN + ROW * ((count + 1) // 2) + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title said">\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="said">{escape(said)}</desc>\n<style>{STYLE}</style>\n'
        f'<text class="head" x="{MARGIN}" y="24">{escape(title)}</text>'
    )


def _legend(number: int, name: str, share: float, beside: str) -> str:
    x = MARGIN + (number % 2) * (WIDTH // 2)
    y = 36 + BAR + MARGIN + ROW * (number // 2) + 16
    return (
        f'<rect x="{x}" y="{y - 12}" width="14" height="14" fill="{COLOURS[number % len(COLOURS)]}"/>'
        f'<text x="{x + 22}" y="{y}">{escape(name)}  {share:.0%}  {escape(beside)}</text>'
    )
