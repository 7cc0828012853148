"""The starter packs with a plot's campaigns in them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from content.campaigns import WEEKDAYS
from content.holidays import Holidays
from content.packs import Library, load
from tests.rig.plot import Plot


def library(plot: Plot, edited: str) -> Library:
    whole = _starter()
    pieces = {
        id_: piece.model_copy(update={"title": piece.title + edited}) for id_, piece in whole.pieces.items()
    }
    rules = {"quiet": plot.quiet, "working_days": WEEKDAYS, "holidays": Holidays()}
    programme = whole.programme.model_copy(update={"campaigns": plot.campaigns, **rules})
    return replace(whole, pieces=pieces, programme=programme)


@lru_cache
def _starter() -> Library:
    return load(Path("content/packs/starter/programme.yaml"))
