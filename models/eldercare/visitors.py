"""Who visits, and who may speak for them: oneself, or the township's intake and supervisors of a place they serve."""

from __future__ import annotations

from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.database import collection
from models.kernel.errors import NotFound
from models.kernel.lifecycle import Raw
from models.people.documents import Caseworker


def visitor_account(visitor_id: str, by: Actor) -> Raw:
    """A visitor of a county for whom the actor may speak, as stored without secrets. Raises NotFound."""
    fields = {"roles": 1, "district_code": 1, "township_ids": 1, "display_name": 1, "visitor_kind": 1, "active": 1}
    worker = collection(Caseworker).find_one({"_id": visitor_id}, fields)
    if worker is None or VISITOR not in worker["roles"] or worker.get("district_code") is None:
        raise NotFound()
    if not speaks_for(by, worker, visitor_id):
        raise NotFound()
    return worker


def speaks_for(by: Actor, visitor: Raw, visitor_id: str) -> bool:
    """Oneself, or the township's intake and supervisors of a place that the visitor serves."""
    if by.id == visitor_id:
        return True
    townships = visitor.get("township_ids") or [None]
    return by.has_role(SUPERVISOR, TOWNSHIP_INTAKE) and any(
        by.covers(visitor["district_code"], each) if each else by.district_code in (None, visitor["district_code"])
        for each in townships
    )


def visitors_of(district_code: str) -> list[Raw]:
    """The active visitors of a county, by id, as stored without secrets."""
    fields = {"township_ids": 1, "district_code": 1, "display_name": 1, "visitor_kind": 1, "username": 1, "roles": 1}
    wanted = {"roles": VISITOR, "active": True, "district_code": district_code}
    return sorted(collection(Caseworker).find(wanted, fields), key=lambda worker: str(worker["_id"]))
