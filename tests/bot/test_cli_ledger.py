"""An export and the database verify, and whatever is changed in either of them is found and named."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import sealing
from bot.__main__ import parser
from bot.cli import ledger as cli
from bot.config import BadSetting, Settings
from bot.notary import HouseNotary
from handlers.ledger.chains import Range, Unfit
from handlers.ledger.checkpoints import from_line
from handlers.ledger.exports import Header, end_line, entry_line, to_sign
from handlers.ledger.posting import Posting
from handlers.model import Participation
from storage.canonical import FIELDS, digest
from storage.engine import connect
from storage.store import Storage
from storage.verifying import verify
from tests.answering import A_DAY
from tests.bot.processes import bot
from tests.conftest import Company
from tests.storage.scene import ADA, LINUS, MONDAY, change

SHARED = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Log:
    """A log of twelve entries and three checkpoints, the last of which is two entries old, and its export."""

    settings: Settings
    folder: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def database(self) -> Path:
        return self.folder / "catchball.db"

    @property
    def outside(self) -> Path:
        return self.folder / "outside.jsonl"

    @property
    def export(self) -> Path:
        return self.folder / "export.jsonl"

    @property
    def public(self) -> str:
        return from_line(self.outside.read_text().splitlines()[0]).key

    async def run(self, *words: str) -> tuple[int, str]:
        arguments: Namespace = parser().parse_args(["ledger", *words])
        code = await getattr(cli, arguments.function)(self.settings, arguments)
        return code, self.capsys.readouterr().out

    def change(self, *statements: str) -> None:
        """What somebody with the file in hand can do."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for table in ("ledger", "checkpoint"):
                for deed in ("update", "delete"):
                    connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed}")
            for statement in statements:
                connection.execute(statement)

    def rewrite(self, sequence: int, **values: str) -> None:
        """The same by who knows how hashes are made: one entry changed, and every later one written anew."""
        self.change("SELECT 1")
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.row_factory = sqlite3.Row
            previous = ""
            for row in connection.execute("SELECT * FROM ledger ORDER BY sequence").fetchall():
                fields = dict(row) | (values if row["sequence"] == sequence else {})
                for name in ("participation", "correct"):
                    fields[name] = None if fields[name] is None else bool(fields[name])
                for name in ("at", "due"):
                    fields[name] = fields[name] and datetime.fromisoformat(f"{fields[name]}+00:00")
                del fields["hash"]
                fields["previous"] = previous
                previous = digest(fields)
                for name, value in values.items() if row["sequence"] == sequence else ():
                    connection.execute(f"UPDATE ledger SET {name} = ? WHERE sequence = ?", (value, sequence))
                written = (fields["previous"], previous, row["sequence"])
                connection.execute("UPDATE ledger SET previous = ?, hash = ? WHERE sequence = ?", written)

    def hashes(self, *numbers: int) -> list[str]:
        """Of entries, as the export has them."""
        lines = self.export.read_text().splitlines()
        return [json.loads(lines[3 + number])["hash"] for number in numbers]

    def exported_anew(self, without: int = 0, **first: Any) -> Path:
        """An export with something else in its first line, and perhaps without an entry, by who has the key."""
        head, *rest = self.export.read_text().splitlines()
        header = replace(Header.read(head), **first)
        checkpoints = rest[: header.checkpoints]
        entries = [line for number, line in enumerate(rest[3:-1], 1) if number != without]
        signed = "".join(f"{line}\n" for line in (header.line, *checkpoints))
        whole, key = hashlib.sha256(signed.encode()).hexdigest(), sealing.read(Path(f"{self.database}.key"))
        assert key is not None
        end = end_line(whole, key.public, key.sign(to_sign(whole)))
        forged = self.folder / "forged.jsonl"
        forged.write_text("".join(f"{line}\n" for line in (header.line, *checkpoints, *entries, end)))
        return forged


