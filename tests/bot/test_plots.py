"""Charts drawn here: small enough for a card, the same every time, and as long as their values."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageColor

from bot.plots import picture, png, svg
from content.cards import Chart, Point
from content.charts import Mark, bars
from content.palette import DARK, LIGHT, Palette


def chart(shape: str, count: int, label: str = "Week {}", unit: str = "%", title: str = "Reach") -> Chart:
    points = tuple(Point(label=label.format(n), value=n * 137.3 % 101) for n in range(count))
    return Chart.model_validate(
        {"title": title, "shape": shape, "points": points, "unit": unit, "alt": "Reach by week"}
    )


def opened(found: bytes) -> Image.Image:
    return Image.open(BytesIO(found), formats=["PNG"])


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize(("shape", "count"), [("bar", 0), ("bar", 1), ("bar", 20), ("line", 1), ("line", 20)])
def test_a_chart_of_a_card_is_a_palette_png_of_less_than_ten_kilobytes(
    shape: str, count: int, palette: Palette
) -> None:
    found = picture(chart(shape, count, "ISO 9001:2015 1{:02}.1", "answers", "W" * 50), palette)
    image = opened(found)
    assert (image.format, image.mode, image.width) == ("PNG", "P", 640)
    assert len(found) < 10_000
    there = {colour for _, colour in image.convert("RGB").getcolors(256) or ()}
    inks = (palette.ground, palette.ink, *([palette.mark] if count > 1 else []))
    assert {ImageColor.getrgb(ink) for ink in inks} <= there


def test_the_same_chart_gives_the_same_bytes() -> None:
    one, other = chart("line", 9), chart("line", 8)
    first = picture(one)
    picture.cache_clear()
    assert picture(one) == first != picture(other)


def test_bars_are_as_long_as_their_values_whatever_letters_name_them() -> None:
    names = ("Größe", "日本", "</svg>", "a\"b\\c'")
    marks = [Mark(name, value) for name, value in zip(names, (0.0, 0.25, 0.5, 1.0), strict=True)]
    image = opened(png(bars("Łódź", marks, "x"))).convert("RGB")
    mark = ImageColor.getrgb(LIGHT.mark)
    rows = [4 + 32 * row + 16 for row in range(4)]
    lengths = [sum(image.getpixel((x, y)) == mark for x in range(image.width)) for y in rows]
    assert lengths[3] > 250
    assert lengths[:3] == pytest.approx([0, lengths[3] / 4, lengths[3] / 2], abs=3)


def test_an_svg_for_a_page_leaves_its_colours_to_the_style_sheet_and_holds_no_script() -> None:
    plot = bars("Reach", [Mark("<script>alert(1)</script>", 0.4, 0.3, 0.5, "40%")], "x")
    drawn = svg(plot, None)
    assert "var(--plot-mark)" in drawn
    assert "<script" not in drawn
    assert "var(" not in svg(plot, DARK)
