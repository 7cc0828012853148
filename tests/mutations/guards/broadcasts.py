"""What a leader sends: taken back, approved by a second person, changed by one at a time."""

from __future__ import annotations

from tests.mutations.levels import http, pytest
from tests.mutations.mutant import Edit, Mutant

RECALL = http("tests/test_recall.py", only="slack")
DOUBT = pytest("tests/handlers/test_deliver.py")
APPROVALS = pytest("tests/handlers/broadcasts/test_approvals.py")
STEPS = pytest("tests/storage/test_broadcasts.py", only="sqlite")
BY_API = http("tests/bot/test_api.py")
ENDS = "storage/ends.py"

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "a recall stops what waits",
        "only what is on its way is told",
        (
            Edit(
                "storage/rosters.py",
                "_D.status.in_((Status.PENDING, *_UNDER_WAY)), ~_D.withdrawn",
                "_D.status.in_(_UNDER_WAY), ~_D.withdrawn",
            ),
        ),
        RECALL,
    ),
    Mutant(
        "a recall takes away what is being sent, when it has arrived",
        "it stays",
        (Edit(ENDS, 'unwanted += [(where, change["to_receipt"])] if row.withdrawn else []', "pass"),),
        RECALL,
    ),
    Mutant(
        "what is recalled in doubt is not called stopped",
        "it is",
        (Edit(ENDS, "status is Status.PENDING and resolved_by == BY_POLICY:", "False:"),),
        DOUBT,
    ),
    Mutant(
        "nobody is asked to approve their own",
        "its author is",
        (
            Edit(
                "handlers/broadcasts/approvals.py",
                "if person.key != broadcast.author and person.address]",
                "if person.address]",
            ),
        ),
        APPROVALS,
    ),
    Mutant(
        "nobody approves their own",
        "who may approve may approve that too",
        (
            Edit(
                "handlers/broadcasts/approvals.py",
                'return NOT_YOUR_OWN if person.key == broadcast.author else ""',
                'return ""',
            ),
        ),
        BY_API,
    ),
    Mutant(
        "an approval is for the version that was seen",
        "for whatever it says by now",
        (
            Edit(
                "handlers/broadcasts/approvals.py",
                "if waits and broadcast.version == piece.version:",
                "if waits:",
            ),
        ),
        APPROVALS,
    ),
    Mutant(
        "a step is written on the version that was known",
        "on any",
        (Edit("storage/broadcasts.py", ", _B.version == known.version)", ")"),),
        STEPS,
    ),
)
