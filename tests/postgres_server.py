"""A PostgreSQL of one's own on a Unix socket, for the tests and for a cluster on this machine."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql


class CannotRun(Exception):
    """What PostgreSQL said when it did not start."""


@contextmanager
def running(
    initdb: str, server: str, data: Path, sockets: Path, settings: Sequence[str] = (), *, stop: signal.Signals
) -> Iterator[None]:
    """A server until the block ends; `data` is made if it is not there, `sockets` is where it is reached.

    Run by root it becomes somebody else, since PostgreSQL refuses to be root; Ctrl-C in a terminal does not
    reach it, so that those who use it can end first. `stop` is SIGINT for a clean end, SIGQUIT for a quick one.
    """
    account = _account()
    for folder in (data.parent, sockets):
        folder.mkdir(parents=True, exist_ok=True)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
    user = account.pw_name if account else None
    if not (data / "PG_VERSION").exists():
        words = [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"]
        made = subprocess.run(words, capture_output=True, text=True, user=user, cwd=sockets)
        if made.returncode:
            raise CannotRun(f"{made.stderr}PostgreSQL's user {user or 'you'} must be able to reach {data}.")
    given = ("listen_addresses=", f"unix_socket_directories={sockets}", *settings)
    words = [server, "-D", str(data), *(word for setting in given for word in ("-c", setting))]
    with (data.parent / "log").open("w") as log:
        process = subprocess.Popen(
            words, stdout=log, stderr=log, user=user, cwd=sockets, start_new_session=True
        )
    try:
        _wait(process, sockets, data.parent / "log")
        yield
    finally:
        process.send_signal(stop)
        process.wait(30)


def database(sockets: Path, name: str, template: str = "template1") -> str:
    """The URL of a database, which is made if it is not there."""
    with psycopg.connect(
        host=str(sockets), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not there:
            command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(template)))
    return f"postgresql://postgres@/{name}?host={sockets}"


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _wait(process: subprocess.Popen[bytes], sockets: Path, log: Path) -> None:
    for _ in range(300):
        try:
            with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres"):
                return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise CannotRun(f"PostgreSQL did not start: {log.read_text()}")
