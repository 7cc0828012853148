"""Item analysis: whether a question is a good one, from how people answered it when they met it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from content.markup import escape
from handlers.learning.gathered import gathered, of_when
from handlers.learning.lessons import QUESTIONS
from handlers.numbers.counts import Answers
from handlers.numbers.definitions import CHOSEN, DIFFICULTY, DISCRIMINATION, TIME
from handlers.numbers.groups import FEWER, few
from handlers.numbers.intervals import discrimination, wilson
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars, shortened

ENOUGH = 30  # answers from which an item is judged
DEAD, EASY = 0.05, 0.95  # an option chosen by fewer; an item that more answer rightly
UNITS = ((86_400_000.0, "d"), (3_600_000.0, "h"), (60_000.0, "min"), (1000.0, "s"))
Flag = tuple[str, str]
"""In a word or two for a table, and as a sentence."""


async def items(scope: Scope) -> Sheet:
    """All versions that were met in the period, or the one item that is asked for, in full."""
    known = await gathered(scope, QUESTIONS)
    found, of_days = known.rows, of_when(scope.desk, known, scope.zone)
    if scope.word:
        return _one(scope, [answers for answers in found if answers.item.id == scope.word], of_days)
    versions = Counter(answers.item.id for answers in found)
    found = sorted(found, key=_urgency)
    flagged = [answers for answers in found if _judged(answers) and flags(answers)]
    return Sheet(
        title=f"Questions{scope.of_whom}",
        says=tuple(_remark(answers) for answers in flagged[:5])
        if found
        else ("Nobody has met a question in this period.",),
        header=(
            "Question",
            DIFFICULTY.short,
            DISCRIMINATION.short,
            "To look at",
            CHOSEN.short,
            TIME.short,
        ),
        narrow=4,
        rows=tuple(_row(answers, versions[answers.item.id] > 1) for answers in found),
        notes=(
            f"{of_days} People's first answers to each version. Judged from {ENOUGH} answers on.",
            "One in full, with the share of each option and the median time: `stats items` and its name.",
        ),
        data=tuple(_data(answers) for answers in found),
    )


def flags(answers: Answers) -> tuple[Flag, ...]:
    """What to look at, the most urgent first."""
    if not _judged(answers):
        why = FEWER if few(answers.people) else f"too few answers ({answers.people}) to judge"
        return ((why, f"{why.capitalize()}: from {ENOUGH} on it is judged."),)
    found: list[Flag] = []
    value = discrimination(answers)
    if value is not None and value < 0:
        found.append(
            (
                "wrong key?",
                f"Discrimination is {value:.2f}: those who know the rest fail here. Look for a wrong key.",
            )
        )
    for letter in answers.item.options:
        part = answers.options.get(letter, 0) / answers.people
        if part < DEAD and letter != answers.item.key:
            found.append(
                (
                    f"dead {letter}",
                    f"Option {letter} is a dead distractor: {part:.0%} chose it. Write another.",
                )
            )
    if answers.right / answers.people > EASY:
        easy = f"Very easy: {answers.right / answers.people:.0%} are right. That is fine for what must be mastered."
        found.append(("very easy", easy))
    return tuple(found)


def lasted(milliseconds: float | None) -> str:
    """In the largest unit of which there are two: "45 s", "90 min"."""
    if milliseconds is None:
        return "-"
    size, unit = next((u for u in UNITS if milliseconds >= 2 * u[0]), UNITS[-1])
    return f"{milliseconds / size:.0f} {unit}"


def _judged(answers: Answers) -> bool:
    return answers.people >= ENOUGH


def _urgency(answers: Answers) -> tuple[bool, float, str, str]:
    """What is judged before what is not, the lowest discrimination first."""
    value = discrimination(answers) if _judged(answers) else None
    return not _judged(answers), value if value is not None else 1.0, answers.item.id, answers.version


def _one(scope: Scope, found: Sequence[Answers], of_days: str) -> Sheet:
    """The version that most people met, with the others named."""
    item = scope.desk.library.items.get(scope.word)
    if not found:
        known = (
            f"Nobody has met {scope.word} in this period." if item else f"There is no question {scope.word}."
        )
        return Sheet(title="A question", says=(escape(known),), notes=(f"{of_days} All: `stats items`.",))
    answers = max(found, key=lambda each: (each.people, each.version))
    item = answers.item
    says = [escape(item.stem)]
    says += [escape(f"{letter}: {words}") for letter, words in item.options.items()]
    others = f" {len(found) - 1} more versions were met." if len(found) > 1 else ""
    shown = not few(answers.people)
    return Sheet(
        title=shortened(f"Question: {item.title or item.id}", 150),
        facts=(
            ("Answers", f"{answers.people:,}" if shown else FEWER),
            *(_figures(answers) if shown else ()),
            ("Clauses", ", ".join(str(clause) for clause in item.clauses) or "none"),
        ),
        says=("\n\n".join(says), *(escape(sentence) for _, sentence in flags(answers))),
        charts=bars("Chosen by", _chosen(answers)) if shown else (),
        notes=(f"{of_days} {item.id}, version {answers.version[:8]}.{others} People's first answers.",),
        data=(_data(answers),),
    )


def _figures(answers: Answers) -> tuple[tuple[str, str], ...]:
    value = discrimination(answers) if _judged(answers) else None
    return (
        (DIFFICULTY.name.capitalize(), str(wilson(answers.right, answers.people))),
        (
            DISCRIMINATION.name.capitalize(),
            "too few to tell" if value is None else f"{value:.2f} (of {answers.pairs:,})",
        ),
        (TIME.name.capitalize(), lasted(answers.median_ms)),
    )


def _chosen(answers: Answers) -> Iterable[tuple[str, float]]:
    for letter in answers.item.options:
        name = f"{letter} (the key)" if letter == answers.item.key else letter
        yield name, 100 * answers.options.get(letter, 0) / answers.people


def _remark(answers: Answers) -> str:
    sentences = " ".join(sentence for _, sentence in flags(answers))
    return f"**{escape(answers.item.id)}**: {escape(sentences)}"


def _row(answers: Answers, several: bool) -> tuple[str, ...]:
    name = answers.item.id + (f" ({answers.version[:8]})" if several else "")
    if few(answers.people):
        return name, FEWER, "-", "too few answers to judge", "-", "-"
    value = discrimination(answers)
    options = " ".join(
        f"{letter}{'*' if letter == answers.item.key else ''} {answers.options.get(letter, 0) / answers.people:.0%}"
        for letter in answers.item.options
    )
    return (
        name,
        f"{answers.right / answers.people:.0%} of {answers.people:,}",
        "-" if value is None or not _judged(answers) else f"{value:.2f}",
        ", ".join(word for word, _ in flags(answers)) or "nothing",
        options,
        lasted(answers.median_ms),
    )


def _data(answers: Answers) -> Mapping[str, str | float | None]:
    found: dict[str, str | float | None] = {"item": answers.item.id, "version": answers.version}
    if few(answers.people):
        return found | {"answers": None}
    options = {f"option {letter}": answers.options.get(letter, 0) for letter in answers.item.options}
    return found | {
        "answers": answers.people,
        "right": answers.right,
        "discrimination": discrimination(answers),
        "pairs": answers.pairs,
        "median_ms": answers.median_ms,
        **options,
    }
