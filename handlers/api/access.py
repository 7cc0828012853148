"""`token`: a code for a new token, since when there is one, and its end."""

from __future__ import annotations

from content.cards import Block, Card, Note, Text
from handlers.api.tokens import CODE, CODE_LASTS, LASTS, TOKEN, Access, Token, hashed
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.model import Participation, Person
from handlers.permissions import may, refusal

TITLE = "A token for another system"
EXCHANGE = "POST /api/v1/tokens"


async def answer(desk: Desk, person: Person, rest: str) -> Outcome:
    """`token`, `token off`."""
    known = await desk.store.token_of(person.key)
    if rest.lower() in ("off", "no", "stop"):
        return _ended(person, known)
    if not may(person, "use the API"):
        return Outcome(show=Card(title=TITLE, blocks=(Note(markdown=refusal("use the API")),)))
    code = f"{CODE}{desk.new_secret()}"
    minutes = CODE_LASTS.seconds // 60
    how = (
        f"Give this code to the system within {minutes} minutes: `{code}`\n\n"
        f'It exchanges it, once, for the token: `{EXCHANGE}` with `{{"code": "..."}}`. The token acts for you, '
        f"within your own rights, and ends after {LASTS.days} days. It is shown nowhere else."
    )
    said = f"{when(desk, person, known)} The new one takes its place." if known else ""
    notes: tuple[Block, ...] = (Note(markdown=f"{said} `token off` ends it.".strip()),)
    return Outcome(
        show=Card(title=TITLE, blocks=(Text(markdown=how), *notes)),
        access=Access(person.key, hashed(code)),
        remember=(Participation(verb="token asked for"),),
    )


def when(desk: Desk, person: Person, known: Token) -> str:
    """Since when somebody has a token, and when it was used."""
    if known.ends_at <= desk.clock.now():
        return f"Ended on {desk.local(known.ends_at, person)}."
    used = f"last used on {desk.local(known.used_at, person)}" if known.used_at else "not used yet"
    ends = known.ends_at.astimezone(desk.zone(person)).date()
    return f"Since {desk.local(known.made_at, person)}, {used}; ends on {ends}."


def new_token(desk: Desk) -> str:
    return f"{TOKEN}{desk.new_secret()}"


def _ended(person: Person, known: Token | None) -> Outcome:
    """A code that has not been exchanged ends too."""
    said = "Your token has ended: no system acts for you any more." if known else "You had no token."
    return Outcome(
        show=Card(title="No token", blocks=(Note(markdown=f"{said} Type `token` for a new one."),)),
        access=Access(person.key),
        remember=(Participation(verb="token ended"),) if known else (),
    )
