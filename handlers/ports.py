"""The plugs in the wall: what the handlers ask of the world, and the three ways a send can go wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from content.audience import Audience, Everyone
from content.cards import Card
from handlers.api.tokens import Token
from handlers.broadcasts.headway import Headway
from handlers.broadcasts.outlook import Outlook
from handlers.broadcasts.stages import Broadcast
from handlers.events import Change, Incoming, Outcome
from handlers.evidence.pack import Evidence
from handlers.findings.finding import Findings
from handlers.ideas.idea import Ideas
from handlers.learning.lessons import Lessons
from handlers.learning.memory import Memory
from handlers.learning.nightly import Nights
from handlers.ledger.checkpoints import Checkpoints
from handlers.lookups import Lookups
from handlers.model import (
    Address,
    Answering,
    Celebration,
    Claim,
    Delivery,
    Headcount,
    Job,
    Look,
    Participation,
    Person,
    Places,
    Platform,
    Queue,
    Reason,
    Receipt,
    Refresh,
    Room,
    Roster,
    SavedAudience,
    Silent,
    Status,
    Watch,
    Withdrawal,
)
from handlers.numbers.visits import Visits
from handlers.pace import Pace
from handlers.pages.rolls import Rolls
from handlers.privacy.keeping import Keeping
from handlers.replies.reply import Replies


class TryLater(Exception):
    """Not done, and worth another try after `after`; `whole_workspace` when the platform throttles the job."""

    def __init__(self, after: timedelta, why: str = "", *, whole_workspace: bool = False) -> None:
        super().__init__(why or f"try again in {after.total_seconds():.0f} s")
        self.after = after
        self.whole_workspace = whole_workspace


class Undeliverable(Exception):
    """Refused for good, with a reason that a person can act on; `code` is the platform's own word."""

    def __init__(self, reason: Reason, code: str = "") -> None:
        super().__init__(f"{reason}: {code}" if code else str(reason))
        self.reason = reason
        self.code = code


class Unknown(Exception):
    """It may or may not have arrived: a timeout, a reset, a 5xx, anything unrecognised."""


class Unavailable(Exception):
    """The memory cannot be used just now: nothing was kept, or nobody can tell, and then it counts once all the same.

    Its text is the sentence for whoever pressed or typed something.
    """

    def __init__(
        self,
        sentence: str = "This did not reach us in time, because our database is busy or being restarted. "
        "Try again in a minute: it counts once.",
    ) -> None:
        super().__init__(sentence)


class Full(Unavailable):
    """The same for want of space on the database's disk."""

    def __init__(self) -> None:
        super().__init__(
            "This did not reach us, because the disk of our server is full. Whoever runs the server has to free "
            "space. Try again in ten minutes."
        )


class Stranger(Exception):
    """Nobody is known at this address yet: send `Joined` with the profile first, then the event again."""


class Met(Exception):
    """Somebody new turned out to be known, by the same e-mail or address, when they were to be written: look again."""


class Taken(Exception):
    """An audience was to be saved under a name that is somebody else's by now: look again."""


