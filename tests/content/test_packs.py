"""A content author learns of every mistake at once, with file, line, entry and field."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import get_args

import pytest

from content.digests import Digest
from content.packs import BadPack, check_pack, load
from content.pieces import Clause, Draft, Message, Piece, Quiz
from content.shelf import HERE, KINDS, WRITTEN, plural

PACK = 'name: ours\ntitle: Our pack\nlanguage: de\nstandards: ["ISO 9001:2015"]\n'
QUIZZES = """quizzes:
  - id: why-quality
    title: Why quality
    clauses: ["ISO 9001:2015 7.3"]
    items:
      - stem: Who notices first?
        options: {A: The customer, B: The auditor, C: Nobody}
        key: A
        explanation: It is the customer who uses the part.
"""
ITEMS = """items:
  - id: spare-label
    title: A label
    clauses: ["ISO 9001:2015 8.5.2"]
    stem: A label is left over. What now?
    options: {A: Keep it for tomorrow, B: Find the part it belongs to}
    key: B
    explanation: Somewhere a part is without one.
    audience: [operations, manager]
"""
PROGRAMME = """organisation: Example Works
zone: Europe/Berlin
standards:
  - {standard: ISO 9001, edition: 2015, audits: [{kind: stage 1, date: 2027-03-16}]}
packs: [ours]
quiet: {from: 18:00, until: 08:00}
rota: [grace@example.org]
campaigns:
  - id: weekly-quiz
    title: Quiz
    cadence: {repeat: weekly, days: [tue], at: 10:30}
    starts: 2026-11-03
    pieces: [why-quality]
