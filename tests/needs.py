"""What some tests need beyond Python: absent, they skip in one line; under REQUIRE_ALL=1 that is a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_WHERE_ELSE = {"initdb": "/usr/lib/postgresql/*/bin", "postgres": "/usr/lib/postgresql/*/bin"}


def found(*names: str) -> str | None:
    """The path of the first of these programs that is here."""
    for name in names:
        elsewhere = Path("/").glob(_WHERE_ELSE.get(name, "/nowhere").lstrip("/") + f"/{name}")
        path = shutil.which(name) or next(map(str, sorted(elsewhere)), None)
        if path:
            return path
    return None


def program(*names: str) -> str:
    """The same; otherwise skips (or fails) the test."""
    path = found(*names)
    if path:
        return path
    missing = f"needs {' or '.join(names)}, which is not on the PATH"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
