"""The one table from errors to HTTP: RFC 9457 problem details with a stable code and a Chinese sentence."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from flask import Response, make_response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from config.loading import rule
from config.text import say, sentences
from models.kernel import errors
from models.kernel.database import UNREACHABLE

PROBLEM = "application/problem+json"
log = structlog.get_logger("api")

STATUS: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.InvalidInput, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.LimitReached, 429),
    (errors.Unavailable, 503),
    (errors.DomainError, 400),
)
# Codes whose status differs from that of their class.
STATUS_BY_CODE = {"idempotency_key_missing": 400, "malformed_json": 400, "bad_cursor": 400, "body_too_large": 413,
                  "unsupported_media_type": 415}  # fmt: skip
HTTP_CODES = {400: "bad_request", 404: "no_such_page", 405: "method_not_allowed", 406: "not_acceptable",
              413: "body_too_large", 415: "unsupported_media_type", 429: "limit_reached"}  # fmt: skip


def problem(
    status: int, code: str, *, params: dict[str, Any] | None = None, faults: list[dict[str, Any]] | None = None,
    details: dict[str, Any] | None = None, retry_after: int | None = None,
) -> Response:  # fmt: skip
    """A problem response. An unknown code still answers, with the sentence of its status."""
    key = f"errors.{code}"
    try:
        detail = say(key if key in sentences() else "errors.refused", **(params or {}))
    except KeyError:
        detail = say("errors.refused")
    body: dict[str, Any] = {
        "type": f"urn:yixiang:error:{code}",
        "title": code,
        "status": status,
        "code": code,
    }
    body["detail"] = detail
    if faults:
        body["faults"] = faults
    if details:
        body["current"] = details
    response = Response(orjson.dumps(body, default=str), status=status, mimetype=PROBLEM)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def answer_error(error: Exception) -> Response:
    """Turn whatever was raised while serving into a problem response."""
    if isinstance(error, errors.Unavailable):
        log.warning("unavailable", code=error.code, reason=getattr(error, "reason", None))
    if isinstance(error, errors.DomainError):
        return domain_problem(error)
    if isinstance(error, ValidationError):
        return domain_problem(validation_fault(error))
    if isinstance(error, UNREACHABLE):
        log.warning("database_unreachable", error=type(error).__name__)
        return problem(503, "database_unreachable", retry_after=rule("api.retry_after_seconds"))
    if isinstance(error, HTTPException):
        return http_problem(error)
    # The message may quote personal data: only its kind and place go to the log.
    log.error("unexpected_error", error=type(error).__name__, where=_where(error))
    return problem(500, "internal_error")


def domain_problem(error: errors.DomainError) -> Response:
    """The response of a domain error."""
    status = STATUS_BY_CODE.get(error.code) or next(s for kind, s in STATUS if isinstance(error, kind))
    faults = None
    if isinstance(error, errors.InvalidInput) and error.faults:
        faults = [{"field": f.field, "code": f.code, "detail": f.detail or _fault_text(f.code)} for f in error.faults]
    retry_after = getattr(error, "retry_after", None)
    return problem(
        status, error.code, params=error.params, faults=faults, details=error.details, retry_after=retry_after
    )


def http_problem(error: HTTPException) -> Response:
    """The response of an HTTP error raised by the framework."""
    if error.response is not None or (error.code or 500) < 400:  # a redirect, or an answer made elsewhere
        return make_response(error.get_response())
    status = error.code or 500
    response = problem(status, HTTP_CODES.get(status, "refused" if status < 500 else "internal_error"))
    allow = getattr(error, "valid_methods", None)
    if allow:
        response.headers["Allow"] = ", ".join(allow)
    return response


def validation_fault(error: ValidationError) -> errors.InvalidInput:
    """What pydantic found, without repeating what was sent."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    if any(each["type"] == "json_invalid" for each in found):
        return errors.InvalidInput("malformed_json")
    faults = [errors.FieldFault(_path(each["loc"]), each["type"]) for each in found[:20]]
    return errors.InvalidInput("invalid_input", faults=faults)


def _path(loc: tuple[int | str, ...]) -> str:
    # A key the caller made up is theirs and may be anything: it is cut and made printable.
    return ".".join("".join(c if c.isprintable() else "?" for c in str(part))[:60] for part in loc)


def _fault_text(code: str) -> str:
    key = f"errors.fields.{code}"
    return say(key if key in sentences() else "errors.fields.other")


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
