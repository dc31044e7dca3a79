"""Papers of an application: added, read, removed. The content lies encrypted in pieces, the list in the application.

A file counts once the application's list names it; pieces without an entry are left-overs of a killed upload and go
with `sweep_papers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson.binary import Binary

from config.loading import rule
from config.programmes import Version
from models.casework.documents import CHUNK_CONTEXT, DRAFT, EDITABLE, PAPER_CONTEXT, Application, PaperChunk
from models.casework.files import CleanFile
from models.kernel.clock import as_utc
from models.kernel.database import change_one, collection
from models.kernel.document import Record
from models.kernel.encryption import decrypt, encrypt, open_text, seal_text
from models.kernel.errors import Conflict, FieldFault, IllegalTransition, InvalidInput, NotFound, StaleVersion
from models.kernel.lifecycle import Raw

MAX_CONTENTION = 50
# Whose lists name files: the document and its field.
_OWNERS: list[tuple[type[Record], str]] = [(Application, "papers"), (Application, "papers_replaced")]


def add_paper(
    raw: Raw, version: Version, paper: str, file: CleanFile, *, document_id: str, at: datetime,
    origin: Mapping[str, Any] | None = None,
) -> Raw:  # fmt: skip
    """Keep a file under the application; the same `document_id` again changes nothing. Returns the application.

    `origin`: where it was taken over from, kept with it. Raises InvalidInput (`paper` unknown), Conflict
    (`too_many_files`), IllegalTransition unless it is being edited.
    """
    kind = version.paper(paper)
    if kind is None:
        raise InvalidInput(faults=[FieldFault("paper", "unknown_paper")])
    current = raw
    for attempt in range(MAX_CONTENTION):
        if any(each["id"] == document_id for each in current["papers"]):
            return current
        _check_room(current, paper, kind.files_most)
        if attempt == 0:
            keep_contents(current["_id"], document_id, file.content, at)
        entry = {
            "id": document_id, "paper": paper, "name": seal_text(file.name, PAPER_CONTEXT), "bytes": len(file.content),
            "media_type": file.media_type, "pages": file.pages, "added_at": at, **(origin or {}),
        }  # fmt: skip
        written = change_one(
            collection(Application),
            {"_id": current["_id"], "version": current["version"], "state": {"$in": list(EDITABLE)}},
            {"$push": {"papers": entry}, "$set": {"updated_at": at}, "$inc": {"version": 1}},
        )
        if written is not None:
            settle_contents(document_id)
            return written
        current = _again(current["_id"])
    raise StaleVersion(details={"state": current["state"], "version": current["version"]})


def remove_paper(raw: Raw, document_id: str, at: datetime) -> Raw:
    """Take a file off an application that is being edited. Raises NotFound, IllegalTransition.

    What the office has seen stays in the file's history; anything else goes with its content.
    """
    entry = next((each for each in raw["papers"] if each["id"] == document_id), None)
    if entry is None:
        raise NotFound()
    update: dict[str, Any] = {
        "$pull": {"papers": {"id": document_id}}, "$set": {"updated_at": at}, "$inc": {"version": 1},
    }  # fmt: skip
    seen = was_seen(raw, entry)
    if seen:
        update["$push"] = {"papers_replaced": {**entry, "replaced_at": at}}
    _demand_editable(raw)
    # Of this stage: in another one what the office has seen may be more.
    here = {"_id": raw["_id"], "state": raw["state"], "stage_since": raw["stage_since"], "papers.id": document_id}
    written = change_one(collection(Application), here, update)
    if written is None:
        current = _again(raw["_id"])
        _demand_editable(current)
        return current  # another request removed it in between
    if not seen:
        delete_contents(document_id)
    return written


def was_seen(raw: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """True for a file that was part of what the applicant handed in, before the office asked for a correction."""
    return raw["state"] != DRAFT and as_utc(entry["added_at"]) <= as_utc(raw["stage_since"])


def read_paper(raw: Raw, document_id: str) -> CleanFile:
    """A file with its content, in clear, also one that was replaced since. Raises NotFound."""
    return read_file([*raw["papers"], *raw.get("papers_replaced", [])], document_id)


def read_file(entries: Sequence[Mapping[str, Any]], document_id: str) -> CleanFile:
    """A file of a list of entries, with its content in clear. Raises NotFound."""
    entry = next((each for each in entries if each["id"] == document_id), None)
    if entry is None:
        raise NotFound()
    found = collection(PaperChunk).find({"document_id": document_id}).sort("position", 1)
    content = b"".join(decrypt(bytes(each["data"]), _context(document_id, each["position"])) for each in found)
    if len(content) != entry["bytes"]:
        raise NotFound("paper_deleted")
    return CleanFile(open_text(entry["name"], PAPER_CONTEXT), entry["media_type"], content, entry["pages"])


def delete_contents(document_id: str) -> None:
    """Delete the content of one file; its entry, where there is one, is the caller's."""
    collection(PaperChunk).delete_many({"document_id": document_id})


