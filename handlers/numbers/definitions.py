"""Each number that is learnt from answers: its name, its unit and its formula, written down once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """`short` heads a narrow column."""

    name: str
    short: str
    unit: str
    formula: str


RECALL = Definition(
    "recall",
    "Recall now",
    "%",
    "mean chance, by FSRS-6's curve of forgetting, that people know today what they have met of the items meant for "
    "them; interval: 95 %, people as clusters",
)
RECALL_AT_AUDIT = Definition(
    "recall at the audit",
    "At the audit",
    "%",
    "the same on the day of the standard's next audit, if nothing is asked",
)
COVERAGE = Definition(
    "coverage",
    "Met",
    "%",
    "pairs of person and item that were ever answered, of all pairs of an item meant for a person",
)
CONFIDENTLY_WRONG = Definition(
    "confidently wrong", "Certain and wrong", "%", "wrong answers, of the answers given as certain"
)
DIFFICULTY = Definition(
    "share right", "Right", "%", "right, of people's first answers to a version of an item"
)
DISCRIMINATION = Definition(
    "discrimination",
    "Discrim.",
    "-1 to 1",
    "correlation between right or wrong here and the share right of the person's other first answers",
)
CHOSEN = Definition(
    "share of an option", "Chosen", "%", "who chose it, of people's first answers to the item"
)
TIME = Definition(
    "median time", "Time", "time", "half of the first answers came within it, counted from the delivery"
)
DELAYED = Definition(
    "delayed recall",
    "Right",
    "%",
    "right, of the answers 4 to 14, 20 to 45 and 60 to 135 days after a person's first to the item (the first in each "
    "window); Wilson's interval of 95 %",
)
INDUCTION = Definition(
    "induction in time",
    "Within 48 h",
    "%",
    "people who answered or acknowledged something of a `joined` campaign within 48 hours from the beginning of their "
    "first day (local time), of those whose first day is in the period and whose 48 hours are over",
)
MASTERED = Definition(
    "mastered", "Mastered", "items", "stability of 21 days or more, and the last answer was right"
)
LEARNING = Definition("learning", "Learning", "items", "met, and not mastered")
NEW = Definition("new", "New", "items", "meant for the person, and not met")
POINTS = Definition(
    "points", "Points", "points", "1, 2 or 3 for a right answer by certainty; 0, -2 or -6 for a wrong one"
)
SEEN = Definition(
    "seen at least",
    "Seen",
    "%",
    "read as Teams tells, or anything was pressed, of the messages sent; of all others it is not known",
)
UNDERSTOOD = Definition(
    "understood", "Understood", "%", "its question was answered right, of the messages sent that have one"
)
TIME_TO_ACKNOWLEDGE = Definition(
    "time to acknowledge",
    "Time",
    "time",
    "half of those who acknowledged a message had done so within it, counted from when it was sent to them",
)
PEOPLE_REACHED = Definition(
    "people reached",
    "People reached",
    "people",
    "different people to whom a leader's messages of the period were sent, however many each got",
)
REPLY_RATE = Definition(
    "reply rate",
    "Answered",
    "%",
    "replies that their leader has answered, of those received in the period that want an answer (all but those set "
    "aside); from 5 on",
)
TIME_TO_ANSWER = Definition(
    "time to answer", "Half within", "time", "half of the answers came within it, counted from the reply"
)
KUDOS = Definition(
    "kudos given", "Kudos", "kudos", "given to teams in the period, without those that were withdrawn"
)
FINDINGS_OPEN = Definition("findings open", "Open", "findings", "opened and not closed, as they stand now")
FINDINGS_OVERDUE = Definition(
    "findings overdue",
    "Overdue",
    "findings",
    "of the open ones, those whose due date has passed and that their owner has not done",
)
CLOSED_IN_TIME = Definition(
    "corrective actions in time",
    "In time",
    "%",
    "done by their due date, as their owner said, of the findings closed in the period; Wilson's interval from 5 on",
)
HELPED = Definition(
    "corrective actions effective",
    "Helped",
    "%",
    "judged to have helped, of all judgements of the period; Wilson's interval from 5 on",
)
DEFINITIONS = (
    *(
        RECALL,
        RECALL_AT_AUDIT,
        COVERAGE,
        CONFIDENTLY_WRONG,
        DIFFICULTY,
        DISCRIMINATION,
        CHOSEN,
        TIME,
        DELAYED,
    ),
    *(INDUCTION, MASTERED, LEARNING, NEW, POINTS),
    *(REPLY_RATE, TIME_TO_ANSWER, KUDOS),
    *(FINDINGS_OPEN, FINDINGS_OVERDUE, CLOSED_IN_TIME, HELPED),
    *(SEEN, UNDERSTOOD, TIME_TO_ACKNOWLEDGE, PEOPLE_REACHED),
)
