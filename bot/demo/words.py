"""What people of the demo company write: to leaders, and leaders to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REPLIES: Sequence[str] = (
    "Does this hold for the night shift as well?",
    "We need a second calliper for this. Ours is out for calibration until Friday.",
    "Thank you. Who do I ask when the form does not fit?",
    "The drawing in the folder is still the old one.",
    "Can we have ten minutes on Monday to go through it together?",
    "Our supplier says that they cannot do this before March.",
    "I tried it yesterday and it took five minutes. Good.",
    "Is there an English version of the instruction?",
)
QUESTIONS: Sequence[str] = (
    "Does this hold for all shifts?",
    "Whom do we ask when it does not fit?",
    "By when?",
)
ANSWERS: Sequence[str] = (
    "Yes, for all shifts. Your shift lead has the list.",
    "It is ordered and comes next week.",
    "Good point. We change the form, and I tell you when it is done.",
    "Ask Marie, she has it on her desk.",
    "By the end of the month. If that is too early, tell me by Friday.",
)
REMARKS: Sequence[str] = (
    "Please say by when.",
    "Name who can be asked.",
    "Shorter, please: half of it would do.",
)
ASKED: Sequence[str] = (
    "We need somebody for two days to tidy up the measuring room before the audit.",
    "Who decides about the new waste containers? We have waited for three weeks.",
    "The training room is booked until June. Where can the new people be shown the line?",
    "We would like a screen that shows complaints next to the line.",
    "May we stop the press when the gauge is not in its place? Last time we were told to go on.",
)
KUDOS: Sequence[str] = (
    "The gauges hang where one needs them. Nobody looks for them any more.",
    "You found the mix-up before the customer did. Thank you.",
    "The new labels save us a quarter of an hour every morning.",
    "Thank you for the evening with the network drive. Nothing was lost.",
)
WHY: Mapping[int, Sequence[str]] = {
    1: ("Two of us are missing since August.", "No time for it at all."),
    2: ("Too many things at once.", "The old form again."),
    3: ("As always.",),
    4: ("The new board helps.", "We had time to do it properly."),
    5: ("A good week.", "The audit went well."),
}


@dataclass(frozen=True)
class Told:
    """One message of a leader. week: of the year, of 52; then: what becomes of it afterwards."""

    week: int
    who: str
    title: str
    text: str
    audience: str = "everyone"
    fields: Mapping[str, str] = field(default_factory=dict)  # of the form "Add to it"
    whom: Mapping[str, str] = field(default_factory=dict)  # of the form "To whom, when"
    then: str = ""  # corrected, withdrawn, paused
    acknowledge: str = "yes"


def _asks(stem: str, *options: str, clause: str = "-", replies: str = "yes") -> Mapping[str, str]:
    return {"stem": stem, "options": "\n".join(options), "clause": clause, "replies": replies}


QUALITY, CALM, SAFE = "ISO 9001:2015", "ISO 14001:2015", "ISO/IEC 27001:2022"
TOLD: Sequence[Told] = (
    Told(
        1,
        "grace",
        "Why we do this",
        "We go for three certificates this year. Customers ask for them, and they make us look at how we work.",
        fields=_asks(
            "Why do we do it?", "*To work better and show it", "For the wall", clause=f"{QUALITY} 5.1.1"
        ),
    ),
    Told(
        4,
        "linus",
        "New containers in Porto",
        "From Monday there are four containers in the yard. Oil goes into the red one, nothing else.",
        'site:"Porto"',
        _asks("What goes into the red one?", "Paper", "*Oil", "Everything", clause=f"{CALM} 8.1"),
    ),
    Told(
        6,
        "rosa",
        "Customer drawings",
        "Drawings of customers stay on the server. Nobody sends them by mail any more.",
        'team:"Engineering" or team:"Sales" or team:"Service"',
        _asks("Where do they stay?", "*On the server", "In the mail", clause=f"{SAFE} A.5.14"),
        {"except": 'site:"Vienna"', "why": "Vienna was told in person on Tuesday"},
    ),
    Told(
        9,
        "viktor",
        "Complaints: what we promise",
        "Whoever complains hears from us within one working day, also when we know nothing yet.",
        'team:"Service" or team:"Sales"',
        _asks("Within which time?", "*One working day", "A week", clause=f"{QUALITY} 8.2.1"),
    ),
    Told(
        11,
        "grace",
        "The three figures of this quarter",
        "Complaints down to 14, scrap at 2.1 %, deliveries on time at 93 %. The target for those is 95 %.",
        fields=_asks("How many deliveries are on time?", "*93 %", "95 %", clause=f"{QUALITY} 6.2.1"),
        then="corrected",
    ),
    Told(
        13,
        "linus",
        "Fire drill on Thursday",
        "At ten the alarm goes. Leave by the nearest door, meet at the flag. It takes ten minutes.",
        'site:"Porto"',
        _asks("Where do we meet?", "At the gate", "*At the flag", clause=f"{CALM} 8.2"),
        then="expires",
    ),
    Told(
        16,
        "rosa",
        "Phishing: what to do",
        "If a mail asks for a password, do not answer it. Report it with the button. Nobody is blamed for a click.",
        fields=_asks("What do you do?", "Answer it", "*Report it", clause=f"{SAFE} A.6.8"),
    ),
    Told(
        18,
        "viktor",
        "Travel rules",
        "Laptops stay with you, also in the restaurant. In trains use the privacy filter.",
        'team:"Sales" or team:"Service"',
        _asks("Where does it stay?", "*With you", "In the car", clause=f"{SAFE} A.8.1"),
    ),
    Told(
        20,
        "grace",
        "Figures of May",
        "Revenue and margin of May are attached. Please do not pass them on.",
        then="withdrawn",
    ),
    Told(
        22,
        "linus",
        "What the neighbours say",
        "Two neighbours have called about the noise of the compressor. It moves to the north side in June.",
        'site:"Porto"',
        _asks("Where does it move?", "*To the north side", "To Berlin", clause=f"{CALM} 7.4.3"),
    ),
    Told(
        25,
        "grace",
        "Half a year: thank you",
        "Half of the year is over, and every second finding is closed. Thank you for the evenings.",
        fields={"replies": "yes"},
        then="paused",
    ),
    Told(
        29,
        "rosa",
        "Summer: who stands in",
        "Every measuring plan names who stands in. If yours is empty, fill it in before you leave.",
        'team:"Engineering" or team:"Quality" or team:"Production"',
        _asks("When do you fill it in?", "*Before I leave", "In autumn", clause=f"{QUALITY} 7.1.6"),
    ),
    Told(
        33,
        "viktor",
        "Suppliers: two questions",
        "Before you order from somebody new, ask for their certificate and for the name of who answers at night.",
        'team:"Purchasing" or team:"Engineering"',
        _asks("How many questions?", "*Two", "None", clause=f"{QUALITY} 8.4.1"),
    ),
    Told(
        36,
        "grace",
        "The internal audit: what was found",
        "Seven findings, none of them serious. Three are about forms that nobody could find. They move this week.",
        fields=_asks("How many are about forms?", "*Three", "Seven", clause=f"{QUALITY} 9.2"),
    ),
    Told(
        39,
        "linus",
        "Waste: where we stand",
        "A fifth less residual waste than last year. The target is a quarter. Paper is sorted well, film is not.",
        fields=_asks("What is not sorted well?", "Paper", "*Film", clause=f"{CALM} 6.2.1"),
    ),
    Told(
        42,
        "rosa",
        "Old accounts",
        "On Friday we switch off 41 accounts that nobody has used since spring. If one is yours, say so by Thursday.",
        fields=_asks("When are they switched off?", "Today", "*On Friday", clause=f"{SAFE} A.5.18"),
        then="corrected",
    ),
    Told(
        45,
        "viktor",
        "What the auditor will ask you",
        "What you do, how you know how, and what you do when it goes wrong. Say it in your own words.",
        fields=_asks("In whose words?", "*In my own", "In those of the standard", clause=f"{QUALITY} 7.3"),
    ),
    Told(
        48,
        "linus",
        "Spill kits",
        "Each kit has a new list in the lid. Look once where yours is.",
        'site:"Porto" or team:"Logistics"',
        _asks("Where is the list?", "*In the lid", "At the gate", clause=f"{CALM} 8.2"),
    ),
    Told(
        51,
        "grace",
        "Six weeks to the audit",
        "Three days, four auditors. Nobody has to know everything: say where you would look.",
        fields=_asks(
            "What do you say when you do not know?", "Nothing", "*Where I would look", clause=f"{QUALITY} 7.3"
        ),
    ),
)