"""

House = Callable[..., Path]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A programme with one pack; each file can be replaced."""
    monkeypatch.chdir(tmp_path)

    def build(programme: str = PROGRAMME, **files: str) -> Path:
        (tmp_path / "ours").mkdir(exist_ok=True)
        for name, text in ({"pack": PACK, "quizzes": QUIZZES} | files).items():
            (tmp_path / "ours" / f"{name}.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "works.yaml").write_text(programme, encoding="utf-8")
        return tmp_path / "works.yaml"

    return build


def mistakes(path: Path) -> list[str]:
    with pytest.raises(BadPack) as bad:
        load(path)
    assert str(bad.value) == "\n".join(str(mistake) for mistake in bad.value.mistakes)
    return [str(mistake) for mistake in bad.value.mistakes]


def test_a_programme_and_its_pack_become_a_library(house: House) -> None:
    library = load(house())
    quiz = library.piece("why-quality")
    assert isinstance(quiz, Quiz)
    assert quiz.clauses == (Clause(standard="ISO 9001", edition="2015", clause="7.3"),)
    assert quiz.language == "de"
    assert library.of_kind("quiz") == (quiz,)
    assert [str(standard) for standard in library.programme.standards] == ["ISO 9001:2015"]
    assert library.programme.campaigns[0].cadence.at.isoformat() == "10:30:00"
    with pytest.raises(KeyError):
        library.piece("nothing")


def test_a_mistake_names_file_line_entry_and_field(house: House) -> None:
    assert mistakes(house(quizzes=QUIZZES.replace("key: A", "key: D"))) == [
        "ours/quizzes.yaml:8: why-quality: key: must be one of A, B, C"
    ]


def test_all_mistakes_of_all_files_come_at_once(house: House) -> None:
    found = mistakes(
        house(
            PROGRAMME.replace("Europe/Berlin", "Europe/Berlyn").replace("[why-quality]", "[why-qualty]"),
            quizzes=QUIZZES.replace("explanation:", "explanaton:").replace("ISO 9001:2015", "ISO 9001:2026"),
            milestones="milestones:\n  - {id: first, scope: team, title: First}\n",
            messages="messages: [\n",
            pulses="pulsees: []\n",
        )
    )
    assert found == [
        "ours/messages.yaml:2: is not YAML here: did not find expected node content. A text that holds a colon and "
        "a space, or begins with a sign such as [ { * & !, needs double quotes",
        "ours/milestones.yaml:2: first: text: is missing",
        f"ours/pulses.yaml:1: pulsees: is no kind of piece; there are {', '.join(WRITTEN)}; did you mean `pulses`?",
        "ours/quizzes.yaml:4: why-quality: clauses: ISO 9001:2026 is not a standard of the pack (ISO 9001:2015)",
        "ours/quizzes.yaml:6: why-quality: explanation: is missing",
        "ours/quizzes.yaml:9: why-quality: explanaton: is not a field here; did you mean `explanation`?",
        'works.yaml:2: zone: "Europe/Berlyn" is not a time zone; write one such as Europe/Berlin',
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("key: A", "key: a", "8: why-quality: key: must be the letter of an option, A to E"),
        ("C: Nobody}", "F: Nobody}", "7: why-quality: F: must stand under the letters A to E"),
        (", B: The auditor, C: Nobody}", "}", "7: why-quality: options: must be two to five"),
        ("C: Nobody}", "C: the customer}", "7: why-quality: options: two of them say the same"),
        ("id: why-quality", "id: Why Quality", "2: Why Quality: id: must be 2 to 64 small letters"),
        ("    title: Why quality\n", "", "2: why-quality: title: is missing"),
        ("title: Why quality", "title:", "3: why-quality: title: is empty"),
        ("title: Why quality", 'title: " "', "3: why-quality: title: is empty"),
        ("title: Why quality", "title: [Why]", "3: why-quality: title: must be a text"),
        ("title: Why quality", "title: Why: quality", "3: is not YAML here: mapping values are not allowed"),
        ("    title: Why quality", "    title: A\n    title: B", "4: why-quality: title: is there twice"),
        ("title: Why quality", "title: !!python/name:os.system x", "3: the tag"),
        ("title: Why quality", "title: *other", "3: *other refers to another place; write it out instead"),
        ("title: Why quality", "? [a]\n    : b", "3: a name must be a plain word"),
        ("title: Why quality", "title: " + "[" * 20 + "]" * 20, "3: lists and fields are more than 12 deep"),
        (
            '["ISO 9001:2015 7.3"]',
            "[awareness]",
            '4: why-quality: clauses: must be written like "ISO 9001:2015',
        ),
        ('["ISO 9001:2015 7.3"]', "7.3", "4: why-quality: clauses: must be a list"),
        ("items:\n", "items: []\n    also:\n", "5: why-quality: items: needs at least 1, has 0"),
        ("quizzes:\n", "quizzes: {}\nalso:\n", "1: quizzes: must be a list"),
        (
            "quizzes:\n",
            "quizes:\n",
            f"1: quizes: is no kind of piece; there are {', '.join(WRITTEN)}; did",
        ),
        ("quizzes:\n", "quizzes:\n  - why\n", "2: quizzes: must be fields with values"),
        ("quizzes:\n", "- a\n---\nquizzes:\n", "1: must begin with a name and a colon, such as quizzes:"),
        (QUIZZES, QUIZZES + "---\n" + QUIZZES, "10: holds more than one document"),
        (QUIZZES, QUIZZES + QUIZZES[9:], "10: why-quality: id: is already used at ours/quizzes.yaml:2"),
        (QUIZZES, "quizzes:\n  - \x07\n", "1: is not YAML: "),
    ],
)
def test_each_mistake_in_a_piece_is_a_sentence(house: House, old: str, new: str, said: str) -> None:
    found = mistakes(house(quizzes=QUIZZES.replace(old, new)))
    assert any(mistake.startswith(f"ours/quizzes.yaml:{said}") for mistake in found), found


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("picture: https://example.org/a.png", "2: hello: picture_alt: must say what the picture shows"),
        ("picture: http://example.org/a.png", "3: hello: picture: must begin with https://"),
        ("link: ftp://example.org", "3: hello: link: must begin with https://"),
        ("acknowledge: perhaps", "3: hello: acknowledge: must be true or false"),
        ("kind: quiz", "3: hello: kind: must be 'message'"),
    ],
)
def test_each_mistake_in_a_message_is_a_sentence(house: House, field: str, said: str) -> None:
    text = f"messages:\n  - id: hello\n    {field}\n    title: Hello\n    text: Hello\n"
    found = mistakes(house(messages=text))
    assert any(mistake.startswith(f"ours/messages.yaml:{said}") for mistake in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "pieces: [why-quality]",
            "pieces: [why-qualty]",
            'pieces: no pack has a piece "why-qualty"; did you mean',
        ),
        (
            "pieces: [why-quality]",
            "pieces: []",
            "must have either pieces, or the number of questions to choose for each person",
        ),
        ("    starts: 2026-11-03\n", "", "a cadence that repeats needs `starts`"),
        ("starts: 2026-11-03", "starts: tomorrow", "starts: must be written like 2026-11-23"),
        ("at: 10:30", "at: 1030", "at: must be written like 09:30"),
        ("days: [tue]", "days: [tuesday]", "days: must be 'mon', 'tue'"),
        ("repeat: weekly", "repeat: yearly", "repeat: must be 'daily', 'weekly' or 'monthly'"),
        (
            "starts: 2026-11-03",
            "starts: 2026-11-03\n    grace: soon",
            "grace: must be a whole number of hours",
        ),
        (
            "starts: 2026-11-03",
            "starts: 2026-11-03\n    audience: teem:A",
            "audience: at character 1 of the aud",
        ),
        ("starts: 2026-11-03", "starts: 2026-11-03\n    policy: maybe", "policy: must be 'at_least_once' or"),
        (
            "starts: 2026-11-03",
            "starts: 2026-11-03\n    mandatory: often",
            "mandatory: must be true or false",
        ),
        (
            "cadence: {repeat: weekly, days: [tue], at: 10:30}",
            "cadence: {after: weekly-quiz}",
            'after: there is no other campaign "weekly-quiz"',
        ),
    ],
)
def test_each_mistake_in_a_campaign_is_a_sentence(house: House, old: str, new: str, said: str) -> None:
    found = mistakes(house(PROGRAMME.replace(old, new)))
    assert any(f": weekly-quiz: {said}" in mistake for mistake in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("packs: [ours]", "packs: [theirs]", '5: packs: no folder "theirs" is beside this file or in '),
        ("packs: [ours]", "packs: []", "5: packs: needs at least 1, has 0"),
        ("edition: 2015", "edition: newest", "4: edition: must be a year, such as 2015"),
        ("date: 2027-03-16", "date: 16.3.2027", "4: date: must be written like 2026-11-23"),
        ("from: 18:00", "from: 6pm", "6: from: must be written like 09:30"),
        ("rota: [grace@example.org]", "rota: [Grace]", "7: rota: must be e-mail addresses"),
        (
            "packs: [ours]",
            "packs: [ours]\ndeputies: {grace@example.org: Linus}",
            "6: grace@example.org: must be e-mail addresses, such as {",
        ),
        ("packs: [ours]", "packs: [ours]\nrota_ask: {days: 0}", "6: days: must be at least 1"),
        (
            "packs: [ours]",
            "packs: [ours]\nrota_ask: {days: 1, deputy_after: 1}",
            "6: rota_ask: deputy_after must be less than days: the leader is asked first",
        ),
        (
            "packs: [ours]",
            "packs: [ours]\ndigest: weekly",
            "6: digest: must be true, false, or a day and a time, such",
        ),
        ("packs: [ours]", "packs: [ours]\ndigest: {day: Monday}", "6: day: must be 'mon', 'tue', "),
        ("packs: [ours]", "packs: [ours]\ndigest: {at: 9}", "6: at: must be written like 09:30"),
        ("packs: [ours]", "packs: [ours]\ndigest: {days: mon}", "6: days: is not a field here"),
        ("packs: [ours]", "packs: [ours]\nat_most_a_week: few", "6: at_most_a_week: must be a whole number"),
        ("packs: [ours]", "packs: [ours]\nat_most_a_week: 0", "6: at_most_a_week: must be at least 1"),
        (
            "packs: [ours]",
            "packs: [ours]\nholidays: {everybody: DE-XX}",
            '6: everybody: DE has no part "XX"; there are BB,',
        ),
        (
            "packs: [ours]",
            "packs: [ours]\nholidays:\n  sites: {Vienna: AT, Graz: Austria}",
            '7: Graz: "Austria" is no country here; write a code of ISO 3166 such as AT or DE-BY',
        ),
        (
            "packs: [ours]",
            "packs: [ours]\nholidays: {also: [2026-12-24]}",
            "6: also: must be days with their names, such as",
        ),
        (
            "packs: [ours]",
            "packs: [ours]\nholidays: {also: {24.12.2026: Eve}}",
            "6: 24.12.2026: must be written like 2026-11-23",
        ),
        ("packs: [ours]", "packs: [ours]\nholidays: DE", "6: holidays: must be fields with values, such as"),
        (
            "packs: [ours]",
            "packs: [ours]\ncelebrations: {most_a_day: 0}",
            "6: most_a_day: must be at least 1",
        ),
        (
            "packs: [ours]",
            "packs: [ours]\nat_most_week: 5",
            "6: at_most_week: is not a field here; did you mean `at_most_a",
        ),
        (
            "organisation: Example Works",
            "organisaton: Example Works",
            "1: organisaton: is not a field here; did",
        ),
        ("organisation: Example Works\n", "", "1: organisation: is missing"),
    ],
)
def test_each_mistake_in_a_programme_is_a_sentence(house: House, old: str, new: str, said: str) -> None:
    found = mistakes(house(PROGRAMME.replace(old, new)))
    assert any(mistake.startswith(f"works.yaml:{said}") for mistake in found), found


