"""A paper handed in once serves again while it is valid: for the same resident and the same person it is about.

How long a kind of paper is valid is in the programme (`valid_days`); the time runs from when it was first handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.programmes import Version
from models.casework.documents import Application
from models.casework.papers import add_paper, entry_shown, read_paper
from models.casework.queries import form_of, programme_of
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.kernel.errors import Conflict, NotFound
from models.kernel.lifecycle import Raw
from models.people.likeness import plain_name

FIELDS = {"programme": 1, "papers": 1, "form": 1, "submitted_at": 1, "resident_id": 1}


@dataclass(frozen=True)
class Reusable:
    """A file of an earlier application that may serve again, until `valid_until`."""

    application_id: str
    programme: str
    entry: Mapping[str, Any]
    valid_until: datetime

    def shown(self) -> dict[str, Any]:
        """Without its content."""
        return {
            "application_id": self.application_id, "programme": self.programme, "paper": self.entry["paper"],
            "valid_until": self.valid_until, "document": {**entry_shown(self.entry), "paper": self.entry["paper"]},
        }  # fmt: skip


def reusable_papers(raw: Raw, rules: Version, at: datetime) -> list[Reusable]:
    """The files of the resident's other applications that this one may take over, the longest valid first."""
    taken = {each.get("reused_from", {}).get("document_id") for each in raw["papers"]}
    others = collection(Application).find({"resident_id": raw["resident_id"]}, FIELDS)
    found = [each for other in others if other["_id"] != raw["_id"] for each in _of(other, raw, rules, at)]
    return sorted(
        (each for each in found if each.entry["id"] not in taken),
        key=lambda each: (each.valid_until, each.entry["id"]), reverse=True,
    )  # fmt: skip


def reuse_paper(raw: Raw, rules: Version, source: tuple[str, str], *, document_id: str, at: datetime) -> Raw:
    """Take a file over; `source`: the application's and the file's id. The same `document_id` again: no change.

    It becomes a file of this application, kept as long as this one. Raises NotFound, Conflict (`paper_not_reusable`),
    and as `add_paper` does.
    """
    other = collection(Application).find_one({"_id": source[0]})
    if other is None or other["resident_id"] != raw["resident_id"]:
        raise NotFound()
    if any(each["id"] == document_id for each in raw["papers"]):
        return raw
    if all(each["id"] != source[1] for each in other["papers"]):
        raise NotFound()
    found = next((each for each in _of(other, raw, rules, at) if each.entry["id"] == source[1]), None)
    if found is None:
        raise Conflict("paper_not_reusable")
    origin = {
        "reused_from": {"application_id": source[0], "document_id": source[1]},
        "first_added_at": _first_added(found.entry),
    }
    file = read_paper(other, source[1])
    return add_paper(raw, rules, found.entry["paper"], file, document_id=document_id, at=at, origin=origin)


def _of(other: Raw, raw: Raw, rules: Version, at: datetime) -> Iterator[Reusable]:
    if other.get("submitted_at") is None or _about(other) != _about(raw):
        return
    for entry in other["papers"]:
        kind = rules.paper(entry["paper"])
        if kind is not None and kind.valid_days is not None:
            until = _first_added(entry) + timedelta(days=kind.valid_days)
            if until > at:
                yield Reusable(other["_id"], other["programme"], entry, until)


def _first_added(entry: Mapping[str, Any]) -> datetime:
    return as_utc(entry.get("first_added_at") or entry["added_at"])


def _about(raw: Raw) -> str | None:
    """Whom an application's papers are about: the applicant's family, a child, or the person the form names."""
    people, answers = programme_of(raw["programme"]).people, form_of(raw)
    if people.child is not None:
        return f"child {answers.get(people.child.id)}"
    if people.subject == people.applicant:
        return "applicant"
    # Spelt differently it is still the same person.
    said = (plain_name(str(answers.get(name, ""))) for name in people.identifies)
    return blind_index("person of papers", "|".join(said))
