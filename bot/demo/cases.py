"""What is to be put right in the year: which number, what Marie writes about it, and what its owner tries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.demo.programme import FORGOTTEN
from handlers.numbers.groups import SMALLEST

AWARENESS = "ISO 9001:2015 7.3"
Step = Literal["plan", "done", "look again", "judge"]


@dataclass(frozen=True)
class Case:
    """about: its number, as it is typed; group: of whom or what, otherwise the lowest that there is. Marie opens it
    so many days before the end, or with 0 when half of the year is over. due, then: so many days after that.

    people: of how many at least it should tell. tries: cause and action, one after the other. again: days until it is
    looked at whether it helped, from when that is decided. owner: "" is who leads the team it is about. linked: with
    which word the label of what is done in Catchball begins. practised: whether it becomes a part of daily work, so
    that it helps.
    """

    about: str
    title: str
    found: str
    before_end: int
    due: int
    people: int = SMALLEST
    tries: Sequence[tuple[str, str]] = ()
    then: Sequence[tuple[int, Step]] = ()
    again: int = 2
    group: str = ""
    owner: str = ""
    clause: str = ""
    linked: str = ""
    practised: bool = False


CASES = (
    Case(
        about="accuracy by clause 90",
        title="Few know what this clause asks of them",
        found="No other clause is answered worse. In the shop nobody could show me where it is written.",
        before_end=0,
        due=14,
        people=16,
        tries=(
            (
                "It was explained once, and nobody has needed it since.",
                "Each shift begins with one case of it.",
            ),
        ),
        then=((9, "plan"), (12, "done"), (14, "look again"), (25, "judge")),
        owner="production.lead",
        linked="Quiz",
        practised=True,
    ),
    Case(
        about="accuracy by clause 90",
        title="Nobody remembers what to do in an emergency",
        found="Answered wrongly again and again, also by who has read the explanation twice.",
        before_end=31,
        due=10,
        tries=(
            ("The plan hangs where nobody passes by.", "A poster at each door."),
            (
                "Nobody has ever done it themselves.",
                "A drill with each shift, and questions every week until May.",
            ),
        ),
        then=((4, "plan"), (8, "done"), (10, "look again"), (20, "judge")),
        group=FORGOTTEN,
        owner="assembly.lead",
        linked="Campaign",
    ),
    Case(
        about="participation by team 60",
        title="One team answers less every week",
        found="I asked three of them. There is no time for it, they say, and the tablets are elsewhere.",
        before_end=30,
        due=18,
        clause=AWARENESS,
    ),
    Case(
        about="reach by team 60",
        title="What we send does not get there",
        found="In this team many cards end before they arrive.",
        before_end=24,
        due=14,
        tries=(
            ("New devices come without the app.", "It is put on every device, and looked for once a month."),
        ),
        then=((3, "plan"), (12, "done"), (13, "look again")),
        again=14,
        clause="ISO 9001:2015 7.4",
    ),
    Case(
        about="wrong by item 90",
        title="Many are certain, and wrong",
        found="No other question is missed by so many who say that they are sure.",
        before_end=10,
        due=21,
        tries=(
            (
                "Its key may be wrong, or its words.",
                "Alan reads it with two who know the work, and mends it.",
            ),
        ),
        then=((4, "plan"),),
        owner="alan",
        clause=AWARENESS,
    ),
)
