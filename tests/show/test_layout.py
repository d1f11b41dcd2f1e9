from __future__ import annotations

import io
from decimal import Decimal

from rich.cells import cell_len

from tieout.show import bars
from tieout.show.tables import Cell, Column, table
from tieout.show.terminal import Terminal, clean, fit, terminal_of

WORDS, FIGURES = Column("deal", right=False), Column("USD")


def test_words_stand_left_and_figures_right_over_their_sum() -> None:
    rows = [["Acme", "1,000.00"], ["A longer name", "5.00"]]
    assert table(Terminal(80), [WORDS, FIGURES], rows, [["all", "1,005.00"]]) == [
        "  deal                USD",
        "  Acme           1,000.00",
        "  A longer name      5.00",
        "  ─────────────  ────────",
        "  all            1,005.00",
    ]


def test_words_are_cut_before_figures() -> None:
    lines = table(Terminal(30), [WORDS, FIGURES], [["A very long name of a company indeed", "1,000.00"]])
    assert lines[1] == "  A very long name…   1,000.00"
    assert max(cell_len(line) for line in lines) <= 30


def test_wide_letters_keep_columns_in_line() -> None:
    lines = table(Terminal(80), [WORDS, FIGURES], [["東京", "1.00"], ["Oslo", "2.00"]])
    assert [cell_len(line) for line in lines[1:]] == [12, 12]


def test_styles_do_not_move_columns() -> None:
    row = [Cell("Acme", "accent"), Cell("1.00", "figure")]
    plain = table(Terminal(80), [WORDS, FIGURES], [row])
    painted = table(Terminal(80, color=True), [WORDS, FIGURES], [row])
    assert "\x1b[36mAcme\x1b[0m" in painted[1]
    assert painted[1].replace("\x1b[36m", "").replace("\x1b[1m", "").replace("\x1b[0m", "") == plain[1]


def test_data_cannot_move_the_cursor_or_turn_the_writing() -> None:
    assert clean("a\nb\tc") == "a b c"
    assert "\x1b" not in clean("\x1b[2Jgone")
    assert "\u202e" not in clean("abc\u202edef")


def test_long_text_ends_in_an_ellipsis() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("abc", 4) == "abc"


def test_text_is_wrapped_and_indented() -> None:
    assert Terminal(60).wrap("one two " * 10, indent=4)[1].startswith("    ")
    assert max(map(len, Terminal(60).wrap("one two " * 30, indent=4))) <= 60


def test_labels_break_between_parts_only() -> None:
    parts = ["build 0123456789abcdef", "contract 0123456789abcdef", "calendar fiscal"]
    assert Terminal(60).label(parts) == [
        "build 0123456789abcdef · contract 0123456789abcdef",
        "calendar fiscal",
    ]


def test_a_pipe_takes_no_color() -> None:
    assert terminal_of(io.StringIO(), {}) == Terminal(100, color=False)
    assert terminal_of(io.StringIO(), {"FORCE_COLOR": "1"}).color
    assert not terminal_of(io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}).color


# -- bars


def test_a_bar_is_as_long_as_its_value() -> None:
    assert bars.bar(Decimal(5), Decimal(10), 10) == "█████"
    assert bars.bar(Decimal("5.5"), Decimal(10), 10) == "█████▌"
    assert bars.bar(Decimal(0), Decimal(10), 10) == ""
    assert bars.bar(Decimal(-5), Decimal(10), 10) == ""
    assert bars.bar(Decimal(5), Decimal(0), 10) == ""


def test_the_agreed_number_is_a_line_through_the_others() -> None:
    assert bars.bar(Decimal(10), Decimal(10), 10, mark=Decimal(4)) == "████│█████"
    assert bars.bar(Decimal(2), Decimal(10), 10, mark=Decimal(4)) == "██  │"


def test_bands_of_one_table_share_a_scale() -> None:
    low, high = bars.band([1.0, 9.0], 3.0, 5.0, 10)
    assert low == "─●─━━─────"
    assert high == "───━━────●"


def test_a_waterfall_leads_from_one_figure_to_the_other() -> None:
    scale = bars.scale_of([Decimal(4), Decimal(10), Decimal(8)], 10)
    assert not scale.cut
    assert bars.level(scale, Decimal(4)) == "████"
    assert bars.step(scale, Decimal(4), Decimal(10)) == "    ▓▓▓▓▓▓"
    assert bars.step(scale, Decimal(10), Decimal(8)) == "        ░░"
    assert bars.level(scale, Decimal(8)) == "████████"


def test_a_step_too_small_to_draw_is_drawn() -> None:
    scale = bars.scale_of([Decimal(10), Decimal("10.01"), Decimal(0)], 10)
    assert bars.step(scale, Decimal(10), Decimal("10.01")) == "         ▓"


def test_a_cut_axis_is_marked() -> None:
    scale = bars.scale_of([Decimal(100), Decimal(110)], 20)
    assert scale.cut
    assert bars.level(scale, Decimal(100)).startswith("≈")


def test_figures_below_nothing_are_drawn_from_nothing() -> None:
    scale = bars.scale_of([Decimal(-5), Decimal(5)], 10)
    assert bars.level(scale, Decimal(-5)) == "█████"
    assert bars.level(scale, Decimal(5)) == "     █████"


def test_a_bridge_of_nothing_draws_nothing() -> None:
    scale = bars.scale_of([Decimal(0), Decimal(0)], 10)
    assert bars.level(scale, Decimal(0)) == ""
