"""What is not shown of few people or of one, who looked, and what goes when somebody is forgotten."""

from __future__ import annotations

from tests.mutations.levels import http, pytest
from tests.mutations.mutant import Edit, Mutant

SIZES = pytest("tests/handlers/numbers/test_groups.py")
COUNCIL = pytest("tests/handlers/privacy/test_council.py")
ERASING = pytest("tests/handlers/privacy/test_erasing.py")
FORGOTTEN = pytest("tests/storage/test_erasing.py", only="sqlite")
OF_FINDINGS = pytest("tests/handlers/privacy/test_erasing_findings.py")
RETENTION = pytest("tests/handlers/privacy/test_retention.py")
LOOKS = pytest("tests/storage/test_looks.py", only="sqlite")
TERMINAL = pytest("tests/bot/test_cli_person.py")
PACKS = pytest("tests/bot/test_insights_evidence.py", only="written_down")
BY_API = http("tests/bot/test_api.py", only="so_few")
AUDIENCES = "handlers/broadcasts/audiences.py"
GROUPS, MAY = "handlers/numbers/groups.py", "handlers/permissions.py"
ERASES, RETAINS = "storage/erasing.py", "handlers/privacy/retaining.py"

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "a small group takes another with it",
        "it is left out alone",
        (Edit(GROUPS, "if len(small) > 1 and sum(people[each] for each in small) >= SMALLEST:", "if True:"),),
        SIZES,
    ),
    Mutant(
        "five people are left out together",
        "two groups are enough",
        (
            Edit(
                GROUPS,
                "if len(small) > 1 and sum(people[each] for each in small) >= SMALLEST:",
                "if len(small) > 1:",
            ),
        ),
        SIZES,
    ),
    Mutant(
        "a small cell takes a cycle of cells with it",
        "it is left out alone",
        (Edit(GROUPS, "safe = _on_cycles(out) | alone", "safe = set(out)"),),
        SIZES,
    ),
    Mutant(
        "in each line of a table five people are left out together",
        "a cycle is enough",
        (Edit(GROUPS, "        out |= _too_few(size, out)\n", ""),),
        SIZES,
    ),
    Mutant(
        "in works-council mode nobody is seen by name",
        "whoever may see them without it does",
        (Edit(MAY, "if council is None or whose is None:", "if True:"),),
        COUNCIL,
    ),
    Mutant(
        "an exception is for whom it names",
        "for everybody",
        (Edit("content/council.py", " and self.who.casefold() == email.casefold()", ""),),
        COUNCIL,
    ),
    Mutant(
        "an exception ends with its day",
        "it never does",
        (Edit("content/council.py", "self.views and today <= self.until and", "self.views and"),),
        COUNCIL,
    ),
    Mutant(
        "an exception is about whom it says",
        "about everybody",
        (Edit(MAY, "return Sight(whose, of_all(by), by) if by", "return Sight(whose, None, by) if by"),),
        COUNCIL,
    ),
    Mutant(
        "a rule does not tell whether one person has acknowledged something",
        "it does",
        (Edit(AUDIENCES, "    if people < SMALLEST:\n        raise", "    if False:\n        raise"),),
        COUNCIL,
    ),
    Mutant(
        "a rule does not tell of one person by leaving them out",
        "only whom it can name is counted",
        (
            Edit(
                AUDIENCES,
                "all_of(_at_the(rule, most=True), Not(_at_the(rule, most=False)))",
                "_at_the(rule, most=True)",
            ),
        ),
        COUNCIL,
    ),
    Mutant(
        "a leader's card does not tell what few have done",
        "it does",
        (Edit("handlers/broadcasts/authored.py", "found = headway.discreet(found)", "pass"),),
        COUNCIL,
    ),
    Mutant(
        "a system is not told what few have done",
        "it is",
        (
            Edit(
                "handlers/api/requests.py",
                "discreet(found) if desk.library.programme.works_council else found",
                "found",
            ),
        ),
        BY_API,
    ),
    Mutant(
        "a look in the chat is in the ledger",
        "it is not",
        (Edit("storage/changes.py", "    looks.enter(connection, change.looked, change.at, log)\n", ""),),
        LOOKS,
    ),
    Mutant(
        "a look at the page is in the ledger",
        "it is not",
        (Edit("handlers/pages/book.py", "await who.desk.store.looked(looks, who.desk.clock.now())", "pass"),),
        COUNCIL,
    ),
    Mutant(
        "who is named to their manager is in the ledger as looked at",
        "they are not",
        (
            Edit(
                "handlers/broadcasts/escalations.py",
                "await desk.store.looked(each(now_told.looked, _keys(now_told)), desk.clock.now())",
                "pass",
            ),
        ),
        COUNCIL,
    ),
    Mutant(
        "a look at the terminal is in the ledger",
        "it is not",
        (Edit("bot/cli/numbers.py", "await house.store.looked(sheet.looked, now)", "pass"),),
        TERMINAL,
    ),
    Mutant(
        "who has a copy of somebody's data made is in the ledger",
        "it is not",
        (
            Edit(
                "bot/cli/person.py",
                'await house.store.looked([Looked("", "person export", about=who.key)], house.clock.now())',
                "pass",
            ),
        ),
        TERMINAL,
    ),
    Mutant(
        "who downloads a pack is in the ledger",
        "it is not",
        (
            Edit(
                "bot/insights/routes.py",
                "await self._desk.store.looked(evidence.looks(self._desk, person, pack), self._desk.clock.now())",
                "pass",
            ),
        ),
        PACKS,
    ),
    Mutant(
        "an erasure takes the name out of cards and pieces",
        "it stays there",
        (
            Edit(
                ERASES,
                '"cards and pieces": _contents(connection, person, shown, at),',
                '"cards and pieces": 0,',
            ),
        ),
        ERASING,
    ),
    Mutant(
        "an erasure draws the cards of others anew",
        "they keep the name in their chat",
        (Edit(ERASES, "refreshes.request(connection, sorted(again), at)", "pass"),),
        ERASING,
    ),
    Mutant(
        "an erasure takes the name out of remarks of others",
        "it stays there",
        (
            Edit(
                ERASES,
                '"remarks and reasons": _remarks(connection, person, names),',
                '"remarks and reasons": 0,',
            ),
        ),
        FORGOTTEN,
    ),
    Mutant(
        "an erasure takes the account out of keys of events",
        "it stays there",
        (Edit(ERASES, '"keys of events": _events(connection, person),', '"keys of events": 0,'),),
        FORGOTTEN,
    ),
    Mutant(
        "an erasure takes the address out of a pack that is being made",
        "it stays there",
        (
            Edit(
                ERASES,
                '"packs that they asked for": _packs(connection, person.email),',
                '"packs that they asked for": 0,',
            ),
        ),
        FORGOTTEN,
    ),
    Mutant(
        "an erasure takes away what somebody wrote about a finding",
        "it stays",
        (Edit("storage/unwritten.py", "GONE if text and name in gone else unnamed(text)", "unnamed(text)"),),
        OF_FINDINGS,
    ),
    Mutant(
        "an erasure takes the name out of what others wrote about a finding",
        "it stays there",
        (
            Edit(
                "storage/unwritten.py",
                "GONE if text and name in gone else unnamed(text)",
                "GONE if text and name in gone else text",
            ),
        ),
        OF_FINDINGS,
    ),
    Mutant(
        "retention writes its record",
        "it does not",
        (Edit(RETAINS, "    await desk.store.cleared(counts, now)\n", ""),),
        RETENTION,
    ),
    Mutant(
        "retention runs once a day, of however many processes",
        "each runs it",
        (Edit(RETAINS, "or not await desk.store.swap_value(RAN, known, today) or", "or"),),
        RETENTION,
    ),
    Mutant(
        "retention leaves an answer that all have",
        "it takes that as well",
        (
            Edit(
                "storage/retention.py",
                '.where(these, _R.answer != "", ~_R.public)',
                '.where(these, _R.answer != "")',
            ),
        ),
        FORGOTTEN,
    ),
    Mutant(
        "retention leaves the row of a greeting",
        "it takes that as well",
        (Edit("storage/retention.py", ' _D.slot != "welcome",', ""),),
        FORGOTTEN,
    ),
    Mutant(
        "an erasure takes what was written out of the inboxes that leaders asked for",
        "what was answered stays there",
        (Edit("storage/unanswered.py", "or_(inboxes, listing(", "or_(listing("),),
        ERASING,
    ),
)
