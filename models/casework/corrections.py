"""A correction, paper by paper: what the office asks for, what the applicant answered to each, what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.programmes import Version
from models.casework.documents import CORRECTION, CORRECTION_CONTEXT, FORM_CONTEXT, Application
from models.kernel.clock import as_utc
from models.kernel.database import change_one, collection
from models.kernel.encryption import open_json, seal_json
from models.kernel.errors import FieldFault, IllegalTransition, NotFound, StaleVersion
from models.kernel.lifecycle import Raw

FILE, TEXT = "file", "text"


def asked_for(reason: str, papers: list[str], remarks: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """A correction as it is sealed into the application: `reason` for all, a remark for each paper that has one."""
    return {
        "reason": reason, "papers": list(dict.fromkeys(papers)), "remarks": dict(remarks), "answers": {},
        "asked_at": as_utc(at).isoformat(),
    }  # fmt: skip


def unanswered(raw: Raw) -> list[FieldFault]:
    """A fault for each paper that was asked for and neither handed in anew nor answered in words."""
    if raw["state"] != CORRECTION:
        return []
    return [
        FieldFault(f"papers.{each['paper']}", "correction_unanswered")
        for each in _steps(raw) if each["answered"] is None
    ]  # fmt: skip


def answer(raw: Raw, paper: str, text: str, *, version: int, at: datetime) -> Raw:
    """Answer one paper in words, where no file can be given; the last answer counts.

    Raises NotFound for a paper that was not asked for, IllegalTransition unless it is back for correction,
    StaleVersion.
    """
    correction = _correction(raw)
    if raw["state"] != CORRECTION:
        raise IllegalTransition(details={"state": raw["state"], "version": raw["version"]})
    if paper not in correction.get("papers", []):
        raise NotFound()
    said = {**correction, "answers": {**correction.get("answers", {}), paper: text}}
    written = change_one(
        collection(Application),
        {"_id": raw["_id"], "version": version, "state": CORRECTION},
        {
            "$set": {"correction": seal_json(said, CORRECTION_CONTEXT), "updated_at": at},
            "$inc": {"version": 1},
        },
    )
    if written is None:
        now = collection(Application).find_one({"_id": raw["_id"]}, {"state": 1, "version": 1}) or raw
        raise StaleVersion(details={"state": now["state"], "version": now["version"]})
    return written


def told(raw: Raw) -> dict[str, Any] | None:
    """What the office asked for last: `{reason, papers}`; None where it did not."""
    correction = _correction(raw)
    return {"reason": correction["reason"], "papers": correction["papers"]} if correction else None


def steps_shown(raw: Raw, rules: Version) -> list[dict[str, Any]]:
    """Each paper that was asked for last: `{paper, label, remark, answered (file, text or null), answer}`."""
    shown = []
    for each in _steps(raw):
        kind = rules.paper(each["paper"])
        shown.append({**each, "label": kind.label if kind else each["paper"]})
    return shown


def changed_answers(raw: Raw) -> list[dict[str, Any]]:
    """The answers that the applicant changed since the application was first handed in: `{name, before, after}`."""
    if not raw.get("handed_in"):
        return []
    before, after = open_json(raw["handed_in"], FORM_CONTEXT), open_json(raw["form"], FORM_CONTEXT)
    names = dict.fromkeys((*before, *after))
    return [
        {"name": name, "before": before.get(name), "after": after.get(name)}
        for name in names if before.get(name) != after.get(name)
    ]  # fmt: skip


def _steps(raw: Raw) -> list[dict[str, Any]]:
    correction = _correction(raw)
    if not correction.get("asked_at"):
        return []
    since = datetime.fromisoformat(correction["asked_at"])
    fresh = {each["paper"] for each in raw["papers"] if as_utc(each["added_at"]) > since}
    answers, remarks = correction.get("answers", {}), correction.get("remarks", {})
    return [
        {
            "paper": paper, "remark": remarks.get(paper), "answer": answers.get(paper),
            "answered": FILE if paper in fresh else TEXT if paper in answers else None,
        }
        for paper in correction["papers"]
    ]  # fmt: skip


def _correction(raw: Raw) -> dict[str, Any]:
    return open_json(raw["correction"], CORRECTION_CONTEXT) if raw.get("correction") else {}
