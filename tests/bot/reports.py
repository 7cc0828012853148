"""An evidence report as somebody reads it: the text of its PDF, and the numbers that stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfReader

FOOTER = re.compile(r".* \d+ of \d+")
HEADING = re.compile(r"\d+\. ([^.]+)")
CELL = re.compile(
    r"(?P<value>\d+)% \((?P<low>\d+)-(?P<high>\d+)%\), (?P<part>[\d,]+)\s+of\s+(?P<of>[\d,]+)"
    r"|(?P<said>not shown|fewer than 5 people|no data|(?<!\S)-(?!\S))"
)
COVER = ""


class Rate(NamedTuple):
    """As printed: per cent, and the counts behind it."""

    value: int
    low: int
    high: int
    part: int
    of: int


@dataclass(frozen=True)
class Report:
    """Its lines, by the title of the section they stand in; those of the cover under "".

    A row of a table is a line as long as none of its cells is too long for its column.
    """

    sections: dict[str, list[str]]

    def after(self, section: str, words: str) -> list[str]:
        """What follows these words in the first line that begins with them, and the lines below."""
        lines = self.sections[section]
        place = next(n for n, line in enumerate(lines) if line == words or line.startswith(f"{words} "))
        return [lines[place].removeprefix(words).strip(), *lines[place + 1 :]]

    def number(self, section: str, words: str) -> int:
        return _number(self.after(section, words)[0].split()[0])

    def rates(self, section: str, words: str) -> list[Rate | str]:
        return list(_cells(self.after(section, words)[0]))

    def rows(self, section: str, header: str) -> list[str]:
        """The lines of a table up to the next text, without its header, which a new page says again."""
        lines = self.after(section, header)[1:]
        return list(takewhile(lambda line: not line.endswith((".", ":")), (x for x in lines if x != header)))


def read(path: Path) -> Report:
    sections: dict[str, list[str]] = {COVER: []}
    for number, page in enumerate(PdfReader(path).pages):
        *lines, footer = page.extract_text().replace("\u00a0", " ").split("\n")
        assert FOOTER.fullmatch(footer)
        for line in map(str.strip, lines):
            heading = HEADING.fullmatch(line) if number else None  # before them is what the cover leads to
            if heading:
                sections[heading[1]] = []
            else:
                list(sections.values())[-1].append(line)
    return Report(sections)


def rated(line: str, before: int) -> tuple[list[str], list[Rate | str]]:
    """A row as its first words, so many of them from the right, and its rates."""
    first = CELL.search(line)
    words = line[: first.start()] if first else line
    return words.rsplit(maxsplit=before), list(_cells(line[len(words) :]))


def _cells(text: str) -> Iterator[Rate | str]:
    for found in CELL.finditer(text):
        names = ("value", "low", "high", "part", "of")
        yield found["said"] or Rate(*(_number(found[name]) for name in names))


def _number(text: str) -> int:
    return int(text.replace(",", ""))
