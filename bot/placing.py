"""Files that get their name only when everything that belongs to them is done, the entry of who looked first of all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """The name under which to write the file or folder meanwhile: it takes its place at the end, and is gone if not.

    A file that was there is replaced, of folders only an empty one.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    _remove(unfinished)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield unfinished
        if path.is_dir():
            path.rmdir()
        unfinished.replace(path)
    finally:
        _remove(unfinished)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
