"""Who does something: always an argument of an operation, always in its history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["resident", "staff", "system", "anonymous"]

TOWNSHIP_INTAKE = "township_intake"
COUNTY_REVIEWER = "county_reviewer"
VISITOR = "visitor"
PLANNER = "planner"
SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
STAFF_ROLES = (TOWNSHIP_INTAKE, COUNTY_REVIEWER, VISITOR, PLANNER, SUPERVISOR, ADMINISTRATOR)


@dataclass(frozen=True)
class Proxy:
    """Who acts for a resident with their authorisation: a resident or a member of staff.

    `actions`: what may be done; `programmes`: for which, empty means all.
    """

    authorisation_id: str
    kind: Literal["resident", "staff"]
    id: str
    actions: frozenset[str]
    programmes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Actor:
    """A resident, a member of staff, the system itself, or nobody known.

    `district_code` None on staff means the whole city; empty `township_ids` means every township of the county.
    `proxy`: who acts in this resident's name, None where it is the resident.
    """

    kind: Kind
    id: str
    roles: frozenset[str] = field(default_factory=frozenset)
    district_code: str | None = None
    township_ids: tuple[str, ...] = ()
    proxy: Proxy | None = None

    def covers(self, district_code: str | None, township_id: str | None = None) -> bool:
        """True where this member of staff is responsible for the place; never for others than staff."""
        if self.kind != "staff":
            return False
        if self.district_code is not None and self.district_code != district_code:
            return False
        return not self.township_ids or township_id in self.township_ids

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def may_act_on(self, programme: str) -> bool:
        """True unless it is a proxy whose authorisation leaves this programme out."""
        return self.proxy is None or not self.proxy.programmes or programme in self.proxy.programmes

    def as_history(self) -> dict[str, Any]:
        """How a history entry names the actor, and who acted for them: kinds and ids, no personal data."""
        named: dict[str, Any] = {"kind": self.kind, "id": self.id}
        if self.proxy is not None:
            named["proxy"] = {"kind": self.proxy.kind, "id": self.proxy.id}
        return named


SYSTEM = Actor(kind="system", id="system")
ANONYMOUS = Actor(kind="anonymous", id="anonymous")
