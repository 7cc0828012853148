"""Each number of the house: its name, unit, formula and version, and who may see it, written down once."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.learning.nightly import AT_ONCE

NUMBERS = ("see everybody's numbers", "see the own team's numbers")
UP_TO = f"everybody's ends with the day before where more than {AT_ONCE:,} pairs of person and item were met"
SAME_DAYS = "of the same days as the share right"
MESSAGES = ("see everybody's numbers", "broadcast")


_SEEN_BY = {
    NUMBERS: "who may see everybody's; managers of their own people",
    MESSAGES: "who may see everybody's; leaders of their own",
    (): "each person of themselves",
}


@dataclass(frozen=True)
class Definition:
    """`short` heads a narrow column; version: counted up when the same history would give another number.

    who: what one must be allowed to do (`handlers.permissions`), one of these; empty: everybody, of themselves.
    """

    name: str
    short: str
    unit: str
    formula: str
    version: int = 1
    who: tuple[str, ...] = NUMBERS

    @property
    def seen_by(self) -> str:
        """In words."""
        return _SEEN_BY[self.who]


REACH = Definition("reach", "Reached", "%", "deliveries sent, of all planned")
SEEN_RATE = Definition(
    "seen", "Seen", "%", "known to be read, or something was done with it, of the deliveries sent"
)
ACKNOWLEDGEMENT = Definition(
    "acknowledgement rate",
    "Acknowledged",
    "%",
    "acknowledged, of the messages sent that ask for it and were not withdrawn",
)
UNDERSTANDING = Definition(
    "understanding",
    "Understood",
    "%",
    "the question under it was answered right, of the messages sent that have one",
)
PARTICIPATION = Definition(
    "participation rate", "Active", "%", "something was done with it, of the deliveries sent", version=2
)
ACCURACY = Definition("accuracy", "Right", "%", "right answers, of all answers")
WITHIN_A_DAY = Definition(
    "response within a day",
    "In a day",
    "%",
    "within 24 hours of the delivery, of the acknowledgements and answers",
)
RESPONSE_TIME = Definition(
    "response time",
    "Response",
    "time",
    "mean time from the delivery, of the acknowledgements and answers",
)
TRAINING = Definition(
    "training time",
    "Training",
    "minutes",
    "from the delivery to the answer, with two minutes at most for each: what was opened later counts as two",
)
LEADERS_ACTIVITY = Definition(
    "leaders' activity",
    "Messages",
    "messages",
    "messages of a leader whose first slot fell due in the period",
    who=MESSAGES,
)

RECALL = Definition(
    "recall",
    "Recall now",
    "%",
    "mean chance, by FSRS-6's curve of forgetting, that people know today what they have met of the items meant for "
    f"them; everybody's is as of last night where more than {AT_ONCE:,} pairs of person and item were met; "
    "interval: 95 %, people as clusters",
    version=2,
)
RECALL_AT_AUDIT = Definition(
    "recall at the audit",
    "At the audit",
    "%",
    "the same on the day of the standard's next audit, if nothing is asked",
    version=2,
)
COVERAGE = Definition(
    "coverage",
    "Met",
    "%",
    "pairs of person and item that were ever answered, of all pairs of an item meant for a person; as of the same day",
    version=2,
)
CONFIDENTLY_WRONG = Definition(
    "confidently wrong",
    "Certain and wrong",
    "%",
    f"wrong answers, of the answers given as certain; {UP_TO}",
    version=2,
)
DIFFICULTY = Definition(
    "share right",
    "Right",
    "%",
    f"right, of people's first answers to a version of an item; {UP_TO}",
    version=2,
)
DISCRIMINATION = Definition(
    "discrimination",
    "Discrim.",
    "-1 to 1",
    "correlation between right or wrong here and the share right of the person's other first answers; "
    + SAME_DAYS,
    version=2,
)
CHOSEN = Definition(
    "share of an option",
    "Chosen",
    "%",
    f"who chose it, of people's first answers to the item; {SAME_DAYS}",
    version=2,
)
TIME = Definition(
    "median time",
    "Time",
    "time",
    f"half of the first answers came within it, counted from the delivery; {SAME_DAYS}",
    version=2,
)
DELAYED = Definition(
    "delayed recall",
    "Right",
    "%",
    "right, of the answers 4 to 14, 20 to 45 and 60 to 135 days after a person's first to the item (the first in each "
    f"window); {UP_TO}; Wilson's interval of 95 %",
    version=2,
)
INDUCTION = Definition(
    "induction in time",
    "Within 48 h",
    "%",
    "people who answered or acknowledged something of a `joined` campaign within 48 hours from the beginning of their "
    "first day (local time), of those whose first day is in the period and whose 48 hours are over",
)
MASTERED = Definition(
    "mastered",
    "Mastered",
    "items",
    "stability of 21 days or more, and the last answer was right",
    who=(),
)
LEARNING = Definition("learning", "Learning", "items", "met, and not mastered", who=())
NEW = Definition("new", "New", "items", "meant for the person, and not met", who=())
POINTS = Definition(
    "points",
    "Points",
    "points",
    "1, 2 or 3 for a right answer by certainty; 0, -2 or -6 for a wrong one",
    who=(),
)
SEEN = Definition(
    "seen at least",
    "Seen",
    "%",
    "read as Teams tells, or anything was pressed, of the messages sent; of all others it is not known",
    who=MESSAGES,
)
UNDERSTOOD = Definition(
    "understood",
    "Understood",
    "%",
    "its question was answered right, of the messages sent that have one",
    who=MESSAGES,
)
TIME_TO_ACKNOWLEDGE = Definition(
    "time to acknowledge",
    "Time",
    "time",
    "half of those who acknowledged a message had done so within it, counted from when it was sent to them",
    who=MESSAGES,
)
PEOPLE_REACHED = Definition(
    "people reached",
    "People reached",
    "people",
    "different people to whom a leader's messages of the period were sent, however many each got",
    who=MESSAGES,
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
IDEAS_PROPOSED = Definition(
    "ideas proposed",
    "Proposed",
    "per 100 people",
    "proposed in the period, per 100 of the people who are here now",
)
IDEAS_DECIDED = Definition(
    "ideas decided",
    "Decided",
    "%",
    "accepted or declined by now, of those proposed in the period; Wilson's interval from 5 on",
)
TIME_TO_DECIDE = Definition(
    "time until decided",
    "Half within",
    "time",
    "half of the ideas decided in the period were decided within it, counted from when they were proposed",
)
IDEAS_ACCEPTED = Definition(
    "ideas accepted",
    "Accepted",
    "%",
    "accepted and not declined since, of those decided in the period; Wilson's interval from 5 on",
)
DEFINITIONS = (
    *(REACH, SEEN_RATE, ACKNOWLEDGEMENT, UNDERSTANDING, PARTICIPATION, ACCURACY),
    *(WITHIN_A_DAY, RESPONSE_TIME, TRAINING, LEADERS_ACTIVITY),
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
    *(IDEAS_PROPOSED, IDEAS_DECIDED, TIME_TO_DECIDE, IDEAS_ACCEPTED),
    *(FINDINGS_OPEN, FINDINGS_OVERDUE, CLOSED_IN_TIME, HELPED),
    *(SEEN, UNDERSTOOD, TIME_TO_ACKNOWLEDGE, PEOPLE_REACHED),
)
