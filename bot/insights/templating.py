"""Templates to HTML: everything that is put in is escaped, and what is not there is an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

HERE = Path(__file__).parent
STATIC = HERE / "static"
BUNDLE = STATIC / "bundle" / "plots.js"
_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def html(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(values)


def bundled() -> bool:
    """Whether the browser draws the charts; without npm the server does."""
    return BUNDLE.is_file()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data"] = _data
    return environment


def _data(value: Mapping[str, Any]) -> Markup:
    """JSON in an element that is no script for a browser, and that no value of it can end."""
    from markupsafe import Markup

    return Markup(json.dumps(value, separators=(",", ":")).translate(_SCRIPT))
