"""check and preview: what a content author does before anybody else sees a card."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.config import Settings
from content.cards import Card
from content.editor import edited
from content.limits import problems
from content.packs import load, read_shelf
from content.pieces import BasePiece, Message, Quiz
from content.written import shown
from handlers.features import compose
from handlers.rehearsal import READER, cards


async def check(settings: Settings, arguments: argparse.Namespace) -> int:
    """Every mistake with file, entry and field; then every card that a platform would refuse, and every remark."""
    shelf = read_shelf(arguments.path or Path(settings.programme))
    wrong = 0
    for pack in edited(shelf, SystemClock().now().date()):
        name = shown(pack.path)
        told = [f"{name}: {piece.id}: {problem}" for piece in pack.pieces for problem in _refusals(piece)]
        told += map(str, pack.remarks)
        wrong += len(told)
        sys.stderr.writelines(f"{line}\n" for line in told)
        verdict = f"{len(told)} to look at again" if told else "no mistakes"
        sys.stdout.write(f"{name}: {_counts(pack.pieces)}, {verdict}\n")
        sys.stdout.writelines(f"{name}: {note}\n" for note in pack.notes)
    return 1 if wrong else 0


def _counts(pieces: Sequence[BasePiece]) -> str:
    items = [item for piece in pieces if isinstance(piece, Quiz) for item in piece.items]
    messages = [piece for piece in pieces if isinstance(piece, Message)]
    named = [*(piece.clauses for piece in pieces), *(item.clauses for item in items)]
    clauses = {clause.whole for clauses in named for clause in clauses}
    counted = (("piece", pieces), ("item", items), ("message", messages), ("clause", clauses))
    return ", ".join(f"{len(those)} {name}{'' if len(those) == 1 else 's'}" for name, those in counted)


async def preview(settings: Settings, arguments: argparse.Namespace) -> int:
    """The payload of one piece; an unknown id lists those there are."""
    library = load(Path(settings.programme))
    piece = library.pieces.get(arguments.id)
    if piece is None:
        sys.stderr.write(f"{arguments.id}: no such piece; there are {', '.join(sorted(library.pieces))}\n")
        return 1
    payload = draw(compose(piece, READER), arguments.platform)
    sys.stdout.write(json.dumps(payload, indent=2, ensure_ascii=False) + "\n")
    return 0


def draw(card: Card, platform: str) -> Mapping[str, Any]:
    """The card as a platform gets it; "plain" is the card itself."""
    if platform == "slack":
        from bot.slack.render import message

        return message(card, "preview")
    if platform == "teams":
        from bot.teams.render import card as adaptive_card

        return adaptive_card(card, "preview")
    return card.model_dump(mode="json")


def _refusals(piece: BasePiece) -> Iterator[str]:
    """Problems of every card this piece can turn into, each said once."""
    from bot.teams.render import BUDGET, encoded
    from bot.teams.render import card as adaptive_card

    found: dict[str, None] = {}
    for card in cards(piece):
        found |= dict.fromkeys(problems(card))
        if len(encoded(adaptive_card(card, "x" * 32))) > BUDGET:
            found[f"the card takes more than the {BUDGET // 1024} KB that Teams allows"] = None
    yield from found
