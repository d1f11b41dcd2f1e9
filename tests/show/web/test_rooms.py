"""Every room: who may see it, what a wrong address gives, that a kept page is the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.show.web.conftest import ClientOf, Server
from tieout.operate.people.roles import Role
from tieout.show.web.registry import ROOMS

if TYPE_CHECKING:
    from django.test import Client


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("path", [room.path for room in ROOMS])
def test_whoever_is_not_signed_in_is_asked_to(path: str, client: Client) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


def test_a_page_is_the_same_when_it_is_kept(client_of: ClientOf) -> None:
    viewer = client_of(Role.VIEWER)
    first, second = (viewer.get("/pipeline").content for _ in range(2))
    assert b"5,412,350.00" in first
    assert first.split(b'id="page"')[1] == second.split(b'id="page"')[1]


def test_a_filter_that_there_is_not_is_named_with_the_nearest(client_of: ClientOf) -> None:
    answer = client_of(Role.VIEWER).get("/pipeline?perod=2026-Q3")
    assert answer.status_code == 400
    assert "Did you mean &#x27;period&#x27;?" in answer.content.decode()


def test_the_server_answers(server: Server) -> None:
    assert server.address.startswith("http://127.0.0.1:")
