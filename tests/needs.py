"""What some tests need beyond Python: absent, they skip in one line; under REQUIRE_ALL=1 that is a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_WHERE_ELSE = {"initdb": "/usr/lib/postgresql/*/bin", "postgres": "/usr/lib/postgresql/*/bin"}


def program(*names: str) -> str:
    """The path of the first of these programs that is here; otherwise skips (or fails) the test."""
    for name in names:
        found = shutil.which(name) or next(
            (
                str(p)
                for p in sorted(Path("/").glob(_WHERE_ELSE.get(name, "/nowhere").lstrip("/") + f"/{name}"))
            ),
            None,
        )
        if found:
            return found
    missing = f"needs {' or '.join(names)}, which is not on the PATH"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
