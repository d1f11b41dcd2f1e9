"""People who visit the web application: each signed in with a session of their own, by a plain client of HTTP."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from gzip import decompress
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

from bench.measuring import BenchError

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LINK = re.compile(r'href="(/[^"#]*)')
APART = ("/accounts", "/api", "/style.css", "/static", "/live", "/views")
"""What is no page of numbers."""
MOST = {
    "/people/accounts/": 1,
    "/records/": 3,
    "/glossary/": 3,
    "/record/opportunity/": 2,
    "/record/account/": 2,
    "/record/lead/": 2,
    "/record/": 8,
}
"""So many pages of one kind are visited, of the first that an address begins with; of every other kind one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One answer as the visitor saw it: its request id, the address, bytes as sent, seconds until it was there."""

    id: str
    address: str
    status: int
    size: int
    packed: bool
    seconds: float
    text: str

    @property
    def whole(self) -> int:
        """How many bytes it has when it is unpacked."""
        return len(self.text.encode())


class Visitor:
    """Somebody with a session."""

    def __init__(self, base: str, role: str) -> None:
        self.base, self.role = base, role
        self.jar = CookieJar()
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(self.jar))

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as a person does. Raises BenchError."""
        address = urljoin(self.base, "/accounts/login/?next=/search")
        token = TOKEN.search(self.opener.open(address).read().decode())
        given = {
            "login": email,
            "password": password,
            "next": "/search",
            "csrfmiddlewaretoken": token[1] if token else "",
        }
        request = Request(address, urlencode(given).encode(), {"Referer": address})  # noqa: S310 -- our own server
        if "/login" in self.opener.open(request).geturl():
            message = f"{email} could not sign in."
            raise BenchError(message)

    def visit(self, address: str) -> Visit:
        """Ask for a page, as a browser does that takes it packed."""
        name = uuid4().hex
        headers = {"X-Request-ID": name, "Accept-Encoding": "gzip"}
        request = Request(urljoin(self.base, address), headers=headers)  # noqa: S310 -- our own server
        start = time.perf_counter()
        try:
            answer = self.opener.open(request, timeout=300)
        except HTTPError as error:
            answer = error
        body = answer.read()
        taken = time.perf_counter() - start
        packed = answer.headers.get("Content-Encoding") == "gzip"
        text = (decompress(body) if packed else body).decode()
        return Visit(name, address, int(answer.status or 0), len(body), packed, taken, text)


def links_of(text: str) -> list[str]:
    """Give the pages of the application that a page leads to, in their order."""
    found = dict.fromkeys(unescape(one) for one in LINK.findall(text))
    return [one for one in found if not one.startswith(APART) and "format=" not in one]


def kind_of(address: str) -> str:
    """Name the kind of a page: a page of each record, of each number, is one kind."""
    path = urlsplit(address).path
    return next((kind for kind in MOST if path.startswith(kind)), path)
