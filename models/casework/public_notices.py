"""Public notice: who is about to get something is shown, masked, for the days its programme sets, and may be objected.

The notice is one document and the one place that decides whether an objection came in time: an objection is put on it
and its end is written by compare-and-set writes of that document. What follows for the application is derived from it,
at once and again by the outbox, until both agree (`settle`).
Sources: the plan's public services are given out in the open; each programme's `public_notice` names its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from config.programmes import Programme, Version
from config.text import say
from models.casework.deadlines import ONE_SECOND, due, workdays_between
from models.casework.documents import Application
from models.casework.eligibility import MONTHS_A_YEAR, age_in_months
from models.casework.notice_documents import NOTICE, PAUSED, PUBLISHED, SHOWN, PublicNotice
from models.casework.notices import step_notice
from models.casework.queries import form_of, programme_of, version_of
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc, day_bounds, day_of
from models.kernel.database import collection
from models.kernel.errors import Conflict, IllegalTransition, NotFound, StaleVersion
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.masking import mask_name
from models.kernel.outbox import OutboxEntry
from models.people import queries as people

CHANNEL = "public_notice"
ON_NOTICE = "on_notice"
DAYS, WORKING_DAYS = "days", "working_days"
MAX_CONTENTION = 20


@dataclass(frozen=True)
class Run:
    """A stretch of a notice: when it ends, and whether that day is only assumed to be a working day."""

    ends_at: datetime
    assumed: bool


def publish_due(at: datetime) -> int:
    """Publish every application that waits for it; a job calls it daily. Returns how many were published now."""
    published = 0
    for district_code in catalogue().districts:
        waiting = collection(Application).find({"district_code": district_code, "state": ON_NOTICE}, {"history": 1})
        batch = {notice_id(raw): raw["_id"] for raw in waiting}
        for wanted in _batches(list(batch)):
            there = {each["_id"] for each in collection(PublicNotice).find({"_id": {"$in": wanted}}, {"_id": 1})}
            for one in wanted:
                if one not in there:
                    published += publish(batch[one], at)
    return published


def publish(application_id: str, at: datetime) -> bool:
    """Put one application on public notice, once each time it comes to that stage. False where nothing was due."""
    raw = collection(Application).find_one({"_id": application_id, "state": ON_NOTICE})
    if raw is None or version_of(raw).public_notice is None:
        return False
    made = notice_document(raw, programme_of(raw["programme"]), version_of(raw), _birth_date(raw["resident_id"]), at)
    made |= {"outbox": [told(raw, made["_id"], "published", made["ends_at"]).stored(at)], "outbox_waiting": True}
    try:
        collection(PublicNotice).insert_one(made)
    except DuplicateKeyError:
        return False
    # What the applicant and the queue see: until when. The notice itself holds the truth.
    show_deadline(raw["_id"], made["ends_at"], made["due_assumed"])
    return True


def notice_id(raw: Raw) -> str:
    """The id of the notice of the application's present time at that stage; after an appeal it is another one."""
    rounds = sum(each["to"] == ON_NOTICE and each.get("from") not in (ON_NOTICE, "objected") for each in raw["history"])
    return id_from_key("public notice", f"{raw['_id']}:{rounds}")


def notice_document(raw: Raw, programme: Programme, version: Version, born: date | None, at: datetime) -> Raw:
    """The notice as it is stored: masked, without number, telephone or child. `born`: the applicant, where known."""
    length, unit = length_of(version)
    run = run_from(day_of(at), length, unit)
    return {
        "_id": notice_id(raw), "version": 1, "created_at": at, "updated_at": at, "state": PUBLISHED,
        "application_id": raw["_id"], "resident_id": raw["resident_id"], "programme": programme.token,
        "district_code": raw["district_code"], "township_id": raw["township_id"],
        "shown_name": shown_name(form_of(raw), programme, born, day_of(at)),
        "published_on": day_of(at).isoformat(), "length": length, "unit": unit, "used": 0, "since": at,
        "ends_at": run.ends_at, "due_assumed": run.assumed, "objections": [], "outbox": [], "outbox_waiting": False,
        "history": [history_entry("publish", None, PUBLISHED, SYSTEM, at)],
    }  # fmt: skip


