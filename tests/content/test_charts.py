"""Specifications of charts: no colour of their own, nothing lost of what is to be shown, and readable colours."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from content import palette
from content.cards import Chart, Point
from content.charts import Cell, Event, Mark, Plot, bars, heat, line, of, times
from content.palette import DARK, LIGHT, Palette, coloured

SHARES = [Mark("Assembly", 0.8, 0.7, 0.9, "80% of 40"), Mark("Paint", 0.5, 0.3, 0.7, "50% of 12")]
PLOTS = (
    bars("Accuracy", SHARES, "x"),
    line("Accuracy by week", SHARES, "x"),
    heat("Recall", [Cell("7.3", "Paint", 0.7, "70%"), Cell("7.3", "Assembly", None, "few")], "x"),
    times("The year", [Event("Audits", date(2026, 5, 4), "Stage 2")], "x", date(2026, 3, 1)),
)


@pytest.mark.parametrize("plot", PLOTS)
def test_a_specification_names_its_colours_so_that_it_follows_light_and_dark(plot: Plot) -> None:
    text = json.dumps(plot.spec)
    assert not re.search(r"#[0-9a-f]{6}|rgb\(", text)
    names = set(re.findall(r"var\(--([\w-]+)\)", text))
    assert names <= set(LIGHT.names) == set(DARK.names)
    assert all(f"--{name}: light-dark(" in palette.sheet() for name in names)
    assert "var(" not in json.dumps(coloured(plot.spec, DARK))


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_words_and_marks_stand_out_from_the_ground_and_numbers_from_their_field(colours: Palette) -> None:
    for ink in (colours.ink, colours.quiet, colours.mark, colours.alarm):
        assert contrast(ink, colours.ground) >= 4.5
    for field, ink in zip(colours.heat, colours.on_heat, strict=True):
        assert contrast(field, ink) >= 4.5
    steps = [luminance(field) for field in colours.heat]
    assert steps == sorted(steps, reverse=colours is LIGHT)  # told apart without seeing hues


def test_two_of_one_name_stay_two_and_what_is_hidden_has_its_place() -> None:
    twice = bars("Reach", [Mark("none", 0.1), Mark("none", 0.2)], "x")
    assert [row["label"] for row in twice.spec["data"]["values"]] == ["none", "none (2)"]
    hidden = PLOTS[2].spec["data"]["values"][1]
    assert (hidden["value"], hidden["said"]) == (None, "few")


def test_the_chart_of_a_card_keeps_its_numbers_and_says_its_unit() -> None:
    points = (Point(label="W1", value=61.5), Point(label="W2", value=68))
    share = of(Chart(title="Reach", shape="line", points=points, unit="%", alt="Reach rises"))
    assert (share.title, share.alt) == ("Reach", "Reach rises")
    assert [(row["value"], row["said"]) for row in share.spec["data"]["values"]] == [
        (0.615, "61.5%"),
        (0.68, "68%"),
    ]
    assert of(Chart(title="Given", points=points, unit="kudos", alt="x")).title == "Given (kudos)"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
