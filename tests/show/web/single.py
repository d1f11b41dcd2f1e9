"""The provider of single sign-on that the tests start: `oidc-provider`, run by node."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.conftest import made_once

HERE = Path(__file__).parent / "oidc"


def modules() -> Path:
    """Give the folder that the provider is installed in, as locked; without node or npm the tests are skipped."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("no node on this machine: single sign-on is not tested")
    digest = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tieout-tests"
    cache.mkdir(parents=True, exist_ok=True)

    def make(folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        run = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install the provider: {done.stderr.strip()[-200:]}")

    return made_once(cache / f"oidc-{digest}", make)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def provider(*callbacks: str, port: int | None = None) -> Iterator[str]:
    """Run the provider and give its address."""
    folder, port = modules(), port or free_port()
    run = ["node", str(HERE / "provider.mjs"), str(port), str(folder), *callbacks]
    process = subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert any("listening" in line for line in process.stdout)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def walk(address: str, login: str, callback: str) -> str:
    """Go through the provider's pages as somebody with a browser, and give the address that it leads back to."""
    with requests.Session() as browser:
        answer = browser.get(address, allow_redirects=False)
        for _ in range(12):
            if place := answer.headers.get("Location"):
                address = urljoin(address, place)
                if address.startswith(callback):
                    return address
                answer = browser.get(address, allow_redirects=False)
                continue
            form = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
            assert form, answer.text
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert prompt, answer.text
            address = urljoin(address, unescape(form[1]))
            typed = {"prompt": prompt[1], "login": login, "password": "anything"}
            answer = browser.post(address, data=typed, allow_redirects=False)
    raise AssertionError(json.dumps({"never came back": address}))
