"""The self-contained page: well formed, led through by its anchors, and safe with whatever data holds."""

from __future__ import annotations

import re
from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from tieout.show.charts.structure import Bar, bars
from tieout.show.html.page import (
    MOST,
    Cell,
    Head,
    Page,
    PageError,
    Row,
    Section,
    Table,
    anchor_of,
    html_of,
    value_cell,
)
from tieout.show.html.theme import DARK, LIGHT, PRINT

HOSTILE = "</td><script>alert('1')</script> & \"so\" \N{RIGHT-TO-LEFT OVERRIDE}gnp\nline two"
EMPTY = {"meta", "br", "rect", "line"}


class Read(HTMLParser):
    """Reads a page as a browser would, and notes what is out of place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def every(self, tag: str, attribute: str) -> list[str]:
        return [given[attribute] or "" for name, given in self.tags if name == tag and attribute in given]


def page() -> Page:
    heads = [Head("name", right=False), Head("USD"), Head("n")]
    rows: list[Row] = [
        [Cell(HOSTILE, anchor="r-1"), value_cell(Decimal("1234.5"), "money"), "3"],
        ["b", value_cell(None, "money")],
    ]
    chart = bars("Two names", [Bar(HOSTILE, Decimal(9), 3, anchor="r-1")], "money")
    records = Table(HOSTILE, heads, rows, [["sum", "1,234.50", "3"]], anchor="r-1", note=HOSTILE)
    section = Section(HOSTILE, [chart], [Table("names", heads, rows)], [HOSTILE], [records])
    return Page(HOSTILE, (HOSTILE, "as of 2026-03-31"), [section] * 1, [("build", HOSTILE)], ("9", HOSTILE))


def read(text: str) -> Read:
    found = Read()
    found.feed(text)
    return found


def test_a_page_is_well_formed_and_has_no_script_and_no_address_outside() -> None:
    text = html_of(page())
    found = read(text)
    assert found.wrong == []
    assert found.open == []
    names = {tag for tag, _ in found.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert re.findall(r"https?:|//\w|javascript:|url\((?!#)", text) == []
    assert [key for _, given in found.tags for key in given if key.startswith("on") or key == "style"] == []


def test_what_data_holds_is_shown_and_never_acts() -> None:
    shown = "".join(read(html_of(page())).text)
    assert "<script>alert('1')</script>" in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in html_of(page())


def test_every_way_leads_to_something_and_back() -> None:
    found = read(html_of(page()))
    ways = [way.removeprefix("#") for way in found.every("a", "href")]
    ids = [given["id"] for _, given in found.tags if given.get("id")]
    assert set(ways) <= set(ids)
    assert len(ids) == len(set(ids))
    assert ways.count("r-1") == 6, "the bar and its name, for a page and for a phone, and one cell in each table"
    assert ways.count("s1") == 1, "the records lead back to their section"


def test_a_way_to_nowhere_is_a_mistake_of_ours() -> None:
    table = Table("x", [Head("a")], [[Cell("1", anchor="gone")]])
    with pytest.raises(PageError, match="gone"):
        html_of(Page("x", (), [Section("x", tables=[table])], ()))
    twice = Table("x", [Head("a")], [], anchor="same")
    with pytest.raises(PageError, match="same"):
        html_of(Page("x", (), [Section("x", records=[twice, twice])], ()))


def test_the_structure_serves_those_who_hear_the_page() -> None:
    found = read(html_of(page()))
    assert found.every("html", "lang") == ["en"]
    assert [tag for tag, _ in found.tags if tag in {"h1", "h2"}] == ["h1", "h2", "h2"]
    tables = [tag for tag, _ in found.tags if tag == "table"]
    assert len([tag for tag, _ in found.tags if tag == "caption"]) == len(tables) == 2
    assert set(found.every("th", "scope")) == {"col", "row"}
    assert all("scope" in given for tag, given in found.tags if tag == "th")
    assert found.every("svg", "aria-label") == ["Two names", "Two names"], "for a page and for a phone"


def test_figures_stand_right_and_carry_the_exact_value() -> None:
    text = html_of(page())
    assert '<td class="right figure" title="1234.5">1,234.50</td>' in text
    assert '<td class="right muted">n/a</td>' in text
    reason = value_cell(None, "rate", "no deal was closed")
    assert (reason.text, reason.full) == ("n/a", "no deal was closed")


def test_the_policy_lets_this_style_sheet_in_and_nothing_else() -> None:
    text = html_of(page())
    css = text.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(css.encode()).digest()).decode()
    policy = read(text).every("meta", "content")[0]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_more_rows_than_a_page_bears_are_counted_and_said() -> None:
    table = Table("x", [Head("a")], [[str(number)] for number in range(MOST + 2)], anchor="all")
    text = html_of(Page("x", (), [Section("x", records=[table])], ()))
    assert text.count('<th scope="row"') == MOST
    assert "2 more rows of 1,002" in text


def test_a_title_breaks_no_date_and_a_wide_table_scrolls_by_itself() -> None:
    table = Table("x", [Head(str(number)) for number in range(10)], [["1"]])
    text = html_of(Page("5M on 2026-09-22 & up", (), [Section("x", tables=[table])], ()))
    assert '<h1>5M on <span class="whole">2026-09-22</span> &amp; up</h1>' in text
    assert 'class="scroll wide"' in text
    assert 'class="scroll wide"' not in html_of(page())


def test_a_page_is_the_same_twice() -> None:
    assert html_of(page()) == html_of(page())


def test_ids_of_names_that_look_alike_differ() -> None:
    names = ("won", "Won", "won ", "w/on", "\N{GREEK SMALL LETTER ALPHA}", "\N{GREEK SMALL LETTER BETA}")
    ids = [anchor_of("cause", name) for name in names]
    assert len(set(ids)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", one) for one in ids)


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_their_ground(theme: dict[str, str]) -> None:
    # WCAG 2.2: 4.5 for words (AA), 7 for figures (AAA), 3 for marks.
    words = ["muted", "accent", "warning", "danger", "good", "bad", *(f"category-{number}" for number in range(1, 6))]
    assert {name: ratio for name in words if (ratio := contrast(theme[name], theme["paper"])) < 4.5} == {}
    assert contrast(theme["ink"], theme["paper"]) >= 7
    assert contrast(theme["actual"], theme["paper"]) >= 3


def test_all_themes_have_the_same_tokens() -> None:
    assert set(LIGHT) == set(DARK) == set(PRINT)
