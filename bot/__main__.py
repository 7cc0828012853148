"""The command line: `python -m bot COMMAND`; every command reads its settings from the environment."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

Command = Callable[..., Coroutine[Any, Any, int]]

# Objects after which Python looks for circles among them. A press is a few hundred, hardly ever in a circle: with
# Python's own 700 the search took a twentieth of the time, and where questions are chosen for 100,000 people it stopped
# everybody 49 times for 50 to 190 ms. Of reading rows by the million it took a fourth.
RUBBISH = 10_000


def parser() -> argparse.ArgumentParser:
    """Every command and its options."""
    top = argparse.ArgumentParser(
        prog="python -m bot", description="Catchball, a Slack and Teams bot for ISO programmes"
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, module: str, function: str, about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(module=f"bot.cli.{module}", function=function)
        return command

    add("serve", "running", "serve", "run everything: web server, schedules, deliveries")
    add("work", "running", "work", "run schedules and deliveries without a web server")
    add("migrate", "running", "migrate", "bring the database to this version")
    demo = add("demo", "demo", "demo", "make a year of a plausible company in an empty database, to look at")
    demo.add_argument("--seed", type=int, default=7, help="the same seed makes the same year; by default 7")
    demo.add_argument("--people", type=int, default=300, help="by default 300")
    demo.add_argument("--until", help="the last day, such as 2026-11-27; by default today")
    demo.add_argument("--weeks", type=int, default=52, help="how long it lasts; by default 52")
    moving = add("copy-database", "moving", "copy_database", "move from a SQLite file to PostgreSQL")
    moving.add_argument("source", help="sqlite:///path, which nothing may have open")
    moving.add_argument("target", help="postgresql://user:password@host/name, an empty database")
    check = add(
        "check",
        "content",
        "check",
        "report every mistake in the programme and its packs, and what to look at again",
    )
    check.add_argument(
        "path",
        nargs="?",
        type=Path,
        help="a programme, a pack or a folder of packs; by default the programme's",
    )
    packs = add("pack", "packs", "pack", "items of a pack as a spreadsheet, CSV or XLSX").add_subparsers(
        dest="action", required=True, metavar="ACTION"
    )
    taking = packs.add_parser("import", help="items from a sheet into a pack")
    taking.add_argument("sheet", type=Path, help="a file that ends in .csv or .xlsx; see `pack template`")
    taking.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="the pack's folder")
    taking.add_argument("--dry-run", action="store_true", help="only say what would change; write nothing")
    giving = packs.add_parser(
        "export", help="the items of a pack as a sheet that can be edited and come back"
    )
    giving.add_argument("folder", type=Path, help="the pack's folder")
    giving.add_argument("--out", type=Path, required=True, help="a new file that ends in .csv or .xlsx")
    template = packs.add_parser("template", help="an empty sheet with one example")
    template.add_argument("--out", type=Path, default=Path("items.xlsx"), help="by default items.xlsx")
    preview = add("preview", "content", "preview", "print the payload of a piece as a platform gets it")
    preview.add_argument("id", help="the piece's id")
    preview.add_argument("--as", dest="platform", choices=("slack", "teams", "plain"), default="plain")
    manifest = add("manifest", "manifests", "manifest", "what the platform's administrator installs")
    manifest.add_argument("platform", choices=("slack", "teams"))
    manifest.add_argument("--out", type=Path, help="where to write it (teams: catchball-teams.zip)")
    people = add("people", "people", "people", "the people the programme is for")
    people.add_argument("action", choices=("import",))
    people.add_argument("file", type=Path, help="a CSV file; see the README for its columns")
    person = add("person", "person", "person", "a copy of what is held about one person, or the end of it")
    actions = person.add_subparsers(dest="action", required=True, metavar="ACTION")
    export = actions.add_parser("export", help="a copy of everything, as JSON and as a page")
    export.add_argument("email")
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for the two files")
    erase = actions.add_parser("erase", help="remove everything that says who they are; counts stay")
    erase.add_argument("email")
    erase.add_argument("--yes", action="store_true", help="do not ask once more")
    add(
        "retention",
        "person",
        "retention",
        "what is kept how long, and what would go today; nothing is changed",
    )
    token = add("token", "tokens", "token", "what lets another system act for a person, for the API")
    token.add_argument(
        "--for",
        dest="email",
        required=True,
        metavar="EMAIL",
        help="whose rights it has: an author's or approver's",
    )
    report = add("report", "numbers", "report", "the numbers, as text or JSON")
    report.add_argument(
        "words",
        nargs="*",
        metavar="TOPIC",
        help="recall [clause|team|site|standard], wrong [clause], items [ID], delayed or induction; by default reach, "
        "acknowledgement, participation and accuracy",
    )
    report.add_argument("--since", help="first day, such as 2026-09-01; by default 90 days ago")
    report.add_argument("--until", help="last day; by default today")
    report.add_argument("--json", action="store_true")
    report.add_argument(
        "--as",
        dest="acting",
        metavar="EMAIL",
        help="in works-council mode: whose exception is used to see people by name",
    )
    add_ledger(commands)
    numbers = add(
        "metrics", "rechecking", "metrics", "whether the numbers are what was planned, sent and done"
    )
    numbers.add_argument("action", choices=("verify",))
    numbers.add_argument("--repair", action="store_true", help="reckon them anew where they are not")
    review = add(
        "review", "numbers", "review", "the sheet for a management review of one standard and period"
    )
    review.add_argument("standard", help='such as "ISO 9001:2015"')
    review.add_argument("period", nargs="*", help="such as 2026-Q3 or last month; by default this quarter")
    review.add_argument("--json", action="store_true")
    learning = add("learning", "learning", "learning", "how well the memory model foretold people's answers")
    learning.add_argument("action", choices=("evaluate",))
    learning.add_argument("--since", help="first day whose answers are judged; by default all")
    learning.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw it as well")
    pack = add("evidence", "evidence", "evidence", "everything about one standard and period, for an auditor")
    _period(pack)
    pack.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    sample = add(
        "sample", "evidence", "sample", "people drawn by a seed, and everything that happened to them"
    )
    _period(sample)
    sample.add_argument("--out", type=Path, metavar="FILE.xlsx", help="a workbook in the place of text")
    broadcast = add("broadcast", "sending", "broadcast", "send a message to an audience")
    broadcast.add_argument("--title", required=True)
    broadcast.add_argument(
        "--text", required=True, type=Path, metavar="FILE", help="Markdown; - reads standard input"
    )
    broadcast.add_argument(
        "--audience", required=True, metavar="EXPR", help='such as everyone, or team:"Plant 2"'
    )
    broadcast.add_argument(
        "--at", help="local time of the programme, such as 2026-12-01T09:30; by default now"
    )
    broadcast.add_argument(
        "--no-acknowledge", action="store_true", help="do not ask people to acknowledge it"
    )
    broadcast.add_argument("--dry-run", action="store_true", help="only say what to expect; send nothing")
    return top


def _period(command: argparse.ArgumentParser) -> None:
    command.add_argument("--standard", required=True, help='with its edition, such as "ISO/IEC 27001:2022"')
    command.add_argument("--since", help="first day, such as 2026-01-01; by default a year before the last")
    command.add_argument("--until", help="last day; by default today")
    command.add_argument(
        "--as",
        dest="acting",
        metavar="EMAIL",
        help="in works-council mode: whose exception is used to see people by name",
    )
    command.add_argument("--seed", default="42", help="of the sample: say it before you see the result")
    command.add_argument("--n", type=int, default=5, help="people in the sample, by default 5")
    command.add_argument("--by-team", action="store_true", help="so many of each team")
    command.add_argument("--joiners", action="store_true", help="of those who joined in the period alone")


def add_ledger(commands: Any) -> None:
    """One command with three actions, each with options of its own."""
    about = "the participation log as a file, and whether anybody changed it"
    actions = commands.add_parser("ledger", help=about, description=about).add_subparsers(
        dest="action", required=True, metavar="ACTION"
    )
    giving = actions.add_parser("export", help="the log as JSON lines that anybody can verify")
    giving.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
    giving.add_argument("--since", help="first day, such as 2026-09-01; by default from the beginning")
    giving.add_argument("--until", help="last day; by default to the end")
    verify = actions.add_parser("verify", help="whether it is as it was written; exit code 1 if not")
    verify.add_argument("export", nargs="?", type=Path, help="an export; by default the database")
    verify.add_argument(
        "--key",
        action="append",
        help="the public key that was noted, or a file with it; may come several times",
    )
    verify.add_argument("--checkpoints", type=Path, metavar="FILE", help="checkpoints kept outside")
    verify.add_argument("--fingerprint", metavar="TEXT", help="the characters on an auditor's card")
    verify.add_argument(
        "--authority", type=Path, metavar="PEM", help="root certificate of who made the time stamps"
    )
    key = actions.add_parser("key", help="print the public key")
    key.add_argument("--new", action="store_true", help="another key from now on, where the old one is lost")
    for name, action in (("export", giving), ("verify", verify), ("key", key)):
        action.set_defaults(module="bot.cli.ledger", function=name)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Mistakes a person can mend are a sentence on standard error and exit code 1 or 2."""
    arguments = parser().parse_args(argv)
    gc.disable()  # nothing of what is imported is garbage, and to look for it takes a quarter of the start
    from bot import logs
    from bot.config import BadSetting, Settings

    run: Command = getattr(import_module(arguments.module), arguments.function)
    gc.freeze()
    gc.set_threshold(RUBBISH)
    gc.enable()
    try:
        settings = Settings.read({**_from_file(), **os.environ})
        logs.configure(settings.log_level)
        return asyncio.run(run(settings, arguments))
    except BadSetting as mistake:
        return _sorry(str(mistake), 2)
    except KeyboardInterrupt:
        return 130
    except tuple(mistakes := _mistakes()) as mistake:
        return _sorry(next(say for kind, say in mistakes.items() if isinstance(mistake, kind))(mistake), 1)


def _mistakes() -> dict[type[Exception], Callable[[Any], str]]:
    """What can be mended, and how that is said. Asked for when something was raised: a command without a database
    does not wait for the library of one.
    """
    from sqlalchemy.exc import OperationalError

    from content.packs import BadPack
    from handlers.ports import Unavailable
    from storage.engine import BadUrl
    from storage.schema import NewerSchema

    return {
        BadPack: lambda found: "\n".join(str(mistake) for mistake in found.mistakes),
        OperationalError: lambda error: f"DATABASE_URL: the database cannot be used: {error.orig}",
        **dict.fromkeys((NewerSchema, BadUrl, Unavailable), str),
    }


def _from_file() -> dict[str, str]:
    if not Path(".env").exists():
        return {}
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


def _sorry(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
