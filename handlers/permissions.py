"""Who may do what: one table, decided by the roles of the signed identity and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from content.audience import Audience
from content.council import Allowed, View, of_all
from content.programme import Names, Programme, SecondPerson
from handlers.model import Person, Role
from handlers.privacy.looks import Looked

WHO_MAY: dict[str, tuple[Role, ...]] = {
    "broadcast": (Role.LEADER, Role.ADMINISTRATOR),
    "celebrate": (Role.QUALITY_LEAD, Role.LEADER, Role.ADMINISTRATOR),
    "give kudos": tuple(Role),
    "withdraw kudos": (
        Role.QUALITY_LEAD,
        Role.LEADER,
        Role.ADMINISTRATOR,
    ),  # of others; of their own everybody
    "approve": (Role.APPROVER, Role.ADMINISTRATOR),
    "use the API": (Role.LEADER, Role.APPROVER, Role.ADMINISTRATOR),
    "see everybody's numbers": (Role.QUALITY_LEAD, Role.AUDITOR, Role.ADMINISTRATOR),
    "see the own team's numbers": (Role.MANAGER,),
    "get the digest": (Role.QUALITY_LEAD, Role.MANAGER),
    "see evidence": (Role.QUALITY_LEAD, Role.AUDITOR, Role.ADMINISTRATOR),
    "open a finding": (Role.QUALITY_LEAD, Role.ADMINISTRATOR),  # assign, retest, judge and close it as well
    "see findings": (Role.QUALITY_LEAD, Role.AUDITOR, Role.ADMINISTRATOR),  # those of their own everybody
    "decide ideas": (Role.QUALITY_LEAD, Role.ADMINISTRATOR),  # of others; their own are seen by everybody
    "see induction by name": (Role.QUALITY_LEAD, Role.ADMINISTRATOR),
    "see people by name": (Role.QUALITY_LEAD, Role.ADMINISTRATOR),
    "see a sample by name": (Role.QUALITY_LEAD, Role.AUDITOR, Role.ADMINISTRATOR),
}


def may(person: Person, action: str) -> bool:
    return person.has(*WHO_MAY[action])


def whose_numbers(person: Person) -> str | None:
    """ "" for everybody's, their own key for those of their own people, None for nobody's."""
    if may(person, "see everybody's numbers"):
        return ""
    return person.key if may(person, "see the own team's numbers") else None


def whose_names(person: Person | None, rule: Names, author: str) -> str | None:
    """Of whom somebody may see by name that they have not acknowledged: as `whose_numbers`, by the programme's rule.

    person: None at the terminal, where whoever has the machine has the database, if anybody may see it at all.
    """
    allowed = rule.not_acknowledged
    if person is None:
        return "" if allowed else None
    roles = {str(role) for role in person.roles if role is not Role.MANAGER}
    if roles.intersection(allowed) or ("author" in allowed and person.key == author):
        return ""
    return person.key if "manager" in allowed and person.has(Role.MANAGER) else None


@dataclass(frozen=True)
class Sight:
    """Of whom somebody may see by name in one view.

    whose: as `whose_numbers`. within: in works-council mode, whom the exceptions are about; None: no such limit.
    """

    whose: str | None
    within: Audience | None = None
    by: tuple[Allowed, ...] = ()

    @property
    def anybody(self) -> bool:
        return self.whose is not None

    def look(self, person: Person | None, what: str, words: str = "") -> Looked:
        """What the ledger is told when it is used."""
        role = ", ".join(sorted(person.roles)) if person else ""
        named, why = ", ".join(each.id for each in self.by), "; ".join(each.why for each in self.by)
        return Looked(person.key if person else "", what, words=words, role=role, exception=named, why=why)


def looking(person: Person, what: str, words: str = "") -> Looked:
    """At counts, by what may be asked without any exception."""
    return Looked(person.key, what, words=words, role=", ".join(sorted(person.roles)))


def sight(view: View, person: Person | None, programme: Programme, today: date, author: str = "") -> Sight:
    """Every view by name asks here. person: None at the terminal, where whoever has the machine has the database.

    author: key of whose message it is about. In works-council mode nobody but the person sees anything by name, unless
    an exception says so; an exception gives nobody more than they may see without the mode.
    """
    whose = _whose(view, person, programme, author)
    council = programme.works_council
    if council is None or whose is None:
        return Sight(whose)
    by = tuple(each for each in council.exceptions if person and each.open(person.email, view, today))
    return Sight(whose, of_all(by), by) if by else Sight(None)


def _whose(view: View, person: Person | None, programme: Programme, author: str) -> str | None:
    if view == "not acknowledged":
        return whose_names(person, programme.names, author)
    if view == "escalation":
        return person.key if person else None  # of their own people, where the card may name them
    if person is None or view == "leaders":  # whoever may ask what leaders said sees who they are
        return ""
    return "" if may(person, _ROLES[view]) else None


_ROLES: dict[View, str] = {
    "induction": "see induction by name",
    "ideas": "decide ideas",
    "people": "see people by name",
    "sample": "see a sample by name",
}


def refusal(*actions: str) -> str:
    """The sentence for somebody who may not: "Only a leader or an administrator can do this. ..."."""
    roles = list(dict.fromkeys(str(role) for action in actions for role in WHO_MAY[action]))
    named = [("an " if role[0] in "aeiou" else "a ") + role for role in roles]
    listed = named[0] if len(named) == 1 else ", ".join(named[:-1]) + " or " + named[-1]
    return f"Only {listed} can do this. Ask an administrator if you should be one."


def second_person(rule: SecondPerson | None, people: int, everybody: int) -> str:
    """Why somebody else has to agree before it goes out, in a sentence; empty: nobody has to.

    people: whom the audience names now, of `everybody` there is: however its rule is written.
    """
    if rule is None:
        return ""
    if rule.everyone and people == everybody:
        return "What goes to everyone needs a second person to agree."
    if people > rule.above:
        return f"What goes to more than {rule.above:,} people needs a second person to agree."
    return ""
