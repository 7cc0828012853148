"""The forms of a broadcast: its text, what else stands under it, to whom and when, and the templates it begins with."""

from __future__ import annotations

from collections.abc import Mapping

from content.blanks import filled, partly
from content.cards import Block, Button, Buttons, Card, Choice, Input, Note, Text
from content.markup import clean, escape
from content.pieces import Check, Clause, Message, Timing
from handlers.broadcasts.stages import Broadcast
from handlers.desk import Desk

FILLED = "broadcast"  # the verb of every form here
MAX_TITLE, MAX_TEXT, MAX_LINE, MAX_ALT, MAX_BLANK = 100, 3000, 300, 250, 500
MARKUP = "**bold**, *italic*, lists and https links are kept."
LETTERS = "ABCDE"
YES_NO = (Choice(value="yes", label="Yes"), Choice(value="no", label="No"))
TEMPLATES = 100  # Slack: options of one select
NO_CLAUSE = "-"
FILL = "fill"  # the blanks of a draft; of a template "blanks:" and its id


def new(desk: Desk, audiences: tuple[Block, ...]) -> Card:
    """Everything that a short message needs; the rest can be added to its preview."""
    hint = Note(markdown="Type `templates` to begin with a message that is written already.")
    blocks = (*_words("", "", True), *audiences, at(""), hint)
    return form(desk, "New message", "new", blocks)


def text(desk: Desk, broadcast: Broadcast, message: Message) -> Card:
    """As it was written: there Enter broke a line."""
    words = _words(message.title, message.text.replace("  \n", "\n"), message.acknowledge)
    if not broadcast.out:
        return form(desk, "Change the text", "text", words, back=True)
    note = Note(
        markdown="Who has it sees this in its place, with the day of the correction; nobody gets it anew."
    )
    return form(desk, "Correct it", "text", (*words, note), back=True)


def more(desk: Desk, message: Message, reply_to: str) -> Card:
    """A picture, a link, one question, what the message is for; reply_to: the e-mail of who gets the replies."""
    check = message.check or Check.model_construct(stem="", options={}, key="", explanation="")
    options = "\n".join(
        f"{'*' if letter == check.key else ''}{words}" for letter, words in check.options.items()
    )
    serves = str(message.clauses[0]) if message.clauses else NO_CLAUSE
    clauses = (Choice(value=NO_CLAUSE, label="None in particular"), *_clauses(desk))
    blocks = (
        _line("picture", "Picture, an https address", message.picture, 2000),
        _line("picture_alt", "What the picture shows, in words", message.picture_alt, MAX_ALT),
        _line("link", "Link, an https address", message.link, 2000),
        _line("link_label", "What the link says", message.link_label, 75),
        _line("stem", "One question that shows it was understood", check.stem, MAX_LINE),
        Input(
            id="options",
            label="Its answers, one on a line, the right one with a * before it",
            kind="paragraph",
            value=options,
            optional=True,
            max_length=1000,
        ),
        _line("explanation", "Why that is the right answer", check.explanation, MAX_LINE),
        Input(id="clause", label="The clause it serves", kind="choice", choices=clauses, value=serves),
        _line("objective", "The objective it brings forward", message.objective, MAX_LINE),
        _yes_no("replies", "People may write back", message.replies),
        _line("reply_to", "Who gets what they write (an e-mail; empty: you)", reply_to, MAX_LINE),
        Input(
            id="expires",
            label="Can be answered until",
            kind="moment",
            value=message.expires[:16],
            optional=True,
        ),
    )
    return form(desk, "Add to it", "more", blocks, back=True)


def send(desk: Desk, broadcast: Broadcast, audiences: tuple[Block, ...]) -> Card:
    """To whom and when."""
    timing = broadcast.timing
    again = (("", "Once"), ("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month"))
    blocks = (
        *audiences,
        at(timing.at[:16]),
        _yes_no("local", "At that time on each person's own clock", timing.local),
        _line("spread", "Spread over so many minutes (0: all at once)", str(timing.spread or ""), 4),
        Input(
            id="repeat",
            label="How often",
            kind="choice",
            choices=tuple(Choice(value=value or "once", label=label) for value, label in again),
            value=timing.repeat or "once",
        ),
        _line("until", "If again and again: up to which day (2027-03-31)", str(timing.until or ""), 10),
    )
    return form(desk, "To whom and when", "send", blocks, back=True)


