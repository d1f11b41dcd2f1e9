"""What a spreadsheet reads: one table, plain figures."""

from __future__ import annotations

from tests.line.typed import Type


def test_an_answer_as_csv(typed: Type) -> None:
    out = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--by", "type", "--csv").out
    assert out.splitlines() == [
        "type,value,n,interval_low,interval_high,observed,derived,assumed,missing,absent,verdict,immature",
        "(all),510000.00,6,,,1.0,,,,,,false",
        "expansion,110000.00,1,,,1.0,,,,,,false",
        "new,400000.00,5,,,1.0,,,,,,false",
    ]


def test_records_as_csv(typed: Type) -> None:
    lines = typed("ask", "pipeline.open_qualified", "--as-of", "2026-07-20", "--records", "--csv").out.splitlines()
    assert lines[0] == "record,unit,value,grade,day,original,currency,rate"
    assert lines[1] == "O1,O1,100000.00,observed,2026-09-15,100000.00,USD,1"
    assert len(lines) == 7


def test_a_bridge_as_csv(typed: Type) -> None:
    out = typed("bridge", "sales@2026-07-20", "agreed@2026-07-20", "--csv").out
    assert out.splitlines() == [
        "line,name,amount,n",
        "from,sales,900000.00,8",
        "cause,excluded,-25000.00,1",
        "cause,type,-55000.00,1",
        "cause,basis,-280000.00,2",
        "cause,rate,-30000.00,1",
        "residual,,0.00,0",
        "to,agreed,510000.00,6",
    ]


def test_postings_as_csv(typed: Type) -> None:
    out = typed("bridge", "agreed@2026-07-20", "sales@2026-07-20", "--records", "--csv").out
    assert out.splitlines()[:2] == ["record,cause,amount,unit", "O10,excluded,25000.00,"]


def test_the_glossary_as_csv(typed: Type) -> None:
    assert typed("ask", "--list", "--csv").out.startswith(
        "metric,unit,owner,question,formula\npipeline.open,money,sales,"
    )
