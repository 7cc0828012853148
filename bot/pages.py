"""/privacy and /terms: the two pages a Teams app package must link to, saying what this installation does."""

from __future__ import annotations

from html import escape

from aiohttp import web

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
<h2>Who sees it</h2>
<p>You see your own progress; managers see counts of their own people; the quality lead, auditors and administrators
see counts of everybody. Type <b>my data</b> to see what is held about you.</p>
<h2>How long, and whom to ask</h2>
<p>As long as the organisation's certificates need the evidence. For a copy, a correction or an erasure ask
{contact}.</p>
"""

TERMS = """
<p>Catchball is provided by {organisation} to its own people, to carry its management-system programme to them.
It is free of charge to them. Questions go to {contact}.</p>
"""


def routes(organisation: str, contact: str) -> list[web.RouteDef]:
    """The two pages; `contact` is an e-mail address, or empty."""
    named = {
        "organisation": escape(organisation),
        "contact": escape(contact) or "an administrator of your organisation",
    }

    def page(title: str, body: str) -> web.Response:
        text = _PAGE.format(title=title, body=body.format(**named))
        return web.Response(text=text, content_type="text/html")

    async def privacy(_: web.Request) -> web.Response:
        return page("What Catchball keeps about you", PRIVACY)

    async def terms(_: web.Request) -> web.Response:
        return page("Terms of use", TERMS)

    return [web.get("/privacy", privacy), web.get("/terms", terms)]
