"""Questions that found no answer: kept masked, so that caseworkers can see what residents miss."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.conversations.documents import UnansweredQuestion
from models.conversations.inbound import follower_index
from models.conversations.masking import mask_text
from models.kernel.clock import month_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.kernel.ids import id_from_key


def note_unanswered(
    openid: str, text: str, intent: str, confidence: float, key: str, at: datetime, names_follow: Sequence[str] = ()
) -> None:
    """Keep the question, masked; once for each `key`."""
    masked = mask_text(text, names_follow)[: rule("conversations.unanswered_chars_most")]
    question = UnansweredQuestion(
        id=id_from_key("unanswered", key), created_at=at, updated_at=at, openid_index=follower_index(openid),
        text=masked, alike=blind_index("question", masked), intent=intent, confidence=confidence, month=month_of(at),
        expires_at=at + timedelta(days=rule("conversations.unanswered_keep_days")),
    )  # fmt: skip
    try:
        collection(UnansweredQuestion).insert_one(question.raw())
    except DuplicateKeyError:
        return  # the same message once more


def erase_questions(openid_index: str) -> int:
    """Delete what a follower asked. Returns how many."""
    where: dict[str, Any] = {"openid_index": openid_index}
    return int(collection(UnansweredQuestion).delete_many(where).deleted_count)
