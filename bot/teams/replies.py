"""What the person who pressed sees in answer: another card in place of theirs, or a sentence beside it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from bot.teams import render
from content.cards import Card
from handlers.events import Click, Outcome

DONE = "Done."
TROUBLE = "That did not reach us. Press again in a moment."


def reply(outcome: Outcome, click: Click, form: str) -> dict[str, Any]:
    """The body of the answer to `adaptiveCard/action`; form: the JSON of the form that came back, or "".

    Mistakes are shown on the form itself, beside the fields, with what was filled in.
    """
    drawn = card(outcome, click, form)
    if drawn is not None:
        return {"statusCode": 200, "type": render.CONTENT_TYPE, "value": drawn}
    return message(" ".join(outcome.errors.values()) or DONE)


def card(outcome: Outcome, click: Click, form: str) -> dict[str, Any] | None:
    """The Adaptive Card an outcome shows in place of the pressed one; None when it leaves that as it is."""
    if outcome.errors:
        returned = _form(form)
        filled = render.Filled(values=click.values, errors=outcome.errors)
        return render.card(returned, click.delivery, filled) if returned else None
    shown = outcome.form or outcome.show
    return render.card(shown, click.delivery) if shown else None


def message(text: str) -> dict[str, Any]:
    """A sentence that Teams shows beside the card, which stays."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def _form(json: str) -> Card | None:
    try:
        return Card.model_validate_json(json) if json else None
    except ValidationError:
        return None
