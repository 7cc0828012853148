"""What was shown, as text that anybody can read: each message and milestone whole, each question once a version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from content.cards import Value, content_hash
from content.markup import plain
from content.pieces import Check, Escalation, Item, Message, Milestone, Pulse, Quiz, Reminder
from handlers.quiz import name_of

Told = Iterator[tuple[str, str]]
"""A version, and its words."""


def told(version: str, piece: Value) -> Told:
    """A quiz by its questions, which stand in other quizzes as well; anything else as it is."""
    if isinstance(piece, Quiz):
        for item in piece.items:
            name = name_of(piece, item)
            yield content_hash(item), f"Question {name}\n{_question(item)}"
        return
    words = _WORDS.get(type(piece))
    yield version, f"{_heading(piece)}\n{words(piece) if words else ''}".rstrip() + "\n"


def _heading(piece: Value) -> str:
    kind, id_, title = (getattr(piece, name, "") for name in ("kind", "id", "title"))
    clauses = ", ".join(str(clause) for clause in getattr(piece, "clauses", ()))
    return f"{str(kind).capitalize()} {id_}: {title}" + (f"\nServes {clauses}" if clauses else "")


def _message(piece: Message) -> str:
    parts = [plain(piece.text)]
    parts += [f"By {piece.author}"] if piece.author else []
    parts += [f"Corrected on {piece.corrected}"] if piece.corrected else []
    parts += [_check(piece.check)] if piece.check else []
    parts += [f"Asked: {each.question}\nAnswered for all: {each.answer}" for each in piece.answers]
    return "\n".join(parts)


def _check(check: Check) -> str:
    return (
        f"Its question: {plain(check.stem)}\n{_options(check.options, check.key)}\n{plain(check.explanation)}"
    )


def _question(item: Item) -> str:
    clauses = ", ".join(str(clause) for clause in item.clauses)
    serves = f"Serves {clauses}\n" if clauses else ""
    return f"{serves}{plain(item.stem)}\n{_options(item.options, item.key)}\nWhy: {plain(item.explanation)}\n"


def _options(options: Mapping[str, str], key: str) -> str:
    return "\n".join(
        f"  {letter}. {plain(words)}{' (right)' if letter == key else ''}"
        for letter, words in options.items()
    )


def _reminder(piece: Reminder) -> str:
    return f"Reminder {piece.number} of the message {piece.message.id}\n{_message(piece.message)}"


_WORDS: Mapping[type, Callable[[Any], str]] = {
    Message: _message,
    Milestone: lambda piece: plain(piece.text),
    Pulse: lambda piece: plain(piece.question),
    Reminder: _reminder,
    Escalation: lambda piece: "How many of a manager's people have not acknowledged it.",
}
