"""What caseworkers teach the chat while it runs: "to this sentence answer that", or "this sentence means that wish".

An entry is catalogue data in the database, above the catalogue's files: proposed, looked at (by a second person where
the rule says so), published, amended under a new revision, revoked and restored. Every process asks every few seconds
what has changed (`changes_since`), so that nothing need be restarted. Each step is on the audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Literal

from mongoengine import DateTimeField, DictField, IntField, ListField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import CATALOGUE, catalogue, rule
from config.yaml_lines import read_yaml
from models.conversations.likeness import normal
from models.conversations.masking import mask_text
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict, FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import SAME, Change, Lifecycle, Raw, Transition, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing

PROPOSED, PUBLISHED, REJECTED, REVOKED = "proposed", "published", "rejected", "revoked"
ANSWER, INTENT = "answer", "intent"
TEACHERS = (COUNTY_REVIEWER, SUPERVISOR)
# Clocks of two processes differ a little; what changed within this time is looked at again.
OVERLAP = timedelta(seconds=120)


class LearnedAnswer(Causing):
    """`live` is what the chat uses, `pending` what waits to be published; `revisions` are the earlier ones."""

    state = StringField(required=True, default=PROPOSED)
    live = DictField()
    pending = DictField()
    author = StringField()
    # Of its author: who may change it. What it says holds for the whole city.
    district_code = StringField()
    revision = IntField(required=True, default=0)
    revisions = ListField(DictField())
    changed_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "learned_answers"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("state", 1), ("changed_at", 1)], "name": "state"},
        {"keys": [("changed_at", 1)], "name": "changed"},
        OUTBOX_INDEX,
    ]


@dataclass(frozen=True)
class Content:
    """What is taught: sentences, and either the text of an answer or the wish they mean."""

    kind: Literal["answer", "intent"]
    examples: tuple[str, ...]
    answer: str | None = None
    intent: str | None = None
    programme: str | None = None
    category: str | None = None

    def stored(self) -> Raw:
        return {**self.__dict__, "examples": list(self.examples)}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Content:
        return cls(**{**stored, "examples": tuple(stored["examples"])})


@dataclass(frozen=True)
class Taught:
    """A published entry, as the chat uses it."""

    id: str
    version: int
    content: Content
    keys: tuple[str, ...] = field(default=())


def _second_person(entry: Raw, by: Actor, at: datetime) -> None:
    """Where the rule asks for it, somebody else than the author publishes."""
    if not entry.get("pending"):
        raise Conflict("nothing_to_publish")
    if rule("conversations.second_person_publishes") and entry.get("author") == by.id:
        raise Forbidden("second_person_needed")


LEARNED = Lifecycle(
    "learned_answer",
    LearnedAnswer,
    PROPOSED,
    [
        Transition("amend", (PROPOSED, PUBLISHED), SAME, TEACHERS),
        Transition("publish", (PROPOSED, PUBLISHED), PUBLISHED, TEACHERS, _second_person),
        Transition("reject", (PROPOSED,), REJECTED, TEACHERS),
        Transition("discard", (PUBLISHED,), SAME, TEACHERS),
        Transition("revoke", (PUBLISHED,), REVOKED, TEACHERS),
        Transition("restore", (REVOKED,), PUBLISHED, TEACHERS),
    ],
)


@lru_cache(maxsize=1)
def intents() -> tuple[str, ...]:
    """The wishes that a sentence may mean: those of the dialogues' catalogue."""
    tree, _ = read_yaml(CATALOGUE / "dialogues" / "intents.yaml")
    return tuple(tree["intents"])


@lru_cache(maxsize=1)
def programme_tokens() -> tuple[str, ...]:
    """The programmes of which residents speak."""
    tree, _ = read_yaml(CATALOGUE / "dialogues" / "programmes.yaml")
    return tuple(tree["programmes"])


def propose(content: Content, *, by: Actor, at: datetime, key: str) -> Raw:
    """Keep an entry for publishing. Raises InvalidInput with its faults; again with `key`: the first."""
    check(content)
    entry = LearnedAnswer(
        id=id_from_key("learned answer", key), created_at=at, updated_at=at, pending=content.stored(), author=by.id,
        district_code=by.district_code,
        changed_at=at, history=[history_entry("propose", None, PROPOSED, by, at, key)],
    ).raw()  # fmt: skip
    try:
        collection(LearnedAnswer).insert_one(entry)
    except DuplicateKeyError:
        return entry_of(entry["_id"])
    _record("propose", entry, by, at)
    return entry