def templates(desk: Desk) -> Card | None:
    """The messages of the packs; None where they have none."""
    found = sorted(
        (piece for piece in desk.library.pieces.values() if isinstance(piece, Message)), key=lambda m: m.title
    )
    if not found:
        return None
    choices = tuple(Choice(value=piece.id, label=_named(piece)) for piece in found[:TEMPLATES])
    which = Input(id="template", label="Begin with", kind="choice", choices=choices, value=choices[0].value)
    note = Note(markdown="You fill in its blanks next, and may change every word of it afterwards.")
    return form(desk, "Templates", "template", (which, note), label="Next")


def blanks(desk: Desk, template: Message, which: str = "") -> Card:
    """Its blanks, each with what to write there; a paragraph whose blank stays empty is left out."""
    asked = tuple(
        Input(id=f"blank-{name}", label=ask, kind="paragraph", optional=True, max_length=MAX_BLANK)
        for name, ask in template.blanks.items()
    )
    shown = Text(markdown=_with_gaps(template))
    note = Note(
        markdown="What stays empty is left out with its paragraph; you may fill it in until you send it."
    )
    return form(
        desk,
        "Fill in the blanks",
        which or f"blanks:{template.id}",
        (shown, *asked, *((note,) if asked else ())),
        back=bool(which),
    )


def remark(desk: Desk) -> Card:
    """What an approver says when they send something back."""
    said = Input(id="remark", label="What should be different?", kind="paragraph", max_length=500)
    return form(desk, "Send it back", "remark", (said,), label="Send it back", back=True)


def words_of(template: Message, values: Mapping[str, str]) -> dict[str, object]:
    """A template's text with the blanks filled in that came back with the form, and those that are still open."""
    words = {name: clean(values.get(f"blank-{name}", ""), MAX_BLANK) for name in template.blanks}
    given = {name: escape(said) for name, said in words.items() if said}
    still_open = {name: ask for name, ask in template.blanks.items() if name not in given}
    return {"text": partly(template.text, given), "blanks": still_open}


def form(
    desk: Desk,
    title: str,
    item: str,
    blocks: tuple[Block, ...],
    *,
    label: str = "Preview",
    back: bool = False,
    verb: str = FILLED,
) -> Card:
    """The button carries the moment at which it was opened, so that a form left open can be refused."""
    opened = desk.clock.now().isoformat()
    buttons = [Button(label=label, verb=verb, item=item, value=opened, style="primary")]
    buttons += [Button(label="Back", verb="looked", inputs=False)] if back else []
    return Card(title=title, blocks=(*blocks, Buttons(buttons=tuple(buttons))))


def _words(title: str, text: str, acknowledge: bool) -> tuple[Block, ...]:
    return (
        Input(id="title", label="Title", value=title, max_length=MAX_TITLE),
        Input(id="text", label="Message", kind="paragraph", value=text, max_length=MAX_TEXT, hint=MARKUP),
        _yes_no("acknowledge", "Ask people to acknowledge it", acknowledge),
    )


def at(value: str) -> Input:
    return Input(
        id="at", label="When (empty: as soon as you send it)", kind="moment", value=value, optional=True
    )


def _line(name: str, label: str, value: str, most: int) -> Input:
    return Input(id=name, label=label, value=value, optional=True, max_length=most)


def _yes_no(name: str, label: str, now: bool) -> Input:
    return Input(id=name, label=label, kind="choice", choices=YES_NO, value="yes" if now else "no")


def _clauses(desk: Desk) -> list[Choice]:
    """Those that the programme's pieces serve."""
    found = {str(c.whole) for piece in desk.library.pieces.values() for c in piece.clauses}
    return [Choice(value=name, label=name) for name in sorted(found)[: TEMPLATES - 1]]


def clause_of(desk: Desk, name: str) -> Clause | None:
    served = (c.whole for piece in desk.library.pieces.values() for c in piece.clauses)
    return next((clause for clause in served if str(clause) == name), None)


def timing_of(values: Mapping[str, str], zone: str, at: str) -> Timing:
    """What was chosen; the numbers have been looked at before."""
    repeat = values.get("repeat", "once")
    return Timing.model_validate(
        {
            "at": at,
            "zone": zone,
            "local": values.get("local") == "yes" and bool(at),
            "spread": int(values.get("spread", "").strip() or 0),
            "repeat": "" if repeat == "once" or not at else repeat,
            "until": values.get("until", "").strip() or None,
        }
    )


def _named(piece: Message) -> str:
    serves = f" · {piece.clauses[0].standard} {piece.clauses[0].clause}" if piece.clauses else ""
    return f"{piece.title}{serves}"[:75]


def _with_gaps(template: Message) -> str:
    """The text as it reads, with a line for each blank."""
    return filled(template.text, template.blanks, dict.fromkeys(template.blanks, "\\_\\_\\_\\_\\_"))
