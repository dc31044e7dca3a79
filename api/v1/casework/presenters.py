"""Programmes and applications as the routes give them: plain data, each for its reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from api.v1.casework.telling_views import notice_shown, told_and_checked
from config.programmes import Programme, Version
from config.text import label, say
from models.casework import forms, queries
from models.casework.appeals import appeal_until
from models.casework.corrections import told
from models.casework.documents import EDITABLE
from models.casework.eligibility import Assessment, assess, basis
from models.casework.lifecycle import HOUSEKEEPING, lifecycle_for
from models.casework.notices import township_name
from models.casework.papers import missing_papers, papers_shown
from models.casework.particulars import particulars_of
from models.casework.waiting import standing_of
from models.childcare.places import centres
from models.housing.ordering import list_rule
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.errors import FieldFault
from models.kernel.lifecycle import Raw, note_of
from models.kernel.masking import mask_name

Shown = dict[str, Any]
UNSHOWN_OF_RULE = {"fact", "holds", "applies"}


def programme_item(programme: Programme, version: Version) -> Shown:
    """A programme in the list."""
    return {
        "token": programme.token,
        "label": programme.label,
        "summary": programme.summary,
        "version": version.version,
        "in_force_from": version.in_force_from.isoformat(),
    }


def programme_detail(programme: Programme, version: Version, county_rules: str | None) -> Shown:
    """Form, papers, rules, deadlines and what comes after, of a version as it holds in a county."""
    return {
        **programme_item(programme, version),
        "source": version.source,
        "form": version.form.schema_document,
        "papers": [each.model_dump() for each in version.papers],
        "eligibility": [each.model_dump(exclude=UNSHOWN_OF_RULE) for each in version.eligibility],
        "deadlines": [
            {"stage": stage, "label": label("casework.stage", stage), **each.model_dump()}
            for stage, each in version.deadlines.items()
        ],
        "consents": [each.purpose for each in programme.consents],
        "conflicts": [each.programme for each in programme.conflicts],
        "household": version.household,
        "public_notice": version.public_notice.model_dump() if version.public_notice else None,
        "waiting_list": _waiting_list(version),
        "roles": [
            {"action": action, "label": label("casework.action", action), "by": each.roles, "source": each.source}
            for action, each in programme.roles.items()
        ],
        "retention": version.retention.model_dump(),
        "county_rules": county_rules,
    }


def prescreen_result(version: Version, found: Assessment) -> Shown:
    """The first answer, rule by rule, and what would change it."""
    alone = found.turns_on
    return {
        "answer": found.answer,
        "text": say(f"casework.answer.{found.answer}"),
        "version": version.version,
        "turns_on": alone.token if alone else None,
        "turns_on_text": say("casework.change.alone", rule=alone.label) if alone else "",
        "rules": findings(found),
    }


def findings(found: Assessment) -> list[Shown]:
    """Each rule with its outcome; reason and advice where it is not met, and what would have to be otherwise."""
    return [
        {
            **each.rule.model_dump(exclude=UNSHOWN_OF_RULE),
            "reason": each.rule.reason if each.outcome == "not_met" else "",
            "advice": each.rule.advice if each.outcome == "not_met" else "",
            "outcome": each.outcome,
            "outcome_label": say(f"casework.outcome.{each.outcome}"),
            "changes": list(each.changes),
        }
        for each in found.findings
    ]


def _findings_with_basis(raw: Raw, rules: Version, answers: Shown, at: datetime) -> list[Shown]:
    """As `findings`, with what each rule looked at."""
    day, facts = _assessed_on(raw, at), queries.household_facts_of(raw) or {}
    found = assess(rules, answers, day, facts)
    looked_at = [basis(rules, each.rule, answers, day, facts) for each in found.findings]
    return [{**each, "basis": said} for each, said in zip(findings(found), looked_at, strict=True)]


def application_item(raw: Raw) -> Shown:
    """One's own application in the list."""
    return {
        "id": raw["_id"],
        "programme": raw["programme"],
        "programme_label": queries.programme_of(raw["programme"]).label,
        "state": raw["state"],
        "state_label": queries.state_label(raw["state"]),
        "version": raw["version"],
        "created_at": as_utc(raw["created_at"]),
        "updated_at": as_utc(raw["updated_at"]),
        "submitted_at": _time(raw, "submitted_at"),
        "decided_at": _time(raw, "decided_at"),
        "next_step": queries.next_step(raw),
    }


