"""A chart as a small PNG, where a platform draws none: bars lie, so that labels have room; a line stands.

It is the only place that knows Pillow. The same chart gives the same bytes.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw, ImageFont

from content.cards import Chart

WIDTH = 640  # pixels of the picture; a line chart is 320 high, a bar chart as high as its bars need
LINE_HEIGHT = 320
TITLE, ROW, MARGIN = 56, 34, 20
SCALE = 2  # drawn twice as large, then made smaller: smooth edges
LARGEST = 10_000  # bytes: it travels inside a card of at most 28 KB, in base64
VALUE, LABEL = 46, 84  # room for one value and one label of a line, so that they do not touch


_SPELT = str.maketrans(dict(ä="ae", ö="oe", ü="ue", Ä="Ae", Ö="Oe", Ü="Ue", ß="ss", ø="o", æ="ae"))
_HAS = {chr(code) for code in range(32, 127)} | set("…")


@dataclass(frozen=True)
class Palette:
    """All but `track`, which says nothing, have a contrast to `ground` of 4.5 or more (WCAG 2.2, 1.4.3)."""

    ground: str
    words: str
    quiet: str
    mark: str
    track: str

    @property
    def inks(self) -> tuple[str, ...]:
        return self.words, self.quiet, self.mark


LIGHT = Palette(ground="#ffffff", words="#1b1b1f", quiet="#55555f", mark="#1d5fbf", track="#e9ecf2")
DARK = Palette(ground="#1f1f23", words="#f2f2f5", quiet="#b4b4be", mark="#82b1ff", track="#34343c")


def png(chart: Chart, dark: bool = False) -> bytes:
    """The chart in 640 pixels' width, every value written out; its alternative text is `chart.alt`."""
    height = LINE_HEIGHT if chart.shape == "line" else TITLE + ROW * max(len(chart.points), 1) + MARGIN // 2
    palette = DARK if dark else LIGHT
    image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), palette.ground)
    pen = _Pen(ImageDraw.Draw(image), palette)
    title = chart.title if chart.unit in ("", "%") else f"{chart.title} ({chart.unit})"
    pen.words(MARGIN, TITLE / 2, title, 20, palette.words, "lm", WIDTH - 2 * MARGIN)
    if chart.shape == "line":
        _line(chart, pen)
    else:
        _bars(chart, pen)
    small = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    fine = _file(small, palette, steps=3)
    return fine if len(fine) < LARGEST else _file(small, palette, steps=1)


def _file(image: Image.Image, palette: Palette, steps: int) -> bytes:
    """In the palette's own colours, `steps` from the ground to each: colours found by counting would fade."""
    colours = [palette.ground, palette.track]
    colours += [_mixed(palette.ground, top, n / steps) for top in palette.inks for n in range(1, steps + 1)]
    table = Image.new("P", (1, 1))
    table.putpalette([part for colour in colours for part in ImageColor.getrgb(colour)])
    file = BytesIO()
    image.quantize(palette=table, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _mixed(ground: str, ink: str, share: float) -> str:
    parts = zip(ImageColor.getrgb(ground), ImageColor.getrgb(ink), strict=True)
    return "#" + "".join(f"{round(under + (over - under) * share):02x}" for under, over in parts)


class _Pen:
    """Draws in pixels of the finished picture."""

    def __init__(self, draw: ImageDraw.ImageDraw, palette: Palette) -> None:
        self.draw = draw
        self.palette = palette

    def words(self, x: float, y: float, text: str, size: int, colour: str, anchor: str, room: float) -> None:
        """One line at an anchor of Pillow's ("lm": left, middle), cut with "…" where it has no room."""
        font, text = _font(size * SCALE), _drawable(text)
        while len(text) > 1 and font.getlength(text) > room * SCALE:
            text = text.rstrip("…")[:-1].rstrip() + "…"
        place, ground = (x * SCALE, y * SCALE), self.palette.ground
        halo = 3 * SCALE  # so that a line behind a number does not cross it
        self.draw.text(place, text, colour, font, anchor, stroke_width=halo, stroke_fill=ground)

    def bar(self, x: float, y: float, length: float, height: float, colour: str) -> None:
        box = [x * SCALE, y * SCALE, (x + length) * SCALE, (y + height) * SCALE]
        self.draw.rounded_rectangle(box, radius=min(4.0, length / 2) * SCALE, fill=colour)

    def path(self, places: list[tuple[float, float]], width: int, colour: str) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in places]
        self.draw.line(scaled, fill=colour, width=width * SCALE, joint="curve")

    def dot(self, x: float, y: float, radius: int, colour: str) -> None:
        self.draw.circle((x * SCALE, y * SCALE), radius * SCALE, fill=colour)


def _bars(chart: Chart, pen: _Pen) -> None:
    label, number = 200, 90
    start, room = MARGIN + label + 10, WIDTH - 2 * MARGIN - label - number - 20
    low, high = _range(chart)
    for index, point in enumerate(chart.points):
        middle = TITLE + ROW * (index + 0.5)
        pen.words(start - 10, middle, point.label, 15, pen.palette.words, "rm", label)
        pen.bar(start, middle - 10, room, 20, pen.palette.track)
        zero, end = (room * (value - low) / (high - low) for value in (0.0, point.value))
        pen.bar(start + min(zero, end), middle - 10, max(abs(end - zero), 2), 20, pen.palette.mark)
        pen.words(
            start + room + 10, middle, _number(point.value, chart.unit), 15, pen.palette.words, "lm", number
        )


def _line(chart: Chart, pen: _Pen) -> None:
    top, base = TITLE + 28.0, LINE_HEIGHT - 44.0
    low, high = _range(chart)
    side = MARGIN + 30
    step = (WIDTH - 2 * side) / max(len(chart.points) - 1, 1)
    left = side if len(chart.points) > 1 else WIDTH / 2
    places = [
        (left + step * index, base - (base - top) * (point.value - low) / (high - low))
        for index, point in enumerate(chart.points)
    ]
    zero = base - (base - top) * (0 - low) / (high - low)
    pen.path([(MARGIN, zero), (WIDTH - MARGIN, zero)], 1, pen.palette.quiet)
    if places:
        pen.path(places, 3, pen.palette.mark)
    values, labels = math.ceil(VALUE / step), math.ceil(LABEL / step)
    for index, ((x, y), point) in enumerate(zip(places, chart.points, strict=True)):
        pen.dot(x, y, 5, pen.palette.mark)
        if index % values == 0:
            value = _number(point.value, chart.unit)
            pen.words(x, y - 18, value, 15, pen.palette.words, "mm", step * values)
        if index % labels == 0:
            pen.words(x, LINE_HEIGHT - 22, point.label, 14, pen.palette.quiet, "mm", step * labels - 4)


def _range(chart: Chart) -> tuple[float, float]:
    """Zero belongs to it, and 100 where the unit is per cent, so that two charts compare."""
    values = [0.0, *(point.value for point in chart.points), *([100.0] if chart.unit == "%" else [])]
    return min(values), max(values) if max(values) > min(values) else min(values) + 1


def _number(value: float, unit: str) -> str:
    """At most one decimal; a unit other than `%` stands in the title."""
    return f"{value:,.1f}".removesuffix(".0") + (unit if unit == "%" else "")


def _drawable(text: str) -> str:
    """The text in letters that Pillow's own font has, which are few: the alternative text has the others."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT)).replace("...", "…")
    return "".join(c if c in _HAS else "?" for c in plain if not unicodedata.combining(c))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
