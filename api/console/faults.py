"""What went wrong, in the words of a page: read from an error, or from the API's problem response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response
from werkzeug.datastructures import MultiDict

from api.console.pages import Trouble
from api.errors import answer_error
from config.programmes import programmes
from config.text import say


@dataclass(frozen=True)
class Fault:
    """A page that could not be shown: the status, the code, and a sentence that says what to do."""

    status: int
    code: str
    detail: str


def read(error: Exception) -> Fault:
    """The fault that an error is, by the API's own table."""
    said = _problem(answer_error(error))
    return Fault(said["status"], said["code"], said["detail"])


def trouble(action: str, answer: Response, typed: MultiDict[str, str], seen: str) -> Trouble:
    """Why the form was refused, field by field."""
    said = _problem(answer)
    faults = {each["field"]: each["detail"] for each in said.get("faults", ())}
    return Trouble(action, answer.status_code, said["code"], said["detail"], faults, typed, seen)


def answered(answer: Response) -> Any:
    """What a form's route answered, as data."""
    return orjson.loads(answer.get_data() or b"{}")


def made(answer: Response) -> str:
    """The id of what a form has made; empty where the answer names none."""
    found = answered(answer)
    return str(found.get("id", "")) if isinstance(found, dict) else ""


def typed(values: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What somebody typed or chose, to be shown to them again; a version means nothing to them, a paper has a name."""
    papers = {each.token: each.label for one in programmes().values() for v in one.versions for each in v.papers}
    return [
        (name, papers.get(text, text) if name == "papers" else text)
        for name, text in values.items(multi=True) if text.strip() and not name.endswith("version")
    ]  # fmt: skip


def _problem(answer: Response) -> dict[str, Any]:
    found = answered(answer)
    if not isinstance(found, dict) or "detail" not in found:
        return {"status": answer.status_code, "code": "refused", "detail": say("errors.refused")}
    return found
