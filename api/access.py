"""Who may call a route. Every route declares it; a test fails for one that does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Request

from models.kernel import audit
from models.kernel.actors import ANONYMOUS, STAFF_ROLES, Actor
from models.kernel.errors import Forbidden, Unauthenticated
from models.people import proxies, tokens

BEARER = "Bearer "
# The id of the authorisation under which a proxy calls.
ON_BEHALF_OF = "On-Behalf-Of"


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

    def acting(self, request: Request, action: str | None, at: datetime) -> Actor:
        """The caller; or, with the header `On-Behalf-Of`, the resident in whose name the caller acts.

        `action`: what the route does for a proxy, None where it is for the resident alone. Each such call is
        recorded. Raises as `actor` does, and Forbidden (`proxy_not_here`, `proxy_not_allowed`), NotFound.
        """
        authorisation = request.headers.get(ON_BEHALF_OF)
        if authorisation is None or self.kind != "resident":
            return self.actor(request, at)
        caller = _resident_or_staff(request, at)
        if action is None:
            raise Forbidden("proxy_not_here")
        acting = proxies.acting(caller, authorisation, action, at)
        done = {"method": request.method, "path": request.path, "resident": acting.id}
        audit.record(caller, f"proxy.{action}", f"authorisation:{authorisation}", at, detail=done)
        return acting

    def described(self) -> str:
        """For the OpenAPI document."""
        return f"{self.kind}: {', '.join(self.roles)}" if self.roles else self.kind


def _resident_or_staff(request: Request, at: datetime) -> Actor:
    try:
        return RESIDENT.actor(request, at)
    except Unauthenticated as fault:
        if fault.code != "token_invalid":
            raise
        return STAFF.actor(request, at)


PUBLIC = Access("public")
RESIDENT = Access("resident")
STAFF = Access("staff")


def staff(*roles: str) -> Access:
    """Members of staff with one of these roles."""
    unknown = set(roles) - set(STAFF_ROLES)
    if unknown or not roles:
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    return Access("staff", roles)
