"""The table of states of a household's way from an offer to the hand-back of the key."""

from __future__ import annotations

from datetime import datetime

from models.housing.flat_documents import (
    CHOOSING,
    ENDED,
    LEAVING,
    OFFERED,
    SIGNED,
    SUBSIDY,
    TENANT,
    TO_SIGN,
    WAITING,
    Tenancy,
)
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.clock import as_utc
from models.kernel.errors import Conflict
from models.kernel.lifecycle import OWNER, SAME, SYSTEM_ROLE, Lifecycle, Raw, Transition

ESTATE_ROLES = (TOWNSHIP_INTAKE, COUNTY_REVIEWER)
DECIDES = (COUNTY_REVIEWER,)
BEFORE_KEY = (WAITING, OFFERED, CHOOSING, TO_SIGN, SIGNED)


def _in_time(tenancy: Raw, by: Actor, at: datetime) -> None:
    if tenancy.get("due_at") is not None and at > as_utc(tenancy["due_at"]):
        raise Conflict("offer_expired")


def _is_due(tenancy: Raw, by: Actor, at: datetime) -> None:
    if tenancy.get("due_at") is None or at <= as_utc(tenancy["due_at"]):
        raise Conflict("not_due")


def _never_lived_there(tenancy: Raw, by: Actor, at: datetime) -> None:
    if tenancy.get("moved_out_on"):
        raise Conflict("lease_not_ready")


TENANCY_LIFECYCLE = Lifecycle(
    "tenancy",
    Tenancy,
    WAITING,
    [
        Transition("offer", (WAITING,), OFFERED, (SYSTEM_ROLE,)),
        Transition("take_up", (OFFERED,), CHOOSING, (SYSTEM_ROLE,)),
        Transition("pass_on", (OFFERED,), WAITING, (SYSTEM_ROLE,)),
        Transition("pass_out", (OFFERED,), ENDED, (SYSTEM_ROLE,)),
        # A process died between a hold and the write that names it: the new version ends what it had begun.
        Transition("give_up", (WAITING, CHOOSING), SAME, (SYSTEM_ROLE,)),
        Transition("choose", (CHOOSING,), SAME, (OWNER,), guard=_in_time),
        Transition("confirm_choice", (CHOOSING,), TO_SIGN, (OWNER,), guard=_in_time),
        Transition("close_choice", (CHOOSING,), TO_SIGN, (SYSTEM_ROLE,), guard=_is_due),
        Transition("sign", (TO_SIGN,), SIGNED, (OWNER,), guard=_in_time),
        Transition("lapse", (TO_SIGN,), ENDED, (SYSTEM_ROLE,), guard=_is_due),
        Transition("hand_over", (SIGNED,), TENANT, ESTATE_ROLES),
        Transition("choose_subsidy", (WAITING, OFFERED, CHOOSING), SUBSIDY, (OWNER,)),
        Transition("authorise_payer", (TO_SIGN, SIGNED, TENANT, LEAVING), SAME, (OWNER,)),
        Transition("revoke_payer", (TO_SIGN, SIGNED, TENANT, LEAVING), SAME, (OWNER,)),
        Transition("renew", (TENANT,), SAME, DECIDES),
        Transition("ask_recheck", (TENANT,), SAME, (SYSTEM_ROLE,)),
        Transition("pass_recheck", (TENANT,), SAME, ESTATE_ROLES),
        Transition("fail_recheck", (TENANT,), LEAVING, DECIDES),
        Transition("remind", (TENANT, LEAVING), SAME, (SYSTEM_ROLE,)),
        Transition("give_notice", (TENANT,), LEAVING, (OWNER,)),
        Transition("terminate", (TENANT,), LEAVING, DECIDES),
        Transition("must_leave", (TENANT,), LEAVING, (SYSTEM_ROLE,)),
        Transition("hand_back", (LEAVING,), ENDED, ESTATE_ROLES),
        Transition("end", (*BEFORE_KEY, SUBSIDY), ENDED, (SYSTEM_ROLE,)),
        Transition("end_subsidy", (SUBSIDY,), ENDED, DECIDES),
        Transition("restore", (ENDED,), WAITING, (COUNTY_REVIEWER, SUPERVISOR), guard=_never_lived_there),
    ],
)
