"""Bodies that may be left out."""

from __future__ import annotations

from typing import TypeVar, cast

from flask import request

from api.endpoint import Body, parse_body

Model = TypeVar("Model", bound=Body)


def optional_body(model: type[Model]) -> Model:
    """The body as `model`, whose fields all have defaults; the defaults where nothing was sent."""
    return cast(Model, parse_body(model)) if request.get_data() else model()
