"""What can go wrong with what the handlers ask for, and what each of it means."""

from __future__ import annotations

from datetime import timedelta

from handlers.model import Reason


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
