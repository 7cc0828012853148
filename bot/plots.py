"""Charts drawn here, where no browser does it: as SVG for a page and the evidence pack, as PNG for a chat.

Everything here takes a tenth of a second, the first time in a process one and a half: never on the event loop.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from io import BytesIO

import vl_convert
from PIL import Image, ImageColor

from content.cards import Chart
from content.charts import Plot, of
from content.palette import LIGHT, Palette, coloured

VEGA_LITE = "6.4"  # as in bot/insights/web/package.json, so that a page and a picture show the same
LARGEST = 10_000  # bytes of a picture in a card of at most 28 KB, in base64
KEPT = 64  # pictures
SHADES = 4  # between the ground and each ink, so that edges are smooth


def svg(plot: Plot, palette: Palette | None = LIGHT) -> str:
    """Without a palette its colours are names, for a page whose style sheet has them (`content.palette.sheet`)."""
    spec = coloured(plot.spec, palette) if palette else plot.spec
    return str(vl_convert.vegalite_to_svg(dict(spec), vl_version=VEGA_LITE))


def png(plot: Plot, palette: Palette = LIGHT, scale: float = 1) -> bytes:
    """In as many colours as it takes; scale 2 for what is printed."""
    spec = dict(coloured(plot.spec, palette))
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=scale))


@lru_cache(KEPT)
def picture(chart: Chart, palette: Palette = LIGHT) -> bytes:
    """A card's chart as a PNG that travels inside a card; its alternative text is `chart.alt`."""
    plot = of(chart)
    heading = {"text": plot.title, "anchor": "start", "color": palette.ink, "fontSize": 17, "offset": 12}
    titled = replace(
        plot, spec={**plot.spec, "title": heading, "padding": {**plot.spec["padding"], "top": 14}}
    )
    image = Image.open(BytesIO(png(titled, palette)), formats=["PNG"]).convert("RGB")
    fine = _file(image, palette, SHADES)
    return fine if len(fine) < LARGEST else _file(image, palette, 1)


def _file(image: Image.Image, palette: Palette, shades: int) -> bytes:
    """In the palette's own colours and shades of them: colours found by counting would fade."""
    colours = [palette.ground, palette.track]
    inks = (palette.ink, palette.quiet, palette.mark)
    colours += [_mixed(palette.ground, ink, n / shades) for ink in inks for n in range(1, shades + 1)]
    table = Image.new("P", (1, 1))
    table.putpalette([part for colour in colours for part in ImageColor.getrgb(colour)[:3]])
    file = BytesIO()
    image.quantize(palette=table, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _mixed(ground: str, ink: str, share: float) -> str:
    parts = zip(ImageColor.getrgb(ground)[:3], ImageColor.getrgb(ink)[:3], strict=True)
    return "#" + "".join(f"{round(under + (over - under) * share):02x}" for under, over in parts)
