"""Who may call a route. Every route declares it; a test fails for one that does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Request

from models.kernel.actors import ANONYMOUS, STAFF_ROLES, Actor
from models.kernel.errors import Forbidden, Unauthenticated
from models.people import tokens

BEARER = "Bearer "


@dataclass(frozen=True)
class Access:
    """`kind`: public, resident or staff. `roles`: of staff, one of these; none named means every role."""

    kind: str
    roles: tuple[str, ...] = ()

    def actor(self, request: Request, at: datetime) -> Actor:
        """The caller, checked. Raises Unauthenticated or Forbidden."""
        if self.kind == "public":
            return ANONYMOUS
        header = request.headers.get("Authorization", "")
        if not header.startswith(BEARER):
            raise Unauthenticated()
        actor = tokens.read(header[len(BEARER) :], "staff" if self.kind == "staff" else "resident", at)
        if self.roles and not actor.has_role(*self.roles):
            raise Forbidden()
        return actor

    def described(self) -> str:
        """For the OpenAPI document."""
        return f"{self.kind}: {', '.join(self.roles)}" if self.roles else self.kind


PUBLIC = Access("public")
RESIDENT = Access("resident")
STAFF = Access("staff")


def staff(*roles: str) -> Access:
    """Members of staff with one of these roles."""
    unknown = set(roles) - set(STAFF_ROLES)
    if unknown or not roles:
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    return Access("staff", roles)
