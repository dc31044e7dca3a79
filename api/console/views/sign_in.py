"""Proving who somebody is, from the sign-in form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app, request

from api.endpoint import EXTENSION
from api.v1.people.schemas import StaffSignInBody
from models.people import staff as accounts


def prove(fields: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """The account of the name, password and code given. Raises what `accounts.sign_in` raises, and InvalidInput."""
    current_app.extensions["limiter"].check("sign_in", request.remote_addr or "")
    given = StaffSignInBody.model_validate(
        {
            "username": fields.get("username", ""),
            "password": fields.get("password", ""),
            "otp": "".join(fields.get("otp", "").split()) or None,
        }
    )
    production = current_app.extensions[EXTENSION].settings.production
    _, stored = accounts.sign_in(given.username, given.password, given.otp, at, otp_required=production)
    return stored
