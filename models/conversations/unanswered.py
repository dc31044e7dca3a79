"""Questions that found no answer: kept masked, so that caseworkers can see what residents miss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.conversations.documents import QUESTION_CONTEXT, UnansweredQuestion
from models.conversations.inbound import follower_index
from models.conversations.learned import Content, published
from models.conversations.likeness import nearly, normal
from models.conversations.masking import mask_text
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, month_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index, open_text
from models.kernel.ids import id_from_key

SHORTEST_MONTH = 28


def note_unanswered(
    openid: str, text: str, intent: str, confidence: float, key: str, at: datetime, names_follow: Sequence[str] = ()
) -> None:
    """Keep the question, masked; once for each `key`."""
    masked = mask_text(text, names_follow)[: rule("conversations.unanswered_chars_most")]
    question = UnansweredQuestion(
        id=id_from_key("unanswered", key), created_at=at, updated_at=at, openid_index=follower_index(openid),
        text=masked, alike=key_of(masked), intent=intent, confidence=confidence, month=month_of(at),
        expires_at=at + timedelta(days=rule("conversations.unanswered_keep_days")),
    )  # fmt: skip
    try:
        collection(UnansweredQuestion).insert_one(question.raw())
    except DuplicateKeyError:
        return  # the same message once more


@dataclass
class Group:
    """Questions that are one but for their wording. `key` names the most asked wording, `keys` all of them."""

    key: str
    text: str
    count: int
    last_asked_at: datetime
    intents: list[str]
    keys: list[str] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)


def key_of(text: str) -> str:
    """The blind key under which equal questions are counted."""
    return blind_index("question", normal(text))


def groups(month: str) -> list[Group]:
    """A month's questions that nobody has dealt with, the most asked first; near-duplicates are one.

    What the chat has been taught meanwhile is left out.
    """
    found: dict[str, Group] = {}
    for each in collection(UnansweredQuestion).find({"month": month}).limit(rule("conversations.unanswered_read_most")):
        if not each.get("handled"):
            _count(found, each)
    taught = [key for entry in published() for key in entry.keys]
    merged: list[tuple[str, Group]] = []
    for group in sorted(found.values(), key=lambda g: (-g.count, g.key)):
        said = normal(group.text)
        if any(nearly(said, key) for key in taught):
            continue
        like = next((other for text, other in merged if nearly(said, text)), None)
        if like is None:
            merged.append((said, group))
        else:
            _merge(like, group)
    ordered = sorted((group for _, group in merged), key=lambda g: (-g.count, g.key))
    return ordered[: rule("conversations.unanswered_groups_most")]


def answered_by(content: Content, at: datetime) -> list[str]:
    """Which of this month's questions such an entry would answer: a text a group."""
    keys = [normal(text) for text in content.examples]
    return [
        group.text
        for group in groups(month_of(at))
        if any(nearly(normal(t), k) for t in (group.text, *group.variants) for k in keys)
    ]


def mark_handled(keys: Sequence[str], handled: bool, by: Actor, at: datetime) -> int:
    """Put groups away that need no answer, or back; the same question asked again later comes back by itself."""
    changed = collection(UnansweredQuestion).update_many(
        {"month": {"$in": months_back(at)}, "alike": {"$in": list(keys)}},
        {"$set": {"handled": handled, "updated_at": at}, "$inc": {"version": 1}},
    )
    audit.record(by, "unanswered.handled" if handled else "unanswered.reopened", "unanswered:group", at,
                 detail={"keys": list(keys)})  # fmt: skip
    return int(changed.modified_count)


def months_back(at: datetime) -> list[str]:
    """The months in which a question still kept may have been asked, the present one first."""
    year, month = map(int, month_of(at).split("-"))
    count = rule("conversations.unanswered_keep_days") // SHORTEST_MONTH + 2
    return [f"{y:04d}-{m + 1:02d}" for y, m in (divmod(year * 12 + month - 1 - back, 12) for back in range(count))]


def _count(found: dict[str, Group], question: dict[str, Any]) -> None:
    key, asked = question["alike"], as_utc(question["created_at"])
    group = found.get(key)
    if group is None:
        text = open_text(question["text"], QUESTION_CONTEXT)
        group = found[key] = Group(key, text, 0, asked, [], [key])
    group.count += 1
    group.last_asked_at = max(group.last_asked_at, asked)
    if question["intent"] not in group.intents:
        group.intents.append(question["intent"])


def _merge(group: Group, other: Group) -> None:
    group.count += other.count
    group.last_asked_at = max(group.last_asked_at, other.last_asked_at)
    group.intents += [intent for intent in other.intents if intent not in group.intents]
    group.keys += other.keys
    if len(group.variants) < rule("conversations.unanswered_variants_most"):
        group.variants.append(other.text)


def erase_questions(openid_index: str) -> int:
    """Delete what a follower asked. Returns how many."""
    where: dict[str, Any] = {"openid_index": openid_index}
    return int(collection(UnansweredQuestion).delete_many(where).deleted_count)
