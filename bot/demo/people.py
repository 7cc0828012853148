"""The people of the demo company: who they are, when they come and go, and how they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from bot.demo.programme import ROTA, at_work
from bot.demo.truth import LAWS, USUAL, Somebody
from handlers.model import Role
from handlers.people import Profile

ZONES = {
    "Berlin": "Europe/Berlin",
    "Vienna": "Europe/Vienna",
    "Porto": "Europe/Lisbon",
    "Boston": "America/New_York",
    "Pune": "Asia/Kolkata",
}
LANGUAGES = {
    "Berlin": ("de", "de", "en"),
    "Vienna": ("de",),
    "Porto": ("pt", "en"),
    "Boston": ("en",),
    "Pune": ("en",),
}
TEAMS: Sequence[tuple[str, int, tuple[str, ...]]] = (  # name, share of a thousand, sites
    ("Production", 230, ("Berlin", "Porto")),
    ("Logistics", 115, ("Berlin", "Porto")),
    ("Engineering", 140, ("Berlin", "Boston")),
    ("Assembly", 130, ("Porto",)),
    ("Software", 95, ("Pune", "Berlin")),
    ("Service", 85, ("Vienna", "Boston")),
    ("Sales", 85, ("Vienna", "Boston")),
    ("Purchasing", 35, ("Berlin",)),
    ("Finance", 30, ("Berlin",)),
    ("IT", 30, ("Pune",)),
    ("People", 20, ("Berlin",)),
)
SMALL_TEAM = ("Legal", 3, "Vienna")
FADES = "Logistics"  # takes part less and less
NOT_INSTALLED_AT = "Pune"  # where many do not have the app
NAMED: Sequence[tuple[str, str, str, str, str]] = (  # key of the e-mail, name, team, site, roles
    ("marie", "Marie Duval", "Quality", "Berlin", "quality lead, administrator"),
    ("grace", "Grace Lindqvist", "Management", "Berlin", "leader, manager"),
    ("linus", "Linus Ferreira", "Management", "Porto", "leader"),
    ("rosa", "Rosa Whitfield", "Management", "Boston", "leader"),
    ("viktor", "Viktor Steiner", "Management", "Vienna", "leader"),
    ("noor", "Noor Haddad", "Management", "Berlin", "approver"),
    ("petra", "Petra Novak", "Quality", "Vienna", "auditor"),
    ("ada", "Ada Okafor", "Production", "Berlin", "employee"),
    ("alan", "Alan Moreau", "Quality", "Berlin", "employee"),
    ("edsger", "Edsger Visser", "Quality", "Berlin", "employee"),
    ("karen", "Karen Adeyemi", "Quality", "Berlin", "employee"),
)
ANSWERED = {"grace": 0.95, "linus": 0.75, "rosa": 0.85, "viktor": 0.15}  # of what people write to each leader
FIRST = """
Amir Anna Beatriz Bruno Carla Chidi Clara Daniel Deepa Diego Elena Elif Emeka Emil Fatima Felix
Finn Gabriela Hana Hugo Ines Ivan Jana Jasper Joana Jonas Kavya Kofi Lara Leon Lina Luca Maja
Marco Mateo Mei Mila Nadia Nia Nils Olga Omar Paula Priya Rafael Rohan Sara Selma Sofia Sven
Tara Theo Tiago Uma Vera Yara Yusuf Zoe
"""
LAST = """
Almeida Bauer Berger Brandt Carvalho Castro Chandra Costa Dahl Desai Diallo Eder Engel Fischer
Fonseca Gruber Gupta Haas Hofer Huber Ibrahim Iyer Jansen Joshi Kaya Keller Kim Koch Kowalski
Kulkarni Lang Lopes Maier Martins Mehta Mensah Miller Moreira Nair Neves Okoye Patel Pereira
Pinto Rao Reyes Ribeiro Richter Roth Sato Schulz Silva Singh Sousa Tavares Thompson Vogel
Wagner Walker Weiss Winkler Yilmaz Zhang
"""


@dataclass
class Someone:
    """One of them. comes: when the list of people names them; installs: when they have the app, None: never.

    answers: the share of what reaches them that they answer; minutes: until half of that is answered. away: from and
    up to which day; pauses: whether they tell us so. mind: how they learn and forget.
    """

    profile: Profile
    joined: date
    comes: date
    installs: date | None
    leaves: date | None
    mind: Somebody
    answers: float
    minutes: float
    celebrates: bool
    pauses: bool
    away: list[tuple[date, date]] = field(default_factory=list)
    answers_replies: float = 0.0

    @property
    def email(self) -> str:
        return self.profile.email


def cast(random: Random, begins: date, ends: date, many: int) -> list[Someone]:
    """So many who are there when the year ends, and who left on the way; managers come before their people."""
    people = [_someone(random, begins, ends, *row) for row in _rows(random, many)]
    days = (ends - begins).days
    for number, one in enumerate(people):
        if number < len(NAMED) or one.profile.roles:
            continue
        chance = random.random()
        if chance < 0.12 and days > 10:  # joins on a Monday; a few become known only days later
            first = begins + timedelta(days=random.randrange(5, days - 3))
            one.joined = first - timedelta(days=first.weekday())
            late = timedelta(days=4) if random.random() < 0.15 else timedelta()
            one.comes = max(begins, one.joined + late)
            one.installs = one.comes if one.installs else None
        elif chance < 0.18 and days > 10:
            one.leaves = begins + timedelta(days=random.randrange(5, days))
    return people


def _rows(random: Random, many: int) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Their key, name, team, site, roles and manager."""
    for key, name, team, site, roles in NAMED:
        manager = {"Quality": "marie", "Production": "production.lead"}.get(
            team, "grace" if key != "grace" else ""
        )
        yield key, name, team, site, roles, manager if manager != key else "grace"
    names = sorted(f"{first} {last}" for first in FIRST.split() for last in LAST.split())
    random.shuffle(names)
    left = max(0, many - len(NAMED))
    for team, share, sites in TEAMS:
        size = max(2, round(share * (left - SMALL_TEAM[1]) / 995))
        manager = f"{team.lower()}.lead"
        for number in range(size):
            name, site = names.pop(), sites[random.random() > 0.65 and len(sites) > 1]
            key = name.lower().replace(" ", ".") if number else manager
            yield key, name, team, site, "" if number else "manager", manager if number else "grace"
    for _ in range(SMALL_TEAM[1]):
        name = names.pop()
        yield name.lower().replace(" ", "."), name, SMALL_TEAM[0], SMALL_TEAM[2], "", "grace"


