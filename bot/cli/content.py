"""check and preview: what a content author does before anybody else sees a card."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.config import Settings
from content.cards import Card
from content.limits import problems
from content.packs import check_pack, load
from content.pieces import BasePiece
from handlers.features import compose
from handlers.rehearsal import READER, cards


async def check(settings: Settings, arguments: argparse.Namespace) -> int:
    """Every mistake with file, entry and field, then every card that a platform would refuse."""
    path: Path = arguments.path or Path(settings.programme)
    pieces = check_pack(path)
    refused = [f"{path}: {piece.id}: {problem}" for piece in pieces for problem in _refusals(piece)]
    for line in refused:
        sys.stderr.write(line + "\n")
    if not refused:
        sys.stdout.write(f"{path}: {len(pieces)} pieces, no mistakes\n")
    return 1 if refused else 0


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