@pytest.fixture
async def log(company: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Log:
    made = Log(
        Settings.read(
            {
                "DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db",
                "LEDGER_CHECKPOINTS": f"{tmp_path}/outside.jsonl",
            }
        ),
        tmp_path,
        capsys,
    )
    posting = Posting(replace(company.desk, notary=HouseNotary(made.settings, "1.2.3")))
    for hour in range(4):
        did = [Participation("asked", item=f"{hour} {n}", value='Größe\n"gut"') for n in range(3)]
        await company.store.commit(
            change(actor=ADA, remember=tuple(did), at=MONDAY + hour * timedelta(hours=1))
        )
        if hour < 3:
            await posting.look(MONDAY + hour * timedelta(hours=1))
    code, _ = await made.run("export", "--out", str(made.export))
    assert code == 0
    return made


async def test_a_log_that_nobody_changed_holds_here_and_there(log: Log) -> None:
    for where in ((), (str(log.export),)):
        code, said = await log.run("verify", *where, "--key", log.public, "--checkpoints", str(log.outside))
        assert code == 0, said
        assert "12 entries in one chain hold together" in said
        assert "3 checkpoints fit" in said
        assert "They cover 9 of the entries; 3 came after." in said
        assert f"{log.public}, the one that you gave" in said
        assert "Not proved: that what was logged is true" in said
        assert "You brought no checkpoint" not in said


async def test_without_anything_from_outside_it_says_what_that_is_worth(log: Log) -> None:
    code, said = await log.run("verify")
    assert code == 0
    assert "You brought no checkpoint from outside" in said
    assert "without the key that was noted (--key), who holds the database could have written all" in said
    assert "which came along: compare it with the one that was noted" in said
    last = from_line(log.outside.read_text().splitlines()[-1])
    code, said = await log.run("verify", "--fingerprint", last.short.upper())
    assert (code, "You brought no" in said) == (0, False)
    code, said = await log.run("verify", "--fingerprint", "0000 " * 8)
    assert (code, "no checkpoint in the database has the fingerprint" in said) == (1, True)


@SHARED
@given(st.data())
def test_one_changed_byte_of_an_export_is_found_and_its_line_named(
    whole_export: tuple[bytes, str], data: st.DataObject
) -> None:
    before, public = whole_export
    place = data.draw(st.integers(0, len(before) - 1))
    after = data.draw(st.integers(0, 255).filter(lambda byte: byte != before[place]))
    changed = before[:place] + bytes([after]) + before[place + 1 :]
    why = _refused(changed, public)
    line = before[:place].count(b"\n") + 1
    assert why.startswith(("line ", "checkpoint ")), why
    if why.startswith("line ") and 5 <= line <= 16 and after != 10 and before[place] != 10:
        assert why.startswith(f"line {line}: chain 1, entry "), why


@SHARED
@given(st.data())
def test_lines_that_are_removed_doubled_swapped_or_cut_off_are_found(
    whole_export: tuple[bytes, str], data: st.DataObject
) -> None:
    before, public = whole_export
    lines = before.splitlines(keepends=True)
    one, other = data.draw(st.permutations(range(len(lines))))[:2]
    deed = data.draw(st.sampled_from(("remove", "double", "swap", "insert", "cut")))
    if deed == "remove":
        del lines[one]
    elif deed in ("double", "insert"):
        lines.insert(other, lines[one])
    elif deed == "swap":
        lines[one], lines[other] = lines[other], lines[one]
    changed = before[: data.draw(st.integers(0, len(before) - 1))] if deed == "cut" else b"".join(lines)
    if changed != before:
        assert _refused(changed, public)


@SHARED
@given(st.data())
def test_one_changed_value_of_the_database_is_found_and_its_entry_named(
    whole_database: Path, data: st.DataObject
) -> None:
    column = data.draw(st.sampled_from([*FIELDS, "hash"]))
    row = data.draw(st.integers(1, 12))
    value = data.draw(
        st.one_of(st.none(), st.integers(-5, 2**40), st.text(max_size=8), st.binary(max_size=8))
    )
    engine = connect(f"sqlite:///{whole_database}")
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            where = f"FROM ledger WHERE chain = '1' AND sequence = {row}"
            before = driver.execute(f"SELECT typeof({column}), {column} {where}").fetchone()
            try:
                driver.execute(
                    f"UPDATE ledger SET {column} = ? WHERE chain = '1' AND sequence = ?", (value, row)
                )
            except (sqlite3.IntegrityError, UnicodeEncodeError):
                transaction.rollback()
                return
            after = driver.execute(f"SELECT typeof({column}), {column} {where}").fetchone()
            verdict = verify(connection)
            transaction.rollback()
    finally:
        engine.dispose()
    assert (verdict.broken is None) == (before == after), (column, row, value)
    if verdict.broken is not None and column not in ("chain", "sequence", "hash"):
        assert verdict.broken.sequence == row


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE ledger SET value = 'B' WHERE sequence = 4"], "chain 1, entry 4, 2026-11-23 10:30:00.000000, asked"),
        (["DELETE FROM ledger WHERE sequence = 4"], "chain 1, entry 5, 2026-11-23 10:30:00.000000, asked"),
        (["DELETE FROM ledger WHERE sequence > 8"], "chain 1, entry 9: it is missing with all that follow"),
        (["DELETE FROM ledger"], "chain 1, entry 1: it is missing with all that follow: there is nothing of it"),
        (["UPDATE checkpoint SET count = 8 WHERE number = 3"], "checkpoint 3 of 2026-11-23 11:30:00 UTC: its"),
        (["UPDATE checkpoint SET heads = '[' WHERE number = 3"], "a checkpoint that cannot be read"),
        (["DELETE FROM checkpoint WHERE number = 2"], "checkpoint 3 of 2026-11-23 11:30:00 UTC: it does not"),
        (["DELETE FROM checkpoint WHERE number = 1"], "checkpoint 2 of 2026-11-23 10:30:00 UTC: the"),
    ],
)  # fmt: skip
async def test_what_was_changed_in_the_database_is_named(log: Log, statements: list[str], said: str) -> None:
    log.change(*statements)
    code, out = await log.run("verify")
    assert (code, said in out) == (1, True), out
    assert out.startswith("It does not hold. The first that does not fit is ")


