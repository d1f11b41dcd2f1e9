"""What was pulled, and the state of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tieout.show import figures
from tieout.show.tables import Column, table
from tieout.show.terminal import Terminal, clean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tieout.history.ledger import Feed, Ledger, Pull
    from tieout.history.pull import PullReport


def pull_lines(terminal: Terminal, report: PullReport | None, zone: ZoneInfo) -> list[str]:
    """Say what a pull committed, by object; ends with an empty line."""
    if report is None:
        return ["Nothing was pulled: the contract has errors.", ""]
    known = f"; {figures.counted(report.unchanged, 'file')} known already" if report.unchanged else ""
    held = f"; {figures.counted(len(report.held), 'file')} held back" if report.held else ""
    if not report.pulled:
        return [terminal.paint(f"Nothing new to pull{known}{held}", "title"), ""]
    rows = sum(pull.rows for pull in report.pulled)
    pulled = f"Pulled {figures.counted(len(report.pulled), 'file')}, {figures.count(rows)} rows{known}{held}"
    lines = [terminal.paint(pulled, "title")]
    columns = [Column("object", right=False), Column("mode", right=False), Column("files"), Column("rows")]
    columns += [Column("rejected"), Column("newest taken", right=False)]
    return [*lines, *table(terminal, columns, [_object(feed, pulls, zone) for feed, pulls in _by_feed(report)]), ""]


def _by_feed(report: PullReport) -> list[tuple[Feed, list[Pull]]]:
    found: dict[Feed, list[Pull]] = {}
    for pull in report.pulled:
        found.setdefault(pull.feed, []).append(pull)
    return sorted(found.items())


def _object(feed: Feed, pulls: list[Pull], zone: ZoneInfo) -> list[str]:
    rejected = sum(pull.rejected for pull in pulls)
    newest = max(pull.taken_at for pull in pulls)
    return [
        clean(str(feed)),
        pulls[0].mode,
        figures.count(len(pulls)),
        figures.count(sum(pull.rows for pull in pulls)),
        figures.count(rejected) if rejected else figures.NOTHING,
        figures.stamp(newest, zone),
    ]


def ledger_page(terminal: Terminal, ledger: Ledger, files: int | None) -> list[str]:
    """Say what the ledger holds, and what was derived again; ends with an empty line."""
    sound = len(ledger.pulls())
    pulls = figures.counted(len(ledger.committed), "pull")
    lines = [terminal.paint(f"{figures.count(sound)} of {pulls} are sound", "title")]
    if files is not None:
        lines.append(f"{figures.count(files)} change files were derived again.")
    return [*lines, ""]


# -- for files


def pull_json(report: PullReport | None) -> dict[str, Any] | None:
    """Give what was pulled; null where the contract kept it from running."""
    if report is None:
        return None
    return {
        "pulled": [_pull(pull) for pull in report.pulled],
        "unchanged": report.unchanged,
        "held": [{"object": str(held.feed), "source": held.source, "code": held.code} for held in report.held],
    }


def _pull(pull: Pull) -> dict[str, Any]:
    return {
        "position": pull.position,
        "object": str(pull.feed),
        "source": pull.source,
        "mode": pull.mode,
        "taken_at": pull.taken_at,
        "rows": pull.rows,
        "rejected": pull.rejected,
    }


def ledger_json(ledger: Ledger, files: int | None) -> dict[str, Any]:
    """Give the state of the ledger."""
    return {"pulls": len(ledger.committed), "sound": len(ledger.pulls()), "rebuilt": files}
