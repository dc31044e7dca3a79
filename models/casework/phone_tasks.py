"""Calls by the township's staff: for a notice that no message could bring to the applicant.

A task holds the words to say and whose it is, never a telephone number: that is read from the file when a caseworker
opens the task, and the look is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import BinaryField, DateTimeField, IntField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.casework.documents import Application
from models.casework.queries import form_of, programme_of, version_of
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, SYSTEM, TOWNSHIP_INTAKE, Actor
from models.kernel.database import collection
from models.kernel.document import having_text
from models.kernel.encryption import open_text, seal_text
from models.kernel.errors import IllegalTransition, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import SYSTEM_ROLE, Change, Lifecycle, Raw, Transition, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing, Handler, Receipt
from models.people import queries as people
from models.people.holders import register_holder
from models.people.messages import was_read

CHANNEL = "phone_task"
HOLDER = "phone_tasks"
TEXT_CONTEXT, PHONE_CONTEXT = "phone_tasks.text", "phone_tasks.phone"
WAITING, TAKEN, REACHED, UNREACHED, CLOSED = "waiting", "taken", "reached", "unreached", "closed"
OPEN = (WAITING, TAKEN)
# What erasure takes out of a task that has ended.
FORGOTTEN = {"resident_id": "", "text": "", "phone": "", "history.$[].note": ""}
CALLERS = (TOWNSHIP_INTAKE, SUPERVISOR)


class PhoneTask(Causing):
    """One call to make. `notice`: the key of the notice it stands in for. `call_after`: not before that."""

    state = StringField(required=True, default=WAITING)
    notice = StringField(required=True)
    resident_id = StringField()
    application_id = StringField()
    # A call asked for in the chat: by whom there, and the number that was left for it alone.
    handover_id = StringField()
    phone = BinaryField()
    district_code = StringField()
    township_id = StringField()
    text = BinaryField()
    attempts = IntField(required=True, default=0)
    call_after = DateTimeField(required=True)
    taken_by = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "phone_tasks"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("district_code", 1), ("township_id", 1), ("state", 1)], "name": "place"},
        {"keys": [("application_id", 1)], "name": "application"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        {
            "keys": [("handover_id", 1)],
            "name": "handover",
            **having_text("handover_id"),
        },
        {"keys": [("state", 1), ("updated_at", 1)], "name": "state"},
        OUTBOX_INDEX,
    ]


PHONE_TASK = Lifecycle(
    "phone_task",
    PhoneTask,
    WAITING,
    [
        # A colleague may take over what somebody had taken: nothing is lost when a caseworker leaves.
        Transition("take", (WAITING, TAKEN), TAKEN, CALLERS),
        Transition("give_back", (TAKEN,), WAITING, CALLERS),
        Transition("reached", (TAKEN,), REACHED, CALLERS),
        Transition("no_answer", (TAKEN,), WAITING, CALLERS),
        Transition("give_up", (TAKEN,), UNREACHED, CALLERS),
        Transition("close", (WAITING, TAKEN), CLOSED, (SYSTEM_ROLE,)),
    ],
)


def phone_handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel; a repeat finds the first task."""
    return Handler(lambda payload, key: make_task(payload, now()), idempotent=True)


def make_task(payload: Mapping[str, Any], at: datetime) -> Receipt:
    """Put a call on the list of the place that is responsible for the application; once per notice."""
    notice = payload["notice"]
    if payload.get("handover_id"):
        return _keep(_call_back(payload, at))
    if was_read(notice):
        return Receipt("delivered", "read_in_app")
    raw = collection(Application).find_one({"_id": payload["application_id"]})
    if raw is None or raw.get("resident_id") != payload["resident_id"]:
        return Receipt("final", "case_gone")
    if not raw.get("district_code") or not raw.get("township_id"):
        return Receipt("final", "no_place")
    task = PhoneTask(
        id=id_from_key(CHANNEL, notice), created_at=at, updated_at=at, notice=notice, call_after=at,
        resident_id=raw["resident_id"], application_id=raw["_id"], district_code=raw["district_code"],
        township_id=raw["township_id"], text=seal_text(payload["text"], TEXT_CONTEXT),
        history=[history_entry("ask", None, WAITING, SYSTEM, at, key=notice)],
    )  # fmt: skip
    return _keep(task)


def tasks_of(application_id: str) -> list[Raw]:
    """Every call about an application, without its words."""
    return list(collection(PhoneTask).find({"application_id": application_id}, {"text": 0, "history": 0}))


def open_tasks(by: Actor, at: datetime) -> list[Raw]:
    """The calls of the actor's place that may be made now, the oldest first."""
    wanted: dict[str, Any] = {"state": {"$in": list(OPEN)}}
    if by.district_code is not None:
        wanted["district_code"] = by.district_code
        if by.township_ids:
            wanted["township_id"] = {"$in": list(by.township_ids)}
    found = collection(PhoneTask).find({**wanted, "call_after": {"$lte": at}}, {"history": 0})
    mine = sorted(found, key=lambda each: (each["created_at"], each["_id"]))
    return mine[: rule("notices.phone_list_most")]


def task_of_place(task_id: str, by: Actor) -> Raw:
    """A task of the caseworker's place. Raises NotFound, also for another place's."""
    found = collection(PhoneTask).find_one({"_id": task_id})
    if found is None or not by.covers(found.get("district_code"), found.get("township_id")):
        raise NotFound()
    return found


def open_task(task_id: str, by: Actor, at: datetime) -> Raw:
    """A task whose words, name and number the caller is about to see; the look is recorded. Raises NotFound."""
    task = task_of_place(task_id, by)
    audit.record(by, "phone_task.read", f"phone_task:{task_id}", at, district_code=task.get("district_code"))
    return task


