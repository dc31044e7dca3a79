"""Calls that the township's staff make for a notice which no message could bring to the applicant."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, route
from api.v1.casework.schemas import Version, readable
from config.text import say
from models.casework import phone_tasks
from models.casework.notices import township_name
from models.casework.phone_tasks import CALLERS
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.lifecycle import Raw
from models.kernel.masking import mask_name

Note = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(readable)]


class PhoneStepBody(Body):
    """`version` is the one the caseworker has read; a note may be added and is kept encrypted."""

    version: Version
    note: Note | None = None


class PhoneTaskItem(BaseModel):
    """A call in the list: the applicant's name masked, no number."""

    id: str
    state: str
    state_label: str
    version: int
    applicant: str
    township_id: str | None
    township: str
    attempts: int
    asked_at: datetime
    call_after: datetime
    taken_by: str | None


class PhoneTaskList(BaseModel):
    items: list[PhoneTaskItem]
    next: str | None


class PhoneAction(BaseModel):
    action: str
    label: str


class PhoneTaskView(PhoneTaskItem):
    """A call with its words, name and number in clear."""

    application_id: str | None
    handover_id: str | None
    name: str
    phone: str
    text: str
    actions: list[PhoneAction]


class PhoneTasks(Endpoint):
    @route(access=staff(*CALLERS), response=PhoneTaskList)
    def get(self, call: Call) -> dict[str, Any]:
        """The calls of one's place that may be made now, the oldest first."""
        return {"items": [_item(task) for task in phone_tasks.open_tasks(call.actor, call.at)], "next": None}


class OnePhoneTask(Endpoint):
    @route(access=staff(*CALLERS), response=PhoneTaskView)
    def get(self, call: Call) -> dict[str, Any]:
        """Whom to call and what to say; the look is recorded."""
        return _whole(phone_tasks.open_task(call.path["task_id"], call.actor, call.at), call.actor)


class _Step(Endpoint):
    """One step of a call; the subclasses name it."""

    action = ""

    def step(self, call: Call) -> dict[str, Any]:
        task = phone_tasks.act(
            call.path["task_id"], self.action, note=call.body.note, version=call.body.version,
            by=call.actor, at=call.at, key=call.idempotency_id or "",
        )  # fmt: skip
        return _whole(task, call.actor)


class TakePhoneTask(_Step):
    action = "take"

    @route(access=staff(*CALLERS), body=PhoneStepBody, response=PhoneTaskView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Say that one makes this call; also of one that a colleague had taken."""
        return self.step(call)


class GiveBackPhoneTask(_Step):
    action = "give_back"

    @route(access=staff(*CALLERS), body=PhoneStepBody, response=PhoneTaskView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Leave it to a colleague."""
        return self.step(call)


class ReachedPhoneTask(_Step):
    action = "reached"

    @route(access=staff(*CALLERS), body=PhoneStepBody, response=PhoneTaskView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The applicant was told."""
        return self.step(call)


class NoAnswerPhoneTask(_Step):
    action = "no_answer"

    @route(access=staff(*CALLERS), body=PhoneStepBody, response=PhoneTaskView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Nobody answered: again on the next day, and after the last time in writing."""
        return self.step(call)


def _item(task: Raw) -> dict[str, Any]:
    return {
        "id": task["_id"],
        "state": task["state"],
        "state_label": say(f"notices.phone.state.{task['state']}"),
        "version": task["version"],
        "applicant": mask_name(phone_tasks.whom_to_call(task)["name"]),
        "township_id": task.get("township_id"),
        "township": township_name(task["township_id"]) if task.get("township_id") else "",
        "attempts": task["attempts"],
        "asked_at": as_utc(task["created_at"]),
        "call_after": as_utc(task["call_after"]),
        "taken_by": task.get("taken_by"),
    }


def _whole(task: Raw, by: Actor) -> dict[str, Any]:
    actions = [each for each in phone_tasks.PHONE_TASK.actions_for(task, by) if each != "give_up"]
    return {
        **_item(task),
        **phone_tasks.whom_to_call(task),
        "application_id": task.get("application_id"),
        "handover_id": task.get("handover_id"),
        "text": phone_tasks.words_of(task),
        "actions": [{"action": each, "label": say(f"notices.phone.action.{each}")} for each in actions],
    }
