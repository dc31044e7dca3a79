"""Opt-in alerts: a resident who agreed is told, once, of a programme for which they may have come to qualify.

What is held against the tables is what the resident has told already: the answers of their applications and drafts and
their household. A rule changes (another version or a county's override comes into force), the household changes, or
time passes: then it is held against them anew, and only a programme for which the answer was another before is told of.
A child's data are never used for it (consent text `child`). Source: the plan, chapter 6 section 2; PIPL article 24.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, get_args

from mongoengine import DateTimeField
from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from config.programmes import Programme, Version, programmes
from models.casework import forms
from models.casework.check_people import number_field
from models.casework.documents import APPROVED, CLOSED_STATES, DRAFT, Application
from models.casework.eligibility import Assessment, assess
from models.casework.queries import form_of
from models.kernel.clock import as_utc, day_of
from models.kernel.database import change_one, collection, database
from models.kernel.encryption import EncryptedJsonField, open_json, seal_json
from models.kernel.errors import DomainError
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OUTBOX_INDEX, Causing, Handler, OutboxEntry, Receipt
from models.people import consents, households
from models.people.documents import Resident
from models.people.holders import register_holder
from models.people.household_documents import Household
from models.people.identity import IdKind, age_on, read_id_number
from models.people.operations import CONSENT_CHANNELS

CHANNEL = CONSENT_CHANNELS[consents.PROACTIVE]
HOLDER = "alerts"
ANSWERS_CONTEXT = "alert_watches.answers"
STATE = "alert_state"
ID_KINDS: tuple[IdKind, ...] = get_args(IdKind)
MAY_QUALIFY = "may_qualify"
PAGE = "pages/programmes/programme"


class AlertWatch(Causing):
    """One resident who wants alerts; the id is the resident's. `answers`: by programme `{version, answer}`, sealed."""

    next_check_at = DateTimeField(required=True)
    checked_at = DateTimeField()
    answers = EncryptedJsonField(ANSWERS_CONTEXT)

    meta: ClassVar[dict[str, Any]] = {"collection": "alert_watches"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("next_check_at", 1)], "name": "next_check"},
        OUTBOX_INDEX,
    ]


def handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel: a resident agreed to alerts or took it back. A repeat does no harm."""

    def send(payload: dict[str, Any], key: str) -> Receipt:
        follow_consent(payload["resident_id"], now())
        return Receipt("delivered")

    return Handler(send, idempotent=True)


def follow_consent(resident_id: str, at: datetime) -> bool:
    """Begin or end watching for a resident, as their consent says now; True where they are watched."""
    if not wants_alerts(resident_id):
        collection(AlertWatch).delete_one({"_id": resident_id})
        return False
    fresh = AlertWatch(id=resident_id, created_at=at, updated_at=at, next_check_at=at, answers={})
    try:
        collection(AlertWatch).insert_one(fresh.raw())
    except DuplicateKeyError:
        return True
    return True


def wants_alerts(resident_id: str) -> bool:
    """True where the resident's consent to alerts holds in its present words."""
    found = collection(Resident).find_one({"_id": resident_id, "erased_at": None}, {"consents": 1})
    return found is not None and consents.holds(found.get("consents", []), consents.PROACTIVE)


def run(at: datetime) -> dict[str, int]:
    """Look at everybody whose household or rules changed since, or whose time has come; a job calls it."""
    _note_changes(at)
    checked, told = 0, 0
    due = collection(AlertWatch).find({"next_check_at": {"$lte": at}}, {"_id": 1})
    for each in list(due.sort("next_check_at", 1).limit(rule("alerts.batch"))):
        told += check(each["_id"], at)
        checked += 1
    return {"checked": checked, "told": told}


def check(resident_id: str, at: datetime) -> int:
    """Hold one resident's facts against every programme; returns of how many they are told now."""
    watch = collection(AlertWatch).find_one({"_id": resident_id})
    if watch is None:
        return 0
    if not wants_alerts(resident_id):
        collection(AlertWatch).delete_one({"_id": resident_id})
        return 0
    before = answers_of(watch)
    found = assessments(resident_id, at)
    answers = {token: {"version": version, "answer": each.answer} for token, (version, each) in found.items()}
    busy = _has_already(resident_id)
    news = [
        token for token, now in answers.items()
        if now["answer"] == MAY_QUALIFY and before.get(token, {}).get("answer") != MAY_QUALIFY and token not in busy
    ]  # fmt: skip
    written = change_one(
        collection(AlertWatch),
        {"_id": resident_id, "version": watch["version"]},
        _checked(watch, answers, news, at),
    )
    return len(news) if written is not None else 0


def assessments(resident_id: str, at: datetime) -> dict[str, tuple[str, Assessment]]:
    """Every programme in force, held against what the resident has told: by token its version and findings."""
    told = _told(resident_id, day_of(at))
    household = households.household_of(resident_id)
    today = day_of(at)
    facts = households.facts_of(household, today) if household is not None else None
    district = _district(resident_id)
    found = {}
    for programme in programmes().values():
        version = programme.in_force(today)
        if version is None or programme.people.child is not None:
            continue
        key = version.override_key(district, today)
        rules = version.of_county(key)
        answers = _fitting(rules, told.get(programme.token, {}), told)
        found[programme.token] = (f"{rules.version}:{key or ''}", assess(rules, answers, today, facts))
    return found


def answers_of(watch: Mapping[str, Any]) -> dict[str, Any]:
    """The last answers by programme, in clear."""
    found: dict[str, Any] = open_json(watch["answers"], ANSWERS_CONTEXT) if watch.get("answers") else {}
    return found


