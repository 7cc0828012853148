"""Ideas: each step by who may and on what was known; nobody decides their own; no name where none is to be."""

from __future__ import annotations

from tests.mutations.levels import pytest
from tests.mutations.mutant import Edit, Mutant

STAGES = pytest("tests/handlers/ideas/test_stages.py")
UNNAMED = pytest("tests/handlers/ideas/test_unnamed.py")
RATES = pytest("tests/handlers/ideas/test_rates.py")
FORGOTTEN = pytest("tests/handlers/privacy/test_erasing_ideas.py")
ROWS = pytest("tests/storage/test_ideas.py", only="sqlite")
CARDS, STEPS, HAD, RATED, IDEAS = (
    "handlers/ideas/cards.py",
    "handlers/ideas/steps.py",
    "handlers/ideas/proposing.py",
    "handlers/ideas/rates.py",
    "storage/ideas.py",
)

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "whoever had an idea does not decide it",
        "they do, if they may decide others",
        (
            Edit(
                CARDS, 'may(person, "decide ideas") and not own(person, idea)', 'may(person, "decide ideas")'
            ),
        ),
        STAGES,
    ),
    Mutant(
        "an idea is seen by who has a part in it",
        "by everybody",
        (
            Edit(
                "handlers/ideas/listing.py",
                "if idea is None or not cards.involved(person, idea):",
                "if idea is None:",
            ),
        ),
        STAGES,
    ),
    Mutant(
        "who owns an idea no more does not see it on their card",
        "they do",
        (Edit(CARDS, "if not involved(person, idea):", "if False:"),),
        STAGES,
    ),
    Mutant(
        "a form of an idea is one that its card offers by now",
        "any form is taken",
        (Edit(STEPS, "if (cards.WEIGHS, click.item) not in _offered(card):", "if False:"),),
        STAGES,
    ),
    Mutant(
        "so many ideas of one person are undecided at once",
        "any number is taken in",
        (Edit(HAD, "return ENOUGH if undecided >= MOST", "return ENOUGH if False"),),
        STAGES,
    ),
    Mutant(
        "an idea without a name forgets whose it was when it ends",
        "it is kept",
        (Edit(STEPS, 'whose = "" if known.anonymous else known.person', "whose = known.person"),),
        UNNAMED,
    ),
    Mutant(
        "the entry of an idea without a name leads to nobody",
        "it has who acted",
        (Edit(IDEAS, "(_NOBODY if unnamed else {})", "{}"),),
        ROWS,
    ),
    Mutant(
        "who had an idea without a name gets nothing that leads to it",
        "they get its card",
        (Edit("handlers/ideas/reminding.py", "if not idea.anonymous:\n", "if True:\n"),),
        UNNAMED,
    ),
    Mutant(
        "an idea without a name is handed over at the next quarter of an hour",
        "at once",
        (Edit("handlers/ideas/reminding.py", "quarter(desk.clock.now()) if new else desk", "desk"),),
        UNNAMED,
    ),
    Mutant(
        "who decides ideas has theirs with a name",
        "or without",
        (Edit(HAD, 'elif anonymous and may(person, "decide ideas"):', "elif False:"),),
        UNNAMED,
    ),
    Mutant(
        "where the programme takes no ideas without a name none is kept",
        "it is",
        (Edit(HAD, "if anonymous and not desk.library.programme.anonymous_replies:", "if False:"),),
        UNNAMED,
    ),
    Mutant(
        "a step of an idea is written on the version that was known",
        "on any of the same stage",
        (
            Edit(
                IDEAS,
                "_I.stage == known.stage, _I.version == known.version)",
                "_I.stage == known.stage)",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "of ideas of few people no more is told than how many",
        "everything is",
        (
            Edit(
                RATED,
                "if found.few or not (found.proposed or found.decided):",
                "if not (found.proposed or found.decided):",
            ),
        ),
        RATES,
    ),
    Mutant(
        "ideas of few people are not told to their manager",
        "how many is",
        (Edit(RATED, "if found.few and of_manager:", "if False:"),),
        RATES,
    ),
    Mutant(
        "an erasure takes away what somebody wrote about an idea",
        "it stays",
        (
            Edit(
                "storage/untold.py",
                "GONE if (row.idea, row.version) in mine else unnamed(row.text)",
                "unnamed(row.text)",
            ),
        ),
        FORGOTTEN,
    ),
    Mutant(
        "an erasure takes an idea out of the lists that others asked for",
        "it stays there",
        (Edit("storage/untold.py", "select(_D.id).where(or_(cards, lists))", "select(_D.id).where(cards)"),),
        FORGOTTEN,
    ),
)