def own_application(raw: Raw, rules: Version, by: Actor) -> Shown:
    """One's own application, whole. `rules`: the version its form is filled under."""
    editable = raw["state"] in EDITABLE
    answers = queries.form_of(raw)
    missing = forms.faults_of_whole(rules.form, answers) + missing_papers(raw, rules) if editable else []
    actions = _actions(raw, by)
    return {
        **application_item(raw),
        **_particulars(raw),
        "programme_version": raw["programme_version"],
        "public_notice": notice_shown(raw),
        "form": answers,
        "missing": [_fault(each) for each in missing],
        "actions": [_action("edit"), *actions] if editable else actions,
        "timeline": _timeline(raw),
    }


def queue_item(raw: Raw, at: datetime) -> Shown:
    """An application in a queue: names masked, nothing else of the person."""
    programme = queries.programme_of(raw["programme"])
    answers = queries.form_of(raw)
    return {
        "id": raw["_id"],
        "programme": raw["programme"],
        "programme_label": programme.label,
        "state": raw["state"],
        "state_label": queries.state_label(raw["state"]),
        "version": raw["version"],
        "applicant": mask_name(answers.get(programme.people.applicant, "")),
        "subject": mask_name(answers.get(programme.people.subject, "")),
        "district_code": raw["district_code"],
        "township_id": raw["township_id"],
        "township": township_name(raw["township_id"]),
        "submitted_at": as_utc(raw["submitted_at"]),
        "due_at": as_utc(raw["due_at"]),
        "due_assumed": bool(raw.get("due_assumed")),
        "overdue": as_utc(raw["due_at"]) < at,
        "assignee_id": raw.get("assignee_id"),
        "warned": raw.get("warned_at") is not None,
        "escalated": raw.get("escalated_at") is not None,
    }


def found_item(raw: Raw) -> Shown:
    """An application that a search found: names masked, nothing else of the person."""
    programme = queries.programme_of(raw["programme"])
    answers = queries.form_of(raw)
    return {
        "id": raw["_id"],
        "programme_label": programme.label,
        "state": raw["state"],
        "state_label": queries.state_label(raw["state"]),
        "applicant": mask_name(answers.get(programme.people.applicant, "")),
        "subject": mask_name(answers.get(programme.people.subject, "")),
        "township": township_name(raw["township_id"]),
        "submitted_at": as_utc(raw["submitted_at"]),
    }


def staff_application(raw: Raw, by: Actor, at: datetime) -> Shown:
    """The full file for a caseworker of its place."""
    rules = queries.version_of(raw)
    answers = queries.form_of(raw)
    chosen = answers.get("choices") or []
    known = centres(chosen) if chosen else {}
    due_at = _time(raw, "due_at")
    return {
        **application_item(raw),
        **_particulars(raw),
        **_office(raw),
        **told_and_checked(raw, at),
        "public_notice": notice_shown(raw),
        "programme_version": raw["programme_version"],
        "overdue": due_at is not None and due_at < at,
        "form": answers,
        "labels": {name: field.title for name, field in rules.form.properties.items()},
        "choices": [{"id": each, "name": known.get(each, {}).get("name", "")} for each in chosen],
        "eligibility": _findings_with_basis(raw, rules, answers, at) if answers else [],
        "actions": _actions(raw, by),
        "timeline": [
            {**shown, "staff_id": entry["by"]["id"] if entry["by"]["kind"] == "staff" else None}
            for shown, entry in zip(_timeline(raw), _steps(raw), strict=True)
        ],
    }


