"""The way from a number to a finding about it: a button under its card, for who may open one."""

from __future__ import annotations

from content.cards import Button, Buttons, Card
from handlers.findings import measures
from handlers.model import Person
from handlers.permissions import may

ONE = "Open a finding"


def offered(card: Card, person: Person, numbers: dict[str, str]) -> Card:
    """numbers: the label of a button -> a number as `measures.read` reads it; what it does not know is left out."""
    known = {label: words for label, words in numbers.items() if measures.read(words)}
    if not known or not may(person, "open a finding"):
        return card
    buttons = tuple(
        Button(label=label, verb="said", value=f"finding about {words}") for label, words in known.items()
    )
    return card.model_copy(update={"blocks": (*card.blocks, Buttons(buttons=buttons))})


def of_topic(topic: str, word: str, back: int | None) -> dict[str, str]:
    """The number that a topic of `stats` shows over so many days back; 0: over its usual ones, None: over others."""
    if back is None:
        return {}
    if topic == "message":
        return {ONE: f"acknowledgement of {word}"}
    by = {"wrong": word or "item", "recall": "clause"}.get(topic, "")
    return {ONE: " ".join(filter(None, (topic, by and f"by {by}", str(back or ""))))}


def of_rates(words: str, back: int | None) -> dict[str, str]:
    """The four rates that `stats` alone shows, by the same grouping and over the same days."""
    if back is None:
        return {}
    asked = words.lower().split()
    by = next((word for word in asked if word in ("team", "clause", "campaign")), "team")
    return {
        f"Finding: {name}": " ".join(filter(None, (name, f"by {by}", str(back or ""))))
        for name in ("participation", "acknowledgement", "accuracy", "reach")
    }
