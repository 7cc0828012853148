"""The command line, as an administrator types it."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.bot.processes import bot, serving, typed

PEOPLE = "email,name,team,roles,time zone\n"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db"}


def test_the_starter_packs_have_no_mistakes(env: dict[str, str]) -> None:
    done = typed("check", env=env)
    assert done.returncode == 0, done.stderr
    assert "no mistakes" in done.stdout


def test_a_broken_pack_is_named_by_file_line_entry_and_field(env: dict[str, str], tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "pack.yaml").write_text('name: pack\ntitle: A pack\nstandards: ["ISO 9001:2015"]\n')
    (pack / "quizzes.yaml").write_text(
        "quizzes:\n- id: broken\n  title: Broken\n  items:\n  - stem: Why?\n"
        "    options: {A: This, B: That}\n    key: C\n    explanation: Because.\n"
    )
    done = bot("check", str(pack), env=env)
    assert done.returncode == 1
    assert re.search(r"quizzes\.yaml:\d+: broken: .*key", done.stderr)
    assert "Traceback" not in done.stderr


def test_a_card_that_a_platform_would_refuse_is_a_mistake(env: dict[str, str], tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "pack.yaml").write_text("name: pack\ntitle: A pack\n")
    (pack / "messages.yaml").write_text(f"messages:\n- id: loud\n  title: {'x' * 200}\n  text: Hello\n")
    done = bot("check", str(pack), env=env)
    assert done.returncode == 1
    assert "loud" in done.stderr


def test_what_to_look_at_again_is_told_with_a_name_and_fails_too(env: dict[str, str], tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "ours"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text("name: ours\ntitle: Ours\n")
    (pack / "messages.yaml").write_text("messages:\n- id: hello\n  title: Hello\n  text: TODO\n")
    for path in (pack.parent, pack):
        done = bot("check", str(path), env=env)
        assert done.returncode == 1
        assert done.stdout == f"{pack}: 1 piece, 0 items, 1 message, 0 clauses, 1 to look at again\n"
        assert (
            done.stderr
            == f'{pack}/messages.yaml:4: hello: text: still says "TODO"; write it out [placeholder]\n'
        )
    with (pack / "messages.yaml").open("a") as file:
        file.write("  accepted: {placeholder: it is the name of a list}\n")
    done = bot("check", str(pack.parent), env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{pack}: 1 piece, 0 items, 1 message, 0 clauses, no mistakes\n"


def test_items_are_imported_from_a_sheet_and_exported_to_one(env: dict[str, str], tmp_path: Path) -> None:
    pack, sheet = tmp_path / "pack", tmp_path / "Items.csv"
    pack.mkdir()
    (pack / "pack.yaml").write_text(
        'name: pack\ntitle: A pack\nstandards: ["ISO 9001:2015", "ISO 9001:2026"]\n'
    )
    assert bot("pack", "template", "--out", str(sheet), env=env).stdout == f"{sheet}: 1 item\n"
    example = bot("pack", "import", str(sheet), "--into", str(pack), env=env)
    assert (example.returncode, "row 2, column id" in example.stderr) == (1, True)
    sheet.write_text(sheet.read_text().replace("write-over-this-example", "caliper"))
    words = ("pack", "import", str(sheet), "--into", str(pack))
    dry = bot(*words, "--dry-run", env=env).stdout.splitlines()
    assert dry[-1] == "1 added, 0 changed, 0 unchanged: nothing was written, this was a dry run"
    assert not (pack / "items-items.yaml").exists()
    done = bot(*words, env=env)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"added caliper: version [0-9a-f]{12}", done.stdout.splitlines()[0])
    assert bot(*words, env=env).stdout == "0 added, 0 changed, 1 unchanged\n"
    out = tmp_path / "out.xlsx"
    assert bot("pack", "export", str(pack), "--out", str(out), env=env).returncode == 0
    assert (
        bot("pack", "import", str(out), "--into", str(pack), env=env).stdout
        == "0 added, 0 changed, 1 unchanged\n"
    )
    for target, said in ((out, "is there already"), (tmp_path / "out.ods", "must be a file that ends in")):
        refused = bot("pack", "export", str(pack), "--out", str(target), env=env)
        assert (refused.returncode, said in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)
    assert bot("check", str(pack), env=env).returncode == 0


@pytest.mark.parametrize(
    ("platform", "word"), [("slack", "blocks"), ("teams", "AdaptiveCard"), ("plain", "markdown")]
)
def test_a_piece_is_previewed_as_a_platform_gets_it(env: dict[str, str], platform: str, word: str) -> None:
    ids = bot("preview", "no-such-piece", env=env).stderr.split("there are ")[1].strip().split(", ")
    done = bot("preview", ids[0], "--as", platform, env=env)
    assert done.returncode == 0
    assert word in done.stdout
    json.loads(done.stdout)


def test_the_manifests_are_written(env: dict[str, str], tmp_path: Path) -> None:
    public = {**env, "PUBLIC_URL": "https://catchball.example.org"}
    slack = json.loads(bot("manifest", "slack", env=public).stdout)
    assert slack["features"]["slash_commands"][0]["command"] == "/catchball"
    assert "https://catchball.example.org/slack/events" in json.dumps(slack)
    out = tmp_path / "teams.zip"
    teams = {
        "MicrosoftAppId": "8f0f5ad4-0000-4000-8000-000000000000",
        "MicrosoftAppPassword": "p",
        "MicrosoftAppTenantId": "t",
    }
    done = bot("manifest", "teams", "--out", str(out), env={**public, **teams})
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(io.BytesIO(out.read_bytes())) as package:
        assert sorted(package.namelist()) == ["color.png", "manifest.json", "outline.png"]


def test_what_a_manifest_lacks_is_named(env: dict[str, str]) -> None:
    for words, variable in ((("manifest", "slack"), "PUBLIC_URL"), (("manifest", "teams"), "MicrosoftAppId")):
        done = bot(*words, env=env)
        assert done.returncode == 2
        assert variable in done.stderr


def test_people_are_imported_and_a_bad_row_is_named_while_the_rest_goes_on(
    env: dict[str, str], tmp_path: Path
) -> None:
    listed = tmp_path / "people.csv"
    listed.write_text(
        PEOPLE + "ada@example.org,Ada,Production,employee,Europe/Berlin\nnobody,No,,,\n"
        'grace@example.org,Grace,Board,"leader, manager",Mars/Olympus\ntim@example.org,Tim,,boss,\n'
        "marie@example.org,Marie,Quality,quality lead,\n"
    )
    for _ in range(2):
        done = bot("people", "import", str(listed), env=env)
        assert done.returncode == 1
        assert "2 people imported, 3 rows left out" in done.stdout
        for word in ("line 3: email", "line 4: time zone", "line 5: roles"):
            assert word in done.stderr
    with sqlite3.connect(env["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        assert database.execute("select count(*) from person").fetchone() == (2,)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"name,team\nAda,x\n", "needs a column named email"),
        (b"email,colour\na@b,red\n", "'colour'"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_list_that_is_no_list_changes_nothing(
    env: dict[str, str], tmp_path: Path, content: bytes, word: str
) -> None:
    (tmp_path / "people.csv").write_bytes(content)
    done = bot("people", "import", str(tmp_path / "people.csv"), env=env)
    assert done.returncode == 1
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broadcast_from_the_terminal_is_planned_or_refused_with_a_sentence(
    env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE + "ada@example.org,Ada,Production,,\n")
    bot("people", "import", str(tmp_path / "people.csv"), env=env)
    words = ("broadcast", "--title", "Hello", "--text", "-")
    good = typed(*words, "--audience", "team:production", env=env, stdin="A good week.")
    assert good.returncode == 0, good.stderr
    assert good.stdout.splitlines()[:2] == ["How many: 1 person", "Probably not reached: 1: not installed"]
    assert re.fullmatch(r"broadcast-[0-9a-f]{12}: planned", good.stdout.splitlines()[-1])
    for audience, at, word in (
        ("team:Nowhere", "", "Nobody fits"),
        ("teem:x", "", "--audience"),
        ("everyone", "2020-01-01T09:00", "--at"),
        ("everyone", "tomorrow", "--at"),
    ):
        bad = bot(*words, "--audience", audience, *(("--at", at) if at else ()), env=env, stdin="x")
        assert bad.returncode == 1
        assert word in bad.stderr


def test_a_dry_run_says_what_to_expect_and_sends_nothing(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        PEOPLE.replace("\n", ",slack id\n") + "ada@example.org,Ada,,,,U1\ntim@example.org,Tim,,,,U2\n"
    )
    slack = {**env, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
    database = env["DATABASE_URL"].removeprefix("sqlite:///")
    (tmp_path / "known.csv").write_text(PEOPLE + "grace@example.org,Grace,,leader,\n")
    bot("people", "import", str(tmp_path / "known.csv"), env=slack)
    with sqlite3.connect(database) as written:
        key = written.execute("select key from person").fetchone()[0]
        written.execute("insert into address values ('slack', 'T1', 'U0', ?, 0, 'D0', '')", (key,))
    bot("people", "import", str(tmp_path / "people.csv"), env=slack)
    words = (
        "broadcast",
        "--title",
        "Hello",
        "--text",
        "-",
        "--audience",
        "everyone",
        "--at",
        "2099-12-01T09:30",
    )
    dry = bot(*words, "--dry-run", env=slack, stdin="A good week.")
    assert dry.returncode == 0, dry.stderr
    assert dry.stdout.splitlines() == [
        "How many: 3 people: 3 in Slack",
        "How long: less than a minute",
        "Nothing was sent: this was a dry run.",
    ]
    with sqlite3.connect(database) as written:
        assert written.execute("select count(*) from broadcast").fetchone() == (0,)


def test_the_report_is_text_or_json(env: dict[str, str]) -> None:
    assert "accuracy" in bot("report", env=env).stdout
    found = json.loads(bot("report", "--json", "--since", "2026-01-01", env=env).stdout)
    assert found["all"][0]["metrics"]["reach"]["n"] == 0
    bad = bot("report", "--since", "yesterday", env=env)
    assert (bad.returncode, "--since" in bad.stderr) == (2, True)


def test_the_report_prints_what_is_learnt_from_answers(env: dict[str, str], tmp_path: Path) -> None:
    people = [f"p{number}@example.org,P{number},Production,,\n" for number in range(5)]
    (tmp_path / "people.csv").write_text(PEOPLE + "".join(people))
    bot("people", "import", str(tmp_path / "people.csv"), env=env)
    for words, found in (
        ("recall team", "Production"),
        ("recall", "not met yet"),
        ("wrong clause 30", "Nobody has answered as certain"),
        ("items", "Nobody has met a question"),
        ("items no-such", "There is no question no-such"),
        ("delayed --since 2026-01-01", "Nobody has answered a question"),
        ("induction", "Nobody's first day lies in this period"),
    ):
        done = bot("report", *words.split(), env=env)
        assert done.returncode == 0, done.stderr
        assert found in done.stdout
    rows = json.loads(bot("report", "recall", "standard", "--json", env=env).stdout)["rows"]
    assert {(row["met"], row["now"]) for row in rows} == {(0.0, None)}
    bad = bot("report", "weather", env=env)
    assert bad.returncode == 2
    assert "There are recall, wrong, items, delayed, induction" in bad.stderr


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(env: dict[str, str]) -> None:
    assert bot("migrate", env=env).returncode == 0
    with sqlite3.connect(env["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        database.execute("update alembic_version set version_num = '9999'")
    done = bot("report", env=env)
    assert done.returncode == 1
    assert "a later version wrote it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_programme_that_is_not_there_is_named(env: dict[str, str]) -> None:
    done = bot("report", env={**env, "PROGRAMME": "/nowhere/programme.yaml"})
    assert done.returncode == 1
    assert "/nowhere/programme.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_playgrounds_database_is_not_used_for_a_real_platform(env: dict[str, str]) -> None:
    with serving(env):
        pass
    slack = {**env, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
    done = bot("report", env=slack)
    assert done.returncode == 2
    assert "playground was played in" in done.stderr


def test_one_quotation_mark_too_many_does_not_swallow_the_rest(env: dict[str, str], tmp_path: Path) -> None:
    listed = tmp_path / "people.csv"
    listed.write_text('email,name\nok@example.org,Ok\n"a@example.org,A\nb@example.org,B\n')
    done = bot("people", "import", str(listed), env=env)
    assert done.returncode == 1
    assert "quotation mark" in done.stderr


def test_a_manager_may_stand_further_down_and_one_nobody_knows_is_named(
    env: dict[str, str], tmp_path: Path
) -> None:
    listed = tmp_path / "people.csv"
    listed.write_text("email,manager\nada@example.org,mid@example.org\nmid@example.org,no@example.org\n")
    done = bot("people", "import", str(listed), env=env)
    assert "no@example.org is not known" in done.stderr
    with sqlite3.connect(env["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        keys = dict(database.execute("select email, key from person").fetchall())
        managers = dict(database.execute("select email, manager from person").fetchall())
    assert managers == {"ada@example.org": keys["mid@example.org"], "mid@example.org": ""}


@pytest.mark.parametrize(
    ("setting", "value"), [("DATABASE_URL", "mysql://x"), ("LOG_LEVEL", "loud"), ("PORT", "99999")]
)
def test_a_setting_that_cannot_be_used_is_a_sentence(env: dict[str, str], setting: str, value: str) -> None:
    done = typed("report", env={**env, setting: value})
    assert done.returncode in (1, 2)
    assert setting in done.stderr
    assert "Traceback" not in done.stderr