def length_of(version: Version) -> tuple[int, str]:
    """How long a version's notice lasts, and in which days."""
    spec = version.public_notice
    assert spec is not None  # noqa: S101  only programmes with a notice come here
    return (spec.working_days, WORKING_DAYS) if spec.working_days is not None else (spec.days or 1, DAYS)


def run_from(day: date, left: int, unit: str) -> Run:
    """The run that begins on `day`, which itself does not count, and lasts `left` days more."""
    if unit == WORKING_DAYS:
        ends = due(day, left)
        return Run(ends.at, ends.assumed)
    return Run(day_bounds(day + timedelta(days=left))[1] - ONE_SECOND, False)


def days_over(since: date, paused: date, unit: str) -> int:
    """Whole days of a run that were over when it was paused; the day of the pause was cut short and counts anew."""
    if paused <= since:
        return 0
    last = paused - timedelta(days=1)
    return workdays_between(since, last) if unit == WORKING_DAYS else (last - since).days


def shown_name(answers: Mapping[str, Any], programme: Programme, born: date | None, day: date) -> str:
    """The applicant's masked name; empty for a minor, who is not named even so. Never the child it is for."""
    if programme.people.child is not None and programme.people.applicant == programme.people.child.name:
        return ""
    if born is not None and age_in_months(born, day) < rule("public_notices.name_hidden_below_years") * MONTHS_A_YEAR:
        return ""
    return mask_name(str(answers.get(programme.people.applicant, "")))


def public_view(notice: Raw) -> dict[str, Any]:
    """A notice as anybody may read it."""
    place = catalogue().place(notice["township_id"])
    district = catalogue().districts[notice["district_code"]]
    return {
        "id": notice["_id"],
        "programme": notice["programme"],
        "programme_label": programme_of(notice["programme"]).label,
        "district_code": notice["district_code"],
        "district": district.name_zh,
        "township": place.name_zh if place else "",
        "applicant": notice.get("shown_name") or say("public_notices.hidden_name"),
        "state": notice["state"],
        "state_label": say(f"public_notices.state.{notice['state']}"),
        "published_on": date.fromisoformat(notice["published_on"]),
        "ends_at": as_utc(notice["ends_at"]) if notice.get("ends_at") else None,
        "due_assumed": bool(notice.get("due_assumed")),
    }


def pause(notice: str, objection_id: str, due_at: datetime, at: datetime) -> Raw:
    """Put an objection on the notice; its days stand still. Again: no change.

    Raises Conflict (`notice_over`) once the notice has ended, also where nobody has noted the end yet.
    """

    def change(now: Raw) -> Change:
        if now["state"] == PUBLISHED and as_utc(now["ends_at"]) <= at:
            raise Conflict("notice_over")
        written: dict[str, Any] = {}
        news: tuple[OutboxEntry, ...] = ()
        if now["state"] == PUBLISHED:
            over = days_over(day_of(as_utc(now["since"])), day_of(at), now["unit"])
            written = {"used": now["used"] + over, "ends_at": None, "due_assumed": False}
            news = _told_of(now, "paused", due_at)
        return Change(set=written, push={"objections": objection_id}, outbox=[_follow_up(now, "pause"), *news])

    try:
        return NOTICE.perform(notice, "pause", by=SYSTEM, at=at, key=f"pause:{objection_id}", change=change)
    except IllegalTransition:
        raise Conflict("notice_over") from None


def unpause(notice: str, objection_id: str, at: datetime) -> Raw:
    """An objection is dealt with and changes nothing: without another one the remaining days run on."""
    for _ in range(MAX_CONTENTION):
        now = read_notice(notice)
        if now["state"] != PAUSED or objection_id not in now["objections"]:
            return now
        left = [each for each in now["objections"] if each != objection_id]
        if left:
            action, change = "answer", Change(set={"objections": left})
        else:
            run = run_from(day_of(at), max(now["length"] - now["used"], 1), now["unit"])
            written = {"objections": [], "since": at, "ends_at": run.ends_at, "due_assumed": run.assumed}
            news = _told_of(now, "resumed", run.ends_at)
            action, change = "resume", Change(set=written, outbox=[_follow_up(now, "resume"), *news])
        try:
            return NOTICE.perform(notice, action, by=SYSTEM, at=at, version=now["version"], change=change)
        except (StaleVersion, IllegalTransition):
            continue
    raise StaleVersion()


