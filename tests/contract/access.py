"""The declared expectation for each route: who may call it (tests/samples/access.txt), and a body that its model takes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from api.endpoint import Route
from models.kernel.actors import (
    ADMINISTRATOR,
    COUNTY_REVIEWER,
    PLANNER,
    SUPERVISOR,
    TOWNSHIP_INTAKE,
    VISITOR,
)
from tests.factories.casework import XIAPU, jpeg
from tests.running import ROOT

TABLE = ROOT / "tests" / "samples" / "access.txt"
ROLES = {
    "intake": TOWNSHIP_INTAKE, "reviewer": COUNTY_REVIEWER, "supervisor": SUPERVISOR, "visitor": VISITOR,
    "planner": PLANNER, "administrator": ADMINISTRATOR,
}  # fmt: skip
PREFIX = "/api/v1"
# The id of nothing.
NOWHERE = "01" + "0" * 24


@dataclass(frozen=True)
class Expectation:
    """Who may call: public, resident or staff; of staff these roles (none named: all)."""

    kind: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Found:
    """A route of the app."""

    method: str
    path: str
    spec: Route

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def params(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def sent(self) -> dict[str, Any]:
        """What a caller sends whose request is in order, as far as the model tells."""
        if self.spec.upload is not None:
            fields = dict.fromkeys(self.spec.upload, "other")
            return {"data": {**fields, "file": (io.BytesIO(jpeg()), "a.jpg", "image/jpeg")}}
        if self.spec.body is None:
            return {}
        schema = self.spec.body.model_json_schema()
        return {"json": BODIES.get(self.spec.body.__name__) or sample(schema, schema.get("$defs", {}))}


def expectations() -> dict[str, Expectation]:
    """By `METHOD PATH`."""
    table: dict[str, Expectation] = {}
    now = None
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind, *roles = line.strip("[]").split()
            now = Expectation(kind, frozenset(ROLES[each] for each in roles))
        elif line and not line.startswith("#"):
            assert now is not None
            *methods, path = line.split()
            for method in methods:
                assert f"{method} {path}" not in table, f"{method} {path} is declared twice"
                table[f"{method} {path}"] = now
    return table


def routes(app: Flask) -> Iterator[Found]:
    """Every declared route under /api/v1, in a fixed order."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            spec = getattr(getattr(view, method.lower(), None), "route", None)
            if spec is not None:
                yield Found(method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX)), spec)


# Texts of a form: an id, a place, a month, a day, a number, a hash …
EXAMPLES = (
    NOWHERE,
    "03",
    "360902",
    "1796554",
    "2026-12",
    "2026-12-01",
    "a" * 64,
    "13907951234",
    "09:00",
    "x",
    "a" * 16,
)
# Bodies whose rules their schema does not tell.
BODIES: dict[str, Any] = {
    "AssignBody": {"version": 1, "assignee_id": None},
    "FeedbackThemeBody": {"version": 1, "theme": "housing"},
    "TransferBody": {"version": 1, "township_id": XIAPU, "reason": "x"},
    "TransferElderBody": {"version": 1, "township_id": XIAPU, "community": "x", "address": "x", "reason": "x"},
    "AskWaitBody": {"elder_id": NOWHERE, "days": ["2026-12-01"]},
    "HandBackBody": {"version": 1, "on": "2026-11-22"},
    "CorrectBody": {"version": 1, "reason": "x", "outcome": "seen_well"},
    "ArriveBody": {"near": {"within": None, "band": "unknown"}},
    "UnbookedVisitBody": {"elder_id": NOWHERE},
    "ConfirmLinkBody": {"link_id": NOWHERE},
    "MoveBody": {"version": 1, "values": {"priority": "ordinary"}, "reason": "reassessed"},
}


def sample(schema: Any, definitions: Any) -> Any:
    """The smallest value that a pydantic schema takes."""
    if "$ref" in schema:
        return sample(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return sample(schema[union][0], definitions)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        needed = schema.get("required", [])
        return {name: sample(schema["properties"][name], definitions) for name in needed}
    if kind == "array":
        return [sample(schema["items"], definitions) for _ in range(schema.get("minItems", 0))]
    if kind in ("integer", "number"):
        return int(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
    if kind == "boolean":
        return True
    if "pattern" in schema:
        return next((each for each in EXAMPLES if re.search(schema["pattern"], each)), "x")
    known = {"date": "2026-12-01", "date-time": "2026-12-01T09:00:00+08:00"}
    return known.get(schema.get("format", "")) or "x" * max(1, schema.get("minLength", 1))
