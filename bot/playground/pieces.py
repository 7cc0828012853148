"""The content author's view: every piece of the library with its card, to look at and to try."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from bot.playground import views
from bot.playground.asked import Sent, text, values
from bot.playground.guard import Refused
from content.cards import Card
from content.pieces import BasePiece
from handlers.events import Click
from handlers.features import compose, feature_of
from handlers.model import Address, Participation, Person, Platform

READER = Person(key="reader", name="Ada", email="ada@example.org", team="Production")
NOWHERE = Address(Platform.PLAYGROUND, "library", "reader")
PRESSES = 20  # more than any card has questions


def shelf(pieces: Sequence[BasePiece], drawings: views.Drawings, drawing: str) -> list[views.Json]:
    """Every piece, kind by kind in alphabetical order, within a kind in the order of the packs."""
    return [
        {
            "id": piece.id,
            "kind": piece.kind,  # type: ignore[attr-defined]  # every kind names itself; the base does not
            "clauses": [str(clause) for clause in piece.clauses],
            "card": views.drawn(compose(piece, READER), drawings, drawing, scope=piece.id),
        }
        for piece in sorted(pieces, key=attrgetter("kind"))
    ]


def tried(pieces: Sequence[BasePiece], piece_id: str, sent: Sent) -> Card:
    """The card as a reader sees it after these presses; nothing is remembered. Raises Refused (404, 400)."""
    piece = next((piece for piece in pieces if piece.id == piece_id), None)
    if piece is None:
        raise Refused(404, "This piece is not in the library any more: reload the page.")
    presses = sent.get("presses")
    if not isinstance(presses, list) or len(presses) > PRESSES:
        raise Refused(400, f"`presses` must be a list of at most {PRESSES}.")
    done: tuple[Participation, ...] = ()
    card = compose(piece, READER)
    for press in presses:
        outcome = feature_of(piece).react(piece, _click(piece, press), READER, done)
        done += outcome.remember
        card = outcome.show or outcome.form or card
    return card


def _click(piece: BasePiece, press: object) -> Click:
    if not isinstance(press, dict):
        raise Refused(400, "Each press must be an object with verb, item and value.")
    verb, item, value = (text(press, name) for name in ("verb", "item", "value"))
    return Click("tried", NOWHERE, verb, piece.id, item=item, value=value, values=values(press))
