"""An evidence pack as a folder: made beside it, held against itself, and only then put in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.evidence import files, report
from bot.evidence.tables import LONGEST, Put, Workbook, part_names, parts
from bot.placing import placed
from handlers.evidence import pack
from handlers.evidence.pack import SAMPLE, TABLES, TRAIL, Counts, Scope, Source, Table
from handlers.evidence.report import Found, Section
from handlers.evidence.sample import Draw, Drawn, Hat
from handlers.evidence.sums import Sums
from handlers.ledger.exports import Sign

Tell = Callable[[str, int, int], None]
"""What is being written, and how many rows of how many are."""


class CannotMake(Exception):
    """A pack that cannot be written there; the message says what to do."""


@dataclass(frozen=True)
class Order:
    """Who makes it of what, when and by which software. more: sections of other parts of the house."""

    scope: Scope
    organisation: str
    version: str
    made_at: datetime
    draw: Draw = field(default_factory=Draw)
    sign: Sign = lambda _: ("", "")
    more: Sequence[Section] = ()


@dataclass(frozen=True)
class Made:
    counts: Counts
    held: int
    sample: Sequence[Drawn]


@dataclass
class _Making:
    """One run, from the counts to the last file."""

    order: Order
    source: Source
    folder: Path
    tell: Tell
    done: int = 0
    of: int = 0
    sample: Sequence[Drawn] = ()
    key: str = ""  # public
    serves: dict[str, Sequence[str]] = field(default_factory=dict)

    def run(self) -> Made:
        self.tell("counting", 0, 0)
        counts = self.source.counts()
        self.of = sum(counts.rows.values())
        sums, order, source = Sums(self.order.scope.standard), self.order, self.source
        with source.ledger(self.folder / files.LEDGER, order.made_at, order.version) as log:
            listed = self._tables(counts, sums)
            clauses = source.clauses()
            held = sums.check(counts, clauses, self.serves)
            self.tell("content", self.of, self.of)
            files.write_content(self.folder / "content", source)
            entries = log.finish(self._sign, lambda of, done: self.tell("ledger", done, of))
        self.tell("report", self.of, self.of)
        found = Found(
            *(order.scope, order.organisation, order.version, order.made_at, counts, sums, clauses),
            *(source.planned(), source.left_out(), held),
            files=listed,
            entries=entries,
            key=self.key,
            more=order.more,
        )
        report.write(self.folder / "report.pdf", found)
        files.write_manifest(self.folder, found, order.draw, self.sample)
        return Made(counts, held, self.sample)

    def _tables(self, counts: Counts, sums: Sums) -> Mapping[str, str]:
        """Name -> where its rows are."""
        hat = Hat(self.order.draw)
        listed = {table.name: _where(table, counts.rows[table.name]) for table in TABLES}
        with Workbook(self.folder / "evidence.xlsx") as book:
            with book.sheet("contents", ("Table", "Rows", "Where", "A row is"), (16, 12, 44, 100)) as put:
                put(
                    [
                        (table.name, counts.rows[table.name], listed[table.name], table.says)
                        for table in TABLES
                    ]
                )
                drawn_by = f"{self.order.draw}. {SAMPLE.says}"
                put([(SAMPLE.name, None, f"evidence.xlsx, sheet {SAMPLE.name}", drawn_by)])
                put([(TRAIL.name, None, f"evidence.xlsx, sheet {TRAIL.name}", TRAIL.says)])
            for table in TABLES:
                with self._place(book, table, counts.rows[table.name]) as put:
                    self._write(table, put, sums, hat)
            self.tell("sample", self.done, self.of)
            self.sample = hat.drawn
            write_sample(book, self.source, self.sample)
        return listed

    def _sign(self, text: bytes) -> tuple[str, str]:
        self.key, signature = self.order.sign(text)
        return self.key, signature

    def _place(self, book: Workbook, table: Table, rows: int) -> AbstractContextManager[Put]:
        if rows <= LONGEST:
            return book.sheet(table.name, table.columns)
        return parts(self.folder, table.name, table.columns, rows)

    def _write(self, table: Table, put: Put, sums: Sums, hat: Hat) -> None:
        for rows in self.source.rows(table):
            put(rows)
            sums.add(table, rows)
            if table is pack.ROSTER:
                hat.add(rows)
            if table is pack.VERSIONS:
                self.serves |= {str(row[0]): str(row[4]).split(", ") for row in rows}
            self.done += len(rows)
            self.tell(table.name, self.done, self.of)


def write_sample(book: Workbook, source: Source, found: Sequence[Drawn]) -> None:
    """Who was drawn, and what happened to each of them."""
    with book.sheet(SAMPLE.name, SAMPLE.columns) as put:
        put(found)
    with book.sheet(TRAIL.name, TRAIL.columns) as put:
        trails = source.trails([each.person for each in found])
        for each in found:
            put([(each.person, each.name, each.team, *row) for row in trails[each.person]])


def make(order: Order, source: Source, folder: Path, tell: Tell) -> Made:
    """The whole pack in a new folder. Raises Disagree, or OSError where the disk is full."""
    folder.mkdir()
    return _Making(order, source, folder, tell).run()


@contextmanager
def place(folder: Path) -> Iterator[Path]:
    """Where to make a pack that is not finished. Raises CannotMake where something is in its place."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotMake(f"{folder} is there already and is not empty: name a new folder")
    with placed(folder) as unfinished:
        yield unfinished


def _where(table: Table, rows: int) -> str:
    if rows <= LONGEST:
        return f"evidence.xlsx, sheet {table.name}"
    return ", ".join(part_names(table.name, rows))
