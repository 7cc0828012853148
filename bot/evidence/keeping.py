"""Finished packs where they are kept: what each is about, and one of them as a ZIP archive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.evidence.files import MANIFEST
from handlers.evidence.jobs import Kept

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}")  # what an address and a file's name take as they are
PIECE = 1 << 20  # bytes that are read at a time


def kept(folder: Path) -> Sequence[Kept]:
    """The latest first. What has no manifest of ours, is being written or leads elsewhere is none."""
    if not folder.is_dir():
        return ()
    found = [_read(each) for each in folder.iterdir() if _NAME.fullmatch(each.name) and not each.is_symlink()]
    return sorted((pack for pack in found if pack), key=lambda pack: (pack.made_at, pack.name), reverse=True)


def zipped(folder: Path) -> Iterator[bytes]:
    """Under the folder's name, never more than a piece of a file in memory."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for path in _files(folder):
            info = ZipInfo.from_file(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
            info.compress_type = ZIP_DEFLATED
            with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                    if sink.held:
                        yield sink.take()
    yield sink.take()


class _Sink(RawIOBase):
    """Takes what is written, and gives it away."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.held += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self.held)
        self.held.clear()
        return taken


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _read(folder: Path) -> Kept | None:
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Kept(
            folder.name,
            *(said["standard"], said["since"], said["until"], datetime.fromisoformat(said["made_at"])),
            names=said["names"],
            named=tuple(each["person"] for each in said["sample"]["people"] if each["named"]),
            size=sum(path.stat().st_size for path in _files(folder)),
        )
    except (OSError, KeyError, TypeError, ValueError):
        return None