async def test_a_chain_written_anew_holds_in_itself_and_not_against_a_checkpoint(log: Log) -> None:
    log.rewrite(5, value="better")
    code, said = await log.run("verify")
    assert code == 1
    assert "chain 1, one of the entries 4 to 6: it was changed, and what follows was written anew" in said


async def test_a_log_written_anew_with_its_checkpoints_is_found_with_one_from_outside(
    log: Log, company: Company
) -> None:
    """Who holds both the database and the key can do that; what is outside they cannot change."""
    outside = log.outside.rename(log.folder / "kept.jsonl")
    log.rewrite(5, value="better")
    log.change("DELETE FROM checkpoint")
    posting = Posting(replace(company.desk, notary=HouseNotary(log.settings, "1.2.3")))
    for hour in range(3):
        await posting.look(MONDAY + hour * timedelta(hours=1))
    code, said = await log.run("verify", "--key", log_key(log))
    assert (code, "without one, who holds both the database and the signing key" in said) == (0, True)
    code, said = await log.run("verify", "--checkpoints", str(outside))
    assert (code, "there is another one with its number" in said) == (1, True)
    card = from_line(outside.read_text().splitlines()[-1]).short
    code, said = await log.run("verify", "--fingerprint", card)
    assert (code, "has the fingerprint" in said) == (1, True)


async def test_what_was_logged_after_the_last_checkpoint_may_be_cut_off_and_it_says_so(log: Log) -> None:
    log.change("DELETE FROM ledger WHERE sequence > 9")
    code, said = await log.run("verify", "--checkpoints", str(log.outside))
    assert code == 0
    assert "anything about entries after the last checkpoint kept outside" in said


async def test_checkpoints_taken_out_of_the_database_are_missed_by_the_file_outside(log: Log) -> None:
    log.change("DELETE FROM checkpoint WHERE number = 3")
    assert (await log.run("verify"))[0] == 0
    code, said = await log.run("verify", "--checkpoints", str(log.outside))
    assert (code, "checkpoint 3 of 2026-11-23 11:30:00 UTC: it is not in the database any more" in said) == (
        1,
        True,
    )


async def test_another_key_than_the_one_that_was_noted_is_refused(log: Log) -> None:
    forger = sealing.key_from("ab" * 32, "here")
    for where in ((), (str(log.export),)):
        code, said = await log.run("verify", *where, "--key", forger.public)
        assert (code, "it was signed with another key" in said) == (1, True), said
    lines = log.outside.read_text().splitlines()
    forged = replace(from_line(lines[2]), key=forger.public)
    lines[2] = forged.signed_with(forger.sign(forged.signed)).line
    log.outside.write_text("\n".join(lines) + "\n")
    code, said = await log.run("verify", "--checkpoints", str(log.outside))
    assert (code, "there is another one with its number" in said) == (1, True)


async def test_a_key_that_is_lost_has_a_follower_and_both_are_told(log: Log) -> None:
    old = log.public
    code, new = await log.run("key", "--new")
    assert (code, new.strip() != old) == (0, True)
    assert (await log.run("key")) == (0, new)
    assert len([p for p in log.folder.iterdir() if p.name.startswith("catchball.db.key.until-")]) == 1
    code, said = await log.run("verify")
    assert (code, old in said, new.strip() in said) == (0, True, True)
    assert (await log.run("verify", "--key", old))[0] == 1
    assert (await log.run("verify", "--key", old, "--key", new.strip()))[0] == 0


