"""Who is at the page: a link from the chat opens it once, a cookie keeps it open, and the roles are asked each time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hmac import compare_digest

from aiohttp import web

from bot.rate import Rate
from handlers.api.tokens import hashed
from handlers.desk import Desk
from handlers.model import Person
from handlers.numbers.visits import COARSE, LASTS
from handlers.permissions import whose_numbers

_SECRET = re.compile(r"[\w-]{43}", re.ASCII)
A_MINUTE = 20  # tries to come in, from one address
SPENT = (
    "This link was used already, is older than ten minutes, or was never one. Type `insights` in the chat for a "
    "new one."
)
ELSEWHERE = "This came from another site, so nothing was done. Go back to the page and press there."
NOT_IN = "You are not let in, or your visit is over. Type `insights` in the chat with Catchball for a link."
NOT_ANY_MORE = "You may not see these numbers any more. Ask an administrator if you should."


class Refused(Exception):
    """A request that ends with a status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Visits:
    """secure: whether the server is reached over https; then the cookie goes nowhere else."""

    def __init__(self, desk: Desk, rate: Rate, *, secure: bool) -> None:
        self._desk = desk
        self._rate = rate
        self._secure = secure
        self._cookie = "__Host-insights" if secure else "insights"

    async def enter(self, request: web.Request, response: web.Response) -> None:
        """Spend the link of the form, and give the browser its cookie. Raises Refused or TooMany."""
        self._rate.take(f"links from {request.remote}")
        link = str((await request.post()).get("link", ""))
        secret = self._desk.new_secret()
        entered = _SECRET.fullmatch(link) is not None and await self._desk.store.visits.enter(
            hashed(link), hashed(secret), self._desk.clock.now()
        )
        if not entered:
            raise Refused(403, SPENT)
        response.set_cookie(
            self._cookie,
            secret,
            max_age=int(LASTS.total_seconds()),
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._secure,
        )

    async def who(self, request: web.Request) -> Person:
        """Whose visit it is, with the roles that they have now. Raises Refused."""
        secret = self._secret(request)
        visit = await self._desk.store.visits.one(hashed(secret)) if secret else None
        now = self._desk.clock.now()
        if visit is None or visit.over(now):
            raise Refused(401, NOT_IN)
        person = await self._desk.store.person(visit.person)
        if person is None or person.left_at is not None or whose_numbers(person) is None:
            raise Refused(403, NOT_ANY_MORE)
        if now - visit.used_at >= COARSE:
            await self._desk.store.visits.used(hashed(secret), now)
        return person

    def form_token(self, request: web.Request) -> str:
        """What a form of this visit carries, which no other site can know; it does not give the secret away."""
        return hashed(f"form {self._secret(request)}")

    async def form(self, request: web.Request) -> Mapping[str, str]:
        """What was filled in, if the form is one of this visit's own. Raises Refused."""
        same_site(request)
        given = {name: str(value) for name, value in (await request.post()).items()}
        if not compare_digest(given.get("token", "").encode(), self.form_token(request).encode()):
            raise Refused(403, ELSEWHERE)
        return given

    async def leave(self, request: web.Request, response: web.Response) -> None:
        """End it, if the form is one of this visit's own. Raises Refused."""
        await self.form(request)
        await self._desk.store.visits.leave(hashed(self._secret(request)))
        response.del_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def _secret(self, request: web.Request) -> str:
        given = request.cookies.get(self._cookie, "")
        return given if _SECRET.fullmatch(given) else ""


def same_site(request: web.Request) -> None:
    """A form that another site sends is refused: browsers say where a request comes from. Raises Refused."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, ELSEWHERE)