Receive = Callable[[Incoming], Awaitable[Outcome]]
"""The one door in: what every platform calls with what came. Raises Stranger."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...

    async def wait_until(self, moment: datetime) -> None:
        """Come back when it is `moment`; at once when it has passed."""
        ...


class Chat(Protocol):
    """One platform. `send` is the only method in the house that posts a message to a person."""

    @property
    def paces(self) -> Mapping[Job, Pace]:
        """How fast the platform may be called for each job; as fast as it goes for one that is not named."""
        ...

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        """Post once, without retrying, and only if the message can leave `before` that moment.

        Raises TryLater (also when it could not leave in time), Undeliverable or Unknown, and nothing else.
        """
        ...

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """Look whether a delivery arrived after all. Raises TryLater when that cannot be asked now."""
        ...

    async def withdraw(self, address: Address, message: str) -> None:
        """Take a message away, which may be gone already. Raises TryLater, or Undeliverable if we may not."""
        ...

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        """Show another card in the place of a message of ours (the receipt's id), if it can leave `before` that.

        Doing it twice shows the same, so a doubt is TryLater too. Raises that, or Undeliverable if we may not or
        the message is gone, and nothing else.
        """
        ...


Chats = Mapping[Platform, Chat]


class Store(Lookups, Evidence, Keeping, Protocol):
    """The memory. Every method is one transaction; values come out, never rows.

    All of them raise Unavailable. `commit` raises Full as soon as there is no room for anything new, unless it takes
    something back; what is under way goes on for as long as the disk takes it.
    """

    @property
    def checkpoints(self) -> Checkpoints: ...

    @property
    def replies(self) -> Replies:
        """What people wrote to leaders."""
        ...

    @property
    def findings(self) -> Findings:
        """Corrective action."""
        ...

    @property
    def ideas(self) -> Ideas:
        """What people would do better."""
        ...

    @property
    def nights(self) -> Nights:
        """What everybody remembered in one night after the other."""
        ...

    @property
    def lessons(self) -> Lessons:
        """What is learnt from answers."""
        ...

    @property
    def visits(self) -> Visits:
        """Who looks at the page of the numbers."""
        ...

    @property
    def rolls(self) -> Rolls:
        """What one person after the other was sent and did."""
        ...

    def room(self) -> Room:
        """What is left beside the database, and whether it has refused to grow just now."""
        ...

    # people
    async def person(self, key: str) -> Person | None: ...

    async def person_at(self, address: Address) -> Person | None:
        """Who this address belongs to; only (platform, workspace, user) counts."""
        ...

    async def person_by_email(self, email: str) -> Person | None:
        """Letter case does not count."""
        ...

    async def people(self) -> Sequence[Person]:
        """Everybody who has not left, by key."""
        ...

    async def zones(self) -> Sequence[str]:
        """The time zones of everybody who has not left; "" among them if somebody has none."""
        ...

    async def named(self, rule: Audience) -> Sequence[Person]:
        """Everybody whom a rule without names (`content.names`) names and who has not left, by key."""
        ...

    async def counted(self, rules: Sequence[Audience]) -> Sequence[int]:
        """How many people each of these rules names, at one moment."""
        ...

    async def headcount(self, rule: Audience = Everyone()) -> Headcount:  # noqa: B008  a frozen value
        """How many of those whom a rule names have not left, and of each role, site and team."""
        ...

    async def saved_audiences(self) -> Sequence[SavedAudience]:
        """By name."""
        ...

    # what comes in
    async def delivery(self, delivery_id: str) -> Delivery | None: ...

    async def done(self, delivery_id: str) -> tuple[Participation, ...]:
        """What has been done with a delivery, oldest first."""
        ...

    async def pressed(
        self, address: Address, delivery_id: str
    ) -> tuple[Person | None, Delivery | None, tuple[Participation, ...]]:
        """Who pressed, on what, and what had been done with it: `person_at`, `delivery` and `done` in one."""
        ...

    async def commit(self, change: Change) -> bool:
        """All of the change, or nothing. False: this inbox key, or one of its participations, was here before, or a
        broadcast, a finding or an idea is no longer as it was when its step was decided.

        Raises Met for a person who is new to the change and not to the store, and Taken for an audience's name.
        """
        ...

    async def arrived(self, key: str) -> bool:
        """Whether a change with this inbox key has been committed."""
        ...

    # other systems; tokens and codes by their hashes
    async def token(self, token: str) -> Token | None: ...

    async def token_of(self, person: str) -> Token | None: ...

    async def make_token(self, person: str, token: str, at: datetime) -> None:
        """In the place of an earlier one and of a code."""
        ...

    async def exchange(self, code: str, token: str, at: datetime) -> bool:
        """A token for a code. False: the code is spent, too old or unknown."""
        ...

    async def token_used(self, token: str, at: datetime) -> None: ...

    async def mark_seen(self, address: Address, message: str, at: datetime) -> bool:
        """This person has read what they got there in the last 60 days, up to this message; each counts once.

        False: something is being sent to them just now, so whether that was read can be told only afterwards.
        """
        ...

    # the plan
    async def last_slot(self, campaign: str, zone: str) -> str | None:
        """The latest nominal time already planned for a campaign in a zone."""
        ...

    async def plan(self, roster: Roster, at: datetime) -> int:
        """Write a roster's deliveries once; a second call with the same (campaign, slot, zone) writes none.

        Returns how many rows were written; a person already on the campaign's slot is passed over.
        """
        ...

    async def finished(self, campaign: str, since: datetime) -> Sequence[tuple[str, str]]:
        """(slot, team) pairs of slots due since then in which everybody who was reached has taken part."""
        ...

    async def memories(self, people: Sequence[str]) -> Mapping[str, Mapping[str, Memory]]:
        """What these people remember: person -> item -> memory; nobody is there who has answered nothing."""
        ...

    async def asked(
        self, people: Sequence[str], campaign: str, since: datetime
    ) -> Mapping[str, Mapping[str, datetime]]:
        """What a campaign has asked these people since then: person -> item -> when last; answered or not."""
        ...

    async def joiners(self, since: date) -> Sequence[Person]:
        """Everybody who has not left and whose first day was then or later, by key."""
        ...

    async def launched(self, now: datetime) -> Sequence[Broadcast]:
        """Broadcasts due by now whose roster has not been planned yet, or not to the end."""
        ...

    async def finish_steps(self, now: datetime) -> None:
        """Write down what recalls and pauses have left to write down: of a hundred thousand it is too much at once."""
        ...

    async def broadcast(self, broadcast: str) -> Broadcast | None:
        """A broadcast as it stands, by its id."""
        ...

    async def broadcasts_of(self, author: str, limit: int = 20) -> Sequence[Broadcast]:
        """What somebody wrote, the latest first; without what was discarded."""
        ...

    async def kudos(self, since: datetime, limit: int, author: str = "") -> Sequence[Broadcast]:
        """Kudos given since then, withdrawn ones too, the newest first; with an author, theirs."""
        ...

    async def kudos_given(self, since: datetime, until: datetime) -> int:
        """How many were given in [since, until), without those that were withdrawn."""
        ...

    async def full(
        self, people: Sequence[str], since: datetime, until: datetime, most: int
    ) -> frozenset[str]:
        """Of these people, those with so many deliveries of campaigns or more, due in [since, until).

        What was sent or still may be counts; what was left out, refused, late or recalled does not.
        """
        ...

    async def cards_about(self, broadcast: str) -> Sequence[str]:
        """The deliveries that show a broadcast to its author and to who approves it, the oldest first."""
        ...

    async def busy(self, audience: Audience, since: datetime, until: datetime, most: int) -> int:
        """How many people of an audience have had or will have so many messages or more, due in [since, until)."""
        ...

    async def outlook(self, audience: Audience, now: datetime, excluded: Audience | None = None) -> Outlook:
        """What is known of the people an audience names, and of the queues that they are served in.

        excluded: who of them is left out.
        """

    async def had(self, person: str, since: datetime, until: datetime) -> int:
        """How many deliveries a person has in [since, until), counted as in `full`."""
        ...

    async def celebrations(
        self, people: Sequence[str], since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Celebration]]:
        """The milestones that came to these people in [since, until), or may still, by person."""
        ...

    async def headway(self, broadcast: str, now: datetime) -> Headway:
        """How far a broadcast has come; without a number before its roster is begun."""
        ...

    # following up
    async def looks(self, now: datetime) -> Sequence[Look]:
        """Occurrences of which somebody should look by now who has not acknowledged them."""
        ...

    async def put_off(self, look: Look, until: datetime | None) -> bool:
        """Look again then, or no more (None). False: somebody else has put it off since it was read."""
        ...

    async def silent(self, look: Look) -> tuple[Sequence[Silent], bool]:
        """Who has it, was asked to acknowledge it and has not; and whether it is still on its way to somebody."""
        ...

    async def workspace(self, platform: Platform) -> str | None:
        """The workspace in which a platform reaches people; None while it has met nobody."""
        ...

    async def persons(self, keys: Sequence[str]) -> Mapping[str, Person]:
        """Those of some hundred keys who are known, also who has left."""
        ...

    async def habits(self, people: Sequence[str], since: datetime) -> Mapping[str, Sequence[datetime]]:
        """When each of these people did something since then; nobody is there who did nothing."""
        ...

    async def follow_up(self, rows: Sequence[Delivery], at: datetime) -> int:
        """Put reminders and escalations of one broadcast into the outbox, each once; how many are new.

        None while it is paused or after it was taken back.
        """
        ...

    async def reminders_of(self, delivery: str) -> Sequence[str]:
        """The ids of the reminders of a delivery."""
        ...

    async def answering(self, campaign: str, slot: str, manager: str) -> Answering:
        """Of a manager's people who have a message that asks to be acknowledged, who has not done so."""
        ...

    # the outbox
    async def waiting(self, now: datetime) -> Sequence[Queue]:
        """The queues that have something due, whether or not their pace has room for it now."""
        ...

    async def claim(
        self, queue: Queue, now: datetime, owner: str, lease: timedelta, places: Places, pace: Pace | None
    ) -> Claim:
        """Take what is due in one queue and what its pace has room for, leased to owner, and commit that.

        SEND: PENDING rows become SENDING, attempt + 1; the interactive lane first, then reminders, then the
        many. FIND: UNKNOWN rows whose quarantine is over become
        RECONCILING. WITHDRAW: messages to be taken away. EDIT: cards to be drawn anew.
        """
        ...

    async def settle(
        self,
        delivery: Delivery,
        owner: str,
        status: Status,
        at: datetime,
        *,
        reason: Reason = Reason.NONE,
        code: str = "",
        due_at: datetime | None = None,
        receipt: Receipt | None = None,
        resolved_by: str = "",
    ) -> bool:
        """Write a claim's end. False: the row is no longer this owner's at this attempt; drop it."""
        ...

    async def settle_withdrawal(
        self, withdrawal: Withdrawal, at: datetime, *, code: str = "", due_at: datetime | None = None
    ) -> None:
        """It is done, or could not be (`code` says why), or is due again at `due_at`."""
        ...

    async def refresh(self, deliveries: Sequence[str], at: datetime) -> None:
        """Have the cards of these deliveries drawn anew, `at` that time or as soon as they have been sent.

        As many as one likes, in steps: interrupted, some of them are kept. Asking again before it is done makes
        one drawing of both; who was not reached, and whose message is withdrawn, is passed over.
        """
        ...

    async def settle_refresh(
        self, refresh: Refresh, at: datetime, *, code: str = "", due_at: datetime | None = None
    ) -> None:
        """It is done, or could not be (`code` says why), or waits until `due_at`.

        Due again at once if it was asked for meanwhile; nothing if somebody else has claimed it since.
        """
        ...

    async def watched(self, since: datetime, until: datetime) -> Sequence[Watch]:
        """Broadcasts due in [since, until], each with its author's card, where that was sent."""
        ...

    async def stirred(self, campaign: str, since: datetime) -> bool:
        """Whether the ledger has an entry about this campaign from after that moment."""
        ...

    async def reclaim(self, now: datetime, quarantine: timedelta) -> int:
        """Rows whose lease ran out become UNKNOWN, due for a look after the quarantine. Returns how many."""
        ...

    async def throttle(self, queue: Queue, now: datetime, until: datetime, pace: Pace | None) -> None:
        """The platform asked us to wait: no claim from this queue before `until`, and slower afterwards."""
        ...

    async def next_due(self, after: datetime) -> datetime | None:
        """When the next row falls due, for whoever wants to sleep until then."""
        ...

    # small things to remember across restarts
    async def recall_value(self, name: str) -> str | None: ...

    async def keep_value(self, name: str, value: str) -> None: ...

    async def swap_value(self, name: str, known: str | None, value: str) -> bool:
        """Keep the value if what was kept is still what is known (None: nothing). False: it is not."""
        ...
