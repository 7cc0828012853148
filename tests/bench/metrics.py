"""The numbers of ten million answers: asked for, written with each answer, and reckoned anew; and a night of recall.

The events are made once, in DuckDB, which also has them as a native table; the same ones are written as deliveries and
ledger entries, and their rollups are DuckDB's own sums. So the product's rebuild, which reckons from the rows, has to
find the same as another database found.
"""

from __future__ import annotations

import gc
import itertools
import sqlite3
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bot.__main__ import RUBBISH
from content.pieces import Clause, Item, Quiz
from handlers.events import Change
from handlers.features import compose
from handlers.lookups import Grouping
from handlers.model import Participation, Platform
from storage import changes, rechecks
from storage.cells import Counts, bit_of, who_of
from storage.contents import Hashes, keep
from storage.engine import connect, writing
from storage.ledger import LEDGER, Ledger
from storage.rollups import GROUPS, KEY, MONTHS
from storage.store import Storage
from tests.bench.company import found, person
from tests.bench.inside import child
from tests.bench.lessons import lessons
from tests.bench.nights import nights
from tests.bench.processes import Nonsense, memory
from tests.bench.report import Row, ms, percentile
from tests.bench.scale import Scale

Json = dict[str, Any]
SLOTS, FIRST = 125, date(2025, 11, 24)
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
YEAR, QUARTER = UNTIL - timedelta(days=365), UNTIL - timedelta(days=90)
TIMES = 20  # each statistic is asked for
STANDARDS = (("ISO 9001", "2015"), ("ISO 14001", "2015"), ("ISO/IEC 27001", "2022"))
CLAUSES = [
    Clause(standard=standard, edition=edition, clause=f"{n // 3 + 4}.{n % 3 + 1}")
    for standard, edition in STANDARDS
    for n in range(20)
]
EVENTS = """
CREATE TABLE events AS
SELECT i, i % {people} AS p, i // {people} AS s,
  (i * 2654435761) % 4294967296 // 7 AS h,
  {first} + 3 * s AS day, 'quiz-' || s % 3 AS campaign, printf('slot-%03d', s) AS slot,
  'Team ' || p % 60 AS team, 'Site ' || p % 60 % 8 AS site, 'manager-' || p // 12 AS manager,
  CASE WHEN p // 60 % 50 = 0 THEN 'employee,manager' ELSE 'employee' END AS roles,
  h % 60 AS q, h // 60 % 100 < 96 AS sent, sent AND h // 6000 % 100 < 83 AS answered,
  answered AND h // 600000 % 10 < 7 AS correct, h * 7919 % 180000000 AS ms
FROM range({people} * {slots}) t(i)
"""
ROLLUPS = """
SELECT {part} AS part, who, served, {day} AS day_, {campaign} AS campaign_, '' AS author,
  '' AS status, '' AS reason, 1 AS shard,
  count(*), sum(sent), 0, 0, sum(answered), sum(answered), 0, 0, sum(answered), sum(correct), sum(answered),
  sum(CASE WHEN answered THEN least(ms, 120000) ELSE 0 END), sum(answered),
  sum(CASE WHEN answered THEN ms ELSE 0 END), sum(answered AND ms <= 86400000),
  bit_or(CASE WHEN sent THEN bit ELSE 0 END)
FROM ({events}) GROUP BY ALL ORDER BY 1, 2, 3, 4
"""
MONTH = "date_diff('day', DATE '0001-01-01', date_trunc('month', DATE '0001-01-01' + CAST(day - 1 AS INTEGER))) + 1"
ENDED = """
SELECT {part} + 6 AS part, who, served, {day} AS day_, {campaign} AS campaign_, '' AS author,
  status, 'blocked by the person' AS reason, 1 AS shard, count(*), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM ({events}) WHERE NOT sent GROUP BY ALL ORDER BY 1, 2, 3, 4
"""
COUNTED = """
SELECT e.*, bit, {served} AS served, {who} AS who FROM events e JOIN clauses USING (q) JOIN bits USING (p)
  JOIN whos USING (team, site, roles)
"""
SUMS = (
    "status, count(*), sum(answered), sum(correct), sum(CASE WHEN answered THEN ms ELSE 0 END), "
    "sum(CASE WHEN answered THEN least(ms, 120000) ELSE 0 END), sum(answered AND ms <= 86400000)"
)
MAP = "clause x team"  # participation of each clause in each team
ASKED: Mapping[str, tuple[Grouping, str, Mapping[str, Any], str]] = {
    "all": ("all", "1", {}, ""),
    "team": ("team", "team", {}, ""),
    "site": ("site", "site", {}, ""),
    "role": ("role", "roles", {}, ""),
    "clause": ("clause", "clause", {}, ""),
    "standard": ("standard", "standard", {}, ""),
    "campaign": ("campaign", "campaign", {}, ""),
    "leader": ("leader", "author", {}, ""),
    "week": ("week", "day // 7", {}, ""),
    MAP: ("clause", "clause, team", {}, ""),
    "a team's weeks": ("week", "day // 7", {"where": {"team": "Team 7"}}, "team = 'Team 7'"),
    "a clause's teams": ("team", "team", {"where": {"clause": str(CLAUSES[7])}}, f"clause = '{CLAUSES[7]}'"),
    "a manager's clauses": ("clause", "clause", {"manager": "manager-9"}, "manager = 'manager-9'"),
}


