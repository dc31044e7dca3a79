"""What the owner of a piece is told. A resident by the notice channel; a follower in the chat, with the reply's words,
for there is no page where they could read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.text import label, say
from models.casework.notices import CHANNEL, day_in_words
from models.feedback.documents import OPENID_CONTEXT
from models.feedback.routing import Office, office_of
from models.kernel.encryption import open_text
from models.kernel.outbox import OutboxEntry

CHAT_CHANNEL = "wechat_custom"
PAGE = "pages/feedback/piece"


def told(
    before: Mapping[str, Any], step: str, *, due_at: datetime | None = None, office: Office | None = None,
    text: str = "", key: str | None = None,
) -> list[OutboxEntry]:  # fmt: skip
    """The notice of a step, none where nobody can be told; `before` is the piece before it, so that the key names the
    one version it ends. `text`: what a follower is to read beside it."""
    values = {
        "kind": label("feedback.kind", before["kind"]), "number": before["number"],
        "office": (office or office_of(before)).in_words(), "due": day_in_words(due_at) if due_at else "",
    }  # fmt: skip
    named = key or f"feedback:{before['_id']}:{before['version'] + 1}:{step}"
    order = f"feedback:{before['_id']}"
    if not before["follower"]:
        payload: dict[str, Any] = {
            "resident_id": before["owner_id"], "text_key": f"feedback.notice.{step}", "values": values,
            "page": f"{PAGE}?id={before['_id']}",
        }  # fmt: skip
        return [OutboxEntry(named, CHANNEL, payload, subject_id=before["owner_id"], order_key=order)]
    if not before.get("openid"):
        return []
    words = say(f"feedback.told.{step}", **values, text=text) if text else say(f"feedback.notice.{step}", **values)
    openid = open_text(before["openid"], OPENID_CONTEXT)
    payload = {"openid": openid, "text": words, "quiet": True}
    return [OutboxEntry(named, CHAT_CHANNEL, payload, subject_id=before["owner_id"], order_key=order)]