async def test_a_part_is_verified_from_its_first_entry_on_and_says_so(log: Log) -> None:
    part = log.folder / "part.jsonl"
    await log.run("export", "--out", str(part), "--since", "2026-11-24")
    code, said = await log.run("verify", str(part))
    assert (code, "0 entries in 0 chains hold together" in said) == (0, True), said
    log.change("UPDATE ledger SET at = '2026-11-24 10:30:00.000000' WHERE sequence BETWEEN 5 AND 12")
    log.rewrite(1, value="the times of the others were set: all anew")
    log.change("DELETE FROM checkpoint")
    part.unlink()
    await log.run("export", "--out", str(part), "--since", "2026-11-24", "--until", "2026-11-24")
    code, said = await log.run("verify", str(part))
    assert code == 0, said
    assert "8 entries in one chain hold together" in said
    assert "It is a part: chain 1 from entry 5, which follows " in said
    assert "No checkpoint says where they ended" in said
    lines = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    code, said = await log.run("verify", str(part))
    assert code == 1
    assert "line 4: chain 1, entry 8, 2026-11-24T10:30:00.000000+00:00, asked: an entry before" in said


async def test_what_came_after_the_last_checkpoint_is_held_by_the_first_line(log: Log) -> None:
    """Whoever has the file and no key can write entries anew, with hashes that fit."""
    lines = log.export.read_bytes().splitlines(keepends=True)
    previous = json.loads(lines[12])["hash"]
    for place in (13, 14, 15):  # entries 10 to 12
        entry = json.loads(lines[place]) | {"previous": previous, "value": "better"}
        del entry["hash"]
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        previous = hashlib.sha256(text).hexdigest()
        lines[place] = entry_line(text, previous)
    log.export.write_bytes(b"".join(lines))
    code, said = await log.run("verify", str(log.export), "--key", log.public)
    assert (code, "line 16: chain 1 should end with another entry, as line 1 says" in said) == (1, True), said


async def test_who_has_the_key_cannot_leave_entries_out(log: Log) -> None:
    """A first line that says so is signed like any other, and every checkpoint that was brought fits."""
    one, two, three, last = log.hashes(1, 2, 3, 12)
    beginning = (Range("1", 2, 12, one, last),)
    middle = (Range("1", 1, 2, "", two), Range("1", 4, 12, three, last))
    for ranges, since, without, why in (
        (beginning, None, 1, "and chain 1 begins with entry 2"),
        (middle, MONDAY, 3, "chain 1 is there more than once"),
    ):
        forged = log.exported_anew(without, ranges=ranges, since=since)
        code, said = await log.run("verify", str(forged), "--checkpoints", str(log.outside))
        assert (code, "line 1: " in said, why in said) == (1, True, True), said


async def test_checkpoints_that_are_later_than_an_export_says_it_was_made_prove_nothing_of_it(
    log: Log,
) -> None:
    """Else who has the key could write an earlier hour into it, and leave out what does not fit."""
    forged = log.exported_anew(made=MONDAY, checkpoints=1)
    code, said = await log.run("verify", str(forged), "--checkpoints", str(log.outside))
    assert (code, "They cover 3 of the entries; 9 came after." in said) == (0, True), said
    assert "2 of the 3 checkpoints that you brought were made after it, as it says itself" in said
    assert "before the checkpoints that you brought and that are in it was not changed" in said
    last = log.folder / "last.jsonl"
    last.write_text(log.outside.read_text().splitlines()[2] + "\n")
    code, said = await log.run("verify", str(forged), "--checkpoints", str(last))
    assert (code, "1 of the 1 checkpoints that you brought were made after it" in said) == (0, True), said
    assert "Proved: nobody changed it without writing all that follows anew." in said
    forged = log.exported_anew(made=MONDAY - A_DAY, checkpoints=0)
    code, said = await log.run("verify", str(forged), "--checkpoints", str(log.outside))
    assert (code, "3 of the 3 checkpoints that you brought were made after it" in said) == (0, True), said
    assert "Proved: nobody changed it without writing all that follows anew." in said


async def test_who_has_the_key_cannot_give_the_entries_of_a_part_other_numbers(log: Log) -> None:
    one, last = log.hashes(1, 12)
    ranges = (Range("1", 3, 13, one, last),)
    forged = log.exported_anew(1, since=MONDAY, ranges=ranges, checkpoints=0)
    code, said = await log.run("verify", str(forged))
    assert (code, "line 12: chain 1, entry 12, " in said, "it stands where another" in said) == (
        1,
        True,
        True,
    )