async def metrics(folder: Path, scale: Scale) -> list[Row]:
    people = scale.of(100_000, 5_000)
    duck = duckdb.connect(str(folder / "events.duckdb"), config={"threads": 1, "memory_limit": "2GB"})
    made(duck, people)
    url = f"sqlite:///{folder}/numbers.db"
    Storage.open(url, version="bench").close()
    cells, written = fill(url, duck), write(url, duck)
    rows = await _asking(url, duck, people)
    duck.close()
    told = await child(folder, "recounting", url, wanted=cells)
    seconds = told["seconds"] * 10_000_000 / told["answers"]
    return [
        *rows,
        *await lessons(folder, told["answers"]),
        *await nights(folder, scale),
        *await _writing(folder, scale),
        Row(
            "metrics verify",
            f"{told['seconds']:.1f} s",
            "120 s",
            seconds / 120,
            "<= 1",
            f"{told['answers']:,} answers, {written:,} deliveries, {cells:,} cells compared; scaled to ten "
            f"million answers; CPU {told['cpu']:.1f} s, peak {told['peak']:.0f} MiB",
        ),
    ]


def made(duck: Any, people: int) -> None:
    duck.execute(EVENTS.format(people=people, slots=SLOTS, first=FIRST.toordinal()))
    duck.execute("ALTER TABLE events ADD COLUMN status VARCHAR; ALTER TABLE events ADD COLUMN author VARCHAR")
    duck.execute("UPDATE events SET status = CASE WHEN sent THEN 'sent' ELSE 'failed' END, author = ''")
    duck.execute("CREATE TABLE clauses (q BIGINT, clause VARCHAR, standard VARCHAR)")
    named = [(q, str(clause), str(clause).rpartition(" ")[0]) for q, clause in enumerate(CLAUSES)]
    duck.executemany("INSERT INTO clauses VALUES (?, ?, ?)", named)
    duck.execute("CREATE TABLE bits (p BIGINT, bit BIGINT)")
    bits = [(p, bit_of(f"person-{p:06}")) for p in range(people)]
    for start in range(0, people, 1000):
        marks = ", ".join(f"({p}, {bit})" for p, bit in bits[start : start + 1000])
        duck.execute(f"INSERT INTO bits VALUES {marks}")
    duck.execute("CREATE TABLE whos (team VARCHAR, site VARCHAR, roles VARCHAR, id BIGINT)")
    whos = duck.execute("SELECT DISTINCT team, site, roles FROM events").fetchall()
    duck.executemany("INSERT INTO whos VALUES (?, ?, ?, ?)", [(*who, who_of(*who)) for who in whos])
    duck.execute(
        "CREATE TABLE answers AS SELECT e.*, clause, standard FROM events e JOIN clauses USING (q) ORDER BY day"
    )


