"""Erases one person: what says who they are is removed or replaced everywhere outside of the ledger."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    false,
    insert,
    or_,
    select,
    update,
)

from content.cards import Card, Note, Value
from content.markup import escape
from content.pieces import Milestone
from handlers import milestones
from handlers.evidence import jobs
from handlers.model import Person, Reason, Role, Status
from handlers.privacy.keeping import Erased
from storage import belongings, people, refreshes, unanswered, untold, unwritten, values, withdrawals
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.changes import INBOX
from storage.contents import CONTENT, Hashes, empty, keep, load, parsed
from storage.deliveries import DELIVERY, find, query
from storage.ledger import Ledger
from storage.memories import MEMORY
from storage.people import ADDRESS, PERSON
from storage.records import came_to, logged
from storage.recounts import recounted
from storage.replies import REPLY
from storage.saved import AUDIENCE
from storage.tables import ErasedRow, table
from storage.tokens import TOKEN
from storage.visits import VISIT
from storage.words import GONE, WORDS

ERASED = table(ErasedRow)
SOMEBODY, NO_EMAIL = "somebody", "erased@example.invalid"
SHOWN = Card(title="Erased", blocks=(Note(markdown="What stood here was erased."),))
OPEN_STATES = (Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING)
_SALT = "salt of erased addresses"

_D, _B, _R, _C = DELIVERY.c, BROADCAST.c, REPLY.c, CONTENT.c
_CONTENTS: tuple[tuple[Table, Column[str]], ...] = (
    *((DELIVERY, _D.piece), (DELIVERY, _D.card)),
    *((BROADCAST, _B.message), (BROADCAST, _B.correction)),
)
_RULES: tuple[tuple[Table, Column[str]], ...] = (
    (BROADCAST, _B.audience),
    (BROADCAST, _B.exclusions),
    (OCCURRENCE, OCCURRENCE.c.audience),
    (AUDIENCE, AUDIENCE.c.rule),
)


def erase(connection: Connection, key: str, at: datetime, log: Ledger) -> Erased | None:
    person = people.by_key(connection, key)
    if person is None or connection.scalar(select(ERASED.c.person).where(ERASED.c.person == key)):
        return None
    ended = _end(connection, key, at, log)
    names = _names(person)
    about, texts = unwritten.forget(connection, person, partial(names.sub, _without))
    of_ideas, said = untold.forget(connection, person, partial(names.sub, _without))
    of_replies, replies = unanswered.forget(connection, key)
    shown = [*of_replies, *about, *of_ideas]
    counts = {
        "what waited for them": ended,
        "replies": replies,
        "cards and pieces": _contents(connection, person, shown, at),
        "answers to what they typed": _answers(connection, key),
        "texts about findings": texts,
        "texts about ideas": said,
        "sentences about them": _sentences(connection, person),
        "remarks and reasons": _remarks(connection, person, names),
        "rules that name them": _rules(connection, person.email),
        "keys of events": _events(connection, person),
        "messages that were taken away": withdrawals.scrub(connection, key),
        "packs that they asked for": _packs(connection, person.email),
    }
    for name, of in (
        ("words", WORDS),
        ("tokens", TOKEN),
        ("visits", VISIT),
        ("what they remember", MEMORY),
        ("addresses", ADDRESS),
    ):
        counts[name] = connection.execute(delete(of).where(of.c.person == key)).rowcount
    scrub(connection, [key])
    belongings.keep(connection, person, None, at)
    connection.execute(
        insert(ERASED), {"person": key, "address": _hashed(connection, person.email), "at": at}
    )
    connection.execute(update(PERSON).where(PERSON.c.key == key).values(_nobody(person, at)))
    log.append(connection, [{"at": at, "kind": "erased", "person": key}])
    return Erased(counts)


def was_erased(connection: Connection, email: str) -> bool:
    known = values.recall(connection, _SALT)
    if known is None or not email:
        return False
    return connection.scalar(select(ERASED.c.at).where(ERASED.c.address == _digest(known, email))) is not None


def scrub(connection: Connection, keys: Sequence[str]) -> int:
    """Where the messages of these people went, of those that have come to their end: the others need it still."""
    over = and_(_D.person.in_(keys), _D.status.not_in(OPEN_STATES), or_(_D.user != "", _D.conversation != ""))
    return connection.execute(update(DELIVERY).where(over).values(user="", conversation="")).rowcount


def _nobody(person: Person, at: datetime) -> dict[str, Any]:
    """Team, site, manager and first day stay under the key: the numbers are counted by them."""
    return {
        **{"name": "", "email": "", "email_folded": "", "preferred": "", "paused_until": None},
        **{"roles": str(Role.EMPLOYEE), "celebrates": False, "digest": True, "left_at": person.left_at or at},
    }


def _end(connection: Connection, key: str, at: datetime, log: Ledger) -> int:
    waits = and_(_D.person == key, _D.status == Status.PENDING)
    found = find(connection, query().where(waits).order_by(_D.number))
    here = _D.id.in_([delivery.id for delivery, _ in found])
    with recounted(connection, here):
        connection.execute(update(DELIVERY).where(here).values(status=Status.CANCELLED, reason=Reason.LEFT))
    ends = (Status.CANCELLED, Reason.LEFT, at)
    log.append(connection, [came_to(d, origin, *ends) for d, origin in found if logged(d, Status.CANCELLED)])
    return len(found)


def _sentences(connection: Connection, person: Person) -> int:
    """Why they were left out, and reasons of exceptions that name them."""
    out = and_(_D.person == person.key, _D.reason == Reason.EXCLUDED, _D.code != "")
    count = connection.execute(update(DELIVERY).where(out).values(code=GONE)).rowcount
    named = [WORDS.c.text.icontains(word, autoescape=True) for word in (person.name, person.email) if word]
    if named:
        ours = and_(WORDS.c.person == "", or_(*named))
        count += connection.execute(update(WORDS).where(ours).values(text=GONE)).rowcount
    return count


def _remarks(connection: Connection, person: Person, names: re.Pattern[str]) -> int:
    """Of messages: what a second person wrote back to them, and why somebody is left out, where that names them."""
    back = and_(_B.author == person.key, _B.remark != "")
    count = connection.execute(update(BROADCAST).where(back).values(remark=GONE)).rowcount
    for column in (_B.remark, _B.exclusions):
        for said in list(connection.scalars(select(column).where(_mentions(column, person)).distinct())):
            if (left := names.sub(_without, said)) != said:
                changed = update(BROADCAST).where(_same(column, said)).values({column.name: left})
                count += connection.execute(changed).rowcount
    return count


def _packs(connection: Connection, email: str) -> int:
    """Whom a pack that is made in the background is for; its folder is outside of the memory."""
    kept = values.recall(connection, jobs.NAME)
    job = json.loads(kept) if kept else {}
    if not email or job.get("email") != email:
        return 0
    values.keep(connection, jobs.NAME, json.dumps(job | {"email": ""}))
    return 1


def _answers(connection: Connection, key: str) -> int:
    """They are on no roster and in no number."""
    theirs = and_(_D.person == key, _D.campaign == "", _D.status.not_in(OPEN_STATES))
    return connection.execute(delete(DELIVERY).where(theirs)).rowcount


def _contents(connection: Connection, person: Person, shown: Sequence[str], at: datetime) -> int:
    """Cards and pieces that name them are kept anew without it; kudos, and `shown`, are drawn anew where they stand.

    Their name is looked for in what they got and wrote, for others have the same; their address everywhere.
    """
    signed = select(_D.campaign).where(_D.author == person.key, _D.campaign != "").distinct()
    campaigns = [
        *connection.scalars(select(_B.id).where(_B.author == person.key)),
        *connection.scalars(signed),
    ]
    answers = and_(_D.person == person.key, _D.campaign == "")
    hashes = Hashes()
    keep(connection, [SHOWN], hashes)
    gone = set(connection.scalars(select(_D.card).where(or_(_D.id.in_(shown), answers)).distinct()))
    gone |= set(connection.scalars(select(_D.piece).where(answers, _D.piece.is_not(None)).distinct()))
    connection.execute(update(DELIVERY).where(_D.id.in_(shown)).values(card=hashes.of(SHOWN)))
    replaced = _replaced(connection, _used(connection, person, campaigns), _names(person), hashes)
    for old, new in replaced.items():
        for of, column in _CONTENTS:
            connection.execute(update(of).where(column == old).values({column.name: new}))
    kudos = and_(_D.campaign.in_([c for c in campaigns if c.startswith("kudos-")]), _D.status == Status.SENT)
    again = {*shown, *connection.scalars(select(_D.id).where(kudos))}
    refreshes.request(connection, sorted(again), at)
    _answers(connection, person.key)
    return _forget(connection, gone | set(replaced))


def _used(connection: Connection, person: Person, campaigns: Sequence[str]) -> set[str]:
    """The hashes of what they got and what is theirs, of answers that name them, and of whatever has their address."""
    about = [f"about:{name}" for name in campaigns]
    of_others = and_(_D.campaign == "", _D.slot.in_(about), _D.person != person.key)
    theirs = and_(_D.campaign != "", or_(_D.person == person.key, _D.campaign.in_(campaigns)))
    here = or_(theirs, of_others)
    got = connection.execute(select(_D.piece, _D.card).where(here).distinct()).all()
    said = connection.execute(select(_B.message, _B.correction).where(_B.author == person.key)).all()
    card = and_(_C.hash == _D.card, _mentions(_C.body, person))
    answers = select(_D.piece, _D.card).join(CONTENT, card).where(_D.campaign == "", _D.person != person.key)
    told = connection.execute(answers.distinct()).all()
    addressed = select(_C.hash).where(_C.body.icontains(person.email, autoescape=True))
    named = connection.scalars(addressed) if person.email else ()
    return {*named, *(hash_ for row in (*got, *said, *told) for hash_ in row if hash_)}


def _replaced(
    connection: Connection, used: Iterable[str], names: re.Pattern[str], hashes: Hashes
) -> dict[str, str]:
    """Old hash -> new hash, of everything in which the person is named; the words of kudos go as a whole."""
    found: dict[str, Value] = {}
    rows = connection.execute(select(CONTENT).where(_C.hash.in_(list(used)))).all()
    kudos = {
        h: value for h, value in load(connection, (row.hash for row in rows)).items() if _is_kudos(value)
    }
    for row in rows:
        if row.hash in kudos:
            found[row.hash] = Milestone(**{**vars(kudos[row.hash]), "title": "Kudos", "text": GONE})
        elif names.search(row.body):
            found[row.hash] = parsed(row.kind, names.sub(_without, row.body))
    cards = {h for h, value in found.items() if isinstance(value, Card)}
    of_kudos = select(_D.card, _D.piece).where(_D.piece.in_(list(kudos))).distinct()
    for row in connection.execute(of_kudos).all() if kudos else ():
        if row.card in cards or row.card in used:
            found[row.card] = milestones.compose(found[row.piece], Person(""))  # type: ignore[arg-type]
    keep(connection, found.values(), hashes)
    return {old: str(hashes.of(value)) for old, value in found.items() if hashes.of(value) != old}


def _is_kudos(value: Value) -> bool:
    return isinstance(value, Milestone) and value.scope == "kudos"


def _ways(person: Person) -> set[str]:
    """The name and the address as they are and as Markdown, each also as it stands in JSON."""
    written = {way for name in (person.name, person.email) if name for way in (name, escape(name))}
    return written | {json.dumps(way, ensure_ascii=False)[1:-1] for way in written}


def _mentions(column: Column[str], person: Person) -> ColumnElement[bool]:
    return or_(false(), *(column.icontains(way, autoescape=True) for way in _ways(person)))


def _names(person: Person) -> re.Pattern[str]:
    either = "|".join(re.escape(way) for way in sorted(_ways(person), key=len, reverse=True)) or r"\Z\A"
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _without(found: re.Match[str]) -> str:
    return NO_EMAIL if "@" in found.group() else SOMEBODY


def _forget(connection: Connection, hashes: set[str]) -> int:
    """What nothing refers to any more; a correction names its contents in JSON."""
    wanted = list(hashes)
    kept: set[str] = set()
    for _, column in _CONTENTS:
        kept |= set(connection.scalars(select(column).where(column.in_(wanted)).distinct()))
    shows = "".join(connection.scalars(select(_B.shows).where(_B.shows != "")))
    free = [hash_ for hash_ in wanted if hash_ not in kept and hash_ not in shows]
    empty(connection, free)
    return len(free)


def _rules(connection: Connection, email: str) -> int:
    """Audiences that name the address; those of deliveries are the ones of their occurrences."""
    if not email:
        return 0
    count = 0
    address = re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", re.IGNORECASE)
    for of, column in (*_RULES, (DELIVERY, _D.audience)):
        rules = connection.scalars(select(column).where(column.icontains(email, autoescape=True)).distinct())
        for rule in list(rules):
            changed = update(of).where(_same(column, rule)).values({column.name: address.sub(NO_EMAIL, rule)})
            count += connection.execute(changed).rowcount
    return count


def _same(column: Column[str], rule: str) -> ColumnElement[bool]:
    return column == rule


def _events(connection: Connection, person: Person) -> int:
    """A platform's key of an event may name the account, or the conversation."""
    key = INBOX.c.key
    names = {name for a in person.addresses for name in (a.user, a.conversation) if len(name) > 4}
    named = [key.contains(name, autoescape=True) for name in names]
    return connection.execute(delete(INBOX).where(or_(*named))).rowcount if named else 0


def _hashed(connection: Connection, email: str) -> str:
    known = values.recall(connection, _SALT)
    if known is None:
        values.keep(connection, _SALT, known := secrets.token_hex(16))
    return _digest(known, email) if email else ""


def _digest(salt: str, email: str) -> str:
    return hashlib.scrypt(email.casefold().encode(), salt=salt.encode(), n=2**12, r=8, p=1, dklen=32).hex()
