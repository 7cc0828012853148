"""What Teams' refusals mean for a delivery: one table from (status, code) to what happens next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.model import Reason
from handlers.ports import TryLater, Undeliverable, Unknown


@dataclass(frozen=True)
class Wait:
    """Not accepted; try again after Retry-After, or after so many seconds where Teams does not say."""

    seconds: float
    whole_workspace: bool = False


TABLE: Mapping[tuple[int, str], Wait | Reason] = {
    # Teams does not say which limit a 429 met. We never come near a conversation's own (7 in a second),
    # so it is the tenant's (50 requests in a second), and everybody waits.
    (429, ""): Wait(5, whole_workspace=True),
    (412, ""): Wait(2),  # "precondition failed": several operations on one conversation at once
    (503, ""): Wait(5),
    (403, "BotNotInConversationRoster"): Reason.NOT_INSTALLED,
    (404, "BotNotInConversationRoster"): Reason.NOT_INSTALLED,
    (403, "ForbiddenOperationException"): Reason.NOT_INSTALLED,
    (403, "ConversationBlockedByUser"): Reason.BLOCKED,
    (403, "MessageWritesBlocked"): Reason.BLOCKED,
    (403, "BotDisabledByAdmin"): Reason.DISABLED,
    (403, ""): Reason.REFUSED,
    (404, ""): Reason.NOBODY,
    (413, ""): Reason.TOO_LARGE,
    (400, ""): Reason.REFUSED,
}


def refusal(status: int, headers: Mapping[str, str], body: Any) -> TryLater | Undeliverable | Unknown:
    """The exception that says what an answer other than 2xx means.

    Source: "Status code responses" in Microsoft's "Conversation basics" and "Rate limiting". They call 502
    and 504 retryable too; but a gateway answers so when it has lost sight of a request that it had passed
    on, so the message may have been accepted: those, 500 and whatever is not in the table are Unknown.
    """
    codes = [code for code in _codes(body) if (status, code) in TABLE]
    code = codes[0] if codes else ""
    said = next(_codes(body), "")
    meaning = TABLE.get((status, code))
    match meaning:
        case Wait():
            after = _retry_after(headers, meaning.seconds)
            return TryLater(after, f"{status} {said}".strip(), whole_workspace=meaning.whole_workspace)
        case Reason():
            return Undeliverable(meaning, said or str(status))
        case None:
            return Unknown(f"{status} {said}".strip())


def _codes(body: Any) -> Iterator[str]:
    """Where Teams puts its code: {"error": {"code"}}, {"subCode", "code"} or {"error": "..."}."""
    if not isinstance(body, dict):
        return
    error = body.get("error")
    for place in (error, body):
        if isinstance(place, dict):
            yield from (str(place[name]) for name in ("subCode", "code") if place.get(name))
    if isinstance(error, str):
        yield error


def _retry_after(headers: Mapping[str, str], default: float) -> timedelta:
    try:
        return timedelta(seconds=max(0.0, float(headers.get("Retry-After", default))))
    except (ValueError, OverflowError):
        return timedelta(seconds=default)
