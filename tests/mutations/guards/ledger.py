"""What vouches for the log: checkpoints made once and signed, a database and exports that are verified line by line."""

from __future__ import annotations

from tests.mutations.levels import pytest
from tests.mutations.mutant import Edit, Mutant

HOURS = pytest("tests/bot/test_notary.py")
VERIFIED = pytest("tests/bot/test_cli_ledger.py")
FORGED = pytest("tests/bot/test_cli_ledger.py", only="has_the_key or later or first_line or removed")
CHAINS = pytest("tests/storage/test_ledger.py", only="sqlite")
STAMPS = pytest("tests/bot/test_stamps.py")
CHECKPOINTS, EXPORTS = "handlers/ledger/checkpoints.py", "handlers/ledger/exports.py"
JUDGING, VERIFYING = "handlers/ledger/judging.py", "storage/verifying.py"

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "an hour has one checkpoint, of however many processes",
        "each makes its own",
        (Edit("handlers/ledger/posting.py", "if newest is None or newest.at < hour:", "if True:"),),
        HOURS,
    ),
    Mutant(
        "who is later does not keep a checkpoint with the same number",
        "there is no look",
        (
            Edit(
                "storage/checkpoints.py",
                "if connection.scalar(select(_C.number).where(_C.number >= checkpoint.number)) is not None:",
                "if False:",
            ),
        ),
        HOURS,
    ),
    Mutant(
        "who lost the key makes no second one in silence",
        "it is made",
        (Edit("bot/notary.py", "if key is None and last is None:", "if key is None:"),),
        HOURS,
    ),
    Mutant(
        "a checkpoint goes outside once",
        "everybody writes what they have",
        (
            Edit(
                "bot/notary.py",
                "for checkpoint in checkpoints if checkpoint.number > last)",
                "for checkpoint in checkpoints)",
            ),
        ),
        HOURS,
    ),
    Mutant(
        "a checkpoint has the signature of what it says",
        "it is not looked at",
        (
            Edit(
                CHECKPOINTS,
                "if not holds(checkpoint.key, checkpoint.signature, checkpoint.signed):",
                "if False:",
            ),
        ),
        HOURS,
    ),
    Mutant(
        "a checkpoint counts what its chains have",
        "any count is taken",
        (
            Edit(
                CHECKPOINTS,
                "if checkpoint.count != sum(head.sequence for head in checkpoint.heads):",
                "if False:",
            ),
        ),
        HOURS,
    ),
    Mutant(
        "a checkpoint has the number after the one before",
        "any number is taken",
        (
            Edit(
                CHECKPOINTS, "if before is not None and checkpoint.number != before.number + 1:", "if False:"
            ),
        ),
        HOURS,
    ),
    Mutant(
        "a checkpoint names the one before as it is",
        "it may name another",
        (
            Edit(
                CHECKPOINTS,
                "if before is not None and checkpoint.previous != before.fingerprint:",
                "if False:",
            ),
        ),
        HOURS,
    ),
    Mutant(
        "the first checkpoint that is there is number 1",
        "any may be",
        (Edit(JUDGING, "if not why and before is None and checkpoint.number != 1:", "if False:"),),
        VERIFIED,
    ),
    Mutant(
        "a checkpoint is signed with the key that was noted",
        "any key is taken",
        (Edit(JUDGING, "if not why and brought.keys and checkpoint.key not in brought.keys:", "if False:"),),
        VERIFIED,
    ),
    Mutant(
        "a checkpoint from outside is the one that is there",
        "its number is enough",
        (
            Edit(
                JUDGING,
                "elif not why and here is not None and here.fingerprint != checkpoint.fingerprint:",
                "elif False:",
            ),
        ),
        VERIFIED,
    ),
    Mutant(
        "entries have the hashes that a checkpoint saw",
        "they are not compared",
        (Edit(JUDGING, "if hashes.get((head.chain, head.sequence)) != head.hash:", "if False:"),),
        VERIFIED,
    ),
    Mutant(
        "a chain goes as far as a checkpoint saw",
        "it may end before",
        (Edit(JUDGING, "elif looked.whole:", "elif False:"),),
        VERIFIED,
    ),
    Mutant(
        "the hash of an exported entry is recomputed",
        "what its line says is believed",
        (
            Edit(
                EXPORTS,
                'digest = sha256(line[:-_TAIL] + b"}").hexdigest().encode()\n                #',
                "digest = line[-67:-3]\n                #",
            ),
        ),
        VERIFIED,
    ),
    Mutant(
        "an exported entry names the one before it",
        "it may name any",
        (Edit(EXPORTS, """linked = line.rfind(b'"previous":"%b"' % before) >= 0""", "linked = True"),),
        VERIFIED,
    ),
    Mutant(
        "an exported entry has the number of its place",
        "any number is taken",
        (Edit(EXPORTS, "if not _is_named(line, range_.chain, step):", "if False:"),),
        FORGED,
    ),
    Mutant(
        "the whole log begins with its first entry",
        "with any",
        (Edit(EXPORTS, 'if self.whole and (range_.first, range_.previous) != (1, ""):', "if False:"),),
        FORGED,
    ),
    Mutant(
        "a chain is in an export once",
        "it may be there in pieces",
        (Edit(EXPORTS, "if chains.count(range_.chain) > 1:", "if False:"),),
        FORGED,
    ),
    Mutant(
        "a checkpoint that is later than what is looked at proves nothing of it",
        "it counts as brought",
        (Edit(JUDGING, "len(brought.checkpoints) > proof.later", "len(brought.checkpoints) > 0"),),
        FORGED,
    ),
    Mutant(
        "an exported chain ends with the entry that its first line names",
        "it may end with another",
        (Edit(EXPORTS, "if before.decode() != range_.hash:", "if False:"),),
        FORGED,
    ),
    Mutant(
        "an export is signed as a whole",
        "any signature is taken",
        (
            Edit(
                EXPORTS,
                "if not same or (signed and not self.holds(self.key, signature, to_sign(self.digest))):",
                "if not same:",
            ),
        ),
        VERIFIED,
    ),
    Mutant(
        "every hash of the database is recomputed",
        "none is",
        (
            Edit(
                VERIFYING,
                "elif sha256(text).hexdigest() != hash_ and not _holds(connection, span.chain, sequence, hash_):",
                "elif False:",
            ),
        ),
        CHAINS,
    ),
    Mutant(
        "entries are numbered without a gap",
        "a gap is called a broken link",
        (
            Edit(
                VERIFYING,
                "if sequence != expected:\n                why",
                "if False:\n                why",
            ),
        ),
        CHAINS,
    ),
    Mutant(
        "entries are linked",
        "links are not looked at",
        (Edit(VERIFYING, "elif before != previous:", "elif False:"),),
        CHAINS,
    ),
    Mutant(
        "a time stamp is for the checkpoint that it stands beside",
        "it may be for another",
        (
            Edit(
                "bot/stamps.py",
                "if info.message_imprint.message != hashlib.sha256(text).digest():",
                "if False:",
            ),
        ),
        STAMPS,
    ),
    Mutant(
        "a time stamp comes from the authority that was given",
        "from anybody",
        (Edit("bot/stamps.py", "builder.build().verify_message(response, text)", "pass"),),
        STAMPS,
    ),
)
