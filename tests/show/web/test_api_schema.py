"""The API is asked whatever its description allows: no mistake of ours, no status or form that it does not name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.show.web.test_api import token_of

if TYPE_CHECKING:
    from pytest_django import Settings

__all__ = ["token_of"]
QUICK = 6
THOROUGH = 60
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("examples", [QUICK, pytest.param(THOROUGH, marks=pytest.mark.slow)])
def test_whatever_is_asked(token_of: Callable[..., str], settings: Settings, examples: int) -> None:
    settings.API_RATE = 10**6
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), headers={"Host": "testserver"}
    )
    # What asks here unpacks nothing.
    headers = {"Authorization": f"Bearer {token_of()}", "Host": "testserver", "Accept-Encoding": "identity"}
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        if operation.path.endswith("/sources"):
            continue  # it takes nothing, and long

        @bounded(
            max_examples=examples, deadline=None, phases=[Phase.generate], database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