async def test_an_empty_log_is_exported_and_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Log(Settings.read({"DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db"}), tmp_path, capsys)
    assert (await log.run("export", "--out", str(log.export)))[0] == 0
    for where in ((), (str(log.export),)):
        code, said = await log.run("verify", *where)
        assert (code, "0 entries in 0 chains hold together" in said) == (0, True)


async def test_what_cannot_be_used_is_a_sentence(log: Log) -> None:
    for words, sentence in (
        (("verify", str(log.folder / "none.jsonl")), "none.jsonl cannot be read: No such file"),
        (("verify", "--key", "abc"), "--key must be 64 hex digits"),
        (("verify", "--checkpoints", str(log.folder / "none")), "--checkpoints .*none: No such file"),
        (("verify", "--checkpoints", str(log.export)), "line 1 is no checkpoint"),
        (("export", "--out", str(log.export)), "is there already"),
        (("export", "--out", str(log.folder / "no" / "where")), "No such file"),
        (("export", "--out", str(log.folder / "new"), "--since", "soon"), "--since: 'soon' is not a day"),
    ):
        with pytest.raises(BadSetting, match=sentence):
            await log.run(*words)
    nowhere = replace(log, settings=replace(log.settings, database_url="sqlite:///nowhere.db"))
    with pytest.raises(BadSetting, match="there is no file nowhere"):
        await nowhere.run("verify")
    assert not Path("nowhere.db").exists()
    code, said = await log.run("verify", str(log.outside))
    assert (code, "line 1: this is not an export of the log" in said) == (1, True)


def test_an_export_needs_no_database_and_no_settings(log: Log) -> None:
    here = log.folder / "elsewhere"
    here.mkdir()
    done = bot(
        "ledger", "verify", str(log.export), env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    )
    assert done.returncode == 0, done.stderr
    assert "12 entries" in done.stdout
    assert done.stderr == ""


async def test_nothing_but_the_log_is_in_an_export(log: Log) -> None:
    lines = [json.loads(line) for line in log.export.read_text().splitlines()]
    assert len(lines) == 1 + 3 + 12 + 1
    assert lines[4]["sequence"] == 1
    assert "Ada" not in log.export.read_text()
    secret = (log.folder / "catchball.db.key").read_text().strip()
    assert secret not in log.export.read_text() + log.outside.read_text()


@pytest.mark.postgres
async def test_several_chains_of_postgresql_are_exported_and_verified(
    postgres: Callable[[str], str], tmp_path: Path, capsys: pytest.CaptureFixture[str], company: Company
) -> None:
    url = postgres("template1")
    environ = {
        "DATABASE_URL": url,
        "LEDGER_KEY": "cd" * 32,
        "LEDGER_CHECKPOINTS": f"{tmp_path}/outside.jsonl",
    }
    log = Log(Settings.read(environ), tmp_path, capsys)
    stores = [Storage.open(url, version="1.2.3") for _ in range(3)]
    for number, store in enumerate(stores):
        did = [Participation("asked", item=str(n), value='Größe\n\x07\x7f"gut"\\') for n in range(2 + number)]
        await store.commit(change(actor=LINUS, remember=tuple(did)))
    posting = Posting(replace(company.desk, store=stores[0], notary=HouseNotary(log.settings, "1.2.3")))
    await posting.look(MONDAY)
    for store in stores:
        store.close()
    assert (await log.run("export", "--out", str(log.export)))[0] == 0
    for where in ((), (str(log.export),)):
        code, said = await log.run("verify", *where, "--checkpoints", str(log.outside))
        assert (code, "9 entries in 3 chains hold together" in said) == (0, True), said
        assert "They cover 9 of the entries; 0 came after." in said
    again = Storage.open(url, version="1.2.3")
    with again._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE ledger DISABLE TRIGGER USER")
        connection.exec_driver_sql("DELETE FROM ledger WHERE chain = '2' AND sequence = 3")
    again.close()
    code, said = await log.run("verify")
    assert (code, "chain 2, entry 3: it is missing with all that follow: it ends with entry 2" in said) == (
        1,
        True,
    )


def log_key(log: Log) -> str:
    found = sealing.read(Path(f"{log.database}.key"))
    assert found is not None
    return found.public


def _refused(content: bytes, public: str) -> str:
    """Why the file as a whole does not hold."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            said = cli._of_file(Path(file.name), cli.Brought(keys=(public,)))
        except Unfit as why:
            return str(why)
        raise AssertionError(said)


@pytest.fixture
def whole_export(log: Log) -> tuple[bytes, str]:
    return log.export.read_bytes(), log.public


@pytest.fixture
def whole_database(log: Log) -> Path:
    log.change("SELECT 1")
    return log.database
