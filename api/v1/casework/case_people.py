"""Caseworkers: whom an application concerns, what speaks for a duplicate, and the files that were replaced."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework.paper_schemas import CaseHousehold, CorrectionSteps, DuplicateFindings, ReplacedPapers
from config.text import label, say
from models.casework import corrections, duplicates, papers, queries
from models.casework.case_people import household_of_case, person_of_case
from models.casework.duplicates import Found
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.clock import as_utc
from models.kernel.errors import NotFound
from models.kernel.lifecycle import Raw, note_of
from models.kernel.masking import mask_name

# What the office said or did to a case before it is decided.
OFFICE_STEPS = ("accept", "request_correction", "resubmit", "first_review", "transfer", "reopen")
READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)


class HouseholdOfCase(Endpoint):
    @route(access=READERS, response=CaseHousehold)
    def get(self, call: Call) -> dict[str, Any]:
        """The household as it was handed in; 404 where the programme asks for none. The look is recorded."""
        raw = _looked_at("application.household_read", call)
        found = household_of_case(raw)
        if found is None:
            raise NotFound()
        members = [{**each, "relation_label": label("people.member_relations", each["relation"])}
                   for each in found["members"]]  # fmt: skip
        kept = ("household_id", "taken_at", "circumstances", "facts")
        return {**{name: found[name] for name in kept}, "members": members}


class DuplicatesOfCase(Endpoint):
    @route(access=READERS, response=DuplicateFindings)
    def get(self, call: Call) -> dict[str, Any]:
        """The same person or household elsewhere, with the reason and how strong it is. The look is recorded."""
        raw = _looked_at("application.duplicates_read", call)
        return {"items": [_finding(raw, each, call) for each in duplicates.look_for(raw)]}


class ReplacedPapersOfCase(Endpoint):
    @route(access=READERS, response=ReplacedPapers)
    def get(self, call: Call) -> dict[str, Any]:
        """Files that were replaced in corrections, the oldest first. The look is recorded."""
        return {"items": papers.replaced_shown(_looked_at("application.replaced_papers_read", call))}


class CorrectionOfCase(Endpoint):
    @route(access=READERS, response=CorrectionSteps)
    def get(self, call: Call) -> dict[str, Any]:
        """What was asked for last, paper by paper, and how it was answered. The look is recorded."""
        raw = _looked_at("application.correction_read", call)
        return {"items": corrections.steps_shown(raw, queries.version_of(raw))}


class DifferencesOfCase(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """What changed since it was handed in, for who decides after the township. The look is recorded."""
        raw = _looked_at("application.differences_read", call)
        replaced = papers.replaced_shown(raw)
        fresh = {each["paper"]: each for each in raw["papers"]}
        steps = [each for each in raw["history"] if each["action"] in OFFICE_STEPS]
        return {
            "answers": corrections.changed_answers(raw),
            "papers": [
                {"paper": each["paper"], "before": each["id"], "replaced_at": each["replaced_at"],
                 "after": fresh[each["paper"]]["id"] if each["paper"] in fresh else None}
                for each in replaced
            ],
            "steps": [
                {"action": each["action"], "label": label("casework.action", each["action"]),
                 "at": as_utc(each["at"]), "note": note_of(each)}
                for each in steps
            ],
        }  # fmt: skip


def _looked_at(action: str, call: Call) -> Raw:
    raw = queries.application_of_place(call.path["application_id"], call.actor)
    audit.record(call.actor, action, f"application:{raw['_id']}", call.at, district_code=raw["district_code"])
    return raw


def _finding(raw: Raw, found: Found, call: Call) -> dict[str, Any]:
    name = person_of_case(raw, found.person)
    return {
        "reason": found.reason,
        "text": found.text,
        "strength": found.strength,
        "strength_label": say(f"duplicates.strength.{found.strength}"),
        "person": mask_name(name),
        "other": _other(found.other, call) if found.other else None,
    }


def _other(other: Raw, call: Call) -> dict[str, Any]:
    return {
        "application_id": other["_id"],
        "programme": other["programme"],
        "programme_label": queries.programme_of(other["programme"]).label,
        "state": other["state"],
        "state_label": queries.state_label(other["state"]),
        "district_code": other.get("district_code"),
        "yours": call.actor.covers(other.get("district_code"), other.get("township_id")),
    }
