"""The web application on a large company: each page when it is cold, then twenty people who read for two minutes."""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.measuring import BUILD, BenchError, Result, tieout
from bench.visitors import MOST, Visit, Visitor, kind_of, links_of
from bench.whole import large_line

PEOPLE, THINKING, SECONDS = 20, 3.0, 120.0
ROLES = ("viewer", "contributor", "marketing-lead", "sales-lead", "finance-lead", "cs-lead", "revops", "admin")
ALL_SEEING, MASKED = "admin", "viewer"
"""Pages are made for two pairs of eyes: who sees personal data, and who does not."""
SLICED = ("/pipeline", "/pipeline/stages", "/pipeline/velocity", "/funnel", "/funnel/clocks")
ASKED = ("segment=Enterprise", "by=segment", "as_of=2025-09-30")
BESIDE = ("/live?build=none", "/search?q=pipeline", "/search/suggest?q=O0000123")
PAINTED = ("/", "/pipeline")
MIDDLE, WORST, LARGEST, PAINT = 150, 500, 300, 1000
"""The aims: milliseconds at the median and at p95 of every page, kilobytes as sent, milliseconds to first paint."""
SLOWEST = 8


def web(scale: float) -> list[Result]:
    """Measure the web application as a team runs it."""
    root = large_line(scale)
    shutil.rmtree(root / "app", ignore_errors=True)
    shutil.rmtree(root / ".tieout" / "pages", ignore_errors=True)
    password = "of-the-bench-only-1"  # noqa: S105 -- of accounts that are made and deleted here
    people = [(f"p{number}@large.example", role) for number, role in zip(range(PEOPLE), cycle(ROLES), strict=False)]
    for email, role in people:
        _account(root, email, role, password)
    log = (BUILD / "web.log").absolute()
    with _served(root, log) as base:
        visitors = [Visitor(base, role) for _, role in people]
        for visitor, (email, _) in zip(visitors, people, strict=True):
            visitor.sign_in(email, password)
        first = {visitor.role: visitor for visitor in reversed(visitors)}
        cold = _every_page(first[ALL_SEEING])
        addresses = [one.address for one in cold]
        second = [first[MASKED].visit(address) for address in _for(MASKED, addresses)]
        paints = _paints(base, first[ALL_SEEING])
        warm = _reading(visitors, addresses)
    took = {told["request"]: float(told["ms"]) for told in _lines(log) if told.get("event") == "request"}
    return [*_cold(cold, took), *_warm(warm, [*cold, *second], took), *paints]