@pytest.mark.parametrize(
    ("written", "is_"),
    [
        ("false", None),
        ("off", None),
        ("on", Digest()),
        ("{day: tue, at: 08:15}", Digest(day="tue", at=time(8, 15))),
    ],
)
def test_the_digest_of_a_programme_is_off_or_has_a_day_and_a_time(
    house: House, written: str, is_: Digest | None
) -> None:
    programme = load(house(PROGRAMME.replace("packs: [ours]", f"packs: [ours]\ndigest: {written}"))).programme
    assert programme.digest == is_


def test_a_campaign_that_serves_none_of_the_programmes_standards_is_named(house: House) -> None:
    assert mistakes(house(PROGRAMME.replace("ISO 9001", "ISO 14001"))) == [
        "works.yaml:13: weekly-quiz: pieces: why-quality serves ISO 9001:2015, and the programme works to none of it"
    ]


def test_a_piece_keeps_the_clauses_that_the_programme_works_to(house: House) -> None:
    both = QUIZZES.replace('["ISO 9001:2015 7.3"]', '["ISO 9001:2015 7.3 a", "ISO 9001:2026 7.3 a"]')
    library = load(house(pack=PACK.replace("]", ', "ISO 9001:2026"]'), quizzes=both))
    assert [str(clause) for clause in library.piece("why-quality").clauses] == ["ISO 9001:2015 7.3 a"]
    assert [str(clause) for clause in library.items["why-quality"].clauses] == ["ISO 9001:2015 7.3 a"]


