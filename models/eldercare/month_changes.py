"""What a revision of a township's month changes, person by person, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from models.eldercare.documents import Elder, Visit
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.lifecycle import Raw

Why = Literal["late_upload", "outcome_corrected", "death_date_changed", "register_days_changed", "entered_late"]
Entry = Mapping[str, Any]
DIED = "died"
DAYS = ("from", "until", "reason")


def changes_between(before: Raw, people: Sequence[Entry]) -> list[dict[str, Any]]:
    """The people whose entry differs: `{elder_id, why, before, after}`, None where there is no entry; by id.

    The reasons are read from what was corrected or came in since the revision before.
    """
    was = {each["elder_id"]: each for each in before.get("people", ())}
    now = {each["elder_id"]: each for each in people}
    differing = sorted(each for each in {*was, *now} if was.get(each) != now.get(each))
    if not differing:
        return []
    visits = _visits(entry for each in differing for entry in (was.get(each), now.get(each)))
    died = _died(differing)
    since = as_utc(before["as_of"])
    return [
        {"elder_id": each, "before": was.get(each), "after": now.get(each),
         "why": _why(was.get(each), now.get(each), visits, each in died, since)}
        for each in differing
    ]  # fmt: skip


def _why(
    before: Entry | None, after: Entry | None, visits: Mapping[str, Raw], died: bool, since: datetime
) -> list[Why]:  # fmt: skip
    if before is None:
        return ["entered_late"]
    if after is None:
        return ["death_date_changed" if died or before["reason"] == DIED else "register_days_changed"]
    found: list[Why] = []
    if before["visit_id"] != after["visit_id"] or before["seen_on"] != after["seen_on"]:
        named = [visits[each] for each in (before["visit_id"], after["visit_id"]) if each in visits]
        corrected = any(as_utc(entry["at"]) > since for visit in named for entry in visit.get("corrections", ()))
        found.append("outcome_corrected" if corrected else "late_upload")
    if any(before[name] != after[name] for name in DAYS):
        found.append("death_date_changed" if DIED in (before["reason"], after["reason"]) else "register_days_changed")
    return found or ["register_days_changed"]


def _visits(entries: Iterable[Entry | None]) -> dict[str, Raw]:
    ids = sorted({each["visit_id"] for each in entries if each is not None and each["visit_id"]})
    return {each["_id"]: each for each in collection(Visit).find({"_id": {"$in": ids}}, {"corrections": 1})}


def _died(elder_ids: list[str]) -> set[str]:
    found = collection(Elder).find({"_id": {"$in": elder_ids}}, {"periods": 1})
    return {each["_id"] for each in found if each["periods"][-1]["reason"] == DIED}
