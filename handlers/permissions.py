"""Who may do what: one table, decided by the roles of the signed identity and by nothing else."""

from __future__ import annotations

from content.programme import Names, SecondPerson
from handlers.model import Person, Role

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
    "see evidence": (Role.QUALITY_LEAD, Role.AUDITOR, Role.ADMINISTRATOR),
    "see induction by name": (Role.QUALITY_LEAD, Role.ADMINISTRATOR),
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