def amend(entry_id: str, content: Content, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """Other content, which waits for publishing; what is published stays until then."""
    check(content, but=entry_id)
    change = Change(set={"pending": content.stored(), "author": by.id})
    return _perform("amend", entry_id, change, by, at, key, version)


def publish(entry_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """From now on the chat uses it, in every process within seconds."""

    def change(entry: Raw) -> Change:
        check(Content.restored(entry["pending"]), but=entry_id)
        kept: Raw = {}
        if entry.get("live"):
            before = {"revision": entry["revision"], "until": at, "content": entry["live"]}
            kept = {"revisions": {"$each": [before], "$slice": -rule("conversations.learned_revisions_kept")}}
        facts = {"live": entry["pending"], "pending": {}, "changed_at": at}
        return Change(set=facts, push=kept, inc={"revision": 1})

    return _perform("publish", entry_id, change, by, at, key, version)


def step(
    entry_id: str, action: str, *, by: Actor, at: datetime, key: str, note: str | None = None,
    version: int | None = None,
) -> Raw:  # fmt: skip
    """`reject`, `discard`, `revoke` or `restore`."""
    facts: Raw = {"changed_at": at}
    if action in ("reject", "discard"):
        facts["pending"] = {}
    return _perform(action, entry_id, Change(set=facts, note=note), by, at, key, version)


def check(content: Content, but: str | None = None) -> None:
    """Raises InvalidInput (too short, personal, unknown tokens) or Conflict (`example_taken`)."""
    faults = [*_example_faults(content.examples), *_content_faults(content)]
    if faults:
        raise InvalidInput(faults=faults)
    wanted = {normal(each) for each in content.examples}
    for taken in published():
        common = wanted & set(taken.keys)
        if taken.id != but and common:
            raise Conflict("example_taken", details={"entry": taken.id})


def published() -> list[Taught]:
    """All that the chat uses now."""
    found = collection(LearnedAnswer).find({"state": PUBLISHED}, {"version": 1, "live": 1})
    return [_taught(each) for each in found if each.get("live")]


def changes_since(at: datetime | None) -> dict[str, int]:
    """Versions of the entries that were published or taken back since about `at` (None: ever), by id."""
    wanted = {"changed_at": {"$gte": at - OVERLAP}} if at else {}
    return {each["_id"]: each["version"] for each in collection(LearnedAnswer).find(wanted, {"version": 1})}


def entry_of(entry_id: str) -> Raw:
    """One entry. Raises NotFound."""
    found = collection(LearnedAnswer).find_one({"_id": entry_id})
    if found is None:
        raise NotFound()
    return found


def entries(state: str | None) -> list[Raw]:
    """The entries, newest change first."""
    wanted = {"state": state} if state else {}
    found = collection(LearnedAnswer).find(wanted, {"history": 0}).limit(rule("conversations.learned_most"))
    return sorted(found, key=lambda each: (as_utc(each["updated_at"]), each["_id"]), reverse=True)


def _taught(entry: Raw) -> Taught:
    content = Content.restored(entry["live"])
    return Taught(entry["_id"], entry["version"], content, tuple(normal(each) for each in content.examples))


def _example_faults(examples: Sequence[str]) -> list[FieldFault]:
    faults = []
    for number, text in enumerate(examples):
        if len(normal(text)) < rule("conversations.example_chars_least"):
            faults.append(FieldFault(f"examples.{number}", "too_short"))
        elif mask_text(text) != text:
            faults.append(FieldFault(f"examples.{number}", "personal"))
    keys = [normal(text) for text in examples]
    return faults + [FieldFault("examples", "repeated")] * (len(set(keys)) < len(keys))


def _content_faults(content: Content) -> list[FieldFault]:
    faults = []
    if content.kind == ANSWER:
        if not content.answer or len(content.answer.encode()) > rule("conversations.reply_bytes"):
            faults.append(FieldFault("answer", "too_long" if content.answer else "missing"))
        faults += [FieldFault(n, "not_with_answer") for n in ("intent", "programme", "category") if getattr(content, n)]
        return faults
    if content.intent not in intents():
        faults.append(FieldFault("intent", "unknown" if content.intent else "missing"))
    if content.programme and content.programme not in programme_tokens():
        faults.append(FieldFault("programme", "unknown"))
    if content.category and content.category not in catalogue().categories:
        faults.append(FieldFault("category", "unknown"))
    return faults + ([FieldFault("answer", "not_with_intent")] if content.answer else [])


def _perform(action: str, entry_id: str, change: Any, by: Actor, at: datetime, key: str, version: int | None) -> Raw:
    done = LEARNED.perform(entry_id, action, by=by, at=at, key=key, version=version, change=change)
    _record(action, done, by, at)
    return done


def _record(action: str, entry: Raw, by: Actor, at: datetime) -> None:
    detail = {"revision": entry["revision"], "version": entry["version"]}
    audit.record(by, f"learned_answer.{action}", f"learned_answer:{entry['_id']}", at, detail=detail)
