"""Who a campaign is for."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.audience import BadAudience, all_of, any_of, leaves, parse
from content.names import resolved, written

ADA = {
    "team": "Production",
    "site": "Plant 2",
    "role": {"employee"},
    "language": "en",
    "email": "ada@example.org",
    "joined": date(2026, 3, 1),
}
GRACE = ADA | {"team": "Management", "role": {"employee", "leader", "quality lead"}, "joined": None}


@pytest.mark.parametrize(
    ("expression", "ada", "grace"),
    [
        ("everyone", True, True),
        ("team:production", True, False),
        ("TEAM:Production", True, False),
        ('site:"Plant 2"', True, True),
        ('role:"Quality Lead"', False, True),
        ("role:employee and not role:leader", True, False),
        ("team:Management or team:Production", True, True),
        ("not team:Production and language:en or email:ada@example.org", True, True),
        ("not (team:Production or role:leader)", False, False),
        ("joined-since:2026-03-01", True, False),
        ("joined-since:2026-03-02", False, False),
        ("team:Prod", False, False),
    ],
)
def test_an_expression_names_people(expression: str, ada: bool, grace: bool) -> None:
    assert (parse(expression).matches(ADA), parse(expression).matches(GRACE)) == (ada, grace)


def test_and_binds_closer_than_or() -> None:
    assert parse("team:x and team:y or everyone").matches(ADA)
    assert not parse("team:x and (team:y or everyone)").matches(ADA)


def test_a_field_the_person_lacks_matches_nothing() -> None:
    assert not parse("team:Production").matches({})


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("", "at character 1 of the audience: found the end, expected who it is for"),
        (
            "team:Production team:Quality",
            "at character 17 of the audience: found `team:Quality`, expected `and`",
        ),
        ("(team:Production", "at character 17 of the audience: found the end, expected `)`"),
        ("teem:Production", "did you mean `team`?"),
        ("team: Production", "expected `team:` and a value right after the colon"),
        ('role:"quality lead', "expected `role:` and a value right after the colon"),
        ('"quality lead"', "expected a word, or a value in double quotes"),
        ("joined-since:spring", "expected joined-since: and a date such as 2026-01-01"),
        ("everyone and", "at character 13 of the audience: found the end"),
        ("not " * 60 + "everyone", "at most 50"),
    ],
)
def test_a_mistake_is_named_with_its_place(expression: str, said: str) -> None:
    with pytest.raises(BadAudience) as bad:
        parse(expression)
    assert said in str(bad.value)
    assert (
        "There are: everyone, team:, site:, role:, language:, email:, joined-since:, standard:, audience:, "
        in str(bad.value)
    )


def test_the_canonical_form_is_short() -> None:
    written = '( team:Production AND (site:"Plant 2" and role:leader) ) or NOT ((language:"de"))'
    assert str(parse(written)) == 'team:Production and site:"Plant 2" and role:leader or not language:de'


VALUES = st.text(st.characters(exclude_characters='"', exclude_categories=["Cs", "Cc"]), min_size=1).map(
    str.strip
)
RULES = st.one_of(
    st.just("everyone"),
    st.dates().map(lambda day: f"joined-since:{day.isoformat()}"),
    st.builds(
        lambda field, value: f'{field}:"{value}"',
        st.sampled_from(
            ["team", "site", "role", "language", "email", "standard", "audience", "acknowledged"]
        ),
        VALUES.filter(bool),
    ),
)
EXPRESSIONS = st.recursive(
    RULES,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.builds(lambda a, word, b: f"({a}) {word} ({b})", inner, st.sampled_from(["and", "or"]), inner),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_the_canonical_form_means_the_same(expression: str) -> None:
    audience = parse(expression)
    assert parse(str(audience)) == audience
    assert str(all_of(audience, audience)) == str(parse(f"({expression}) and ({expression})"))
    assert str(any_of(audience, audience)) == str(parse(f"({expression}) or ({expression})"))
    with suppress(BadAudience):
        assert parse(str(audience)).matches(ADA) == audience.matches(ADA)


@given(st.text(max_size=40))
def test_any_text_is_an_audience_or_a_bad_audience(expression: str) -> None:
    with suppress(BadAudience):
        assert isinstance(parse(expression).matches(ADA), bool)


NAMES = {
    "standard": {"ISO 14001": parse('site:"Plant 2" or site:"Plant 3"'), "ISO 14001:2015": parse("team:x")},
    "audience": {"Shift leaders": parse('role:leader and standard:"ISO 14001"')},
}


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ('standard:"iso 14001"', 'site:"Plant 2" or site:"Plant 3"'),
        ('standard:"ISO 14001:2015"', "team:x"),
        ('team:y and standard:"ISO 14001"', 'team:y and (site:"Plant 2" or site:"Plant 3")'),
        ('not standard:"ISO 14001"', 'not (site:"Plant 2" or site:"Plant 3")'),
        ('team:y or standard:"ISO 14001"', 'team:y or site:"Plant 2" or site:"Plant 3"'),
        ('audience:"shift leaders"', 'role:leader and (site:"Plant 2" or site:"Plant 3")'),
        ("team:y and not acknowledged:broadcast-1", "team:y and not acknowledged:broadcast-1"),
    ],
)
def test_what_a_name_stands_for_takes_its_place(named: str, meant: str) -> None:
    found = resolved(parse(named), NAMES)
    assert str(found) == meant
    assert parse(meant) == found


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (
            'standard:"ISO 14002"',
            'there is no standard of the programme "ISO 14002"; there are ISO 14001, ISO 14001:2015; '
            "did you mean `ISO 14001`?",
        ),
        ("audience:shift", 'there is no saved audience "shift"; there are Shift leaders'),
    ],
)
def test_a_name_that_there_is_not_is_told_with_those_there_are(named: str, said: str) -> None:
    with pytest.raises(BadAudience) as bad:
        resolved(parse(named), NAMES)
    assert str(bad.value).startswith(said)


def test_a_word_that_is_not_asked_for_stays_as_it_is() -> None:
    rule = parse('audience:"Shift leaders" and not standard:"ISO 9001"')
    assert str(resolved(rule, {"audience": NAMES["audience"]})) == (
        'role:leader and standard:"ISO 14001" and not standard:"ISO 9001"'
    )


@pytest.mark.parametrize("rule", ["acknowledged:broadcast-1", 'standard:"ISO 9001"', "audience:x"])
def test_what_a_person_alone_does_not_tell_is_never_guessed(rule: str) -> None:
    with pytest.raises(BadAudience):
        parse(rule).matches(ADA)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("team:x and not acknowledged:broadcast-1", "for a broadcast only, and not in a programme"),
        ("not audience:x", "audience:x cannot be used here: write what it stands for"),
    ],
)
def test_a_programme_is_told_which_words_it_cannot_use(rule: str, said: str) -> None:
    with pytest.raises(BadAudience, match=said):
        written(rule, ("standard",))


def test_the_leaves_of_a_rule_are_all_in_it() -> None:
    rule = parse("team:a and not (site:b or joined-since:2026-01-01) or everyone")
    assert [str(leaf) for leaf in leaves(rule)] == ["team:a", "site:b", "joined-since:2026-01-01", "everyone"]