def test_an_item_alone_is_a_quiz_of_one(house: House) -> None:
    library = load(house(items=ITEMS))
    quiz = library.piece("spare-label")
    assert isinstance(quiz, Quiz)
    assert (quiz.title, quiz.language, [item.id for item in quiz.items]) == ("A label", "de", ["spare-label"])
    assert library.items["spare-label"].audience == ("operations", "manager")
    assert library.items["spare-label"].clauses == quiz.clauses


def test_items_of_a_quiz_are_named_after_it_and_have_its_clauses_where_they_have_none(house: House) -> None:
    second = QUIZZES + QUIZZES[QUIZZES.index("      - stem") :].replace('"ISO', '"ISO')
    library = load(house(quizzes=second))
    assert list(library.items) == ["why-quality-1", "why-quality-2"]
    assert {str(c) for item in library.items.values() for c in item.clauses} == {"ISO 9001:2015 7.3"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    title: A label\n", "", "2: spare-label: title: is missing"),
        ("id: spare-label\n    title", "title", "2: id: is missing"),
        ("id: spare-label", "id: Spare", "2: Spare: id: must be 2 to 64 small letters, digits and hyphens"),
        ("[operations, manager]", "[cleaners]", "9: spare-label: audience: must be 'everybody', 'manager', "),
        ("key: B", "key: D", "7: spare-label: key: must be one of A, B"),
        ('clauses: ["ISO 9001:2015 8.5.2"]', "clauses: []", "4: spare-label: clauses: must name the clause"),
        ("id: spare-label", "id: why-quality", "2: why-quality: id: is already used at ours/quizzes.yaml:2"),
    ],
)
def test_each_mistake_in_an_item_is_a_sentence(house: House, old: str, new: str, said: str) -> None:
    files = {"zitems": ITEMS.replace(old, new)}  # read after the quizzes
    found = mistakes(house(**files))
    assert any(mistake.startswith(f"ours/zitems.yaml:{said}") for mistake in found), found


