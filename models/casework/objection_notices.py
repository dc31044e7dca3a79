"""What an objector is told of an objection. It never names the applicant, and no list of the application holds it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.casework.notice_documents import OBJECTOR_CONTEXT
from models.casework.notices import day_in_words
from models.casework.queries import programme_of
from models.kernel.encryption import open_json
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxEntry

PAGE = "pages/objections/objection"


def objector_of(objection: Raw) -> dict[str, Any] | None:
    """`{resident_id, name, phone}` in clear; None once the objector is taken out."""
    return open_json(objection["objector"], OBJECTOR_CONTEXT) if objection.get("objector") else None


def objector_notice(objection: Raw, step: str, due_at: datetime | None) -> list[OutboxEntry]:
    """The notice of a step to the objector; none where nobody is left to tell."""
    objector = objector_of(objection)
    if objector is None:
        return []
    values = {
        "programme": programme_of(objection["programme"]).label,
        "due": day_in_words(due_at) if due_at else "",
    }
    payload = {
        "resident_id": objector["resident_id"], "text_key": f"public_notices.notice.{step}", "values": values,
        "page": f"{PAGE}?id={objection['_id']}",
    }  # fmt: skip
    return [OutboxEntry(f"objection:{objection['_id']}:{step}", "notice", payload, subject_id=objector["resident_id"])]