def _account(root: Path, email: str, role: str, password: str) -> None:
    command = [str(part) for part in tieout("account", "add", email, "--role", role, "--workspace", root)]
    done = subprocess.run(command, input=f"{password}\n", capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(done.stderr)


@contextmanager
def _served(root: Path, log: Path) -> Iterator[str]:
    """Run `tieout serve`, which makes nothing ahead, so that cold pages are cold; give its address."""
    command = [str(part) for part in tieout("serve", root, "--port", "0", "--no-warm")]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield line.rpartition(" ")[2].strip()
        finally:
            process.terminate()
            process.wait(30)


def _every_page(visitor: Visitor) -> list[Visit]:
    """Follow the links from the home page to pages of every kind, then ask for slices, moments and the search."""
    found: list[Visit] = []
    waiting, seen, of_kind = ["/"], {"/"}, defaultdict[str, int](int)
    extra = [f"{path}?{asked}" for path in SLICED for asked in ASKED] + list(BESIDE)
    while waiting or extra:
        address = waiting.pop(0) if waiting else extra.pop(0)
        found.append(_well(visitor.visit(address)))
        for link in links_of(found[-1].text) if address not in BESIDE else ():
            kind = kind_of(link)
            if link not in seen and of_kind[kind] < MOST.get(kind, 1):
                seen.add(link)
                of_kind[kind] += 1
                waiting.append(link)
    return found


def _well(visit: Visit) -> Visit:
    """Hold an answer to be one."""
    if visit.status not in {200, 204}:
        message = f"{visit.address} was answered with {visit.status}."
        raise BenchError(message)
    return visit


def _for(role: str, addresses: Iterable[str]) -> list[str]:
    """Leave out what only an administrator may open."""
    return [one for one in addresses if role == ALL_SEEING or not one.startswith("/people")]


def _reading(visitors: Sequence[Visitor], addresses: Sequence[str]) -> list[Visit]:
    """Let everybody read in an order of their own, with time to think between pages."""
    until = time.monotonic() + SECONDS

    def read(place: int, visitor: Visitor) -> list[Visit]:
        chance = random.Random(place)  # noqa: S311 -- an order, not a secret
        mine = _for(visitor.role, addresses)
        chance.shuffle(mine)
        time.sleep(chance.random() * THINKING)
        visits = []
        for address in cycle(mine):
            if time.monotonic() >= until:
                break
            typed = f"{address}{chance.randrange(100)}" if "q=" in address else address
            visits.append(replace(visitor.visit(typed), address=address))
            time.sleep(THINKING)
        return visits

    with ThreadPoolExecutor(len(visitors)) as pool:
        return [one for found in pool.map(read, range(len(visitors)), visitors) for one in found]


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    for line in log.read_text("utf-8").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


# -- what is told of it


def _cold(cold: Sequence[Visit], took: dict[str, float]) -> list[Result]:
    ranked = sorted(((took[one.id], one.address) for one in cold), reverse=True)
    slow = ", ".join(f"{ms / 1000:.1f} s {address}" for ms, address in ranked[:SLOWEST])
    middle = statistics.median(ms for ms, _ in ranked)
    return [
        Result("a cold page, at the median", middle, "ms", note=f"{len(cold)} pages"),
        Result("the slowest cold page", ranked[0][0] / 1000, "s", note=slow),
    ]


def _warm(warm: Sequence[Visit], before: Sequence[Visit], took: dict[str, float]) -> list[Result]:
    failed = [one for one in (*before, *warm) if one.status not in {200, 204}]
    ms = [took[one.id] for one in warm]
    by_page = defaultdict[str, list[float]](list)
    for one in warm:
        by_page[one.address].append(took[one.id])
    medians = {page: statistics.median(found) for page, found in by_page.items()}
    nineties = {page: _p95(found) for page, found in by_page.items()}
    largest = max(warm, key=lambda one: one.size)
    slow = ", ".join(f"{medians[page]:.0f} {page}" for page in sorted(medians, key=lambda one: -medians[one])[:4])
    late = ", ".join(f"{nineties[page]:.0f} {page}" for page in sorted(nineties, key=lambda one: -nineties[one])[:4])
    heard = [one.seconds * 1000 for one in warm]
    told = f"{len(warm)} answers to {PEOPLE} people, {len(by_page)} pages"
    client = f"as the client has it, waiting for a worker included: {_p95(heard):.0f} ms at p95"
    packed = f"{largest.whole / 1000:.0f} kB unpacked" if largest.packed else "not packed"
    return [
        Result("server time, at the median", statistics.median(ms), "ms", MIDDLE, note=told),
        Result("server time, at p95", _p95(ms), "ms", WORST, note=client),
        Result("median of the slowest page", max(medians.values()), "ms", MIDDLE, note=slow),
        Result("p95 of the slowest page", max(nineties.values()), "ms", WORST, note=late),
        Result("errors", len(failed), "", 0, note=", ".join(f"{one.status} {one.address}" for one in failed[:4])),
        Result("largest answer as sent", largest.size / 1000, "kB", LARGEST, note=f"{packed}; {largest.address}"),
    ]


def _p95(found: Sequence[float]) -> float:
    return sorted(found)[max(0, -(-len(found) * 95 // 100) - 1)]


def _paints(base: str, visitor: Visitor) -> list[Result]:
    """Time the first paint of warm pages in Chromium, each in a browser that has kept nothing of them."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- of no other benchmark

    program = os.environ.get("TIEOUT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    cookies = [{"name": one.name, "value": one.value or "", "url": base} for one in visitor.jar]
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path in PAINTED:
            times = []
            for _ in range(5):
                context = browser.new_context(base_url=base)
                context.add_cookies(cookies)  # type: ignore[arg-type]
                page = context.new_page()
                page.goto(path, wait_until="load")
                times.append(page.evaluate(PAINT_TIME))
                context.close()
            told = ", ".join(f"{one:.0f}" for one in times)
            found.append(
                Result(f"first paint of {path}", statistics.median(times), "ms", PAINT, note=f"runs {told} ms")
            )
        browser.close()
    return found


PAINT_TIME = """() => new Promise((tell) => {
  const look = () => {
    const [one] = performance.getEntriesByName("first-contentful-paint");
    one ? tell(one.startTime) : setTimeout(look, 5);
  };
  look();
})"""
