"""The one question under a message that shows whether it was understood: how it is asked, answered and explained."""

from __future__ import annotations

from content.cards import Block, Choice, Input, Text
from content.markup import escape, plain
from content.pieces import Check, Clause
from handlers.events import Click
from handlers.model import Participation

ANSWERED = "answered"
ITEM = "check"
OPTION = "option-check"
CHOOSE = "Choose an answer first, then press **Answer**. Nothing was counted."


def question(check: Check, missing: bool = False) -> list[Block]:
    choices = tuple(
        Choice(value=letter, label=f"{letter}. {plain(text)}") for letter, text in check.options.items()
    )
    return [
        Text(markdown=f"**One question:** {check.stem}"),
        Input(id=OPTION, label="Your answer", kind="options", choices=choices),
        *([Text(markdown=f"⚠️ {CHOOSE}")] if missing else []),
    ]


def shown(check: Check) -> list[Block]:
    """To its author: all of it, the key too."""
    options = "\n".join(
        f"- {letter}. {text}{' ✅' if letter == check.key else ''}" for letter, text in check.options.items()
    )
    why = f"\n\n{check.explanation}" if check.explanation else ""
    return [Text(markdown=f"**One question:** {check.stem}\n\n{options}{why}")]


def given(done: tuple[Participation, ...]) -> Participation | None:
    """The answer that counts: the first."""
    return next((p for p in done if p.verb == ANSWERED and p.item == ITEM), None)


def answer(check: Check, click: Click, clauses: tuple[Clause, ...]) -> Participation | None:
    """None: nothing was chosen."""
    chosen = click.values.get(OPTION, "")
    if chosen not in check.options:
        return None
    return Participation(verb=ANSWERED, item=ITEM, value=chosen, correct=chosen == check.key, clauses=clauses)


def feedback(check: Check, did: Participation) -> list[Block]:
    if did.value not in check.options:
        return [Text(markdown="You answered this question before it was changed.")]
    key = f"**{check.key}**: {check.options[check.key]}"
    verdict = f"✅ **Right.** {key}"
    if not did.correct:
        verdict = f"❌ **Not quite.** You chose {escape(did.value)}; the answer is {key}"
    why = [Text(markdown=check.explanation)] if check.explanation else []
    return [Text(markdown=verdict), *why]
