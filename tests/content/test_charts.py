"""The picture of a chart: small, the same every time, and readable on both grounds."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageColor

from content.cards import Chart, Point
from content.charts import DARK, LIGHT, Palette, png


def chart(shape: str, count: int, label: str = "Week {}", unit: str = "%", title: str = "Reach") -> Chart:
    points = tuple(Point(label=label.format(n), value=n * 137.3 % 101) for n in range(count))
    return Chart.model_validate(
        {"title": title, "shape": shape, "points": points, "unit": unit, "alt": "Reach by week"}
    )


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture), formats=["PNG"])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("shape", ["bar", "line"])
@pytest.mark.parametrize("count", [0, 1, 8, 20])
def test_a_chart_is_a_palette_png_of_less_than_ten_kilobytes(shape: str, count: int, dark: bool) -> None:
    picture = png(chart(shape, count, "ISO 9001:2015 1{:02}.1", "answers", "W" * 50), dark)
    image = opened(picture)
    assert (image.format, image.mode, image.width) == ("PNG", "P", 640)
    assert len(picture) < 10_000


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert png(chart("line", 9)) == png(chart("line", 9))
    assert png(chart("line", 9)) != png(chart("line", 8))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_words_and_marks_stand_out_from_the_ground(palette: Palette) -> None:
    for ink in palette.inks:
        assert contrast(ink, palette.ground) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_colours_arrive_in_the_file_as_they_were_chosen(palette: Palette) -> None:
    image = opened(png(chart("bar", 20, "ISO 9001:2015 1{:02}.1"), palette is DARK)).convert("RGB")
    there = {colour for _, colour in image.getcolors(256) or ()}
    assert {ImageColor.getrgb(ink) for ink in (palette.ground, palette.words, palette.mark)} <= there


def test_bars_are_as_long_as_their_values() -> None:
    values = (0.0, 25.0, 50.0, 100.0)
    points = tuple(Point(label=str(v), value=v) for v in values)
    image = opened(png(Chart(title="Reach", points=points, unit="%", alt="Reach"))).convert("RGB")
    mark = ImageColor.getrgb(LIGHT.mark)
    lengths = [
        sum(image.getpixel((x, 56 + 34 * row + 17)) == mark for x in range(image.width)) for row in range(4)
    ]
    full = lengths[3]
    assert full > 250
    assert lengths[0] <= 2
    assert lengths[1:3] == pytest.approx([full / 4, full / 2], abs=3)


def test_negative_values_and_letters_the_font_lacks_are_drawn_too() -> None:
    points = (Point(label="Größe", value=-5), Point(label="日本", value=5), Point(label="…", value=0))
    for shape in ("bar", "line"):
        picture = Chart.model_validate({"title": "Łódź", "shape": shape, "points": points, "alt": "x"})
        assert opened(png(picture)).width == 640


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
