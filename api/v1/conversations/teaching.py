"""Questions that found no answer, and what caseworkers teach the chat for them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, Query, route
from api.v1.conversations.schemas import Text, Version, readable
from config.loading import rule
from models.conversations import learned, unanswered
from models.conversations.learned import LEARNED, TEACHERS, Content
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, month_of
from models.kernel.lifecycle import Raw

Example = Annotated[
    str, Field(min_length=1, max_length=rule("conversations.unanswered_chars_most")), AfterValidator(readable)
]
Token = Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]


class MonthQuery(Query):
    """`month` as `2026-11`; the present one where none is named."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = None


class GroupView(BaseModel):
    """Questions that are one but for their wording, masked. `keys` names them for `PUT /staff/unanswered/{key}`."""

    key: str
    keys: list[str]
    text: str
    variants: list[str]
    count: int
    last_asked_at: datetime
    intents: list[str]


class GroupList(BaseModel):
    """The month's groups, the most asked first."""

    month: str
    items: list[GroupView]


class HandledBody(Body):
    """Put away, or back. `keys`: the group's other wordings, as the list gave them."""

    handled: bool
    keys: Annotated[tuple[str, ...], Field(max_length=500)] = ()


class HandledView(BaseModel):
    changed: int


class ContentBody(Body):
    """What is taught: `answer` with its text, or `intent` with the wish that the sentences mean."""

    kind: Literal["answer", "intent"]
    examples: Annotated[list[Example], Field(min_length=1, max_length=rule("conversations.examples_most"))]
    answer: Text | None = None
    intent: Token | None = None
    programme: Token | None = None
    category: Token | None = None

    def content(self) -> Content:
        """As the domain takes it."""
        return Content(self.kind, tuple(self.examples), self.answer, self.intent, self.programme, self.category)


class AmendBody(ContentBody):
    version: Version | None = None


class StepBody(Body):
    note: Text | None = None
    version: Version | None = None


class ContentView(BaseModel):
    kind: str
    examples: list[str]
    answer: str | None
    intent: str | None
    programme: str | None
    category: str | None


class EntryView(BaseModel):
    """`live` is what the chat uses, `pending` what waits to be published; `revision` counts what was published."""

    id: str
    state: str
    version: int
    revision: int
    live: ContentView | None
    pending: ContentView | None
    proposed_by_me: bool
    updated_at: datetime
    actions: list[str]


class EntryList(BaseModel):
    items: list[EntryView]


class EntryQuery(Query):
    state: Literal["proposed", "published", "rejected", "revoked"] | None = None


class PreviewView(BaseModel):
    """What a follower would read, its size, and which of this month's questions it would answer."""

    shown: str
    bytes: int
    answers: list[str]


class Unanswered(Endpoint):
    @route(access=staff(*TEACHERS), query=MonthQuery, response=GroupList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """What residents asked and nothing answered, masked and grouped by likeness."""
        month = call.query.month or month_of(call.at)
        return {"month": month, "items": [group.__dict__ for group in unanswered.groups(month)]}


class OneGroup(Endpoint):
    @route(access=staff(*TEACHERS), body=HandledBody, response=HandledView, rate="write")
    def put(self, call: Call) -> dict[str, Any]:
        """Put a group away that needs no answer, or back."""
        keys = [call.path["key"], *call.body.keys]
        return {"changed": unanswered.mark_handled(keys, call.body.handled, call.actor, call.at)}


class LearnedAnswers(Endpoint):
    @route(access=staff(*TEACHERS), query=EntryQuery, response=EntryList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """What was taught or waits to be published, the newest change first."""
        return {"items": [_view(each, call.actor) for each in learned.entries(call.query.state)]}

    @route(access=staff(*TEACHERS), body=ContentBody, response=EntryView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Propose an entry; it does nothing until it is published."""
        key = call.idempotency_id or ""
        return _view(learned.propose(call.body.content(), by=call.actor, at=call.at, key=key), call.actor)


class PreviewLearned(Endpoint):
    @route(access=staff(*TEACHERS), body=ContentBody, response=PreviewView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """What it would do, without keeping it."""
        content = call.body.content()
        learned.check(content)
        shown = content.answer or content.intent or ""
        return {"shown": shown, "bytes": len(shown.encode()), "answers": unanswered.answered_by(content, call.at)}


class OneLearned(Endpoint):
    @route(access=staff(*TEACHERS), response=EntryView)
    def get(self, call: Call) -> dict[str, Any]:
        """One entry."""
        return _view(learned.entry_of(call.path["entry_id"]), call.actor)


class AmendLearned(Endpoint):
    @route(access=staff(*TEACHERS), body=AmendBody, response=EntryView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Other content, which waits for publishing; what is published stays until then."""
        done = learned.amend(
            call.path["entry_id"], call.body.content(), by=call.actor, at=call.at, key=call.idempotency_id or "",
            version=call.body.version,
        )  # fmt: skip
        return _view(done, call.actor)


class PublishLearned(Endpoint):
    @route(access=staff(*TEACHERS), body=StepBody, response=EntryView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The chat uses it from now on, in every process within seconds."""
        done = learned.publish(
            call.path["entry_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=call.body.version
        )
        return _view(done, call.actor)


class _Step(Endpoint):
    action = ""

    def step(self, call: Call) -> dict[str, Any]:
        done = learned.step(
            call.path["entry_id"], self.action, by=call.actor, at=call.at, key=call.idempotency_id or "",
            note=call.body.note, version=call.body.version,
        )  # fmt: skip
        return _view(done, call.actor)


class RejectLearned(_Step):
    action = "reject"

    @route(access=staff(*TEACHERS), body=StepBody, response=EntryView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """A proposal that shall not be published."""
        return self.step(call)


class DiscardLearned(_Step):
    action = "discard"

    @route(access=staff(*TEACHERS), body=StepBody, response=EntryView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Forget what waits to be published of a published entry."""
        return self.step(call)


class RevokeLearned(_Step):
    action = "revoke"

    @route(access=staff(*TEACHERS), body=StepBody, response=EntryView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take it back: the chat answers as if it had never been taught."""
        return self.step(call)


class RestoreLearned(_Step):
    action = "restore"

    @route(access=staff(*TEACHERS), body=StepBody, response=EntryView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Undo taking it back."""
        return self.step(call)


ONE = "/staff/learned-answers/<string:entry_id>"
TEACHING_ROUTES: tuple[tuple[type[Endpoint], str], ...] = (
    (Unanswered, "/staff/unanswered"),
    (OneGroup, "/staff/unanswered/<string:key>"),
    (LearnedAnswers, "/staff/learned-answers"),
    (PreviewLearned, "/staff/learned-answers/preview"),
    (OneLearned, ONE),
    (AmendLearned, f"{ONE}/amend"),
    (PublishLearned, f"{ONE}/publish"),
    (RejectLearned, f"{ONE}/reject"),
    (DiscardLearned, f"{ONE}/discard"),
    (RevokeLearned, f"{ONE}/revoke"),
    (RestoreLearned, f"{ONE}/restore"),
)


def _view(entry: Raw, by: Actor) -> dict[str, Any]:
    return {
        "id": entry["_id"],
        "state": entry["state"],
        "version": entry["version"],
        "revision": entry["revision"],
        "live": entry.get("live") or None,
        "pending": entry.get("pending") or None,
        "proposed_by_me": entry.get("author") == by.id,
        "updated_at": as_utc(entry["updated_at"]),
        "actions": LEARNED.actions_for(entry, by),
    }