def stop(notice: str, at: datetime, sustained_by: str | None = None) -> Raw:
    """End it before its time: an objection holds, or the application is no longer under way. Again: no change."""
    now = read_notice(notice)
    if now["state"] not in SHOWN:
        return now
    change = Change(
        set={"ended_at": at, "ends_at": None, "sustained_by": sustained_by}, outbox=[_follow_up(now, "stop")]
    )
    try:
        return NOTICE.perform(notice, "stop", by=SYSTEM, at=at, key="stop", change=change)
    except IllegalTransition:
        return read_notice(notice)  # it ended in between


def end_due(at: datetime) -> list[Raw]:
    """End every notice whose days are over, at most once each; returns those ended now."""
    over = {"state": PUBLISHED, "ends_at": {"$lt": at}}
    ended = []
    for found in list(collection(PublicNotice).find(over, {"version": 1}).sort("ends_at", 1)):
        try:
            ended.append(NOTICE.perform(found["_id"], "end", by=SYSTEM, at=at, version=found["version"], change=_end))
        except (StaleVersion, IllegalTransition):
            continue  # another process ended it, or an objection came
    return ended


def read_notice(notice: str) -> Raw:
    """A notice. Raises NotFound."""
    found = collection(PublicNotice).find_one({"_id": notice})
    if found is None:
        raise NotFound()
    return found


def show_deadline(application_id: str, ends_at: datetime | None, assumed: bool) -> None:
    """Show on the application until when its notice lasts."""
    collection(Application).update_one(
        {"_id": application_id, "state": ON_NOTICE}, {"$set": {"due_at": ends_at, "due_assumed": assumed}}
    )


def leaving(raw: Raw) -> list[OutboxEntry]:
    """What an application writes into its outbox when it leaves the stage of notice by itself: its notice ends."""
    if raw["state"] not in (ON_NOTICE, "objected"):
        return []
    key = f"application:{raw['_id']}:{raw['version'] + 1}:notice"
    return [OutboxEntry(key, CHANNEL, {"notice_id": notice_id(raw)})]


def _end(now: Raw) -> Change:
    return Change(set={"ended_at": as_utc(now["ends_at"])}, outbox=[_follow_up(now, "end")])


def _follow_up(notice: Raw, step: str) -> OutboxEntry:
    return OutboxEntry(
        f"public_notice:{notice['_id']}:{notice['version'] + 1}:{step}", CHANNEL, {"notice_id": notice["_id"]}
    )


def _told_of(notice: Raw, step: str, due_at: datetime) -> tuple[OutboxEntry, ...]:
    raw = collection(Application).find_one({"_id": notice["application_id"]})
    if raw is None or not notice.get("resident_id"):
        return ()
    return (told(raw, f"{notice['_id']}:{notice['version'] + 1}", step, due_at),)


def told(raw: Raw, key: str, step: str, due_at: datetime) -> OutboxEntry:
    """What the applicant is told of the notice; nothing of who objected or why."""
    entry = step_notice(raw, programme_of(raw["programme"]), step, due_at=due_at)
    payload = {**entry.payload, "text_key": f"public_notices.notice.{step}"}
    return replace(entry, key=f"public_notice:{key}:told_{step}", payload=payload)


def _birth_date(resident_id: str) -> date | None:
    try:
        person = people.person_of(resident_id)
    except NotFound:
        return None
    return person.birth_date if person else None


def _batches(ids: list[str]) -> list[list[str]]:
    size = rule("public_notices.publish_batch")
    return [ids[start : start + size] for start in range(0, len(ids), size)]
