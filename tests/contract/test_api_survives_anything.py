"""Generated calls over the whole OpenAPI document: whatever is sent, the answer is a declared one, never a 500."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from pytest_httpserver import HTTPServer

from config.settings import Settings
from models.kernel.actors import STAFF_ROLES
from tests.factories.people import WechatStandIn

CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
]
EXAMPLES = 10
# Who has not signed in is refused before anything of the call is read: these tell whether that is so.
REFUSED_EXAMPLES = 2
# In how many parts the operations are called, so that workers share them: each part reads the whole document.
PARTS = {"anonymous": 2, "resident": 2, "staff": 6}


@pytest.fixture
def settings(settings: Settings, httpserver: HTTPServer) -> Settings:
    """With a WeChat that answers, for without one a sign-in is rightly a 503."""
    WechatStandIn(httpserver)
    return settings.model_copy(update={"wechat_api_base": httpserver.url_for("").rstrip("/")})


@pytest.fixture
def callers(
    resident: Callable[..., dict[str, str]], staff: Callable[..., dict[str, str]]
) -> dict[str, Callable[[], dict[str, str]]]:
    """How each kind of caller signs in."""
    return {"anonymous": dict, "resident": resident, "staff": lambda: staff(*STAFF_ROLES, district_code=None)}


@pytest.mark.slow
@pytest.mark.usefixtures("quick_hashes")
@pytest.mark.parametrize(("caller", "part"), [(caller, part) for caller in PARTS for part in range(PARTS[caller])])
def test_every_operation_survives_anything(
    app: Flask, callers: dict[str, Callable[[], dict[str, str]]], caller: str, part: int
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/swagger.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert operations
    for operation in operations[part :: PARTS[caller]]:
        if caller == "anonymous" or _is_for(operation, caller):
            refused = caller == "anonymous" and operation.definition.raw.get("security") != []
            _call_with_anything(operation, callers[caller], REFUSED_EXAMPLES if refused else EXAMPLES)


def _is_for(operation: Any, caller: str) -> bool:
    """A resident's token tells nothing new on a staff route: both are refused the same way."""
    return ("/staff/" in operation.path) == (caller == "staff")


def _call_with_anything(operation: Any, sign_in: Callable[[], dict[str, str]], most: int) -> None:
    headers: dict[str, str] = {}

    @examples(
        max_examples=most, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        if not headers:
            headers.update({k: v for k, v in sign_in().items() if k == "Authorization"})
        response = case.call(headers=headers)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            headers.clear()  # an earlier call may have signed its caller out
        case.validate_response(response, checks=CHECKS)

    call()