def paper_added(raw: Raw, document_id: str) -> Shown:
    """The file just kept, and the version with it."""
    document = next(each for each in papers_shown(raw) if each["id"] == document_id)
    return {"document": _paper(document), "version": raw["version"]}


def _particulars(raw: Raw) -> Shown:
    giver = particulars_of(queries.programme_of(raw["programme"]))
    placed = raw.get("placement") if giver is not None else None
    return {
        "papers": [_paper(each) for each in papers_shown(raw)],
        "district_code": raw.get("district_code"),
        "township_id": raw.get("township_id"),
        "township": township_name(raw.get("township_id")) or None,
        "correction": told(raw),
        "reason": queries.reason_of(raw),
        "placement": giver.shown(placed) if giver is not None and placed else None,
        "waiting": _waiting(raw),
        "appeal": queries.appeal_of(raw),
        "appeal_until": appeal_until(raw),
    }


def _office(raw: Raw) -> Shown:
    """What only the office sees."""
    return {
        "opinion": raw.get("opinion"),
        "opinion_label": label("casework.opinion", raw["opinion"]) if raw.get("opinion") else "",
        "opinion_reason": queries.opinion_of(raw),
        "assignee_id": raw.get("assignee_id"),
        "warned": raw.get("warned_at") is not None,
        "escalated": raw.get("escalated_at") is not None,
        "county_rules": raw.get("county_rules"),
        "places": [
            {"district_code": each["district_code"], "township": township_name(each["township_id"]),
             "until": as_utc(each["until"])}
            for each in raw.get("places") or []
        ],
    }  # fmt: skip


def _waiting(raw: Raw) -> Shown | None:
    """Where an approved application stands in its waiting list; None where it has none, or is not on it yet."""
    found = standing_of(raw)
    if found is None:
        return None
    return {
        "list": list_rule(found["list"]).label,
        "state_label": label("casework.waiting_state", found["state"]),
        **{name: found[name] for name in ("state", "position", "ahead", "total")},
        "recheck_due_at": _time(found, "recheck_due_at"),
    }


def _waiting_list(version: Version) -> Shown | None:
    used = version.waiting_list
    if used is None:
        return None
    ordering = list_rule(used.rule)
    return {
        "label": ordering.label,
        "scope": used.scope,
        "order": [{"label": line.label, "source": line.source} for line in ordering.order],
        "source": used.source,
    }


def _timeline(raw: Raw) -> list[Shown]:
    return [
        {
            "at": as_utc(each["at"]),
            "action": each["action"],
            "label": say(f"casework.action.{each['action']}"),
            "by": say(f"casework.who.{'proxy' if 'proxy' in each['by'] else each['by']['kind']}"),
            "state": each["to"],
            "state_label": queries.state_label(each["to"]),
            "note": note_of(each),
        }
        for each in _steps(raw)
    ]


def _steps(raw: Raw) -> list[Shown]:
    return [each for each in raw["history"] if each["action"] not in HOUSEKEEPING]


def _actions(raw: Raw, by: Actor) -> list[Shown]:
    return [_action(each) for each in lifecycle_for(raw).actions_for(raw, by)]


def _action(name: str) -> Shown:
    return {"action": name, "label": say(f"casework.action.{name}")}


def _assessed_on(raw: Raw, at: datetime) -> date:
    """A decided case is shown as it was judged."""
    return day_of(_time(raw, "decided_at") or at)


def _fault(fault: FieldFault) -> Shown:
    return {"field": fault.field, "code": fault.code, "detail": fault.detail or say("casework.fault.other")}


def _paper(entry: Mapping[str, Any]) -> Shown:
    return {**entry, "added_at": as_utc(entry["added_at"])}


def _time(raw: Mapping[str, Any], name: str) -> datetime | None:
    return as_utc(raw[name]) if raw.get(name) else None
