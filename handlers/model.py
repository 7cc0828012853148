"""The nouns of the house: people, where they are reached, deliveries and their states, what people did.

All of them are frozen values. Every datetime is aware and in UTC; a person's own zone is a name
from the IANA time zone database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from content.cards import Card
from content.pieces import BasePiece, Clause


class Role(StrEnum):
    """What a person may do. Everybody is an employee; the others come on top."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    LEADER = "leader"
    APPROVER = "approver"
    QUALITY_LEAD = "quality lead"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Platform(StrEnum):
    SLACK = "slack"
    TEAMS = "teams"
    PLAYGROUND = "playground"


@dataclass(frozen=True)
class Address:
    """Where a platform reaches a person. (platform, workspace, user) names it; the rest is how.

    workspace: Slack's team id, Teams' tenant id, "playground".
    user: Slack's U..., Teams' user id as the bot sees it (29:...), the playground's own.
    conversation: Slack's D... or Teams' conversation id, once known.
    service_url: Teams only.
    """

    platform: Platform
    workspace: str
    user: str
    conversation: str = ""
    service_url: str = ""

    def same_as(self, other: Address) -> bool:
        """Whether both name the same account."""
        return (self.platform, self.workspace, self.user) == (other.platform, other.workspace, other.user)


@dataclass(frozen=True)
class Person:
    """A human, held once under an internal key: erasing the name keeps the count."""

    key: str
    name: str = ""
    email: str = ""
    team: str = ""
    site: str = ""
    manager: str = ""  # key of the manager
    roles: frozenset[Role] = frozenset({Role.EMPLOYEE})
    zone: str = ""  # IANA name; empty: the programme's
    language: str = "en"
    joined: date | None = None
    left_at: datetime | None = None
    paused_until: datetime | None = None
    celebrates: bool = False  # opted in to personal milestones
    digest: bool = True  # wants the week in numbers, if they may see it
    preferred: Platform | None = None
    addresses: tuple[Address, ...] = ()

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    def paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    @property
    def address(self) -> Address | None:
        """Where to write: on the preferred platform if there is one, else where they came last."""
        on = [a for a in self.addresses if a.platform == self.preferred] or list(self.addresses)
        return on[-1] if on else None


class Status(StrEnum):
    """The states of a delivery.

    PENDING --claim (lease, attempt + 1)--> SENDING --yes--> SENT
       ^                                      |--refused for good--> FAILED(reason)
       |--try later (429, not sent)-----------|--cannot know--> UNKNOWN --quarantine--> RECONCILING
       |                                            found: SENT, not found: PENDING, cannot tell: policy
    PENDING --too late, left, paused, recalled--> EXPIRED / CANCELLED / SKIPPED(reason)
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    RECONCILING = "reconciling"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why a delivery ended where it did, in words for the people who read the totals."""

    NONE = ""
    NOT_INSTALLED = "not installed"
    BLOCKED = "blocked by the person"
    DISABLED = "disabled by an administrator"
    LEFT = "left"
    NOBODY = "unknown to the platform"
    TOO_LARGE = "too large"
    REFUSED = "refused by the platform"
    THROTTLED = "throttled or not connected until it was too late"
    PAUSED = "paused"
    QUIET = "quiet hours"
    HOLIDAY = "public holiday"
    LATE = "too late"
    CAPPED = "enough for this week"
    CELEBRATED = "enough celebrations"
    NOTHING = "nothing to ask"
    HELD = "paused by its author"
    RECALLED = "recalled"
    OPTED_OUT = "not opted in"
    DONE = "done already"
    EXCLUDED = "left out by the author"
    UNCERTAIN = "nobody can tell whether it arrived"


class Lane(StrEnum):
    """What goes first: an answer to a person, then reminders, then the many."""

    INTERACTIVE = "interactive"
    REMINDER = "reminder"
    BULK = "bulk"


