"""The public text of a piece: question and answer without personal data, beside the private reply.

It becomes public only if its owner agreed, a person looked at the masked words, and WeChat's content check passes them;
what the check does not settle, a second person does. The owner takes it down by withdrawing the agreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from config.feedback import themes
from config.loading import rule
from models.conversations.masking import mask_text
from models.feedback.documents import (
    BLOCKED,
    CHECKING,
    OWNER_SAID,
    PUBLIC_CONTEXT,
    PUBLISHED,
    SECOND_LOOK,
    STAFF_SAID,
    TAKEN_DOWN,
    TEXT_CONTEXT,
    Feedback,
)
from models.feedback.handling import feedback_of_place
from models.feedback.lifecycle import FEEDBACK
from models.feedback.notices import told
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text, seal_json
from models.kernel.errors import DomainError, FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw
from models.kernel.masking import mask_name
from models.kernel.outbox import OutboxEntry
from models.people import queries as people

CHECK_CHANNEL = "feedback_check"
Verdict = Literal["pass", "review", "risky", "unchecked"]


@dataclass(frozen=True)
class PublicText:
    """What everybody is to read."""

    question: str
    answer: str


def proposed(raw: Raw) -> PublicText:
    """The question and the last reply with numbers, addresses and names hidden as far as a machine knows them: to be
    looked at and reworded by a person."""
    said = [(each["from"], open_text(each["text"], TEXT_CONTEXT)) for each in raw["said"]]
    question = next((text for who, text in said if who == OWNER_SAID), "")
    answer = next((text for who, text in reversed(said) if who == STAFF_SAID), "")
    follow = themes().names_follow
    for word in _personal_words(raw):
        question, answer = (text.replace(word, mask_name(word)) for text in (question, answer))
    return PublicText(mask_text(question, follow), mask_text(answer, follow))


def public_text(raw: Raw) -> PublicText | None:
    """The public text as it stands, also before it is published."""
    return PublicText(**open_json(raw["public"], PUBLIC_CONTEXT)) if raw.get("public") else None


def propose(
    feedback_id: str, text: PublicText, *, by: Actor, at: datetime, key: str, version: int | None = None
) -> Raw:  # fmt: skip
    """Put forward the words that `by` has looked at; they are checked by WeChat, then published.

    Raises NotFound, InvalidInput (`still_personal`, `names_owner`, too long or short), Conflict (`feedback_not_public`,
    `feedback_no_reply_yet`, `feedback_public_under_way`).
    """
    before = feedback_of_place(feedback_id, by)

    def change(raw: Raw) -> Change:
        _demand_impersonal(raw, text)
        waits = {
            "public": seal_json({"question": text.question, "answer": text.answer}, PUBLIC_CONTEXT),
            "public_state": CHECKING, "public_by": by.id, "published_at": None,
        }  # fmt: skip
        entry = OutboxEntry(
            f"feedback:{feedback_id}:{raw['version'] + 1}:check", CHECK_CHANNEL,
            {"feedback_id": feedback_id, "key": key}, subject_id=raw["owner_id"],
        )  # fmt: skip
        return Change(set=waits, outbox=[entry])

    done = FEEDBACK.perform(feedback_id, "propose", by=by, at=at, key=key, version=version, change=change)
    audit.record(by, "feedback.propose", f"feedback:{feedback_id}", at, district_code=before.get("district_code"))
    return done


def to_check(feedback_id: str, key: str) -> tuple[str, str | None] | None:
    """The words that wait for the check under this proposal's key, and their owner's openid in the mini-program (None
    where none is known); None where nothing waits any more."""
    raw = collection(Feedback).find_one({"_id": feedback_id})
    text = public_text(raw) if raw is not None else None
    if raw is None or text is None or raw.get("public_state") != CHECKING or _last_proposal(raw) != key:
        return None
    openid = None if raw["follower"] else people.openids_of(raw["owner_id"]).get("mini_openid")
    return f"{text.question}\n{text.answer}", openid


def settle_check(feedback_id: str, key: str, verdict: Verdict, at: datetime) -> None:
    """What the check said: published, blocked, or held for a second person; nothing where it was taken down since."""
    if to_check(feedback_id, key) is None:
        return
    action = {"pass": "publish", "risky": "block"}.get(verdict, "hold")

    def change(raw: Raw) -> Change:
        if verdict == "pass":
            return _published(raw, at)
        return Change(set={"public_state": BLOCKED if verdict == "risky" else SECOND_LOOK})

    try:
        FEEDBACK.perform(feedback_id, action, by=SYSTEM, at=at, key=f"check {key}", change=change)
    except NotFound:
        return
    except DomainError:
        if to_check(feedback_id, key) is not None:
            raise


def approve(feedback_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """A second person publishes what the check did not settle. Raises NotFound, Forbidden (`same_person`)."""
    before = feedback_of_place(feedback_id, by)
    done = FEEDBACK.perform(
        feedback_id, "approve", by=by, at=at, key=key, version=version, change=lambda raw: _published(raw, at)
    )
    audit.record(by, "feedback.approve", f"feedback:{feedback_id}", at, district_code=before.get("district_code"))
    return done


def unpublish(
    feedback_id: str, reason: str, *, by: Actor, at: datetime, key: str, version: int | None = None
) -> Raw:  # fmt: skip
    """Take the public text down. Raises NotFound, IllegalTransition where there is none."""
    before = feedback_of_place(feedback_id, by)
    gone = Change(set={"public_state": TAKEN_DOWN, "public": None, "published_at": None}, note=reason)
    done = FEEDBACK.perform(feedback_id, "unpublish", by=by, at=at, key=key, version=version, change=gone)
    audit.record(by, "feedback.unpublish", f"feedback:{feedback_id}", at, district_code=before.get("district_code"))
    return done


def _published(raw: Raw, at: datetime) -> Change:
    return Change(set={"public_state": PUBLISHED, "published_at": at}, outbox=told(raw, "published"))


def _last_proposal(raw: Raw) -> str | None:
    return next((each.get("key") for each in reversed(raw["history"]) if each["action"] == "propose"), None)


def _demand_impersonal(raw: Raw, text: PublicText) -> None:
    most, least = rule("feedback.reply_chars_most"), rule("feedback.text_chars_least")
    personal = _personal_words(raw)
    for field, words in (("question", text.question), ("answer", text.answer)):
        if not least <= len(words) <= most:
            raise InvalidInput(
                faults=[FieldFault(field, "string_too_short" if len(words) < least else "string_too_long")]
            )
        if mask_text(words) != words:
            raise InvalidInput(faults=[FieldFault(field, "still_personal")])
        plain = "".join(words.split())
        if any(each in plain for each in personal):
            raise InvalidInput(faults=[FieldFault(field, "names_owner")])


def _personal_words(raw: Raw) -> list[str]:
    """Name and telephone number of the owner, where they are known."""
    if raw["follower"]:
        return []
    try:
        person, phone = people.person_of(raw["owner_id"]), people.phone_of(raw["owner_id"])
    except NotFound:
        return []
    found: list[Any] = [person.name if person else None, phone]
    return [each for each in found if each]
