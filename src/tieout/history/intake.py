"""Take an extract in: judge its columns and rows, and say whether it may be committed and what its absences mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.basics.findings import Finding, Level
from tieout.connect.files import Extract, Reject
from tieout.history import judge
from tieout.history.exports import Export
from tieout.history.ledger import Pull

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an extract: `held` is the code of the finding that keeps it from being committed."""

    findings: tuple[Finding, ...] = ()
    held: str | None = None
    rejects: tuple[Reject, ...] = ()
    deletions: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What was known of an object before an extract: its earlier pulls, and the files of those whose records stand.

    `accepted`: a person lets this extract delete records or lose columns. `zone`: the company's.
    """

    pulls: Sequence[Pull]
    files: Sequence[str]
    accepted: bool = False
    zone: str = "UTC"


def take_in(engine: DuckDBPyConnection, export: Export, extract: Extract, past: Past) -> Verdict:
    """Judge the extract in the engine, and take out of it what cannot be committed.

    1. Columns. 2. Rows of totals, and rows without a key. 3. Keys that repeat. 4. What it would delete.
    """
    wrong, held = _columns(export, extract, past)
    if held:
        return Verdict(wrong, held)
    findings = list(wrong)
    keys = export.source.keys
    seen = judge.look(engine, keys, extract)
    totals = judge.drop_totals(engine, keys, extract) if seen.totals else ()
    seen = judge.look(engine, keys, extract) if totals else seen
    keyless = seen.keyless
    if keyless + len(totals) == extract.rows and (keyless or extract.rejects):
        return Verdict((*findings, _nothing_left(export, extract, keyless)), "file.no_rows")
    rejects = (*extract.rejects, *totals)
    if keyless:
        rejects += judge.drop_keyless(engine, keys, extract)
        seen = judge.look(engine, keys, extract)
    findings += _rejected(export, rejects)
    full = export.source.mode == "full"
    deletions = full and all(reject.spare for reject in rejects)
    unique = seen.unique
    if full and not unique:
        same, repeated = judge.drop_repeats(engine, export.source, extract, past.zone)
        findings += _repeats(export, same, repeated)
        rejects, unique = (*rejects, *repeated), True
    if full and not deletions and past.pulls:
        findings.append(_no_deletions(export))
    if deletions and past.files:
        loss = judge.would_delete(engine, extract, keys, past.files)
        found = judge.guard_finding(export.place, export.feed, loss)
        if found and not past.accepted:
            return Verdict((*findings, found), found.code)
    return Verdict(tuple(findings), None, rejects, deletions=deletions, unique=unique)


def _columns(export: Export, extract: Extract, past: Past) -> tuple[tuple[Finding, ...], str | None]:
    source, feed = export.source, export.feed
    if not source.keys and source.mode != "log":
        message = f"{feed} has no 'key', and its mode is {source.mode}: its records cannot be told apart."
        remedy = "Name the key column in contract/sources.yaml."
        return (Finding("source.key", Level.ERROR, export.place, message, remedy),), "source.key"
    keys, groups = judge.missing_columns(judge.named_columns(source), extract.columns)
    findings = [judge.missing_finding(export.place, feed, (key,), extract.columns, "file.key_missing") for key in keys]
    findings += [
        judge.missing_finding(export.place, feed, group, extract.columns, "file.column_missing") for group in groups
    ]
    if keys:
        return tuple(findings), "file.key_missing"
    had = {name.casefold() for pull in past.pulls for name in pull.columns}
    lost = [group for group in groups if any(name.casefold() in had for name in group)]
    if source.mode == "full" and lost and not past.accepted:
        told = ", ".join(f"'{group[0]}'" for group in lost)
        message = f"Earlier extracts of {feed} had {told}; this full extract has not, and is held back."
        remedy = f"Export it again with all columns. If they are really gone: tieout pull --accept {feed}"
        findings.append(Finding("pull.columns_lost", Level.ERROR, export.place, message, remedy, count=len(lost)))
        return tuple(findings), "pull.columns_lost"
    return tuple(findings), None


def _rejected(export: Export, rejects: Sequence[Reject]) -> list[Finding]:
    reasons: dict[str, list[Reject]] = {}
    for reject in rejects:
        reasons.setdefault(reject.reason, []).append(reject)
    return [
        Finding(
            "file.rejected",
            Level.NOTE if found[0].spare else Level.WARNING,
            f"{export.place}:{found[0].line}",
            f"{len(found):,} line{'s' if len(found) > 1 else ''} rejected: {reason}.",
            "They are kept in ledger/rejected. Nothing needs to be done."
            if found[0].spare
            else "Rejected lines are kept in ledger/rejected; correct the export and export it again.",
            count=len(found),
        )
        for reason, found in reasons.items()
    ]


def _nothing_left(export: Export, extract: Extract, keyless: int) -> Finding:
    first = extract.rejects[0] if extract.rejects else None
    return Finding(
        "file.no_rows",
        Level.ERROR,
        f"{export.place}:{first.line}" if first else export.place,
        f"No line of the file can be taken ({first.reason if first else judge.NO_KEY}); it is held back.",
        "Check the 'delimiter', 'encoding' and 'key' of the object in contract/sources.yaml, or export it again.",
        count=len(extract.rejects) + keyless,
    )


def _repeats(export: Export, same: int, rejects: Sequence[Reject]) -> list[Finding]:
    findings = _rejected(export, rejects)
    if same:
        message = (
            f"{same:,} line{'s' if same > 1 else ''} of this full extract repeat{'' if same > 1 else 's'} another."
        )
        remedy = "They were counted once. Nothing needs to be done."
        findings.append(Finding("file.repeated", Level.NOTE, export.place, message, remedy, count=same))
    return findings


def _no_deletions(export: Export) -> Finding:
    return Finding(
        "pull.no_deletions",
        Level.WARNING,
        export.place,
        f"Lines of this full extract of {export.feed} were rejected, so absent records are not taken as deleted.",
        "Export it again without the faults; records that are absent then count as deleted.",
    )
