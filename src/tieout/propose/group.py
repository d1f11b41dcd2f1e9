"""Files grouped into tables: one header under one name, with dates in the names, is one table with many pulls."""

from __future__ import annotations

import glob
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from tieout.propose.plain import slug, tokens
from tieout.propose.survey import Source
from tieout.propose.words import NOISE

_DAY = re.compile(r"(?<!\d)(19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?:[T_ -]?\d\d[-:_.h]?\d\d(?:[-:_.m]?\d\d)?Z?)?(?!\d)")
_MONTH = re.compile(r"(?<!\d)(?:(19|20)\d\d[-_.]?(0[1-9]|1[0-2])|(0[1-9]|1[0-2])[-_.](19|20)\d\d)(?!\d)")
_OTHER_DAY = re.compile(r"(?<!\d)[0-3]?\d[-_.][0-3]?\d[-_.](19|20)\d\d(?!\d)")
_WEEK = re.compile(r"(?<![a-z])(kw|w|week|q|wk)[-_ ]?\d{1,2}(?!\d)", re.IGNORECASE)
_PART = re.compile(
    r"(?:[-_ ]?(?:part|teil|page|chunk|batch|export)?[-_ .]?|\s*\()(?<!\d)(\d{1,5})\)?(?=$|\.)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Table:
    """Files that are one table: `sources` in the order of their names' dates, `stem` their name without dates."""

    sources: tuple[Source, ...]
    stem: str
    parts: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the newest file."""
        return self.sources[-1].columns

    @property
    def folder(self) -> str:
        """The folder in which its files lie, below the exports; empty for the exports themselves."""
        return PurePosixPath(self.sources[0].name).parent.as_posix().strip(".")

    @property
    def dated(self) -> bool:
        """Whether every file's name says when it was taken."""
        return all(source.stamp for source in self.sources)

    @property
    def label(self) -> str:
        """A name for it: its file's, without what every export's name has."""
        return label_of(self.stem)

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(source.size for source in self.sources)


def label_of(stem: str) -> str:
    """Give the plain words of a file's name that say something, joined."""
    path = PurePosixPath(stem)
    words = [word for word in tokens(path.name) if word not in NOISE and not word.isdigit()]
    if not words and path.parent.name:
        words = [word for word in tokens(path.parent.name) if word not in NOISE]
    return slug(" ".join(words) or path.name or "table")


def stem_of(name: str) -> str:
    """Give a path without its endings, dates and numbers of parts."""
    path = PurePosixPath(name)
    bare = path.name
    while (suffix := PurePosixPath(bare).suffix) and len(suffix) <= 8 and suffix[1:].isalpha():
        bare = bare[: -len(suffix)]
    folders = [_undated(part) for part in path.parent.parts]
    return "/".join([*(part for part in folders if part), _undated(bare) or bare])


def _undated(text: str) -> str:
    for pattern in (_DAY, _OTHER_DAY, _MONTH, _WEEK):
        text = pattern.sub("", text)
    return text.strip(" -_.()")


def group(sources: Iterable[Source]) -> tuple[Table, ...]:
    """Group files: same stem and same header; then numbered parts of one header; what is left stands alone."""
    by_stem: dict[tuple[str, frozenset[str]], list[Source]] = defaultdict(list)
    for source in sources:
        sheet = f"/{source.told}" if source.told else ""
        by_stem[stem_of(source.name) + sheet, source.plain].append(source)
    merged: dict[tuple[str, frozenset[str]], list[Source]] = defaultdict(list)
    for (stem, header), found in by_stem.items():
        merged[_unnumbered(stem), header] += found
    tables = []
    for (stem, _), found in merged.items():
        numbered = len({stem_of(source.name) for source in found}) > 1 and not found[0].told
        ordered = sorted(
            found, key=lambda source: (source.stamp.moment.isoformat() if source.stamp else "", source.name)
        )
        tables.append(Table(tuple(ordered), stem, parts=numbered))
    return tuple(_joined_by_growth(tables))


def _unnumbered(stem: str) -> str:
    bare = _PART.sub("", stem)
    return bare if bare and not bare.endswith("/") else stem


def _joined_by_growth(tables: Sequence[Table]) -> list[Table]:
    """Join pulls of one stem whose header gained or lost a few columns on the way."""
    by_stem: dict[str, list[Table]] = defaultdict(list)
    for table in tables:
        by_stem[table.stem].append(table)
    joined: list[Table] = []
    for stem, found in by_stem.items():
        if len(found) > 1 and all(table.dated for table in found) and _alike(found):
            sources = sorted(
                (source for table in found for source in table.sources),
                key=lambda source: (source.stamp.moment.isoformat() if source.stamp else "", source.name),
            )
            joined.append(Table(tuple(sources), stem))
        else:
            joined += found
    return joined


def _alike(tables: Sequence[Table]) -> bool:
    headers = [table.sources[0].plain for table in tables]
    shared = frozenset.intersection(*headers)
    return all(len(shared) * 3 >= len(header) * 2 for header in headers)


def patterns(table: Table, base: str, others: Iterable[str]) -> list[str]:
    """Give file patterns, seen from the folder `base`, that find the table's files and no others of the exports."""
    mine = {source.name for source in table.sources}
    rest = set(others) - mine
    names = [_below(name, base) for name in sorted(mine)]
    if table.dated:
        for star in ("*", "[0-9]*"):
            tried = {_starred(name, star) for name in names}
            hits = [name for name in rest if any(fnmatchcase(_below(name, base), one) for one in tried)]
            if len(tried) <= 2 and not hits:
                return sorted(tried)
    return [glob.escape(name) for name in names]


def _below(name: str, base: str) -> str:
    return name.removeprefix(f"{base}/") if base else name


def _starred(name: str, star: str) -> str:
    """Put a star where dates stand: a later pull of the same table is then found too."""
    parts = []
    for part in PurePosixPath(name).parts:
        pattern = next((one for one in (_DAY, _OTHER_DAY, _MONTH) if one.search(part)), None)
        pieces = pattern.split(part) if pattern else [part]
        texts = [pieces[0], pieces[-1]] if pattern else pieces
        parts.append(star.join(glob.escape(text) for text in texts))
    return "/".join(parts)