def fill(url: str, duck: Any) -> int:
    """The rollups, as DuckDB reckons them; how many cells."""
    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    marks = ", ".join("?" * (len(KEY) + len(Counts._fields)))
    count = 0
    whos = duck.execute("SELECT id, team, site, roles FROM whos").fetchall()
    database.executemany("INSERT INTO who (id, team, site, roles) VALUES (?, ?, ?, ?)", whos)
    for kind, served in enumerate(("''", "clause", "standard")):
        for who in ("0", "whos.id"):
            events = COUNTED.format(served=served, who=who)
            part = kind + (GROUPS if who != "0" else 0)
            by_month = [(part + MONTHS, MONTH, "''")] if kind else []
            for query, (place, day, named) in itertools.product(
                (ROLLUPS, ENDED), [(part, "day", "campaign"), *by_month]
            ):
                cells = duck.execute(query.format(part=place, day=day, campaign=named, events=events))
                while some := cells.fetchmany(10_000):
                    database.executemany(f"INSERT INTO rollup VALUES ({marks})", some)
                    count += len(some)
    database.commit()
    database.close()
    return count


async def _asking(url: str, duck: Any, people: int) -> list[Row]:
    store = Storage.open(url, version="bench")
    gc.set_threshold(RUBBISH)
    slowest: tuple[float, str, float] = (0.0, "", 0.0)
    worst: tuple[float, str, float, float] = (0.0, "", 0.0, 0.0)
    for name, (by, group, more, where) in ASKED.items():
        for span, since in (("90 days", QUARTER), ("a year", YEAR)):
            ours, theirs = [], []
            query = _query(group, where, since.date())
            ask = store.taken_part if name == MAP else partial(store.tallies, by)
            for _ in range(TIMES):
                began = time.perf_counter()
                found_ = await ask(since, UNTIL, **more)
                ours.append(time.perf_counter() - began)
            for _ in range(TIMES // 4):
                began = time.perf_counter()
                rows = duck.execute(query).fetchall()
                theirs.append(time.perf_counter() - began)
            _same(name, by, found_, rows)
            mine, other = percentile(ours, 0.95), statistics.median(theirs)
            slowest = max(slowest, (mine, f"{name}, {span}", other))
            worst = max(
                worst, (statistics.median(ours) / other, f"{name}, {span}", statistics.median(ours), other)
            )
    store.close()
    asked = f"of {2 * len(ASKED)} statistics of {people * SLOTS:,} deliveries"
    return [
        Row(
            "statistics",
            ms(slowest[0]),
            "100 ms",
            slowest[0] / 0.1,
            "<= 1",
            f"the slowest p95 {asked}: {slowest[1]}; DuckDB {ms(slowest[2])}",
        ),
        Row(
            "statistics / DuckDB",
            ms(worst[2]),
            ms(worst[3]),
            worst[0],
            "<= 0.2",
            f"the worst {asked}, each against DuckDB's native table on one core: {worst[1]}",
        ),
    ]


def _query(group: str, where: str, since: date) -> str:
    until = (UNTIL - timedelta(days=1)).date()
    here = f"day BETWEEN {since.toordinal()} AND {until.toordinal()}" + (f" AND {where}" if where else "")
    return f"SELECT {group}, {SUMS} FROM answers WHERE {here} GROUP BY {group}, status"


def _same(name: str, by: Grouping, found_: Sequence[Any], rows: Sequence[Any]) -> None:
    """Raises Nonsense unless both count the same answers; a role has those of all who have it."""
    ours, theirs = sum(each.active for each in found_), sum(row[-5] for row in rows)
    if ours != theirs and by != "role":
        raise Nonsense(f"{name}: {ours} answers, and DuckDB finds {theirs}")


def write(url: str, duck: Any) -> int:
    """The same events as deliveries and as entries of the ledger; how many deliveries."""
    engine = connect(url)
    hashes = Hashes()
    quizzes = [_quiz(q) for q in range(len(CLAUSES))]
    cards = [compose(quiz, person(0, Platform.SLACK)) for quiz in quizzes]
    with engine.connect() as plain, (connection := writing(plain)).begin():
        keep(connection, [*quizzes, *cards], hashes)
    engine.dispose()
    pieces = [(hashes.of(quiz), hashes.of(card), quiz.id) for quiz, card in zip(quizzes, cards, strict=True)]
    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    database.executescript(
        "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -1000000"
    )
    kept = _without_indexes(database)
    events = duck.execute("SELECT * FROM events ORDER BY i")
    names = [column[0] for column in events.description]
    number = 0
    while some := events.fetchmany(20_000):
        found_ = [dict(zip(names, event, strict=True)) for event in some]
        _insert(database, "delivery", (_delivery(event, pieces[event["q"]]) for event in found_))
        _insert(database, "ledger", _entries(found_, pieces, number))
        number += sum(event["answered"] for event in found_)
    for statement in kept:
        database.execute(statement)
    database.commit()
    count: int = database.execute("SELECT count(*) FROM delivery").fetchone()[0]
    database.close()
    return count


def _without_indexes(database: sqlite3.Connection) -> list[str]:
    made_ = database.execute(
        "SELECT name, sql FROM sqlite_master "
        "WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('delivery', 'ledger')"
    ).fetchall()
    for name, _ in made_:
        database.execute(f"DROP INDEX {name}")
    return [sql for _, sql in made_]


def _insert(database: sqlite3.Connection, table: str, rows: Iterator[Json]) -> None:
    first = next(rows, None)
    if first is None:
        return
    names = list(first)
    marks = ", ".join(f":{name}" for name in names)
    statement = (
        f"INSERT INTO {table} ({', '.join(chr(34) + name + chr(34) for name in names)}) VALUES ({marks})"
    )
    database.executemany(statement, itertools.chain([first], rows))


def _quiz(q: int) -> Quiz:
    item = Item(
        id=f"item-{q}", stem=f"Question {q}?", options={"A": "This", "B": "That"}, key="A", explanation="So."
    )
    return Quiz(id=f"quiz-{q}", title=f"Quiz {q}", clauses=(CLAUSES[q],), items=(item,))


def _at(day: int) -> str:
    return f"{date.fromordinal(day)} 08:30:00.000000"


def _delivery(event: Json, piece: tuple[Any, ...]) -> Json:
    at = _at(event["day"])
    texts = ("code", "conversation", "lease_owner", "reminds", "resolved_by")
    return {
        **dict.fromkeys(texts, ""),
        **{"id": f"{event['i']:032x}", "person": f"person-{event['p']:06}", "zone": "Europe/Berlin"},
        **{name: event[name] for name in ("campaign", "slot", "team", "site", "roles", "manager", "status")},
        **{
            "piece": piece[0],
            "card": piece[1],
            "piece_id": piece[2],
            "to_acknowledge": 0,
            "platform": "slack",
        },
        **{"workspace": "T1", "user": f"U{event['p']}", "lane": 2, "policy": "at_least_once"},
        **{"reason": "" if event["sent"] else "blocked by the person", "attempt": 1, "week": "2026-W01"},
        **{"slot_at": at, "due_at": at, "expires_at": at, "sent_at": at, "receipt": "1", "withdrawn": 0},
        **{"held": 0, "audience": "everyone", "author": ""},
    }


def _entries(events: Sequence[Json], pieces: Sequence[tuple[Any, ...]], number: int) -> Iterator[Json]:
    blank = {
        c.name: "" for c in LEDGER.columns if not c.nullable and c.name not in ("sequence", "participation")
    }
    for event in events:
        if event["answered"]:
            number += 1
            clause = CLAUSES[event["q"]]
            id_ = f"{event['i']:032x}"
            yield blank | {
                **{"chain": "1", "sequence": number, "at": _at(event["day"]), "kind": "answered"},
                **{"participation": 1, "once": f"{id_}:answered:", "actor": f"person-{event['p']:06}"},
                **{"person": f"person-{event['p']:06}", "delivery": id_, "campaign": event["campaign"]},
                **{"item": f"item-{event['q']}", "value": "A", "correct": int(event["correct"])},
                **{
                    "certainty": 1 + event["s"] % 3,
                    "duration_ms": event["ms"],
                    "object_version": pieces[event["q"]][0],
                },
                "clauses": f'[["{clause.standard}", "{clause.edition}", "{clause.clause}"]]',
                **{"previous": "a" * 64, "hash": "b" * 64},
            }


async def recounting(url: str) -> Json:
    """`metrics verify`, in a process of its own. The cells it reckons are those that DuckDB summed."""
    engine = connect(url)
    before, began, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    with engine.connect() as connection, connection.begin():
        checked = rechecks.verify(connection)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    with engine.connect() as connection:
        answers = connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar()
    engine.dispose()
    peak = memory("VmHWM") / 1024
    if checked.wrong:
        raise Nonsense(f"{checked.wrong} cells differ: {checked.first[0]}")
    return {
        "count": checked.cells,
        "answers": answers,
        "seconds": seconds,
        "cpu": cpu,
        "peak": peak,
        "before": before,
    }


async def _writing(folder: Path, scale: Scale) -> list[Row]:
    """Answers in the writer's own batches: the event with its sums and its entry, and all that belongs to one."""
    many = scale.of(40_000, 8_000)
    told = [
        await child(folder, "answering", f"sqlite:///{folder}/writing-{part}-{n}.db", str(many), wanted=many)
        for part in ("event", "answer")
        for n in (200, 1000)
    ]
    goals = {"event": ("event, ledger, rollups", ">= 0.1"), "answer": ("all of an answer", "")}
    means = {"event": "", "answer": ", with its memory, the inbox and what proves its message"}
    return [
        Row(
            f"{goals[each['part']][0]}, {each['batch']}",
            f"{many / each['ours']:.0f}/s",
            f"{many / each['bare']:.0f}/s",
            each["bare"] / each["ours"],
            goals[each["part"]][1],
            f"of CPU time; an answer, hashed and counted{means[each['part']]} / as many bare rows of the ledger's "
            f"columns, {each['batch']} in a transaction; {1e6 * each['ours'] / many:.0f} us each",
        )
        for each in told
    ]


async def answering(url: str, many: str) -> Json:
    part, size = url.removesuffix(".db").split("-")[-2:]
    batch = int(size)
    company = await found(url, int(many), Platform.SLACK, sent=int(many))
    engine = connect(url)
    with engine.connect() as connection:
        rechecks.repair(writing(connection))
        connection.commit()
    item = company.deliveries[0].piece.items[0]  # type: ignore[union-attr]
    did = Participation("answered", item.id, "A", True, 2, item.clauses)
    log = Ledger("bench")
    sent_at = datetime.now(UTC)
    given = [
        Change(inbox=f"event-{n}", at=sent_at, delivery=delivery, remember=(did,), platform=Platform.SLACK)
        for n, delivery in enumerate(company.deliveries)
    ]
    write = changes.answers if part == "answer" else changes.counted
    with writing(engine.connect()) as connection:
        cpu = time.process_time()
        for start in range(0, len(given), batch):
            with connection.begin():
                write(connection, given[start : start + batch], log)
        ours = time.process_time() - cpu
        count = connection.exec_driver_sql("SELECT count(*) FROM ledger WHERE kind = 'answered'").scalar()
        rows = [tuple(r) for r in connection.exec_driver_sql("SELECT * FROM ledger WHERE kind = 'answered'")]
    engine.dispose()
    bare = sqlite3.connect(f"{url.removeprefix('sqlite:///')}.bare")
    bare.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    bare.execute(f"CREATE TABLE bare ({', '.join(f'c{n}' for n in range(len(rows[0])))})")
    marks = ", ".join("?" * len(rows[0]))
    cpu = time.process_time()
    for start in range(0, len(rows), batch):
        bare.executemany(f"INSERT INTO bare VALUES ({marks})", rows[start : start + batch])
        bare.commit()
    theirs = time.process_time() - cpu
    return {"count": count, "ours": ours, "bare": theirs, "batch": batch, "part": part}
