"""Corrective action: each step by who may and on what was seen; the same people asked again; few are not shown."""

from __future__ import annotations

from tests.mutations.levels import pytest
from tests.mutations.mutant import Edit, Mutant

STAGES = pytest("tests/handlers/findings/test_stages.py")
EFFECTS = pytest("tests/handlers/findings/test_effects.py")
ROWS = pytest("tests/storage/test_findings.py", only="sqlite")
CARDS, STEPS, MEASURES = (
    "handlers/findings/cards.py",
    "handlers/findings/steps.py",
    "handlers/findings/measures.py",
)
FINDINGS, REMINDS = "storage/findings.py", "storage/reminding.py"
PAGE = pytest("tests/bot/test_insights_findings.py")

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "who owns a finding does not judge it",
        "they may",
        (
            Edit(
                CARDS,
                "Stage.RETEST and lead and piece.ready and not owner:",
                "Stage.RETEST and lead and piece.ready:",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "who owns a finding does not close it",
        "they may",
        (Edit(CARDS, "Stage.EFFECTIVE and lead and not owner:", "Stage.EFFECTIVE and lead:"),),
        STAGES,
    ),
    Mutant(
        "a finding is opened by who may",
        "by anybody",
        (
            Edit(
                STEPS,
                'if not may(person, "open a finding"):\n        return sentence(',
                "if False:\n        return sentence(",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "a press on a finding is one that its card offers by now",
        "any press is taken",
        (Edit(STEPS, "or (click.verb, click.value) not in offered or click.verb", "or click.verb"),),
        STAGES,
    ),
    Mutant(
        "a form of a finding is one that its card offers by now",
        "any form is taken",
        (
            Edit(
                STEPS,
                "if click.value != str(finding.version) or (cards.OPENS, click.item) not in offered:",
                "if click.value != str(finding.version):",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "a form of a finding is for the version that was seen",
        "for whatever it says by now",
        (
            Edit(
                STEPS,
                "if click.value != str(finding.version) or (cards.OPENS, click.item) not in offered:",
                "if (cards.OPENS, click.item) not in offered:",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "a finding is seen by who has a part in it",
        "by whoever has its id",
        (
            Edit(
                "handlers/findings/listing.py",
                "if finding is None or not cards.involved(person, finding):",
                "if finding is None:",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "who has no part in a finding any more does not see it on their card",
        "they do",
        (Edit(CARDS, "if not involved(person, finding):", "if False:"),),
        STAGES,
    ),
    Mutant(
        "a finding is about a number of five people at least",
        "of any",
        (
            Edit(
                MEASURES,
                "part, of, people = await desk.store.findings.counted(about, since, until)\n"
                "    return number(part, of, people) if people >= SMALLEST else None",
                "part, of, people = await desk.store.findings.counted(about, since, until)\n"
                "    return number(part, of, people) if people else None",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "the number after an action is of five people at least",
        "of any",
        (
            Edit(
                MEASURES,
                "finding, finding.done_at, until)\n    return number(part, of, people) if people >= SMALLEST else None",
                "finding, finding.done_at, until)\n    return number(part, of, people) if people else None",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "a choice of groups for a finding leaves out the small ones",
        "all are there with their rate",
        (Edit(MEASURES, "out = hidden([rate.people(tally) for tally in planned])", "out = hidden([])"),),
        EFFECTS,
    ),
    Mutant(
        "the people of a finding's number are asked again, and nobody else",
        "whoever answered the same",
        (
            Edit(
                FINDINGS,
                "about, among = finding.about, _among(finding.id)",
                "about, among = finding.about, measured.everybody",
            ),
        ),
        EFFECTS,
    ),
    Mutant(
        "the same people's next numbers are put beside",
        "everybody's",
        (Edit(FINDINGS, "since, until, _among(finding.id))", "since, until)"),),
        EFFECTS,
    ),
    Mutant(
        "a step of a finding is written on the version that was known",
        "on any of its stage",
        (
            Edit(
                FINDINGS,
                ", _F.stage == known.stage, _F.version == known.version)",
                ", _F.stage == known.stage)",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "a finding is opened once, and who is later is told so",
        "a second one fails in the database",
        (Edit(FINDINGS, "if connection.scalar(select(_F.id).where(_F.id == finding.id)):", "if False:"),),
        ROWS,
    ),
    Mutant(
        "a finding, and an idea, is reminded of once, of however many processes",
        "each reminds",
        (
            Edit(
                REMINDS,
                "c.version == known.version, c.look_at == known.look_at)",
                "c.version == known.version)",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "nobody is reminded of what has moved on meanwhile",
        "they are",
        (
            Edit(
                REMINDS,
                "c.id == known.id, c.version == known.version, c.look_at == known.look_at)",
                "c.id == known.id, c.look_at == known.look_at)",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "the page gives the form of a finding to who may open one",
        "to everybody who may see numbers",
        (Edit("bot/insights/findings.py", "if not may(person, findings.OPEN):", "if False:"),),
        PAGE,
    ),
    Mutant(
        "the page has no form for a number of few",
        "it has",
        (
            Edit(
                "handlers/pages/findings.py",
                "beginning(desk, asked.days), now) is not None",
                "beginning(desk, asked.days), now) != 0",
            ),
        ),
        PAGE,
    ),
)
