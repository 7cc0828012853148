"""A copy of everything that is held about one person, for them: as values for a program, and as a page to read.

The General Data Protection Regulation asks for it: articles 15 (access) and 20 (a format that machines read).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from handlers.desk import Desk
from handlers.findings.finding import Finding, Which
from handlers.ideas.idea import Idea
from handlers.ideas.idea import Which as Ends
from handlers.learning.memory import A_DAY, EPOCH
from handlers.model import Person

ALL = 1_000_000
OWNED: tuple[Which, ...] = ("open", "closed")  # what is overdue is open
ENDS: tuple[Ends, ...] = ("open", "closed")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid;padding:.2rem .4rem;text-align:left}}
</style></head><body><h1>{title}</h1>{body}</body></html>
"""
WORDS = {
    "person": "Who you are here",
    "belonged": "Where you belonged before",
    "sent": "What was sent to you, or was to be",
    "did": "What you did",
    "memory": "What is reckoned that you remember",
    "replies": "What you wrote to leaders, and their answers",
    "pulse_reasons": "What you wrote in a pulse",
    "looks": "Who looked at you by name",
    "token": "A token with which a system acts for you",
    "messages": "What you sent to others",
    "findings": "Findings that you own",
    "finding_words": "What you wrote about findings",
    "ideas": "Ideas of yours",
    "idea_words": "What you wrote about ideas",
    "visits": "Your visits to the page of the numbers",
    "audiences": "Audiences that you saved",
}


async def everything(desk: Desk, person: Person) -> dict[str, Any]:
    """Section -> a value, or rows of values; texts, numbers and times as ISO 8601, ready for JSON."""
    store = desk.store
    known = await _names(desk, person)
    token = await store.token_of(person.key)
    memories = (await store.memories([person.key])).get(person.key, {})
    found = {
        "person": {
            **{
                name: value
                for name, value in asdict(person).items()
                if name not in ("addresses", "roles", "manager")
            },
            "roles": ", ".join(sorted(person.roles)),
            "manager": known.get(person.manager, ""),
            "addresses": [asdict(address) for address in person.addresses],
        },
        "belonged": [
            each._asdict() | {"manager": known.get(each.manager, "")}
            for each in await store.belonged(person.key)
        ],
        "sent": [
            {
                "due": d.due_at,
                "sent": d.sent_at,
                "title": d.piece.title if d.piece else d.card.title,
                "campaign": d.campaign,
                "status": str(d.status),
                "reason": str(d.reason),
                "why": d.code,
                "audience": d.audience,
                "platform": str(d.address.platform) if d.address else "",
            }
            for d in await store.deliveries_of(person.key, limit=ALL)
        ],
        "did": [
            {
                "at": at,
                "verb": did.verb,
                "item": did.item,
                "value": did.value,
                "correct": did.correct,
                "certainty": did.certainty,
                "clauses": ", ".join(str(clause) for clause in did.clauses),
            }
            for at, did in await store.participations_of(person.key)
        ],
        "memory": [
            {
                "item": item,
                "stability in days": round(m.stability, 2),
                "last answered": EPOCH + m.reviewed * A_DAY,
                "answers": m.answers,
            }
            for item, m in sorted(memories.items())
        ],
        "replies": [
            {"at": r.at, "about": r.title, "text": r.text, "answer": r.answer, "answered": r.answered_at}
            for r in await store.replies.by(person.key)
        ],
        "pulse_reasons": [each._asdict() for each in await store.written_by(person.key)],
        "looks": [
            {
                "at": look.at,
                "who": known.get(look.actor, "") or ("on the server" if not look.actor else "somebody"),
                "role": look.role,
                "what": " ".join(filter(None, (look.what, look.words))),
                "exception": look.exception,
                "why": look.why,
            }
            for look in await store.looks_at(person.key, ALL)
        ],
        "token": {"made": token.made_at, "used": token.used_at} if token else {},
        "messages": [
            {"at": b.at, "title": b.message.title, "audience": b.audience, "stage": str(b.stage)}
            for b in await store.broadcasts_of(person.key, ALL)
        ],
        "findings": [
            {"title": each.words.title, "stage": str(each.stage), "due": each.due, "opened": each.opened_at}
            for each in await _findings(desk, person)
        ],
        "finding_words": [
            {"at": at, "finding": finding, **asdict(words)}
            for finding, at, words in await store.findings.written_by(person.key)
        ],
        "ideas": [
            {"idea": i.id, "at": i.at, "about": i.about, "stage": str(i.stage), "decided": i.decided_at}
            for i in await _ideas(desk, person)
        ],
        "idea_words": [
            {"at": step.at, "idea": idea, "what": step.kind, "text": step.text}
            for idea, step in await store.ideas.written_by(person.key)
        ],
        "visits": [
            {"since": visit.made_at, "last used": visit.used_at}
            for visit in await store.visits.of(person.key)
        ],
        "audiences": [
            {"name": a.name, "rule": a.rule} for a in await store.saved_audiences() if a.owner == person.key
        ],
    }
    plain: dict[str, Any] = _plain(found)
    return plain


async def _findings(desk: Desk, person: Person) -> Sequence[Finding]:
    today = desk.clock.now().astimezone(desk.zone(person)).date()
    pages = [await desk.store.findings.page(which, today, 0, ALL, owner=person.key) for which in OWNED]
    return [each for page in pages for each in page.findings]


async def _ideas(desk: Desk, person: Person) -> Sequence[Idea]:
    """As far as it is known that they had them."""
    pages = [await desk.store.ideas.page(which, 0, ALL, person=person.key) for which in ENDS]
    return [each for page in pages for each in page.ideas]


async def _names(desk: Desk, person: Person) -> dict[str, str]:
    keys = {look.actor for look in await desk.store.looks_at(person.key, ALL)} | {person.manager}
    keys |= {each.manager for each in await desk.store.belonged(person.key)}
    found = await desk.store.persons(sorted(keys - {""}))
    return {key: each.name or each.email for key, each in found.items()}


def page(content: dict[str, Any], name: str) -> str:
    """The same to read in a browser, without anything from elsewhere."""
    body = "".join(
        f"<h2>{escape(WORDS[section])}</h2>{_section(value)}" for section, value in content.items()
    )
    return PAGE.format(title=escape(f"What Catchball holds about {name}"), body=body)


def _section(value: Any) -> str:
    rows = [value] if isinstance(value, dict) and value else value
    if not rows:
        return "<p>Nothing.</p>"
    header = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(cell))}</td>" for cell in row.values()) + "</tr>" for row in rows
    )
    return f"<table><tr>{header}</tr>{lines}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(", ".join(str(v) for v in each.values() if v) for each in value)
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case None | bool() | int() | float():
            return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
