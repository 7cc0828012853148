"""The colours of charts, by name: a page's style sheet resolves the names, a picture's palette does it for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Steps = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Palette:
    """Inks have a contrast to `ground` of 4.5 or more (WCAG 2.2, 1.4.3); `track` and `band` say nothing.

    heat: six steps of one hue, from little to much, that differ in lightness, so that every eye can tell them apart;
    on_heat: the ink on each.
    """

    ground: str
    ink: str
    quiet: str
    mark: str
    alarm: str
    track: str
    band: str
    heat: Steps
    on_heat: Steps

    @property
    def names(self) -> Mapping[str, str]:
        """The name in a style sheet -> colour."""
        names = ("ground", "ink", "quiet", "mark", "alarm", "track", "band")
        plain = {f"plot-{name}": getattr(self, name) for name in names}
        plain |= {f"plot-heat-{step}": colour for step, colour in enumerate(self.heat)}
        return plain | {f"plot-on-heat-{step}": colour for step, colour in enumerate(self.on_heat)}


_DEEP, _PALE = "#1b1b1f", "#ffffff"
LIGHT = Palette(
    ground="#ffffff",
    ink="#1b1b1f",
    quiet="#55555f",
    mark="#1d5fbf",
    alarm="#b0411a",
    track="#e9ecf2",
    band="#c3d6f2",
    heat=("#f1f5fb", "#cfe0f5", "#9fc3eb", "#6fa3dd", "#2664b4", "#12366b"),
    on_heat=(_DEEP, _DEEP, _DEEP, _DEEP, _PALE, _PALE),
)
DARK = Palette(
    ground="#1f1f23",
    ink="#f2f2f5",
    quiet="#b4b4be",
    mark="#82b1ff",
    alarm="#ff9b73",
    track="#34343c",
    band="#33496e",
    heat=("#262b36", "#2b3c5b", "#33568c", "#3a66ad", "#82b1ff", "#cfe0ff"),
    on_heat=(_PALE, _PALE, _PALE, _PALE, _DEEP, _DEEP),
)


def coloured(value: Any, palette: Palette) -> Any:
    """A specification with its named colours replaced, for whoever has no style sheet."""
    known = {f"var(--{name})": colour for name, colour in palette.names.items()}

    def replaced(each: Any) -> Any:
        if isinstance(each, str):
            return known.get(each, each)
        if isinstance(each, Mapping):
            return {name: replaced(part) for name, part in each.items()}
        return [replaced(part) for part in each] if isinstance(each, list | tuple) else each

    return replaced(value)


def sheet() -> str:
    """The same as a style sheet, which follows `color-scheme`."""
    pairs = zip(LIGHT.names.items(), DARK.names.values(), strict=True)
    lines = (f"  --{name}: light-dark({light}, {dark});" for (name, light), dark in pairs)
    return ":root {\n" + "\n".join(lines) + "\n}\n"
