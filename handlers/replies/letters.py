"""The forms in which people write to leaders and leaders answer, and what came back with them, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from content.cards import Block, Button, Buttons, Card, Choice, Input, Note, Text
from content.markup import clean, escape
from handlers.numbers.sheets import shortened
from handlers.replies.reply import Reply

WRITES = "writes"  # opens the form that its value names
WROTE = "wrote"  # such a form came back
REPLY, ASK, ANSWER, FOR_ALL = "reply", "ask", "answer", "all"
LONGEST = 1000  # characters of a reply and of an answer
LONGEST_QUESTION = 300
MOST_AT_ONCE = 5  # other replies that one answer for all may answer as well
YES_NO = (Choice(value="no", label="No"), Choice(value="yes", label="Yes"))
WITHOUT_NAME = (
    "Without your name, who answers does not see who you are, and no report says it. The database keeps whom to "
    "answer until that is done and then forgets it; whoever runs the server could look it up. It is handed over "
    "within a quarter of an hour. What you write may still tell who you are."
)
NOT_ANONYMOUS = (
    "Your programme takes no replies without a name. Nothing was sent: send it with your name, or not at all."
)

WRITE_BACK = Button(label="Write back", verb=WRITES, value=REPLY, inputs=False)
_BACK = Button(label="Back", verb="looked", inputs=False)


def reply(title: str, anonymous: bool) -> Card:
    """To write back to a message."""
    fields = (_text("text", "What do you want to say or ask?"), *_without_name(anonymous))
    return _form("Write back", REPLY, "Send", (Note(markdown=f"About “{escape(title)}”."), *fields), _BACK)


def ask(words: str, anonymous: bool, waiting: int) -> Card:
    """To the leadership; waiting: how many questions of theirs have no answer yet."""
    told = "It goes to the leader whose turn it is, and is tracked until it is answered."
    if waiting:
        told += f" {'One question' if waiting == 1 else f'{waiting} questions'} of yours {_has(waiting)} no answer yet."
    asked = _text("text", "What do you need: help, a decision, time, money?", words[:LONGEST])
    return _form("Ask the leadership", ASK, "Send", (Note(markdown=told), asked, *_without_name(anonymous)))


def answer(reply: Reply) -> Card:
    return _form("Answer", ANSWER, "Send", (quoted(reply.text), _text("answer", "Your answer")), _BACK)


def for_all(reply: Reply, others: Sequence[Reply]) -> Card:
    """The question in the leader's own words, and which of the others that wait it answers as well."""
    note = "Everybody who got the message sees the question and your answer under it, without a name."
    question = Input(
        id="question", label="The question, in your own words", kind="paragraph", max_length=LONGEST_QUESTION
    )
    same = [
        Input(
            id=f"same-{other.id}",
            label=f"Also answers: {_opening(other)}",
            kind="choice",
            choices=YES_NO,
            value="no",
        )
        for other in others[:MOST_AT_ONCE]
    ]
    blocks: tuple[Block, ...] = (
        quoted(reply.text),
        question,
        _text("answer", "Your answer"),
        *same,
        Note(markdown=note),
    )
    return _form("Answer for all", FOR_ALL, "Send", blocks, _BACK)


def quoted(words: str) -> Text:
    """What somebody wrote: text, whatever is in it."""
    return Text(markdown=f"> {escape(words)}")


def written(values: Mapping[str, str], field: str, most: int, errors: dict[str, str]) -> str:
    """A text that was filled in, without what cannot be seen."""
    words = clean(values.get(field, ""), len(values.get(field, "")) + 1)
    if not words:
        errors[field] = "Write something first. Nothing was sent."
    elif len(words) > most:
        errors[field] = f"This has {len(words):,} characters; at most {most:,} fit. Nothing was sent."
    return words


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _opening(reply: Reply) -> str:
    return shortened(reply.text, 100)


def _text(name: str, label: str, value: str = "") -> Input:
    return Input(id=name, label=label, kind="paragraph", value=value, max_length=LONGEST)


def _without_name(allowed: bool) -> tuple[Block, ...]:
    if not allowed:
        return ()
    asked = Input(id="anonymous", label="Without my name", kind="choice", choices=YES_NO, value="no")
    return asked, Note(markdown=WITHOUT_NAME)


def _form(title: str, which: str, label: str, blocks: Sequence[Block], *back: Button) -> Card:
    send = Button(label=label, verb=WROTE, item=which, style="primary")
    return Card(title=title, blocks=(*blocks, Buttons(buttons=(send, *back))))
