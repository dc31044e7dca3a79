"""What was typed into a form whose session had ended: carried through the sign-in, sealed, to whoever typed it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from config.loading import rule
from models.kernel.encryption import DecryptionFault, open_json, seal_json

CONTEXT = "console.resume"


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: which API route it asks for, on which page it stood, and its fields."""

    action: str
    page: str
    fields: MultiDict[str, str]


def sealed(owner: str, action: str, page: str, fields: MultiDict[str, str]) -> str:
    """The form of a caseworker as text that nobody can read or change; empty where it is too large to carry."""
    kept = {"owner": owner, "action": action, "page": page, "fields": list(fields.items(multi=True))}
    content = seal_json(kept, CONTEXT)
    text = base64.urlsafe_b64encode(content).decode()
    return text if len(text) <= rule("api.console_resume_chars") else ""


def opened(text: str, caseworker_id: str) -> Kept | None:
    """The form again, for who typed it; None where there is none, or it is somebody else's."""
    if not text or len(text) > rule("api.console_resume_chars"):
        return None
    try:
        found = open_json(base64.urlsafe_b64decode(text.encode()), CONTEXT)
    except (DecryptionFault, binascii.Error, ValueError):
        return None
    if found["owner"] != caseworker_id:
        return None
    return Kept(found["action"], found["page"], MultiDict([(name, value) for name, value in found["fields"]]))
