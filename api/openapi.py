"""The OpenAPI (Swagger 2.0) document, made from the routes' own pydantic models.

flask-restx writes the document; this gives it each model's schema in the dialect of Swagger 2.0, under a name that
no other model can take.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_restx import Api
from flask_restx.model import SchemaModel
from pydantic import BaseModel

from api.access import ON_BEHALF_OF
from api.endpoint import IDEMPOTENCY_HEADER, JSON_TYPE, Endpoint, Route
from api.errors import PROBLEM
from models.kernel.ids import ID_PATTERN

REF_TEMPLATE = "#/definitions/{model}"
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM_MODEL = "Problem"
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "faults": {"type": "array", "items": {"type": "object"}},
        "current": {"type": "object"},
    },
}
COMMON_PROBLEMS = ("400", "401", "403", "404", "409", "413", "415", "422", "429", "503")


def describe(api: Api, resource: type[Endpoint]) -> None:
    """Attach the documentation of each declared method of a resource."""
    if PROBLEM_MODEL not in api.models:
        api.models[PROBLEM_MODEL] = SchemaModel(PROBLEM_MODEL, PROBLEM_SCHEMA)
    for name in METHODS:
        method = getattr(resource, name, None)
        spec: Route | None = getattr(method, "route", None)
        if method is not None and spec is not None:
            method.__apidoc__ = _documentation(api, spec, method.__doc__ or "")


def _documentation(api: Api, spec: Route, text: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": f"{text.strip()}\n\nAccess: {spec.access.described()}".strip(),
        "params": _parameters(spec),
        "responses": {str(spec.status): ("OK", _model(api, spec.response) if spec.response else None, {})},
        "produces": [JSON_TYPE, PROBLEM, *spec.media],
        "security": [] if spec.access.kind == "public" else [{"bearer": []}],
    }
    if spec.may_lack:
        described["responses"]["204"] = ("There is none", None, {})
    for status in COMMON_PROBLEMS:
        described["responses"][status] = ("Problem", api.models[PROBLEM_MODEL], {})
    if spec.body is not None:
        described["expect"] = [_model(api, spec.body)]
    return described


def _parameters(spec: Route) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if spec.query is not None:
        schema = _schemas(spec.query)[spec.query.__name__]
        for name, each in schema.get("properties", {}).items():
            found[name] = _query_parameter(each, name in schema.get("required", []))
    if spec.idempotent:
        found[IDEMPOTENCY_HEADER] = {
            "in": "header",
            "type": "string",
            "required": True,
            "minLength": 8,
            "maxLength": 128,
        }
    if spec.proxy is not None:
        found[ON_BEHALF_OF] = {"in": "header", "type": "string", "required": False, "pattern": ID_PATTERN}
    if spec.upload is not None:
        found["file"] = {"in": "formData", "type": "file", "required": True}
        found |= {name: {"in": "formData", "type": "string", "required": True} for name in spec.upload}
    return found


def _query_parameter(schema: dict[str, Any], required: bool) -> dict[str, Any]:
    kept = {k: v for k, v in schema.items() if k not in ("title", "x-nullable", "allOf", "$ref")}
    if kept.get("type") == "array":
        kept["collectionFormat"] = "multi"
    return {"type": "string", **kept, "in": "query", "required": required}


def _model(api: Api, model: type[BaseModel]) -> SchemaModel:
    if model.__name__ not in api.models:
        for name, converted in _schemas(model).items():
            _register(api, name, converted)
    return api.models[model.__name__]


@cache
def _schemas(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """The schemas of a model and of those within it, by name; making them takes most of the time of making an app."""
    schema = model.model_json_schema(ref_template=REF_TEMPLATE)
    inner = schema.pop("$defs", {})
    return {name: swagger(each) for name, each in {**inner, model.__name__: schema}.items()}


def _register(api: Api, name: str, converted: dict[str, Any]) -> None:
    known = api.models.get(name)
    if known is not None and known._schema != converted:
        raise ValueError(f"two models are named {name}")
    api.models[name] = SchemaModel(name, converted)


def complete(document: dict[str, Any], api: Api) -> dict[str, Any]:
    """Add the models that stand only within others: the framework lists those alone that a route names itself."""
    definitions: dict[str, Any] = document.get("definitions") or {}
    waiting = list(definitions.values())
    while waiting:
        for name in _named_in(waiting.pop()) - definitions.keys():
            definitions[name] = api.models[name].__schema__
            waiting.append(definitions[name])
    return document


def _named_in(schema: Any) -> set[str]:
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    own = (
        {schema["$ref"].rpartition("/")[2]}
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str)
        else set()
    )
    return own.union(*(_named_in(part) for part in parts))


def swagger(schema: Any) -> Any:
    """A JSON Schema of pydantic in the dialect of Swagger 2.0: x-nullable for null, enum for const, no $defs."""
    if isinstance(schema, list):
        return [swagger(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    unions: list[dict[str, Any]] = schema.get("anyOf") or schema.get("oneOf") or []
    choices = [each for each in unions if each.get("type") != "null"]
    if "anyOf" in schema or "oneOf" in schema:
        rest = {k: v for k, v in schema.items() if k not in ("anyOf", "oneOf", "discriminator")}
        nullable = any(each.get("type") == "null" for each in unions)
        # Swagger 2.0 has no unions: several choices are left open.
        chosen = dict(choices[0]) if len(choices) == 1 else {}
        merged = {"allOf": [chosen], **rest} if "$ref" in chosen else {**chosen, **rest}
        schema = {**merged, "x-nullable": True} if nullable else merged
    if "const" in schema:
        schema = {**{k: v for k, v in schema.items() if k != "const"}, "enum": [schema["const"]]}
    return {
        key: ({k: swagger(v) for k, v in value.items()} if key == "properties" else swagger(value))
        for key, value in schema.items()
        if key not in ("$defs", "prefixItems", "exclusiveMinimum", "exclusiveMaximum", "propertyNames")
        and not (key == "default" and value is None)
    }
