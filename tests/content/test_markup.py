"""What leaders write is drawn, what people write is shown as they wrote it."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.markup import Bullets, Paragraph, Quote, Span, clean, escape, flowing, parse, plain

MARKS = st.text(alphabet="*_`[]()<>#&!\\|~-+.:/ 1ab\nht" + string.punctuation, max_size=60)
ANYTHING = st.text(max_size=80)


def printable(text: str) -> bool:
    return all(c.isprintable() or c in "\n\t" for c in text)


def spans(markdown: str) -> tuple[Span, ...]:
    (paragraph,) = parse(markdown)
    assert isinstance(paragraph, Paragraph)
    return paragraph.spans


def test_bold_italic_code_and_links_become_spans() -> None:
    assert spans("We *say* **what `we` do**, see [the plan](https://example.org/plan).") == (
        Span("We "),
        Span("say", italic=True),
        Span(" "),
        Span("what ", bold=True),
        Span("we", bold=True, code=True),
        Span(" do", bold=True),
        Span(", see "),
        Span("the plan", link="https://example.org/plan"),
        Span("."),
    )


def test_blocks_come_top_to_bottom() -> None:
    assert parse("One\ntwo\n\n- a\n- *b*\n\n1. x\n2. y\n\n> said\n> Grace") == (
        Paragraph((Span("One two"),)),
        Bullets(((Span("a"),), (Span("b", italic=True),))),
        Bullets(((Span("x"),), (Span("y"),)), ordered=True),
        Quote((Span("said Grace"),)),
    )


@pytest.mark.parametrize("hard", ["One  \ntwo", "One\\\ntwo"])
def test_a_hard_line_break_is_a_newline(hard: str) -> None:
    assert spans(hard) == (Span("One\ntwo"),)


def test_lists_inside_lists_and_quotes_are_flattened_without_losing_a_word() -> None:
    assert parse("- a\n  - b\n- c") == (Bullets(((Span("a"),), (Span("b"),), (Span("c"),))),)
    assert parse("> a\n>\n> - b") == (Quote((Span("a\nb"),)),)


def test_a_year_at_the_start_of_a_line_is_no_list() -> None:
    assert plain("2026. What a year\n2027. And the next") == "2026. What a year\n\n2027. And the next"


@pytest.mark.parametrize(
    "text",
    [
        "# Heading",
        "<b>bold</b> <script>alert(1)</script>",
        "![a cat](https://example.org/cat.png)",
        "[press](javascript:alert)",
        "[press](http://example.org)",
        "[press](data:text/html,x)",
        "<!channel> <@U123> @everyone",
        "https://example.org is no link by itself",
    ],
)
def test_what_is_not_in_the_subset_stays_text(text: str) -> None:
    assert spans(text) == (Span(text),)


def test_a_mail_address_may_be_linked() -> None:
    assert spans("[Marie](mailto:marie@example.org)") == (Span("Marie", link="mailto:marie@example.org"),)


def test_an_entity_does_not_smuggle_in_what_nobody_sees() -> None:
    assert plain("a&#8238;b&#x200b;c") == "abc"


def test_empty_lists_and_quotes_are_nothing() -> None:
    assert parse("-") == parse(">") == parse("  \n\n") == ()


def test_plain_keeps_the_words_and_the_shape() -> None:
    assert plain("**Hi**\n\n- a\n- b\n\n1. c\n\n> d") == "Hi\n\n- a\n- b\n\n1. c\n\n> d"


@given(st.one_of(MARKS, ANYTHING).filter(printable))
@example("  two spaces before and after  ")
@example("a\n\nb\n")
@example("1. no list")
@example("\u3000wide\u00a0space")
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    assert plain(escape(text)) == text


@given(st.one_of(MARKS, ANYTHING))
def test_escaped_text_has_no_style_and_no_link(text: str) -> None:
    for node in parse(escape(text)):
        assert isinstance(node, Paragraph)
        assert all(span == Span(span.text) for span in node.spans)


@given(MARKS.filter(lambda text: bool(text.strip())))
def test_escaped_text_stays_itself_inside_other_markup(text: str) -> None:
    name = text.strip()
    assert plain(f"From {escape(name)}, today") == f"From {name}, today"


@given(st.one_of(MARKS, ANYTHING))
def test_any_text_at_all_can_be_parsed(text: str) -> None:
    for node in parse(text):
        for item in node.items if isinstance(node, Bullets) else (node.spans,):
            assert all(span.link.startswith(("https://", "mailto:")) for span in item if span.link)


def test_clean_takes_what_cannot_be_seen_and_keeps_what_can() -> None:
    assert clean("a\u202eb\u2066c\x00d\u200be\ufeff\ud800", 100) == "abcde"
    assert clean("one\r\ntwo\u2028three\tfour", 100) == "one\ntwo\nthree four"


@pytest.mark.parametrize(
    "sign", ["👩\u200d🔧", "👨\u200d👩\u200d👧\u200d👦", "❤️\u200d🔥", "क्\u200dष", "می\u200cخواهم"]
)
def test_clean_keeps_joiners_where_a_sign_or_a_script_needs_them(sign: str) -> None:
    assert clean(f"x {sign} y", 100) == f"x {sign} y"


def test_clean_takes_joiners_between_plain_letters() -> None:
    assert clean("pay\u200dpal", 100) == "paypal"


def test_clean_cuts_at_the_limit_and_says_so() -> None:
    assert clean("abcdef", 4) == "abc…"
    assert clean("ab👩\u200d🔧cd", 5) == "ab…"


@given(ANYTHING, st.integers(0, 40))
def test_clean_never_exceeds_the_limit_and_is_stable(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert len(once) <= limit
    assert clean(once, limit) == once
    once.encode()


@pytest.mark.parametrize(
    ("wrapped", "flows"),
    [
        ("one\ntwo\n\nthree\n  four", "one two\n\nthree four"),
        ("a break  \nstays", "a break  \nstays"),
        (
            "a list:\n\n- one\n  goes on\n- two\n1. first\n2. second",
            "a list:\n\n- one goes on\n- two\n1. first\n2. second",
        ),
        ("said\n> quoted\n# big\n*not* a list", "said\n> quoted\n# big\n*not* a list"),
        ("the end\n", "the end\n"),
    ],
)
def test_wrapped_lines_flow_together_and_read_the_same(wrapped: str, flows: str) -> None:
    assert flowing(wrapped) == flows
    assert parse(flowing(wrapped)) == parse(wrapped)