def watch_of(resident_id: str) -> Raw | None:
    """The resident's watch; None where they did not opt in."""
    return collection(AlertWatch).find_one({"_id": resident_id})


def rules_in_force(at: datetime) -> list[str]:
    """What holds today, as names: a change of this list is a change of some rule."""
    today, found = day_of(at), []
    for token, programme in sorted(programmes().items()):
        version = programme.in_force(today)
        if version is not None:
            keys = {version.override_key(district, today) or "" for district in catalogue().districts}
            found.append(f"{token}:{version.version}:{','.join(sorted(keys))}")
    return found


def _note_changes(at: datetime) -> None:
    """Everybody is due when a rule changed, and those whose household changed since the last run."""
    state = database()[STATE].find_one({"_id": STATE}) or {}
    rules = rules_in_force(at)
    watches = collection(AlertWatch)
    if state.get("rules") != rules:
        watches.update_many({"next_check_at": {"$gt": at}}, {"$set": {"next_check_at": at}})
    since = state.get("seen_until")
    if since is not None:
        # A second look over the seam: what was written while the last run began.
        seam = as_utc(since) - timedelta(minutes=1)
        changed = collection(Household).find({"updated_at": {"$gte": seam}}, {"resident_id": 1, "updated_at": 1})
        for each in changed:
            watches.update_one(
                {"_id": each["resident_id"], "next_check_at": {"$gt": at}, "checked_at": {"$lte": each["updated_at"]}},
                {"$set": {"next_check_at": at}},
            )
    database()[STATE].update_one({"_id": STATE}, {"$set": {"rules": rules, "seen_until": at}}, upsert=True)


def _checked(watch: Raw, answers: dict[str, Any], news: list[str], at: datetime) -> dict[str, Any]:
    """The one write of a check: the answers, and what the resident is told for the first time."""
    update: dict[str, Any] = {
        "$set": {
            "answers": seal_json(answers, ANSWERS_CONTEXT), "checked_at": at, "updated_at": at,
            "next_check_at": at + timedelta(days=rule("alerts.recheck_days")),
        },
        "$inc": {"version": 1},
    }  # fmt: skip
    if news:
        entries = [_alert(watch, token, answers[token]["version"]).stored(at) for token in news]
        update["$push"] = {"outbox": {"$each": entries}}
        update["$set"]["outbox_waiting"] = True
    return update


def _alert(watch: Raw, token: str, version: str) -> OutboxEntry:
    payload = {
        "resident_id": watch["_id"], "text_key": "alerts.notice.may_qualify",
        "values": {"programme": programmes()[token].label}, "page": f"{PAGE}?token={token}",
    }  # fmt: skip
    # Once per programme, version and change: the watch's version is that of the change.
    key = f"alert:{watch['_id']}:{token}:{version}:{watch['version']}"
    return OutboxEntry(key, "notice", payload, subject_id=watch["_id"])


def _told(resident_id: str, today: date) -> dict[str, dict[str, Any]]:
    """The answers of the resident's applications by programme, of each the latest; none that are about a child."""
    found = collection(Application).find(
        {"resident_id": resident_id}, {"programme": 1, "form": 1, "updated_at": 1}
    ).sort([("created_at", -1), ("_id", -1)]).limit(rule("alerts.forms_most"))  # fmt: skip
    told: dict[str, dict[str, Any]] = {}
    for raw in found:
        programme = programmes().get(raw["programme"])
        answers = form_of(raw) if programme is not None and programme.people.child is None else {}
        if programme is not None and answers and not _about_a_child(programme, answers, today):
            told.setdefault(raw["programme"], answers)
    return told


def _about_a_child(programme: Programme, answers: Mapping[str, Any], today: date) -> bool:
    """True where the person it is for is below the age of the guardian's consent."""
    number = answers.get(number_field(programme.people.subject))
    for kind in ID_KINDS if number else ():
        with suppress(DomainError):  # a number of the other kind, or none that can be read
            born = read_id_number(str(number), kind, today).birth_date
            return bool(age_on(born, today) < rule("people.guardian_consent_below_years"))
    return False


def _fitting(version: Version, own: Mapping[str, Any], told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The answers that the version's form asks and takes: the programme's own first, else of the same name elsewhere.

    Fields of one name mean the same in every programme's form; a value that this form would refuse is left out.
    """
    found: dict[str, Any] = {}
    for each in (*told.values(), own):
        found |= {name: value for name, value in each.items() if name in version.form.properties}
    bad = {fault.field.removeprefix("form.").split(".")[0] for fault in forms.faults_of_given(version.form, found)}
    return {name: value for name, value in found.items() if name not in bad}


def _has_already(resident_id: str) -> set[str]:
    """Programmes for which the resident has an application that is open, or approved and not ended."""
    found = collection(Application).find({"resident_id": resident_id}, {"programme": 1, "state": 1})
    over = {*CLOSED_STATES, DRAFT} - {APPROVED}
    return {raw["programme"] for raw in found if raw["state"] not in over}


def _district(resident_id: str) -> str | None:
    found = collection(Resident).find_one({"_id": resident_id}, {"home_township_id": 1}) or {}
    place = catalogue().place(found.get("home_township_id") or "")
    return place.district_code if place else None


def export_watch(resident_id: str) -> dict[str, Any] | None:
    """What is known of a resident's alerts."""
    watch = watch_of(resident_id)
    return {"since": watch["created_at"], "answers": answers_of(watch)} if watch is not None else None


def erase_watch(resident_id: str, at: datetime) -> int:
    """Forget it."""
    return collection(AlertWatch).delete_one({"_id": resident_id}).deleted_count


register_holder(HOLDER, export=export_watch, erase=erase_watch)