class Job(StrEnum):
    """What the outbox has to do at a platform; each has a pace of its own."""

    SEND = "send"
    FIND = "find"  # look whether a delivery that nobody is sure of has arrived
    WITHDRAW = "withdraw"  # take a message away again
    EDIT = "edit"  # show another card in the place of one that was sent


class Queue(NamedTuple):
    """One workspace's work of one kind: what is drained, paced and throttled apart from all others."""

    platform: Platform
    workspace: str
    job: Job


class Places(NamedTuple):
    """How many calls may be started: in all, and how many of those for the many (the others wait for answers)."""

    free: int
    many: int


class Room(StrEnum):
    """How much the memory can still take in."""

    ENOUGH = "enough"
    LOW = "low"  # somebody should look after it
    NONE = "none"  # nothing new: what is under way needs the rest


class Policy(StrEnum):
    """What to do when nobody can tell whether a card arrived (Teams after a crash in mid-call)."""

    AT_LEAST_ONCE = "at_least_once"
    AT_MOST_ONCE = "at_most_once"


@dataclass(frozen=True)
class Delivery:
    """One card for one person for one slot: a row of the outbox. person: "" where it goes to a channel.

    (campaign, slot, person, piece id) is unique: `campaign` is "" for answers to what a person typed,
    and `slot` is then the key of the event that asked for it.
    """

    id: str
    person: str
    campaign: str
    slot: str  # nominal local time "2026-11-23T09:30", or an event's key
    piece: BasePiece | None  # what was said, as it was when it was planned; None: a plain answer
    card: Card  # what was shown first
    address: Address | None
    due_at: datetime
    expires_at: datetime
    lane: Lane = Lane.BULK
    policy: Policy = Policy.AT_LEAST_ONCE
    status: Status = Status.PENDING
    reason: Reason = Reason.NONE
    code: str = ""  # the platform's own word, or an author's sentence why somebody is left out
    attempt: int = 0
    receipt: str = ""  # the platform's message id
    sent_at: datetime | None = None
    audience: str = ""  # the rule that put this person on the roster
    author: str = ""  # key of the leader who speaks, if any
    withdrawn: bool = False  # recalled after it was sent: presses get a sentence, nothing counts
    lease_until: datetime | None = None
    reminds: str = (
        ""  # id of the delivery that this is a reminder of; what is done with either counts on that one
    )


class Celebration(NamedTuple):
    """A milestone in somebody's outbox: when it was sent, or is to be."""

    delivery: str
    at: datetime
    status: Status


@dataclass(frozen=True)
class Withdrawal:
    """A message to be taken away from a person's chat: of a broadcast that was recalled, or a second copy."""

    id: str
    delivery: str
    address: Address
    message: str  # the platform's id
    attempt: int = 0


TRIES_TO_EDIT = 20  # those that ended with their process among them


@dataclass(frozen=True)
class Refresh:
    """A card that was sent, to be drawn anew in its place, as it stands at that moment.

    wanted: how often that had been asked for at the claim; what is asked for afterwards is drawn once more.
    """

    delivery: Delivery
    person: Person
    wanted: int
    attempt: int
    lease_until: datetime


@dataclass(frozen=True)
class Watch:
    """The card on which an author watches a broadcast: the delivery it came with."""

    broadcast: str
    delivery: str
    withdrawn: bool