def test_the_blanks_of_a_message_and_its_text_name_each_other(house: House) -> None:
    text = (
        "messages:\n  - id: thanks\n    title: Thanks\n    text: |\n      Hello.\n\n      Thank you, {who}.\n"
    )
    assert mistakes(house(messages=text)) == [
        "ours/messages.yaml:4: thanks: text: {who} is not among its blanks; say there what to fill in"
    ]
    blanks = text + "    blanks: {who: whom you thank, what: for what}\n"
    assert mistakes(house(messages=blanks)) == [
        "ours/messages.yaml:8: thanks: what: is nowhere in the text; write {what} where it belongs"
    ]
    load(house(messages=blanks.replace(", what: for what", "")))


def test_a_rota_campaign_needs_somebody_on_the_rota(house: House) -> None:
    text = PROGRAMME.replace("rota: [grace@example.org]", "rota: []").replace(
        "starts:", "rota: true\n    starts:"
    )
    assert mistakes(house(text)) == ["works.yaml:12: weekly-quiz: rota: nobody is on the programme's rota"]


def test_kudos_are_given_in_chat_and_stand_in_no_pack(house: House) -> None:
    kudos = "milestones:\n  - {id: thanks, scope: kudos, title: Thanks, text: Well done.}\n"
    (said,) = mistakes(house(milestones=kudos))
    assert said.endswith("thanks: scope: must be programme, team or personal; kudos are given in chat")


def test_two_campaigns_cannot_share_an_id(house: House) -> None:
    found = mistakes(house(PROGRAMME + PROGRAMME[PROGRAMME.index("  - id: weekly") :]))
    assert found == ["works.yaml:14: weekly-quiz: id: is the id of another campaign too"]


def test_two_packs_cannot_share_an_id(house: House, tmp_path: Path) -> None:
    path = house(PROGRAMME.replace("[ours]", "[ours, more]"))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "pack.yaml").write_text(PACK)
    (tmp_path / "more" / "all.yaml").write_text(QUIZZES)
    assert mistakes(path) == ["more/all.yaml:2: why-quality: id: is already used at ours/quizzes.yaml:2"]


def test_a_file_that_is_not_there_or_not_text_is_a_mistake_too(house: House, tmp_path: Path) -> None:
    assert mistakes(tmp_path / "gone.yaml") == ["gone.yaml:1: cannot be read: No such file or directory"]
    path = house()
    (tmp_path / "ours" / "pack.yaml").unlink()
    (tmp_path / "ours" / "latin.yaml").write_bytes("messages:\n  - id: größe\n".encode("latin-1"))
    assert mistakes(path) == [
        "ours/latin.yaml:2: is not written in UTF-8; save it so",
        "ours/pack.yaml:1: cannot be read: No such file or directory",
    ]


def test_a_file_that_is_far_too_large_is_not_read(house: House) -> None:
    found = mistakes(house(messages="messages:\n" + "#" * 1_000_000))
    assert found == ["ours/messages.yaml:1: is larger than 1000000 bytes; split it"]


def test_a_folder_a_file_and_a_programme_can_be_checked(house: House, tmp_path: Path) -> None:
    path = house(messages="messages:\n  - {id: hello, title: Hello, text: Hello}\n")
    assert {piece.id for piece in check_pack(tmp_path / "ours")} == {"why-quality", "hello"}
    assert {piece.id for piece in check_pack(tmp_path / "ours" / "pack.yaml")} == {"why-quality", "hello"}
    (message,) = check_pack(tmp_path / "ours" / "messages.yaml")
    assert isinstance(message, Message)
    assert message.language == "de"
    assert {piece.id for piece in check_pack(path)} == {"why-quality", "hello"}


def test_checking_a_folder_checks_the_programme_in_it(house: House, tmp_path: Path) -> None:
    text = house().read_text().replace("[ours]", "[.]").replace("[why-quality]", "[why-not]")
    (tmp_path / "ours" / "programme.yaml").write_text(text)
    with pytest.raises(BadPack) as bad:
        check_pack(tmp_path / "ours")
    (mistake,) = bad.value.mistakes
    assert (mistake.file, mistake.line, mistake.entry) == ("ours/programme.yaml", 13, "weekly-quiz")


def test_a_kind_that_is_added_to_the_pieces_can_be_loaded_without_a_change_here() -> None:
    assert set(KINDS.values()) == set(get_args(get_args(Piece)[0])) - {Draft}
    assert [plural(kind) for kind in ("pulse", "quiz", "message")] == ["pulses", "quizzes", "messages"]


def test_loading_needs_neither_pillow_nor_markdown() -> None:
    heavy = "import sys, content.packs; print([m for m in ('PIL', 'markdown_it') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", heavy], cwd=HERE.parents[1], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
