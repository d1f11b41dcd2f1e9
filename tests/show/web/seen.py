"""What a page of the application says, without its markup."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from django.test import Client

ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def body(client: Client, path: str, status: int = 200) -> str:
    """Give the markup of a page, from where its own content begins."""
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode().split('id="page"')[-1]


def rows(markup: str) -> dict[str, list[str]]:
    """Give the rows of all tables by their first cell; of two of one name the first."""
    found: dict[str, list[str]] = {}
    for row in ROW.findall(markup):
        first, *rest = (words(cell) for cell in CELL.findall(row))
        found.setdefault(first, rest)
    return found


def words(markup: str) -> str:
    """Give the text of some markup on one line."""
    return " ".join(unescape(TAG.sub(" ", markup)).split())


def links(markup: str, path: str) -> list[dict[str, str]]:
    """Give the filters of all links to a path."""
    found = [urlsplit(unescape(href)) for href in re.findall(r'href="([^"]+)"', markup)]
    return [{name: value for name, (value,) in parse_qs(one.query).items()} for one in found if one.path == path]
