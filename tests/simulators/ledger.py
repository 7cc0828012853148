"""What each person really saw, and every call that was made for it: the other side's own account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Sight:
    """A message before a person. delivery: as the message itself carries it; empty where it carries none."""

    at: datetime
    person: str
    delivery: str
    message: str
    replaced: list[datetime] = field(default_factory=list)
    removed: datetime | None = None

    def __str__(self) -> str:
        changes = [f"replaced {at:%T.%f}" for at in self.replaced]
        changes += [f"removed {self.removed:%T.%f}"] if self.removed else []
        return ", ".join([f"{self.at:%T.%f} {self.person} saw message {self.message}", *changes])


@dataclass
class Call:
    """A call of the app's. answer: a status, a refusal's code, "reset", or "" for none at all.

    heard: the caller was still there when it was answered. retry_after: seconds, of a 429.
    """

    at: datetime
    what: str
    person: str
    delivery: str
    fault: str = ""
    accepted: datetime | None = None
    answer: str = ""
    answered: datetime | None = None
    heard: bool = False
    retry_after: float = 0

    @property
    def in_doubt(self) -> bool:
        """Whether its caller could not know what came of it, as far as the platform and the line go."""
        return not self.heard or self.answer in ("", "reset") or self.answer.startswith("5")

    def __str__(self) -> str:
        accepted = f"accepted {self.accepted:%T.%f}" if self.accepted else "not accepted"
        answered = f" {self.answered:%T.%f}" if self.answered else ""
        heard = "" if self.heard else ", unheard"
        fault = f" [{self.fault}]" if self.fault else ""
        answer = f"answered {self.answer!r}{answered}{heard}"
        return f"{self.at:%T.%f} {self.what} for {self.person}{fault}: {accepted}, {answer}"


@dataclass
class Ledger:
    """In the order in which things happened."""

    sights: list[Sight] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def call(self, at: datetime, what: str, person: str, delivery: str) -> Call:
        self.calls.append(Call(at, what, person, delivery))
        return self.calls[-1]

    def shown(self, at: datetime, person: str, delivery: str, message: str) -> None:
        self.sights.append(Sight(at, person, delivery, message))

    def replaced(self, at: datetime, message: str) -> None:
        for sight in self._of_message(message):
            sight.replaced.append(at)

    def removed(self, at: datetime, message: str) -> None:
        for sight in self._of_message(message):
            sight.removed = at

    @property
    def refused(self) -> list[Call]:
        """Calls that were answered with anything but a yes."""
        return [call for call in self.calls if call.answer and not call.answer.startswith("2")]

    def story(self, delivery: str) -> list[str]:
        """Everything about one delivery, as the platform knows it."""
        told = [(call.at, str(call)) for call in self.calls if call.delivery == delivery]
        told += [(sight.at, str(sight)) for sight in self.sights if sight.delivery == delivery]
        return [line for _, line in sorted(told)]

    def _of_message(self, message: str) -> Iterator[Sight]:
        return (sight for sight in self.sights if sight.message == message)