def _someone(
    random: Random,
    begins: date,
    ends: date,
    key: str,
    name: str,
    team: str,
    site: str,
    roles: str,
    manager: str,
) -> Someone:
    leads = key in {one[0] for one in NAMED}
    without = 0.0 if leads or roles else 0.4 if site == NOT_INSTALLED_AT else 0.04
    joined = begins - timedelta(days=random.randrange(30, 4000))
    some_day = begins + timedelta(days=random.randrange(10, max(11, (ends - begins).days)))
    chance = random.random()
    installs = begins if chance >= without else some_day if chance < without / 4 else None
    return Someone(
        profile=Profile(
            email=at_work(key),
            name=name,
            team=team,
            site=site,
            manager=at_work(manager) if manager else "",
            roles=frozenset(Role(role) for role in roles.split(", ")) if roles else None,
            zone=ZONES[site],
            language=random.choice(LANGUAGES[site]),
        ),
        joined=joined,
        comes=begins,
        installs=installs,
        leaves=None,
        mind=Somebody(
            law=random.choice(LAWS),
            world=USUAL,
            groups=frozenset(),
            quick=random.gauss(0, 0.4),
            experience=random.uniform(0.4, 1.7),
            answers=0.0,
        ),
        answers=0.95 if leads else random.choice((0.95, 0.9, 0.85, 0.8, 0.7, 0.55, 0.3)),
        minutes=random.choice((6, 15, 40, 90, 200)),
        celebrates=random.random() < 0.6,
        pauses=random.random() < 0.3,
        away=[] if key in ROTA else _away(random, begins, ends),
        answers_replies=ANSWERED.get(key, 0.8),
    )


def _away(random: Random, begins: date, ends: date) -> list[tuple[date, date]]:
    """Two or three weeks, more often in summer and at the turn of the year."""
    found = []
    for _ in range(random.choice((2, 2, 3))):
        day = begins + timedelta(days=random.randrange(max(1, (ends - begins).days)))
        if day.month not in (7, 8, 12) and random.random() < 0.5:
            day = begins + timedelta(days=random.randrange(max(1, (ends - begins).days)))
        monday = day - timedelta(days=day.weekday())
        found.append((monday, monday + timedelta(days=random.choice((5, 5, 12)))))
    return found
