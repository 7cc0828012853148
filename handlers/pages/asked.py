"""What the address of a page asks for: a period, groups to look within, and a place in a long list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from content.audience import Audience, Everyone, Has, all_of
from content.markup import clean
from handlers.evidence.sample import MOST as MOST_DRAWN
from handlers.lookups import Grouping

WITHIN: tuple[Grouping, ...] = ("team", "site", "role", "standard", "clause", "campaign", "leader")
OF_PEOPLE: tuple[Grouping, ...] = ("team", "site", "role")  # what an audience knows too
DAYS, LONGEST, LONGEST_WORDS = 90, 3660, 200
FIRST = date(2000, 1, 1)


@dataclass(frozen=True)
class Asked:
    """since and last: the first and the last day of the period, as they are where the visitor is."""

    since: date
    last: date
    zone: ZoneInfo
    where: Mapping[Grouping, str] = field(default_factory=dict)
    words: str = ""  # looked for among people's names
    start: int = 0  # in a list: how many come before
    map: str = ""  # which of a page's maps; "" for its first
    seed: str = ""  # of a sample
    n: int = 0  # people of it; 0: as many as without a word about it

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.since, time(), self.zone)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.since).days + 1

    @property
    def before(self) -> Asked:
        """The same length just before."""
        return replace(
            self, since=self.since - timedelta(days=self.days), last=self.since - timedelta(days=1)
        )

    @property
    def people(self) -> Audience:
        """The filters that are about people, as a rule."""
        rules = [Has(name, self.where[name]) for name in OF_PEOPLE if name in self.where]
        return all_of(*rules) if rules else Everyone()

    def within(self, names: tuple[Grouping, ...]) -> Asked:
        """With these filters alone."""
        return replace(self, where={name: value for name, value in self.where.items() if name in names})

    def query(self, **other: object) -> str:
        """As it stands in an address; `other` in the place of what it says, None leaves it out."""
        said: dict[str, object] = {"since": self.since, "until": self.last}
        said |= {str(name): value for name, value in self.where.items()}
        said |= {"words": self.words or None, "start": self.start or None, "map": self.map or None}
        said |= {"seed": self.seed or None, "n": self.n or None}
        said |= other
        return urlencode({name: str(value) for name, value in said.items() if value is not None})


def asked(query: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Asked:
    """What is not understood is as if it were not said; a period is never longer than ten years."""
    today = now.astimezone(zone).date()
    days = _number(query.get("days", ""), DAYS, LONGEST)
    last = _day(query.get("until", ""), today)
    since = _day(query.get("since", ""), last - timedelta(days=max(days, 1) - 1))
    since, last = min(since, last), max(since, last)
    return Asked(
        since=max(since, last - timedelta(days=LONGEST)),
        last=last,
        zone=zone,
        where={name: said for name in WITHIN if (said := clean(query.get(name, ""), LONGEST_WORDS))},
        words=clean(query.get("words", ""), LONGEST_WORDS),
        start=_number(query.get("start", ""), 0, 10_000_000),
        map=clean(query.get("map", ""), 20),
        seed="".join(clean(query.get("seed", ""), 40).split()),
        n=_number(query.get("n", ""), 0, MOST_DRAWN),
    )


def _number(said: str, otherwise: int, most: int) -> int:
    return min(int(said), most) if said.isascii() and said.isdecimal() and len(said) < 9 else otherwise


def _day(said: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return otherwise
    return day if FIRST <= day <= otherwise + timedelta(days=LONGEST) else otherwise
