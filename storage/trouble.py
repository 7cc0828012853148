"""A database that is full, locked or away: one word for the handlers, and one line a minute in the log."""

from __future__ import annotations

import logging
import sqlite3
import time

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from handlers.ports import Full, Unavailable
from storage.space import Space

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two lines about a full disk, or about anything else
QUIET = 10.0  # seconds without an error after which it is over

# https://www.sqlite.org/rescode.html: of a disk, a lock or a file; all others are mistakes of ours.
_SQLITE = {
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
}
_DISK_FULL = "53100"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def is_full(error: BaseException | None) -> bool:
    """Whether a database said that its disk has no room. What it was asked to write is then not written."""
    orig = error.orig if isinstance(error, DBAPIError) else None
    return _sqlite_code(orig) == sqlite3.SQLITE_FULL or getattr(orig, "sqlstate", None) == _DISK_FULL


class Trouble:
    """What the threads of one storage tell each other about their database."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._said: dict[bool, float] = {}  # when, by whether it was about a full disk
        self._last = 0.0

    def tell(self, error: SQLAlchemyError) -> None:
        """Raises Unavailable or Full for an error of the database's own; comes back for any other."""
        if not _is_trouble(error):
            return
        full = is_full(error)
        if full:
            self._space.refused()
        self._say(full, str(error.orig if isinstance(error, DBAPIError) else error))
        raise (Full() if full else Unavailable()) from error

    def fine(self) -> None:
        """Something was written."""
        if self._said and time.monotonic() - self._last > QUIET:
            self._said.clear()
            log.info("The database takes what is written again.")

    def _say(self, full: bool, what: str) -> None:
        self._last = time.monotonic()
        if self._last - self._said.get(full, -EVERY) >= EVERY:
            self._said[full] = self._last
            first = what.strip().partition("\n")[0].rstrip(".")
            log.error("The database cannot be used: %s. What fails is tried again or refused.", first)


def _is_trouble(error: BaseException) -> bool:
    if isinstance(error, NoConnection):
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return not isinstance(error.orig, sqlite3.Error) or _sqlite_code(error.orig) in _SQLITE


def _sqlite_code(error: object) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
