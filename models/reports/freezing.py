"""Making reports: frozen with the hash of their inputs, published by a planner, replaced by a later revision.

The same inputs give the same report, found and not made again; other inputs a further revision. Public words that their
owner no longer agrees to leave a published report by a further revision without them; the older one is emptied.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pymongo.errors import DuplicateKeyError

from models.feedback.documents import PUBLISHED as SHOWN
from models.feedback.documents import Feedback
from models.kernel.actors import PLANNER, SYSTEM, Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import NotFound, StaleVersion
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import SYSTEM_ROLE, Change, Lifecycle, Raw, Transition, history_entry
from models.reports.documents import DRAFT, KINDS, PUBLISHED, REPLACED, TAKEN_DOWN, Report
from models.reports.rendering import chinese_font, render

MAX_CONTENTION = 20
WITHOUT_CONTENT = {"inputs": 0, "html": 0, "pdf": 0, "history": 0, "outbox": 0}

REPORT = Lifecycle(
    "report",
    Report,
    DRAFT,
    [
        Transition("publish", (DRAFT, REPLACED), PUBLISHED, (PLANNER, SYSTEM_ROLE)),
        Transition("replace", (PUBLISHED,), REPLACED, (SYSTEM_ROLE,)),
        Transition("empty", (DRAFT, PUBLISHED, REPLACED), TAKEN_DOWN, (SYSTEM_ROLE,)),
    ],
    owner_field="id",
)


@dataclass(frozen=True)
class Frozen:
    """A report as stored, without its content; `made`: it did not exist before."""

    report: Raw
    made: bool


def hash_of(inputs: Mapping[str, Any]) -> str:
    """SHA-256 of the inputs as canonical JSON."""
    return hashlib.sha256(_canonical(inputs)).hexdigest()


def freeze(inputs: Mapping[str, Any], *, by: Actor, at: datetime) -> Frozen:
    """Make the report of these inputs, or find it. Raises StaleVersion where many make the same kind at once."""
    packed, here = _canonical(inputs), collection(Report)
    inputs_hash = hashlib.sha256(packed).hexdigest()
    kind, period = inputs["kind"], inputs["period"]
    report_id = id_from_key("report", f"{kind} {period} {inputs_hash}")
    found = here.find_one({"_id": report_id}, WITHOUT_CONTENT)
    if found is not None:
        return Frozen(_with_paper(found, packed), made=False)
    # Rendered from what is stored, not from what lies in memory: so that it can be made again from it.
    rendered = render(orjson.loads(packed), inputs_hash)
    made = Report(
        id=report_id, created_at=at, updated_at=at, kind=kind, period=period, revision=1, state=DRAFT,
        inputs=gzip.compress(packed, mtime=0), inputs_hash=inputs_hash, html=gzip.compress(rendered.html, mtime=0),
        html_hash=hashlib.sha256(rendered.html).hexdigest(), pdf=rendered.pdf, font=rendered.font,
        pieces=[each["id"] for each in inputs.get("replies", [])],
        history=[history_entry("freeze", None, DRAFT, by, at)],
    ).raw()  # fmt: skip
    for _ in range(MAX_CONTENTION):
        numbers = [each["revision"] for each in here.find({"kind": kind, "period": period}, {"revision": 1})]
        try:
            here.insert_one({**made, "revision": max(numbers, default=0) + 1})
        except DuplicateKeyError:
            found = here.find_one({"_id": report_id}, WITHOUT_CONTENT)
            if found is not None:
                return Frozen(found, made=False)
        else:
            return Frozen(stored(report_id), made=True)
    raise StaleVersion()


def _with_paper(report: Raw, packed: bytes) -> Raw:
    """Add the paper to a report that was made where no Chinese font was installed; the page stays as it is."""
    if report.get("font") is not None or report["state"] == TAKEN_DOWN or chinese_font() is None:
        return report
    rendered = render(orjson.loads(packed), report["inputs_hash"])
    paper = {"pdf": rendered.pdf, "font": rendered.font}
    collection(Report).update_one({"_id": report["_id"], "html": {"$ne": None}, "font": None}, {"$set": paper})
    return stored(report["_id"])


def stored(report_id: str) -> Raw:
    """A report without its content. Raises NotFound."""
    found = collection(Report).find_one({"_id": report_id}, WITHOUT_CONTENT)
    if found is None:
        raise NotFound()
    return found


def content(report_id: str, form: str, *, public: bool) -> bytes:
    """The page (`html`), the paper (`pdf`) or the `inputs` (JSON). Raises NotFound, for the public also of a draft."""
    found = collection(Report).find_one({"_id": report_id}, {"state": 1, form: 1})
    if found is None or not found.get(form) or (public and found["state"] not in (PUBLISHED, REPLACED)):
        raise NotFound()
    kept = bytes(found[form])
    return kept if form == "pdf" else gzip.decompress(kept)


def reports(*, public: bool) -> list[Raw]:
    """Reports without content: for the public those published or replaced; the latest period and revision first."""
    states = [PUBLISHED, REPLACED] if public else [DRAFT, PUBLISHED, REPLACED, TAKEN_DOWN]
    wanted = {"state": {"$in": states}, "kind": {"$in": list(KINDS)}}
    found = list(collection(Report).find(wanted, WITHOUT_CONTENT))
    return sorted(found, key=lambda raw: (raw["period"], raw["kind"], raw["revision"]), reverse=True)


def publish(report_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """Publish a revision; the one that was public stays readable as replaced. Raises NotFound, IllegalTransition."""
    stored(report_id)
    change = Change(set={"published_at": at})
    done = REPORT.perform(report_id, "publish", by=by, at=at, key=key, version=version, change=change)
    _replace_others(done, at)
    return stored(report_id)


def settle(at: datetime) -> int:
    """Of each kind and period only the revision published last is public; what a killed publication left is done.

    Returns how many were replaced. A job calls it.
    """
    latest: dict[tuple[str, str], Raw] = {}
    for raw in collection(Report).find({"state": PUBLISHED, "kind": {"$in": list(KINDS)}}, WITHOUT_CONTENT):
        place = (raw["kind"], raw["period"])
        if place not in latest or _published(latest[place]) < _published(raw):
            latest[place] = raw
    return sum(_replace_others(raw, at) for raw in latest.values())


def take_down_words(at: datetime) -> dict[str, int]:
    """Reports that quote what is no longer public get a revision without it, and are emptied. Safe to repeat."""
    counts = {"emptied": 0, "revised": 0}
    quoting = {"pieces": {"$ne": []}, "state": {"$in": [DRAFT, PUBLISHED, REPLACED]}, "kind": {"$in": list(KINDS)}}
    for raw in list(collection(Report).find(quoting, WITHOUT_CONTENT)):
        gone = _no_longer_public(raw["pieces"])
        if not gone:
            continue
        inputs = orjson.loads(content(raw["_id"], "inputs", public=False))
        inputs["replies"] = [each for each in inputs["replies"] if each["id"] not in gone]
        if raw["state"] == PUBLISHED:
            revised = freeze(inputs, by=SYSTEM, at=at).report
            if revised["state"] != PUBLISHED:
                publish(revised["_id"], by=SYSTEM, at=at, key=f"instead of {raw['_id']}")
            counts["revised"] += 1
        emptied = Change(set={"inputs": None, "html": None, "pdf": None, "pieces": []})
        REPORT.perform(raw["_id"], "empty", by=SYSTEM, at=at, key="empty", change=emptied)
        counts["emptied"] += 1
    return counts


def _replace_others(raw: Raw, at: datetime) -> int:
    same = {"state": PUBLISHED, "kind": raw["kind"], "period": raw["period"], "_id": {"$ne": raw["_id"]}}
    others = [each for each in collection(Report).find(same, WITHOUT_CONTENT) if _published(each) <= _published(raw)]
    for each in others:
        REPORT.perform(each["_id"], "replace", by=SYSTEM, at=at, key=f"by {raw['_id']} {raw['version']}")
    return len(others)


def _published(raw: Mapping[str, Any]) -> tuple[datetime, int]:
    return as_utc(raw["published_at"]), raw["revision"]


def _no_longer_public(pieces: list[str]) -> set[str]:
    shown = collection(Feedback).find({"_id": {"$in": pieces}, "public_state": SHOWN}, {"_id": 1})
    return set(pieces) - {each["_id"] for each in shown}


def _canonical(inputs: Mapping[str, Any]) -> bytes:
    return orjson.dumps(inputs, option=orjson.OPT_SORT_KEYS)