def act(task_id: str, action: str, *, note: str | None, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """`take`, `give_back`, `reached` or `no_answer`; the last call that nobody answered ends it as unreached.

    Raises NotFound, StaleVersion, IllegalTransition, Forbidden.
    """
    task = task_of_place(task_id, by)
    if any(entry.get("key") == key for entry in task["history"]):
        return task
    written: dict[str, Any] = {"taken_by": by.id if action == "take" else None}
    if action == "no_answer":
        written |= {
            "attempts": task["attempts"] + 1,
            "call_after": at + timedelta(hours=rule("notices.phone_again_hours")),
        }
        if written["attempts"] >= rule("notices.phone_attempts_most"):
            action = "give_up"
    done = PHONE_TASK.perform(
        task_id, action, by=by, at=at, version=version, key=key, change=Change(set=written, note=note)
    )
    audit.record(by, f"phone_task.{action}", f"phone_task:{task_id}", at, district_code=task.get("district_code"))
    return done


def whom_to_call(task: Raw) -> dict[str, str]:
    """Name and number in clear, from the file; empty once the case is anonymised."""
    if task.get("handover_id"):
        return {"name": "", "phone": open_text(task["phone"], PHONE_CONTEXT) if task.get("phone") else ""}
    raw = collection(Application).find_one({"_id": task["application_id"]})
    if raw is None or raw.get("resident_id") != task.get("resident_id"):
        return {"name": "", "phone": ""}
    answers, fields = form_of(raw), version_of(raw).form.properties
    given = next((answers[name] for name, each in fields.items()
                  if each.format == "mobile-phone" and answers.get(name)), None)  # fmt: skip
    try:
        phone = given or people.phone_of(raw["resident_id"]) or ""
    except NotFound:
        phone = ""
    return {"name": answers.get(programme_of(raw["programme"]).people.applicant, ""), "phone": phone}


def words_of(task: Raw) -> str:
    """What to say; empty once the resident is erased."""
    return open_text(task["text"], TEXT_CONTEXT) if task.get("text") else ""


def close_needless(at: datetime) -> int:
    """Close calls whose words the applicant has read in the mini-program meanwhile; a job calls it."""
    closed = 0
    waiting = collection(PhoneTask).find({"state": WAITING}, {"notice": 1}).limit(rule("notices.phone_reconcile_batch"))
    for task in list(waiting):
        if was_read(task["notice"]):
            closed += _close(task["_id"], at)
    return closed


def forget_old_tasks(at: datetime) -> int:
    """Delete calls that ended long ago; a job calls it."""
    before = at - timedelta(days=rule("notices.phone_keep_days"))
    ended = {"state": {"$in": [REACHED, UNREACHED, CLOSED]}, "updated_at": {"$lt": before}}
    return collection(PhoneTask).delete_many(ended).deleted_count


def export_tasks(resident_id: str) -> list[dict[str, Any]]:
    """A resident's calls, in clear."""
    found = collection(PhoneTask).find({"resident_id": resident_id}).sort("created_at", 1)
    return [
        {"created_at": each["created_at"], "state": each["state"], "text": words_of(each), "attempts": each["attempts"]}
        for each in found
    ]


def erase_tasks(resident_id: str, at: datetime) -> int:
    """Close what is open and take the person out of the rest; again: no change."""
    found = list(collection(PhoneTask).find({"resident_id": resident_id}, {"state": 1}))
    for task in found:
        if task["state"] in OPEN:
            _close(task["_id"], at)
        collection(PhoneTask).update_one(
            {"_id": task["_id"]},
            {"$unset": FORGOTTEN, "$set": {"updated_at": at}},
        )
    return len(found)


def erase_call_backs(handover_ids: Sequence[str], at: datetime) -> int:
    """Close the calls that were asked for in these hand-overs and forget number and words; returns how many."""
    found = [
        task
        for handover_id in handover_ids  # one by one: an index of only some documents serves no `$in` everywhere
        for task in collection(PhoneTask).find({"handover_id": handover_id}, {"state": 1})
    ]
    for task in found:
        if task["state"] in OPEN:
            _close(task["_id"], at)
        collection(PhoneTask).update_one({"_id": task["_id"]}, {"$unset": FORGOTTEN, "$set": {"updated_at": at}})
    return len(found)


def _call_back(payload: Mapping[str, Any], at: datetime) -> PhoneTask:
    return PhoneTask(
        id=id_from_key(CHANNEL, payload["notice"]), created_at=at, updated_at=at, notice=payload["notice"],
        call_after=at, handover_id=payload["handover_id"], district_code=payload["district_code"],
        resident_id=payload["resident_id"], phone=seal_text(payload["phone"], PHONE_CONTEXT),
        text=seal_text(payload["text"], TEXT_CONTEXT),
        history=[history_entry("ask", None, WAITING, SYSTEM, at, key=payload["notice"])],
    )  # fmt: skip


def _keep(task: PhoneTask) -> Receipt:
    with suppress(DuplicateKeyError):  # a repeat finds the first
        collection(PhoneTask).insert_one(task.raw())
    return Receipt("delivered", "on_the_list")


def _close(task_id: str, at: datetime) -> int:
    try:
        PHONE_TASK.perform(task_id, "close", by=SYSTEM, at=at)
    except (IllegalTransition, NotFound):
        return 0  # somebody ended it in between
    return 1


register_holder(HOLDER, export=export_tasks, erase=erase_tasks)
