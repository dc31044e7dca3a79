"""Reads of applications in the words of the office and of the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.loading import rule
from config.programmes import Programme, Version, programmes
from config.text import label, say
from models.casework.documents import (
    APPEAL_CONTEXT,
    CORRECTION_CONTEXT,
    FORM_CONTEXT,
    HOUSEHOLD_CONTEXT,
    OPINION_CONTEXT,
    REASON_CONTEXT,
    REFUSED,
    Application,
)
from models.casework.notices import day_in_words
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, beyond, decode_cursor, encode_cursor, read_on

# Whose turn it is in each state.
TURN = {
    "draft": "applicant", "submitted": "township", "accepted": "county", "reviewed": "county",
    "correction": "applicant", "on_notice": "public", "objected": "county", "appealed": "supervisor",
}  # fmt: skip
LIST_FIELDS = ("resident_id", "programme", "programme_version", "state", "stage_since", "version", "form", "due_at",
               "due_assumed", "created_at", "updated_at", "submitted_at", "decided_at", "district_code",
               "township_id", "placement", "anonymised_at", "assignee_id", "warned_at", "escalated_at",
               "appeal_decided", "opinion", "county_rules")  # fmt: skip


def programme_of(token: str) -> Programme:
    """The programme. Raises NotFound."""
    found = programmes().get(token)
    if found is None:
        raise NotFound()
    return found


def version_of(raw: Mapping[str, Any]) -> Version:
    """The version an application is bound to, as it held in its county; of a draft, the one it was last saved under."""
    return programme_of(raw["programme"]).numbered(raw["programme_version"]).of_county(raw.get("county_rules"))


def form_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, in clear; empty once they are anonymised."""
    found: dict[str, Any] = open_json(raw["form"], FORM_CONTEXT) if raw.get("form") else {}
    return found


def correction_of(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the office asked to be corrected: `{reason, papers}`; None where it did not."""
    return open_json(raw["correction"], CORRECTION_CONTEXT) if raw.get("correction") else None


def reason_of(raw: Mapping[str, Any]) -> str | None:
    """The reasons of the decision, in clear."""
    return open_text(raw["reason"], REASON_CONTEXT) if raw.get("reason") else None


def opinion_of(raw: Mapping[str, Any]) -> str | None:
    """The reasons of the township's opinion, in clear."""
    return open_text(raw["opinion_reason"], OPINION_CONTEXT) if raw.get("opinion_reason") else None


def appeal_of(raw: Mapping[str, Any]) -> str | None:
    """Why the applicant appealed, in clear."""
    return open_text(raw["appeal"], APPEAL_CONTEXT) if raw.get("appeal") else None


def household_facts_of(raw: Mapping[str, Any]) -> dict[str, float]:
    """What followed from the household when the application was submitted; empty where it has none."""
    sealed = raw.get("household")
    found: dict[str, float] = open_json(sealed, HOUSEHOLD_CONTEXT)["facts"] if sealed else {}
    return found


def own_application(application_id: str, by: Actor) -> Raw:
    """An application of the caller's own. Raises NotFound, also for another's."""
    found = collection(Application).find_one({"_id": application_id})
    if found is None or by.kind != "resident" or found["resident_id"] != by.id:
        raise NotFound()
    if not by.may_act_on(found["programme"]):
        raise NotFound()
    return found


def application_of_place(application_id: str, by: Actor) -> Raw:
    """A submitted application of the caseworker's place. Raises NotFound, also for another place's and for drafts."""
    found = collection(Application).find_one({"_id": application_id})
    if found is None or found.get("submitted_at") is None:
        raise NotFound()
    if not by.covers(found.get("district_code"), found.get("township_id")):
        raise NotFound()
    return found


def applications_of(resident_id: str, cursor: str | None, limit: int) -> Page:
    """A resident's applications, the newest first."""
    stretches: list[dict[str, Any]] = [{}]
    if cursor is not None:
        after = decode_cursor(cursor)
        if after.get("list") != "applications":
            raise InvalidInput("bad_cursor")
        stretches = beyond("created_at", datetime.fromisoformat(after["at"]), after["id"], descending=True)
    order, fields = [("created_at", -1), ("_id", -1)], dict.fromkeys(LIST_FIELDS, 1)
    found = read_on(collection(Application), {"resident_id": resident_id}, stretches, order, limit + 1, fields)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor(
            {"list": "applications", "at": as_utc(last["created_at"]).isoformat(), "id": last["_id"]}
        )
    return Page(found[:limit], following)


def next_step(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What comes next, whose turn it is and until when; for a closed case what can still be done."""
    state, due_at = raw["state"], raw.get("due_at")
    key = _next_key(raw)
    turn = TURN.get(state)
    if state == "accepted" and programme_of(raw["programme"]).lifecycle == "two_reviews":
        key, turn = "first_review", "township"
    return {
        "turn": turn,
        "text": say(
            f"casework.next.{key}", due=day_in_words(due_at) if due_at else "", days=rule("casework.appeal_days")
        ),
        "due_at": as_utc(due_at) if due_at else None,
        "due_assumed": bool(raw.get("due_assumed")),
    }


def _next_key(raw: Mapping[str, Any]) -> str:
    state = str(raw["state"])
    if state == "approved":
        if raw.get("placement"):
            return "placed"
        return {"waiting_list": "waiting", "childcare_place": "seeking"}.get(
            programme_of(raw["programme"]).particulars or "", state
        )
    return "refused_finally" if state == REFUSED and raw.get("appeal_decided") else state


def state_label(state: str) -> str:
    """A state in the applicant's words."""
    return label("casework.state", state)
