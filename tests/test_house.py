"""The house itself: walls, silent imports, one library behind one door, and docs that tell the truth."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from bot.__main__ import parser
from bot.config import Settings
from content.remarks import Name
from handlers.commands import COMMANDS
from handlers.model import Reason, Status
from handlers.numbers.definitions import DEFINITIONS
from handlers.numbers.insights import TOPICS
from handlers.numbers.metrics import RATES
from handlers.permissions import WHO_MAY

ROOT = Path(__file__).parent.parent
ROOMS = ("content", "handlers", "storage", "bot")
DOORS = {
    "apscheduler": ("bot/clock.py",),
    "fsrs": ("handlers/learning/memory.py",),
    "holidays": ("content/holidays.py",),
    "procrastinate": ("bot/engine/",),
    "alembic": ("storage/",),
    "yaml": ("content/written.py", "content/writing.py"),
    "botbuilder": ("bot/teams/",),
    "botframework": ("bot/teams/",),
    "slack_bolt": ("bot/slack/",),
    "slack_sdk": ("bot/slack/",),
    "PIL": ("bot/plots.py", "bot/teams/"),
    "vl_convert": ("bot/plots.py",),
    "jinja2": ("bot/insights/templating.py",),
    "markdown_it": ("content/markup.py",),
    "typst": ("bot/evidence/report.py",),
    "openpyxl": ("content/tables.py",),
    "msal": ("bot/teams/",),
    "cryptography": ("bot/slack/pairs.py", "bot/sealing.py", "bot/stamps.py"),
    "rfc3161_client": ("bot/stamps.py",),
    "dotenv": ("bot/__main__.py",),
}


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_one_library_has_one_door() -> None:
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for library in imported(ast.parse(path.read_text())):
            for door in (DOORS[library],) if library in DOORS else ():
                assert name.startswith(door), f"{name} imports {library}, whose door is {' or '.join(door)}"


def test_importing_the_house_does_nothing() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sources()
        if path.name != "__main__.py" and "migrations" not in path.parts
    ]
    script = (
        "import socket, sqlite3, importlib, urllib3  # which looks for IPv6 when it is imported\n"
        "def no(*a, **k): raise SystemExit('an import opened something')\n"
        "socket.socket.connect = socket.socket.bind = sqlite3.connect = no\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


UNUSED_BY_SLACK_ON_SQLITE = (
    *("bot.teams", "bot.playground", "botbuilder", "msrest", "msal", "jwt", "requests"),
    *(
        "psycopg",
        "procrastinate",
        "sqlalchemy.dialects.postgresql",
        "alembic",
        "PIL",
        "vl_convert",
        "markdown_it",
    ),
)


def test_a_house_on_slack_and_sqlite_loads_nothing_that_it_does_not_use(tmp_path: Path) -> None:
    """Else starting were the other platform, the other database, migrations long done, pictures not asked for."""
    environ = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/house.db",
        "PORT": "0",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "secret",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
    }
    script = (
        "import asyncio, sys\nfrom bot.app import live\nfrom bot.config import Settings\n"
        "async def house():\n"
        f"    async with live(Settings.read({environ!r}), serve=True): pass\n"
        "asyncio.run(house())\n"
        f"print(*(name for name in {UNUSED_BY_SLACK_ON_SQLITE!r} if name in sys.modules))\n"
    )
    for _ in range(2):  # the first makes the schema
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_every_file_begins_with_a_sentence() -> None:
    for path in sources():
        if path.name == "__init__.py" and not path.read_text().strip():
            continue
        said = ast.get_docstring(ast.parse(path.read_text())) or ""
        assert said.split("\n")[0], f"{path.relative_to(ROOT)} does not say what it is"


def test_the_time_is_read_in_one_place() -> None:
    for path in sources():
        if path != ROOT / "bot/clock.py":
            found = re.findall(r"datetime\.now\(|utcnow\(|date\.today\(|\btime\.time\(", path.read_text())
            assert not found, f"{path.relative_to(ROOT)} reads the time"


def test_two_broad_excepts_in_the_whole_house() -> None:
    broad = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
        )
        and not isinstance(node.body[-1], ast.Raise)
    ]
    assert sorted(broad) == ["bot/web.py", "handlers/deliver.py"]


@pytest.mark.parametrize("document", ["README.md", ".env.example"])
def test_every_setting_is_documented(document: str) -> None:
    text = (ROOT / document).read_text()
    missing = [f.metadata["variable"] for f in fields(Settings) if f.metadata["variable"] not in text]
    assert not missing


def test_every_word_one_can_type_and_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    typed = [command.words[0] for command in COMMANDS]
    terminal = next(a for a in parser()._actions if a.dest == "command").choices
    assert terminal is not None
    missing = [word for word in typed if f"`{word}`" not in text]
    missing += [name for name in terminal if f"python -m bot {name}" not in text]
    assert not missing


def test_every_remark_of_the_editor_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    assert not [name for name in get_args(Name) if f"`{name}`" not in text]


def test_every_number_is_defined_in_the_readme_as_in_the_code() -> None:
    text = (ROOT / "README.md").read_text()
    rows = [f"| {d.name} | {d.unit} | {d.formula} | {d.version} | {d.seen_by} |" for d in DEFINITIONS]
    assert {metric.definition for metric in RATES} < set(DEFINITIONS)
    assert not [action for d in DEFINITIONS for action in d.who if action not in WHO_MAY]
    assert not [row for row in rows if row not in text]
    typed = [f"`stats {topic}" for topic in TOPICS]
    assert not [words for words in typed if words not in text]


def test_every_state_and_reason_is_in_the_architecture() -> None:
    text = " ".join((ROOT / "ARCHITECTURE.md").read_text().split())
    missing = [s for s in Status if s.upper() not in text] + [r for r in Reason if r and r not in text]
    assert not missing
