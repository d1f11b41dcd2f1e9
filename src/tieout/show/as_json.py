"""The JSON documents of the command line: a public interface, described in docs/reference/json.md and kept stable.

Money is a number with exactly two decimals, a rate is a fraction, a time is UTC in ISO form with its offset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import simplejson

from tieout.show.original import original_json

if TYPE_CHECKING:
    from tieout.basics.findings import Finding
    from tieout.measure.answers import Answer, Bridge, Line, Passport, Row, Side
    from tieout.warehouse.builds import BuildFacts

CENT = Decimal("0.01")


def dumps(document: Mapping[str, Any]) -> str:
    """Write a document as people can read it too."""
    return simplejson.dumps(document, use_decimal=True, default=_plain, ensure_ascii=False, indent=2, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def instant(moment: datetime) -> str:
    """Write a stored moment with its offset."""
    return moment.replace(tzinfo=UTC).isoformat()


def error_json(code: str, message: str) -> dict[str, Any]:
    """Give the document of a command that could not do what was asked."""
    return {"error": {"code": code, "message": message}}


# -- ask


def answer_json(answer: Answer, currency: str) -> dict[str, Any]:
    """Give the document of `tieout ask`."""
    document: dict[str, Any] = {
        "metric": answer.metric,
        "unit": answer.unit,
        "currency": currency if answer.unit == "money" else None,
        "period": answer.period,
        "first_day": answer.days[0] if answer.days else None,
        "last_day": answer.days[1] if answer.days else None,
        "as_of": answer.as_of,
        "known_at": answer.known_at,
        "passport": passport_json(answer.passport),
        "rows": [row_json(row) for row in answer.rows],
        "notes": list(answer.notes),
    }
    if answer.currencies is not None:
        document["currencies"] = original_json(answer)
    if answer.records is not None:
        document["records"] = [dict(record) for record in answer.records]
    return document


def row_json(row: Row) -> dict[str, Any]:
    """Give one value with everything it is never shown without."""
    return {
        "by": row.by,
        "value": row.value.quantize(CENT) if isinstance(row.value, Decimal) else row.value,
        "n": row.n,
        "interval": list(row.interval) if row.interval else None,
        "grade": row.grade,
        "absent": row.absent,
        "verdict": row.verdict,
        "immature": row.immature,
    }


def passport_json(passport: Passport) -> dict[str, Any]:
    """Give what is needed to ask again."""
    return {
        "build": passport.build,
        "contract": passport.contract,
        "calendar": passport.calendar,
        "rates": passport.rates,
        "org": passport.org,
        "filters": passport.filters,
        "band": passport.band.model_dump() if passport.band else None,
        "position": passport.position,
        "program": passport.program,
        "lens": passport.lens,
    }


# -- bridge


def bridge_json(bridge: Bridge, currency: str, *, records: bool = False) -> dict[str, Any]:
    """Give the document of `tieout bridge`."""
    document: dict[str, Any] = {
        "from": side_json(bridge.start),
        "to": side_json(bridge.end),
        "currency": currency,
        "period": bridge.period,
        "where": bridge.where,
        "lines": lines_json(bridge.lines),
        "residual": bridge.residual,
        "memo": lines_json(bridge.memo),
        "slices": [_slice_json(part, records=records) for part in bridge.slices],
    }
    if records:
        document["postings"] = _postings_json(bridge)
    return document


def _slice_json(part: Bridge, *, records: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "by": part.by,
        "from": {"value": part.start.value, "n": part.start.n},
        "to": {"value": part.end.value, "n": part.end.n},
        "lines": lines_json(part.lines),
        "residual": part.residual,
    }
    return document | ({"postings": _postings_json(part)} if records else {})


def _postings_json(bridge: Bridge) -> list[dict[str, Any]]:
    return [
        {"record": one.record, "cause": one.cause, "amount": one.amount, "unit": one.unit} for one in bridge.postings
    ]


def side_json(side: Side) -> dict[str, Any]:
    """Give one end of a bridge."""
    sheet = {"sheet": dict(zip(("file", "sha256"), side.sheet, strict=True))} if side.sheet else {}
    return {
        "lens": side.lens,
        "as_of": side.as_of,
        "known_at": side.known_at,
        "value": side.value,
        "n": side.n,
        "grade": side.grade,
        "build": side.build,
        "contract": side.contract,
        "options": list(side.options),
        **sheet,
    }


def lines_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Give the lines of a bridge."""
    return [{"cause": line.cause, "amount": line.amount, "n": line.n} for line in lines]


# -- findings and builds


def finding_json(finding: Finding) -> dict[str, Any]:
    """Give a finding."""
    return {
        "code": finding.code,
        "level": finding.level.value,
        "place": finding.place,
        "message": finding.message,
        "remedy": finding.remedy,
        "given": finding.given,
        "allowed": list(finding.allowed),
        "nearest": finding.nearest,
        "count": finding.count,
    }


def findings_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Give findings, and how many there are of each level."""
    counts = {level: sum(finding.level == level for finding in findings) for level in ("error", "warning", "note")}
    return {"findings": [finding_json(finding) for finding in findings], "counts": counts}


def build_json(build: BuildFacts | None) -> dict[str, Any] | None:
    """Give what a build is a function of."""
    if build is None:
        return None
    return {
        "key": build.key,
        "position": build.position,
        "known_at": build.known_at,
        "contract": build.fingerprint,
        "program": build.version,
        "heard_until": build.heard_until,
    }
