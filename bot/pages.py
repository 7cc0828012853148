"""/privacy and /terms: the two pages a Teams app package must link to, saying what this installation does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from html import escape

from aiohttp import web

from content.programme import Programme
from content.retention import KINDS, Retention

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body{{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""

PRIVACY = """
<p>Catchball is run by {organisation} on its own machines. Nothing is sent to the makers of the software.</p>
<h2>What is kept</h2>
<p>Name, e-mail address, team, site, manager, roles, time zone and language, as far as the chat platform or the
organisation gave them; where you can be written to; which messages and questions you were sent; and what you
acknowledged, answered or cheered, with the time and the clause it serves.</p>
<h2>How</h2>
<p>What you did stands in an append-only record under an internal key and not under your name, as evidence for the
organisation's certificates. Your name and address stand apart and can be erased; the counts remain.</p>
<p>What you write to leaders, or as a reason in a pulse, stands apart from that record too. It is never in it.</p>
<h2>Who sees it</h2>
<p>You see your own progress; managers see counts of their own people; the quality lead, auditors and administrators
see counts of everybody. What fewer than five people did is shown to none of them, nor what it could be reckoned from.
{individuals}</p>
<p>Whoever looks at numbers, or at you by name, is noted. Type <b>my data</b> in the chat: it shows what is held about
you, what you were sent, did and wrote, and who looked at you, when, at what and why.</p>
<h2>How long</h2>
<ul>{kinds}</ul>
<p>The record of what was done, without names, is kept as long as the organisation's certificates need the evidence.
Once a day what has
been kept long enough is removed; that was seen to last on {ran}.</p>
<h2>A copy, a correction, an erasure</h2>
<p>Type <b>my data copy</b> or <b>my data erase</b>: it goes to an administrator, and you are answered in the chat.
An erasure removes whatever says who you are and what you wrote; what you did goes on counting under a key that leads
to nobody, and nothing reaches you any more. It cannot take back what stands in Slack or Teams already. For a
correction, or when you cannot use the chat, ask {contact}.</p>
"""

TERMS = """
<p>Catchball is provided by {organisation} to its own people, to carry its management-system programme to them.
It is free of charge to them. Questions go to {contact}.</p>
"""


OFF = (
    "Views by name are off: nobody but you sees what you did, except by a named exception with a reason and an end, "
    "and each use of one is shown to you. Evidence packs and samples for an auditor have keys in the place of names."
)
BY_NAME = {
    "people": "the quality lead and administrators see by name what each was sent, acknowledged and answered",
    "induction": "they see who did something of the induction in time",
    "ideas": "they see who had which idea, unless it was sent without a name",
    "not acknowledged": "{who} see by name who has not acknowledged a message",
    "sample": "auditors too draw a sample of people with all that is noted of each, and get evidence packs, which are "
    "files that leave Catchball, both with names",
    "escalation": "managers are told the names of their people who have not acknowledged one",
}


def routes(
    programme: Programme, contact: str, ran: Callable[[], Awaitable[str | None]]
) -> list[web.RouteDef]:
    """The two pages. contact: an e-mail address, or empty; ran: the day on which retention was last seen to."""
    named = {
        "organisation": escape(programme.organisation),
        "contact": escape(contact) or "an administrator of your organisation",
    }

    def page(title: str, body: str, **more: str) -> web.Response:
        text = _PAGE.format(title=title, body=body.format(**named, **more))
        return web.Response(text=text, content_type="text/html")

    async def privacy(_: web.Request) -> web.Response:
        return page(
            "What Catchball keeps about you",
            PRIVACY,
            individuals=escape(individuals(programme)),
            kinds="".join(kinds(programme.retention)),
            ran=escape(await ran() or "no day yet"),
        )

    async def terms(_: web.Request) -> web.Response:
        return page("Terms of use", TERMS)

    return [web.get("/privacy", privacy), web.get("/terms", terms)]


def individuals(programme: Programme) -> str:
    """Who sees somebody by name here, in a sentence."""
    if programme.works_council is not None:
        return OFF
    who = [f"the {name}" if name == "author" else f"{name}s" for name in programme.names.not_acknowledged]
    by_name = [BY_NAME["people"], BY_NAME["induction"], BY_NAME["ideas"], BY_NAME["sample"]]
    by_name += [BY_NAME["not acknowledged"].format(who=" and ".join(who))] if who else []
    by_name += [BY_NAME["escalation"]] if programme.reminders and programme.reminders.by_name else []
    return f"Besides, {'; '.join(by_name)}."


def kinds(retention: Retention) -> Iterator[str]:
    for kind, words in KINDS.items():
        months = getattr(retention, kind)
        length = "without end" if months is None else "1 month" if months == 1 else f"{months} months"
        yield f"<li>{escape(words[:1].upper() + words[1:])}: {length}</li>"