def delete_all_contents(application_id: str) -> int:
    """Delete the content of every file of an application; returns how many pieces went."""
    return collection(PaperChunk).delete_many({"application_id": application_id}).deleted_count


def sweep_papers(at: datetime) -> int:
    """Delete pieces of uploads that never reached their application's list; returns how many files. A job calls it."""
    before = at - timedelta(hours=rule("casework.orphan_hours"))
    waiting = collection(PaperChunk).find(
        {"pending": True, "created_at": {"$lte": before}, "position": 0}, {"document_id": 1, "application_id": 1}
    )
    swept = 0
    for chunk in list(waiting):
        if not _listed(chunk):
            delete_contents(chunk["document_id"])
            swept += 1
        else:
            settle_contents(chunk["document_id"])
    return swept


def register_owner(record: type[Record], field: str) -> None:
    """Another kind of document that keeps files in the same pieces: `field` is its list of entries."""
    _OWNERS.append((record, field))


def file_entry(document_id: str, file: CleanFile, at: datetime) -> dict[str, Any]:
    """How a list names a file: all but its content."""
    return {
        "id": document_id, "name": seal_text(file.name, PAPER_CONTEXT), "bytes": len(file.content),
        "media_type": file.media_type, "pages": file.pages, "added_at": at,
    }  # fmt: skip


def entry_shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without its content."""
    plain = ("id", "media_type", "bytes", "pages", "added_at")
    return {**{name: entry[name] for name in plain}, "name": open_text(entry["name"], PAPER_CONTEXT)}


def missing_papers(raw: Raw, version: Version) -> list[FieldFault]:
    """A fault for each required paper of which no file is there."""
    there = {each["paper"] for each in raw["papers"]}
    return [FieldFault(f"papers.{kind.token}", "paper_missing", kind.label)
            for kind in version.papers if kind.required and kind.token not in there]  # fmt: skip


def papers_shown(raw: Raw) -> list[dict[str, Any]]:
    """The list of files without their contents."""
    return [{**entry_shown(each), "paper": each["paper"]} for each in raw["papers"]]


def replaced_shown(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files that were replaced in corrections, the oldest first, without their contents."""
    return [{**entry_shown(each), "paper": each["paper"], "replaced_at": each["replaced_at"]}
            for each in raw.get("papers_replaced", [])]  # fmt: skip


def _demand_editable(raw: Mapping[str, Any]) -> None:
    if raw["state"] not in EDITABLE:
        raise IllegalTransition(details={"state": raw["state"], "version": raw["version"]})


def _check_room(raw: Raw, paper: str, most: int) -> None:
    _demand_editable(raw)
    if sum(each["paper"] == paper for each in raw["papers"]) >= most:
        raise Conflict("too_many_files", most=most)


def keep_contents(application_id: str, document_id: str, content: bytes, at: datetime) -> None:
    """Keep a file's content in pieces under its owner; they are left-overs until the owner's list names the file."""
    size = rule("casework.file_chunk_bytes")
    for position, start in enumerate(range(0, len(content), size)):
        sealed = Binary(encrypt(content[start : start + size], _context(document_id, position)))
        # Written again by a retry after a crash: cleaning the same file twice may give other bytes.
        collection(PaperChunk).replace_one(
            {"_id": f"{document_id}:{position}"},
            {"application_id": application_id, "document_id": document_id, "position": position, "data": sealed,
             "pending": True, "version": 1, "created_at": at, "updated_at": at},
            upsert=True,
        )  # fmt: skip


def settle_contents(document_id: str) -> None:
    """The application's list names the file: its pieces are no left-overs."""
    collection(PaperChunk).update_many({"document_id": document_id}, {"$unset": {"pending": ""}})


def _listed(chunk: Mapping[str, Any]) -> bool:
    """True where a list names the file."""
    return any(
        collection(record).find_one({"_id": chunk["application_id"], f"{field}.id": chunk["document_id"]}, {"_id": 1})
        for record, field in _OWNERS
    )


def _context(document_id: str, position: int) -> str:
    # Bound to its place: pieces cannot be exchanged between files or within one.
    return f"{CHUNK_CONTEXT} {document_id} {position}"


def _again(application_id: str) -> Raw:
    found = collection(Application).find_one({"_id": application_id})
    if found is None:
        raise NotFound()
    return found
