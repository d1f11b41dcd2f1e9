"""One self-contained page: no script, no address outside itself, everything that comes from data escaped.

    page = Page(
        title="Pipeline grew by 1.1M to 7.2M: 1.9M created, 600K won",  # the answer, not the topic
        label=("pipeline.open", "as of 2026-03-31", "as known now", "definition 3f2a", "observed 96%"),
        sections=(
            Section(
                "Where it came from",
                charts=(waterfall(...),),  # a bar's anchor "won" leads to the table with anchor "won"
                tables=(Table("Causes", heads, rows, foot),),
                records=(Table("Won: the records", heads, rows, anchor="won"),),
            ),
        ),
        passport=(("build", key), ("ledger", position), ("contract", fingerprint)),
    )
    written(output.file, html_of(page))

Ids are checked: a chart or cell may lead only to a table or section that is on the page. In the application it may
also lead to an address of it, which begins with / or ?.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Literal

from tieout.show import figures
from tieout.show.charts.drawing import Chart, framed
from tieout.show.html.theme import style
from tieout.show.links import href
from tieout.show.terminal import clean

if TYPE_CHECKING:
    from tieout.measure.answers import Unit, Value

Style = Literal["", "figure", "muted", "warning", "danger", "good", "bad", "accent"]
Order = Literal["", "ascending", "descending"]
MOST = 1000
"""Up to so many rows of records stand on a page; what is more is told, with where to get it."""
WIDE = 9
"""A table of more columns scrolls by itself; its head then stays with it."""
NARROW, BROAD = 3, 10
"""A table of more columns may be wider than a phone; one of more columns is printed across."""
FEW, SENTENCE, LARGE = 16, 32, 10
"""Letters: of what stands on one line, of what is more than a sentence, of a card that is as large as a figure."""
_TYPED = re.compile("`([^`]+)`")
_EXACT = re.compile(r"(T\d\d:\d\d:\d\d)\.\d+")
_DATED = re.compile(r"\S*\d-\S*")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


class PageError(Exception):
    """A page that leads nowhere: a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a table; `full` is what stands in its title, `anchor` the id or the address that it leads to."""

    text: str = ""
    full: str = ""
    style: Style = ""
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, and whether it holds figures, which stand to the right.

    In the application it may lead to an address: that of the same rows in the order of this column. `order` says that
    they stand in it already. `main` columns stay where a phone has no room for the others.
    """

    text: str
    right: bool = True
    main: bool = False
    anchor: str | None = None
    order: Order = ""


