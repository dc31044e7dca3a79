"""The signed papers by which an applicant without a telephone authorises a proxy; and how long proxies are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework.files import CleanFile
from models.casework.papers import (
    delete_all_contents,
    entry_shown,
    file_entry,
    keep_contents,
    read_file,
    register_owner,
    settle_contents,
)
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, StaleVersion
from models.kernel.lifecycle import Raw
from models.people.holders import register_holder
from models.people.proxies import given_by, own_request, person_on_paper
from models.people.proxy_documents import REQUESTED, ProxyAuthorisation

HOLDER = "proxies"
MAX_CONTENTION = 20


def add_signed_paper(authorisation_id: str, file: CleanFile, *, document_id: str, by: Actor, at: datetime) -> Raw:
    """Keep a photo of the signed authorisation under the proxy's request; the same id again changes nothing.

    Raises NotFound, Conflict (`illegal_transition` once it is decided, `too_many_files`).
    """
    keep = True
    for _ in range(MAX_CONTENTION):
        raw = own_request(authorisation_id, by)
        if any(each["id"] == document_id for each in raw["papers"]):
            return raw
        if len(raw["papers"]) >= rule("people.proxy_papers_most"):
            raise Conflict("too_many_files", most=rule("people.proxy_papers_most"))
        if keep:
            keep_contents(authorisation_id, document_id, file.content, at)
            keep = False
        written = collection(ProxyAuthorisation).update_one(
            {"_id": authorisation_id, "version": raw["version"], "state": REQUESTED},
            {
                "$push": {"papers": file_entry(document_id, file, at)},
                "$set": {"updated_at": at},
                "$inc": {"version": 1},
            },
        )
        if written.modified_count:
            settle_contents(document_id)
            return own_request(authorisation_id, by)
    raise StaleVersion()


def signed_paper(raw: Raw, document_id: str) -> CleanFile:
    """A file of the signed authorisation, in clear. Raises NotFound."""
    return read_file(raw["papers"], document_id)


def signed_papers_shown(raw: Raw) -> list[dict[str, Any]]:
    """The files of the signed authorisation without their contents."""
    return [entry_shown(each) for each in raw["papers"]]


def delete_old_authorisations(at: datetime) -> int:
    """Delete authorisations that ended long ago, with their papers; returns how many. A job calls it."""
    before = at - timedelta(days=rule("people.proxy_kept_days"))
    old = list(collection(ProxyAuthorisation).find({"expires_at": {"$lte": before}}, {"_id": 1}))
    return sum(_delete(each["_id"]) for each in old)


def _delete(authorisation_id: str) -> int:
    delete_all_contents(authorisation_id)
    return collection(ProxyAuthorisation).delete_one({"_id": authorisation_id}).deleted_count


def _held(resident_id: str) -> list[Raw]:
    return list(collection(ProxyAuthorisation).find({"proxy_id": resident_id, "proxy_kind": "resident"}))


def _export(resident_id: str) -> dict[str, Any]:
    plain = ("state", "relation", "actions", "programmes", "child_consent", "created_at", "expires_at")
    return {
        "given": [{name: raw.get(name) for name in plain} for raw in given_by(resident_id)],
        "held": [
            {**{name: raw.get(name) for name in plain}, "person": person_on_paper(raw)} for raw in _held(resident_id)
        ],
    }


def _erase(resident_id: str, at: datetime) -> int:
    """Both what they gave and what they held: who acted stays in the histories of the cases, as an id."""
    return sum(_delete(raw["_id"]) for raw in [*given_by(resident_id), *_held(resident_id)])


register_owner(ProxyAuthorisation, "papers")
register_holder(HOLDER, export=_export, erase=_erase)
