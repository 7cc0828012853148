"""What comes in, what is decided about it, and what that alters: values, in the order in which they happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from content.cards import Card
from handlers.api.tokens import Access
from handlers.broadcasts.stages import Step
from handlers.findings.finding import Move
from handlers.ideas.idea import Move as IdeaMove
from handlers.model import Address, Delivery, Participation, Person, Platform, SavedAudience
from handlers.numbers.visits import Invitation
from handlers.privacy.looks import Looked
from handlers.replies.reply import Reply


class Forms(StrEnum):
    """How the platform can show a form in answer to this very event."""

    OPEN = "open"  # as a window of its own: a Slack modal, the playground's dialog
    CARD = "card"  # as a card in the chat: Teams
    PRESS = "press"  # not at once: a card with a button that opens it (words in a Slack chat)


@dataclass(frozen=True)
class Click:
    """A press of a button on a card, or a form sent; `key` names this very press for ever.

    Twice the same key is one press delivered twice by the platform; two presses have two keys.
    """

    key: str
    address: Address
    verb: str
    delivery: str = ""
    message: str = ""  # the platform's id of the message it was pressed on, where that is one of ours
    item: str = ""
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    forms: Forms = Forms.OPEN
    direct: bool = False  # as in `Said`, for buttons that stand for words


@dataclass(frozen=True)
class Said:
    """Words typed to the bot.

    direct: the platform shows `Outcome.show` at once, to them alone (a slash command); otherwise the
    answer goes through the outbox like everything else and `Outcome.show` comes back empty.
    """

    key: str
    address: Address
    text: str
    direct: bool = False
    forms: Forms = Forms.OPEN


@dataclass(frozen=True)
class Joined:
    """A person came to us (opened the home, installed the app, joined the workspace); profile if known.

    The outcome's `show` is the person's home. An event that only opens the home again has a new key
    each time; `welcome` greets in chat, once in a life; `known_only` is a change of a profile that is
    reported for everybody in the workspace and makes nobody known who was not.
    """

    key: str
    address: Address
    name: str = ""
    email: str = ""
    zone: str = ""
    language: str = ""
    welcome: bool = False
    known_only: bool = False


@dataclass(frozen=True)
class Left:
    """A person removed the app (`gone=False`) or left the organisation's workspace (`gone=True`)."""

    key: str
    address: Address
    gone: bool = False


@dataclass(frozen=True)
class Seen:
    """A person has read everything that we wrote to them there, up to this message (the platform's id)."""

    key: str
    address: Address
    message: str


Incoming = Click | Said | Joined | Left | Seen


@dataclass(frozen=True)
class Outcome:
    """A decision: what to remember, and what the person sees now. A value; nothing has happened yet.

    show: the card that replaces the pressed one, or answers the words.
    form: a card with inputs to fill in, opened as the platform opens forms.
    errors: input id -> sentence; the form stays open and nothing is remembered.
    keep: a saved audience as it is from now on; without a rule it is forgotten.
    """

    show: Card | None = None
    form: Card | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    remember: tuple[Participation, ...] = ()
    deliver: tuple[Delivery, ...] = ()
    step: Step | None = None  # what becomes of a broadcast
    replies: tuple[Reply, ...] = ()  # written, or known ones as they have ended
    finding: Move | None = None
    idea: IdeaMove | None = None
    refresh: tuple[str, ...] = ()  # ids of deliveries whose message is to be drawn anew
    keep: SavedAudience | None = None
    access: Access | None = None
    invitation: Invitation | None = None
    looked: tuple[Looked, ...] = ()  # what it shows of others, and of whom by name
    person: Person | None = None  # the person as they are from now on


@dataclass(frozen=True)
class Change:
    """Everything one incoming event alters, committed in one transaction or not at all.

    inbox: the event's key; a second commit with the same key changes nothing and says so.
    person and known: the person as they are from now on, and as they were when that was decided; only
    what differs between the two is written, so that two changes at once do not undo each other.
    """

    inbox: str
    at: datetime
    actor: Person | None = None
    platform: Platform | None = None
    delivery: Delivery | None = None  # the one that was pressed
    message: str = ""  # the copy of it that was pressed, by the platform's id
    remember: tuple[Participation, ...] = ()
    deliver: tuple[Delivery, ...] = ()
    step: Step | None = None
    replies: tuple[Reply, ...] = ()
    finding: Move | None = None
    idea: IdeaMove | None = None
    refresh: tuple[str, ...] = ()
    keep: SavedAudience | None = None
    access: Access | None = None
    invitation: Invitation | None = None
    looked: tuple[Looked, ...] = ()
    person: Person | None = None
    known: Person | None = None
