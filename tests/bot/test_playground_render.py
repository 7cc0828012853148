"""Cards as plain HTML: everything is drawn, nothing of what people wrote becomes markup."""

from __future__ import annotations

import typing
from html.parser import HTMLParser

import pytest

from bot.playground.render import html
from content.cards import (
    Block,
    Button,
    Buttons,
    Card,
    Chart,
    Choice,
    Fact,
    Facts,
    Input,
    Link,
    Note,
    Picture,
    Point,
    Table,
    Text,
)

HOSTILE = '<img src=x onerror="alert(1)">&amp;"\''


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text between them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def chart(shape: typing.Literal["bar", "line"], *points: tuple[str, float], unit: str = "%") -> Chart:
    made = tuple(Point(label=label, value=value) for label, value in points)
    return Chart(title="Accuracy", shape=shape, points=made, unit=unit, alt="Production leads")


def every_block(words: str) -> tuple[Block, ...]:
    """One of each, all holding the same words."""
    choices = (Choice(value=words, label=words), Choice(value="b", label="B"))
    return (
        Text(markdown=words),
        Note(markdown=words),
        Facts(facts=(Fact(label=words, value=words),)),
        Picture(url="https://example.org/a.png?" + words, alt=words),
        Chart(title=words, points=(Point(label=words, value=3),), unit=words, alt=words),
        Table(header=(words, "b"), rows=((words, "1"),)),
        Input(id="line", label=words, hint=words, value=words),
        Input(id="paragraph", label=words, kind="paragraph", value=words),
        Input(id="choice", label=words, kind="choice", choices=choices, value=words),
        Input(id="options", label=words, kind="options", choices=choices, value=words),
        Input(id="moment", label=words, kind="moment", optional=True),
        Buttons(buttons=(Button(label=words, verb="answered", item=words, value=words, accessible=words),)),
        Link(label=f"Away: {words}", url="https://example.org/?" + words),
    )


def test_every_kind_of_block_is_drawn() -> None:
    kinds = typing.get_args(typing.get_args(Block)[0])
    assert {type(block) for block in every_block("x")} == set(kinds)
    assert html(Card(title="All", blocks=every_block("x")))


def test_what_people_wrote_never_becomes_an_element() -> None:
    page = Elements(html(Card(title=HOSTILE, blocks=every_block(HOSTILE)), "d1", HOSTILE))
    assert page.all("img") == []
    assert page.all("script") == []
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_a_button_carries_its_delivery_and_says_what_is_read_out() -> None:
    button = Button(
        label="B", verb="answered", item="0", value="B", accessible="B: Set it aside", style="primary"
    )
    (drawn,) = Elements(html(Card(title="Quiz", blocks=(Buttons(buttons=(button,)),)), "d1")).all("button")
    assert drawn["aria-label"] == "B: Set it aside"
    assert {name: drawn[f"data-{name}"] for name in ("delivery", "verb", "item", "value")} == {
        "delivery": "d1",
        "verb": "answered",
        "item": "0",
        "value": "B",
    }


def test_every_field_has_a_label_and_a_place_for_its_mistake() -> None:
    page = Elements(html(Card(title="Form", blocks=every_block("x")), scope="s"))
    fields = [attributes for tag in ("input", "textarea", "select") for attributes in page.all(tag)]
    fields = [attributes for attributes in fields if attributes.get("type") != "radio"]
    labels = {attributes["for"] for attributes in page.all("label") if "for" in attributes}
    mistakes = {attributes.get("id") for attributes in page.all("p")}
    assert {field["id"] for field in fields} == labels
    assert all(f"{field['id']}-error" in mistakes for field in fields)


def test_options_are_radio_buttons_in_a_named_group_each_in_its_label_and_one_may_be_chosen_already() -> None:
    choices = (Choice(value="A", label="A. Ship <it>"), Choice(value="B", label="B. Set it aside"))
    question = Input(id="option-0", label="Your answer", kind="options", choices=choices, value="B")
    page = Elements(html(Card(title="Quiz", blocks=(question,)), "d1", "s"))
    assert [tag for tag, _ in page.tags if tag in ("fieldset", "legend", "label", "input")] == [
        *("fieldset", "legend"),
        *("label", "input"),
        *("label", "input"),
    ]
    radios = page.all("input")
    assert [(r["type"], r["data-field"], r["value"], "checked" in r) for r in radios] == [
        ("radio", "option-0", "A", False),
        ("radio", "option-0", "B", True),
    ]
    assert {a.get("id") for a in page.all("p")} == {r["aria-describedby"] for r in radios}
    assert "A. Ship <it>" in page.text


def test_options_of_two_cards_on_one_page_do_not_exclude_each_other() -> None:
    choices = (Choice(value="A", label="A. Ship it"),)
    card = Card(title="Quiz", blocks=(Input(id="option-0", label="Yours", kind="options", choices=choices),))
    names = [Elements(html(card, scope=scope)).all("input")[0]["name"] for scope in ("d1", "d2")]
    assert len(set(names)) == 2


def test_two_cards_on_one_page_share_no_id() -> None:
    card = Card(title="Form", blocks=every_block("x"))
    ids = [a["id"] for scope in ("a", "b") for _, a in Elements(html(card, scope=scope)).tags if a.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("shape", ["bar", "line"])
def test_a_chart_has_words_for_its_shape_and_a_table_of_its_numbers(
    shape: typing.Literal["bar", "line"],
) -> None:
    card = Card(title="Numbers", blocks=(chart(shape, ("Production", 87.5), ("Quality", 100)),))
    page = Elements(html(card))
    (svg,) = page.all("svg")
    assert (svg["role"], svg["aria-label"]) == ("img", "Production leads")
    assert page.text.count("87.5%") == 2  # beside the shape and in the table
    assert len(page.all("tr")) == 2


@pytest.mark.parametrize("shape", ["bar", "line"])
@pytest.mark.parametrize("points", [(), (("one", 0),), (("one", -3), ("two", 0)), (("many", 5),) * 40])
def test_a_chart_of_odd_numbers_stays_inside_its_frame(
    shape: typing.Literal["bar", "line"], points: tuple[tuple[str, float], ...]
) -> None:
    page = Elements(html(Card(title="Numbers", blocks=(chart(shape, *points, unit=""),))))
    _, _, width, height = (float(edge) for edge in str(page.all("svg")[0]["viewbox"]).split())
    for bar in page.all("rect"):
        assert 0 <= float(bar["width"] or 0) <= width
    for dot in page.all("circle"):
        assert 0 <= float(dot["cx"] or 0) <= width
        assert 0 <= float(dot["cy"] or 0) <= height


def test_a_link_that_is_no_web_address_stays_text() -> None:
    page = Elements(html(Card(title="Away", blocks=(Link(label="Press", url="javascript:alert(1)"),))))
    assert page.all("a") == []
    assert "Press" in page.text


def test_the_page_of_the_numbers_on_this_machine_can_be_opened() -> None:
    url = "http://127.0.0.1:8080/insights/enter?link=abc"
    assert f'href="{url}"' in html(Card(title="Away", blocks=(Link(label="Open the numbers", url=url),)))


def test_a_picture_from_elsewhere_is_named_and_linked_but_not_fetched() -> None:
    page = Elements(
        html(Card(title="Look", blocks=(Picture(url="https://example.org/a.png", alt="The hall"),)))
    )
    assert "The hall" in page.text
    assert [a["href"] for a in page.all("a")] == ["https://example.org/a.png"]
    assert page.all("img") == []