Row = Sequence[Cell | str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first column names its rows. `anchor` is its id, `back` the id that a link leads back to.

    Rows of a `dense` one are one line high, whatever stands in them; its head and its first column stay in sight. A
    `folded` one stands behind its chart: its caption opens it.
    """

    caption: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    foot: Sequence[Row] = ()
    anchor: str | None = None
    back: str | None = None
    note: str = ""
    dense: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One figure that stands for itself: its name, its value, a line of words under it; both may lead somewhere."""

    name: Cell | str
    value: Cell
    words: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its cards, charts, tables and notes; the tables of `records` stand at the end of the page.

    `links` are ways on from here: words that lead to an address, or, without one, say where one is. `groups`
    are cards under a heading each, side by side as far as they fit.
    """

    title: str
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    records: Sequence[Table] = ()
    cards: Sequence[Card] = ()
    links: Sequence[Cell] = ()
    groups: Sequence[tuple[str, Sequence[Card]]] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page, from top to bottom; `headline` is the figure with a few words beside it."""

    title: str
    label: Sequence[str]
    sections: Sequence[Section]
    passport: Sequence[tuple[str, str]]
    headline: tuple[Cell | str, str] | None = None
    notes: Sequence[str] = field(default=())


def html_of(page: Page) -> str:
    """Write a page as one document. Raises PageError where a link leads to nothing on it, or an id stands twice."""
    body = f"<main>\n{body_of(page)}\n</main>"
    css = style()
    digest = b64encode(sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(page.title)}</title>\n<style>{css}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def body_of(page: Page) -> str:
    """Write what stands on a page, without what is around it. Raises PageError as `html_of` does."""
    places = [f"s{number}" for number in range(1, len(page.sections) + 1)]
    body = "\n".join(_main(page, places))
    _check(body)
    return body


def anchor_of(*words: str) -> str:
    """Make an id of words: what they are told by, and a digest that keeps those apart which look alike."""
    told = _NOT_IN_NAMES.sub("-", "-".join(words).lower()).strip("-")[:40]
    return f"{told or 'r'}-{sha256(chr(0).join(words).encode()).hexdigest()[:6]}"


def value_cell(value: Value | None, unit: Unit, absent: str | None = None, anchor: str | None = None) -> Cell:
    """Give a figure in full with its exact value as title, or n/a with its reason."""
    if value is None:
        return Cell("n/a", absent or "", "muted", anchor)
    return Cell(figures.figure(value, unit), str(value), "figure", anchor)


# -- from top to bottom


def _main(page: Page, places: Sequence[str]) -> Iterator[str]:
    yield f'<header id="top">\n<h1>{_unbroken(page.title)}</h1>'
    yield _label(page.label)
    if page.headline:
        figure, words = page.headline
        yield f'<p class="headline">{_told("span", _cell_of(figure))}<small>{_text(words)}</small></p>'
    if len(page.sections) > 2:
        ways = [*zip(places, (section.title for section in page.sections), strict=True)]
        ways += [("records", "Records")] if any(section.records for section in page.sections) else []
        links = (f'<a href="#{place}">{_text(title)}</a>' for place, title in ways)
        yield f'<nav aria-label="On this page">{"".join(links)}</nav>'
    yield from (_note(note) for note in page.notes)
    yield "</header>"
    for place, section in zip(places, page.sections, strict=True):
        yield from _section(place, section)
    yield from _records(places, page.sections)
    told = "".join(f"<dt>{_text(name)}</dt>{_told('dd', _second(value))}" for name, value in page.passport)
    yield f'<footer class="passport"><dl>{told}</dl></footer>'


def _section(place: str, section: Section) -> Iterator[str]:
    yield f'<section id="{place}" aria-labelledby="{place}-h">'
    yield f'<h2 id="{place}-h">{_text(section.title)}</h2>'
    if section.cards:
        yield f'<ul class="cards">{"".join(map(_card, section.cards))}</ul>'
    yield from (framed(chart) for chart in section.charts)
    if section.groups:
        yield f'<div class="groups">{"".join(map(_group, section.groups))}</div>'
    yield from (line for table in section.tables for line in _table(table, place))
    yield from (_note(note) for note in section.notes)
    if section.links:
        yield f'<ul class="links">{"".join(_told("li", link) for link in section.links)}</ul>'
    yield "</section>"


def _group(group: tuple[str, Sequence[Card]]) -> str:
    name, cards = group
    return f'<div><h3>{_text(name)}</h3><ul class="cards">{"".join(map(_card, cards))}</ul></div>'


def _card(card: Card) -> str:
    words = f"<small>{_text(card.words)}</small>" if card.words else ""
    text = card.value.text
    told = "words" if len(text) > LARGE and any(map(str.isalpha, text)) else ""
    return f"<li>{_told('span', _cell_of(card.name))}{_told('strong', card.value, style_of=told)}{words}</li>"


def _records(places: Sequence[str], sections: Sequence[Section]) -> Iterator[str]:
    """Put all records after what is read: each table leads back to the section that leads to it."""
    if not any(section.records for section in sections):
        return
    yield '<section id="records" aria-labelledby="records-h">'
    yield '<h2 id="records-h">Records</h2>'
    for place, section in zip(places, sections, strict=True):
        yield from (line for table in section.records for line in _table(table, table.back or place))
    yield "</section>"


def _table(table: Table, back: str) -> Iterator[str]:
    if table.folded:
        yield f"<details><summary>{_text(table.caption)}</summary>"
    name = f' id="{escape(table.anchor)}"' if table.anchor else ""
    kind = " dense" if table.dense else " wide" if len(table.heads) > WIDE else ""
    kind += " broad" if len(table.heads) > BROAD else ""
    kind += " few" if any(head.main for head in table.heads) else ""
    # A phone moves it sideways, and keys must be able to.
    moves = table.dense or len(table.heads) > (WIDE if " few" in kind else NARROW)
    room = f' tabindex="0" role="region" aria-label="{_text(table.caption)}"' if moves else ""
    yield f'<div class="scroll{kind}"{name}{room}><table>'
    note = f"<small>{_text(table.note)}</small>" if table.note else ""
    way = f'<a class="back" href="#{escape(back)}">\N{UPWARDS ARROW} back</a>' if table.anchor else ""
    yield f"<caption><div>{_text(table.caption)}{note}{way}</div></caption>"
    yield f"<thead><tr>{''.join(map(_head, table.heads))}</tr></thead>"
    yield "<tbody>"
    yield from (_row(table.heads, row) for row in table.rows[:MOST])
    yield "</tbody>"
    if table.foot:
        yield "<tfoot>"
        yield from (_row(table.heads, row) for row in table.foot)
        yield "</tfoot>"
    yield "</table>"
    if len(table.rows) > MOST:
        left = figures.counted(len(table.rows) - MOST, "more row")
        yield _note(f"{left} of {figures.count(len(table.rows))}: the CSV of the records has all of them.")
    yield "</div></details>" if table.folded else "</div>"


def _row(heads: Sequence[Head], row: Row) -> str:
    cells = [*map(_cell_of, row)]
    cells += [Cell()] * (len(heads) - len(cells))
    first, *rest = zip(heads, cells, strict=True)
    return f"<tr>{_cell('th', *first)}{''.join(_cell('td', head, cell) for head, cell in rest)}</tr>"


def _cell(tag: str, head: Head, cell: Cell) -> str:
    held = _styles(head) if head.right else f"{_styles(head)} {_held(cell.text)}".strip()
    return _told(tag, cell, ' scope="row"' if tag == "th" else "", held)


def _cell_of(told: Cell | str) -> Cell:
    return told if isinstance(told, Cell) else Cell(told)


def _told(tag: str, cell: Cell, attributes: str = "", style_of: str = "") -> str:
    """Write a cell as an element, with its title, its styles and the link that it is."""
    names = " ".join(name for name in (style_of, cell.style) if name)
    styles = f' class="{names}"' if names else ""
    full = f' title="{_text(cell.full)}"' if cell.full and cell.full != cell.text else ""
    text = _unbroken(cell.text)
    told = f'<a href="{href(cell.anchor)}">{text}</a>' if cell.anchor else text
    return f"<{tag}{attributes}{styles}{full}>{told}</{tag}>"


def _styles(head: Head) -> str:
    return " ".join(name for name, holds in (("right", head.right), ("main", head.main)) if holds)


def _head(head: Head) -> str:
    styles = f' class="{_styles(head)}"' if _styles(head) else ""
    order = f' aria-sort="{head.order}"' if head.order else ""
    text = f'<a href="{href(head.anchor)}">{_text(head.text)}</a>' if head.anchor else _text(head.text)
    return f'<th scope="col"{styles}{order}>{text}</th>'


def _label(parts: Sequence[str]) -> str:
    return f'<ul class="label">{"".join(f"<li>{_text(part)}</li>" for part in parts if part)}</ul>'


def _second(value: str) -> Cell:
    """Write a moment of a passport to the second, with the whole of it behind."""
    return Cell(_EXACT.sub(r"\1", value), value)


def _note(text: str) -> str:
    told = _TYPED.sub(r"<code>\1</code>", _text(text))
    return f'<p class="note">{told}</p>'


def _held(text: str) -> str:
    """Say how a text that is no figure is broken: a few words not at all, a sentence not into single words."""
    if len(text) > SENTENCE:
        return "long"
    return "whole" if len(text) <= FEW and not text.isalnum() and text[:1].isalnum() else ""


def _unbroken(text: str) -> str:
    """Make a text safe, its dates and periods on one line each."""
    if " " not in text:
        return _text(text)
    return _DATED.sub(lambda found: f'<span class="whole">{found[0]}</span>', _text(text))


def _text(text: str) -> str:
    """Make a text safe: one line, nothing that turns the direction of writing, all that HTML knows escaped."""
    return escape(clean(text))


def _check(body: str) -> None:
    ids = re.findall(r'<[^>]*\bid="([^"]+)"', body)
    lost = sorted(set(re.findall(r'href="#([^"]+)"', body)) - set(ids))
    twice = sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []
    if lost or twice:
        message = f"The page leads to {lost or 'nothing twice'}, which is not on it; ids that stand twice: {twice}."
        raise PageError(message)