@dataclass(frozen=True)
class Claim:
    """What a drainer may do now: rows that are its own for the time of the lease.

    taken: each with its person as things stand (without their addresses), None where there is none.
    again: when the pace has room for more; None when nothing more is due now.
    """

    taken: tuple[tuple[Delivery, Person | None], ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    refreshes: tuple[Refresh, ...] = ()
    again: datetime | None = None

    @property
    def calls(self) -> int:
        """How many rows were taken."""
        return len(self.taken) + len(self.withdrawals) + len(self.refreshes)


@dataclass(frozen=True)
class Participation:
    """What a person did, as it enters the ledger; a verb counts once per (delivery, verb, item).

    item: the item's id; of one that was shown before items had names its number, a single digit.
    certainty: 1 a guess, 2 fairly sure, 3 certain; None where it was not asked.
    words: what they wrote with it; it is kept apart from the ledger, and may go while the entry stays.
    """

    verb: str
    item: str = ""
    value: str = ""
    correct: bool | None = None
    certainty: int | None = None
    clauses: tuple[Clause, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Receipt:
    """The platform's yes: its id for the message, and the conversation it went to."""

    message: str
    conversation: str = ""


@dataclass(frozen=True)
class Roster:
    """One occurrence of a campaign in one zone, with everybody its audience named at that moment.

    deliveries: read once, while they are written, so that of a hundred thousand only a few are held at a time.
    """

    campaign: str
    slot: str  # nominal local time
    zone: str
    due_at: datetime
    audience: str
    author: str
    piece: BasePiece | None
    size: int  # how many deliveries there are
    deliveries: Iterable[Delivery]
    look_at: datetime | None = None  # when somebody looks who has not acknowledged it; None: nobody does
    next: tuple[str, datetime] | None = (
        None  # of a broadcast that comes again: its next slot, and when that is due
    )


@dataclass(frozen=True)
class Look:
    """An occurrence of which somebody has to look who has not acknowledged it, at that time."""

    campaign: str
    slot: str
    zone: str
    at: datetime


@dataclass(frozen=True)
class Silent:
    """Somebody who has a message and was asked to acknowledge it, and has not.

    since: when they got it, or the latest reminder of it. waits: that reminder has not come to its end.
    """

    delivery: str
    person: str
    manager: str
    reminders: int
    since: datetime
    waits: bool = False


@dataclass(frozen=True)
class Answering:
    """Of a manager's people who have a message, how many there are, and who has not acknowledged it: name, and key."""

    people: int
    silent: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tally:
    """Counts for one group over one period; every rate of the house is arithmetic on these.

    by_status: (status, reason) -> deliveries; its values add up to `audience`. What has not come to its end is pending.
    people_reached: at least so many different people, and never more than there were: what a smallest group goes by.
    """

    group: str
    audience: int = 0  # deliveries planned
    by_status: Mapping[tuple[Status, Reason], int] = field(default_factory=dict)
    reached: int = 0  # deliveries sent
    to_acknowledge: int = 0  # deliveries sent that ask to be acknowledged
    acknowledged: int = 0
    people_reached: int = 0
    active: int = 0  # deliveries sent that something was done with
    seen: int = 0  # deliveries sent that are known to be seen
    checked: int = 0  # deliveries sent with a question under the message
    understood: int = 0
    answers: int = 0
    correct: int = 0
    timed: int = 0  # answers of which it is known how long they took
    training_seconds: int = 0  # of these, each with two minutes at most
    responses: int = 0  # acknowledgements and answers of which it is known how long they took
    response_seconds: int = 0  # of these, from the delivery
    within_a_day: int = 0  # of these


@dataclass(frozen=True)
class Headcount:
    """How many people there are, and of each role, site and team: word -> name -> people."""

    people: int
    groups: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedAudience:
    """An audience under a name, for every author to use. rule: canonical, without names of other saved ones."""

    name: str
    rule: str
    owner: str  # key of the person who saved it, and may replace or forget it
    at: datetime


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger, as the log shows it; the whole record stays in `storage.ledger`."""

    chain: str
    sequence: int
    at: datetime
    kind: str  # planned, assigned, delivered, answered, acknowledged, excluded, failed, ...
    person: str = ""
    delivery: str = ""
    object_id: str = ""
    title: str = ""
    item: str = ""
    value: str = ""
    correct: bool | None = None
    clauses: tuple[str, ...] = ()
    reason: str = ""
    hash: str = ""
