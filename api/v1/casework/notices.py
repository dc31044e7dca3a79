"""Public notices for everybody, objections for residents, and rulings for the county's staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from api.access import PUBLIC, RESIDENT, staff
from api.endpoint import Call, Endpoint, optional_body, route
from api.v1.casework.files import download, uploaded_file
from api.v1.casework.notice_schemas import (
    EvidenceAdded,
    NoticePage,
    NoticesQuery,
    NoticeView,
    ObjectBody,
    ObjectionPage,
    ObjectionsQuery,
    OwnObjectionView,
    RulingBody,
    StaffObjectionList,
    StaffObjectionView,
)
from api.v1.casework.schemas import OwnStepBody
from config.loading import catalogue
from config.text import say
from models.casework import notice_queries, objections
from models.casework.notice_documents import RULERS
from models.casework.notices import day_in_words
from models.casework.objection_notices import objector_of
from models.casework.papers import entry_shown, read_file
from models.casework.queries import programme_of
from models.indicators.usage import note_use
from models.kernel import audit
from models.kernel.clock import as_utc
from models.kernel.lifecycle import Raw


class Notices(Endpoint):
    @route(access=PUBLIC, query=NoticesQuery, response=NoticePage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Who is on public notice now, masked, the newest first; how to object."""
        asked = call.query
        page = notice_queries.current_notices(
            district_code=asked.district_code, programme=asked.programme, cursor=asked.cursor, limit=asked.limit,
            at=call.at,
        )  # fmt: skip
        return {"items": page.items, "next": page.next, "how_to_object": say("public_notices.how_to_object")}


class OneNotice(Endpoint):
    @route(access=PUBLIC, response=NoticeView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """One that is on notice now."""
        return notice_queries.current_notice(call.path["notice_id"])


class Object(Endpoint):
    @route(access=RESIDENT, body=ObjectBody, response=OwnObjectionView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Object under one's real name, which the applicant never learns; that one notice pauses."""
        raw = objections.file_objection(
            call.idempotency_id or "", call.path["notice_id"], call.body.statement, by=call.actor, at=call.at
        )
        note_use("objection_filed", raw["_id"], call.at, raw["district_code"], raw["township_id"])
        return _shown(raw)


class Objections(Endpoint):
    @route(access=RESIDENT, query=ObjectionsQuery, response=ObjectionPage)
    def get(self, call: Call) -> dict[str, Any]:
        """My objections, the newest first."""
        page = objections.objections_of(call.actor.id, call.query.cursor, call.query.limit)
        names = notice_queries.names_shown(raw["notice_id"] for raw in page.items)
        return {"items": [_mine(raw, names) for raw in page.items], "next": page.next}


class OneObjection(Endpoint):
    @route(access=RESIDENT, response=OwnObjectionView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """One of mine: where it stands, and the ruling."""
        return _shown(objections.own_objection(call.path["objection_id"], call.actor))


class ObjectionRead(Endpoint):
    @route(access=RESIDENT, response=OwnObjectionView, rate="write")
    def put(self, call: Call) -> dict[str, Any]:
        """Note that I have read how it ended; it waits for me no more. Before that: no change."""
        return _shown(objections.note_end_read(call.path["objection_id"], by=call.actor, at=call.at))


class Evidence(Endpoint):
    @route(access=RESIDENT, response=EvidenceAdded, idempotent=True, status=201, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Add evidence: multipart with `file` (JPEG, PNG, WebP or PDF, at most 10 MB), until it is ruled on."""
        objections.own_objection(call.path["objection_id"], call.actor)
        document_id = call.idempotency_id or ""
        raw = objections.add_evidence(
            call.path["objection_id"], uploaded_file(), document_id=document_id, by=call.actor, at=call.at
        )
        entry = next(each for each in raw["evidence"] if each["id"] == document_id)
        return {"document": _file(entry), "version": raw["version"]}


class OneEvidence(Endpoint):
    @route(access=RESIDENT)
    def get(self, call: Call) -> Response:
        """A file of one's own objection."""
        raw = objections.own_objection(call.path["objection_id"], call.actor)
        return download(read_file(raw["evidence"], call.path["document_id"]))


class WithdrawObjection(Endpoint):
    @route(access=RESIDENT, response=OwnObjectionView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take it back; the notice runs on."""
        optional_body(OwnStepBody)
        return _shown(
            objections.withdraw(call.path["objection_id"], by=call.actor, at=call.at, key=call.idempotency_id or "")
        )


class StaffObjections(Endpoint):
    @route(access=staff(*RULERS), response=StaffObjectionList)
    def get(self, call: Call) -> dict[str, Any]:
        """What one's county has to rule on, the soonest due first; nobody is named."""
        items = [_item(raw) | {"overdue": as_utc(raw["due_at"]) < call.at}
                 for raw in objections.open_objections(call.actor)]  # fmt: skip
        return {"items": items, "next": None}


class OneStaffObjection(Endpoint):
    @route(access=staff(*RULERS), response=StaffObjectionView)
    def get(self, call: Call) -> dict[str, Any]:
        """The whole objection with who objects; the look is recorded."""
        raw = objections.objection_of_place(call.path["objection_id"], call.actor)
        _record("objection.read", raw, call)
        return _for_staff(raw, call)


class OneStaffEvidence(Endpoint):
    @route(access=staff(*RULERS))
    def get(self, call: Call) -> Response:
        """A file of the objection; the look is recorded."""
        raw = objections.objection_of_place(call.path["objection_id"], call.actor)
        file = read_file(raw["evidence"], call.path["document_id"])
        _record("objection.evidence_read", raw, call, document=call.path["document_id"])
        return download(file)


class Ruling(Endpoint):
    @route(access=staff(*RULERS), body=RulingBody, response=StaffObjectionView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Rule with reasons, which applicant and objector read: the notice runs on, or the application is refused."""
        raw = objections.rule_on(
            call.path["objection_id"], call.body.decision, call.body.reason, version=call.body.version,
            by=call.actor, at=call.at, key=call.idempotency_id or "",
        )  # fmt: skip
        _record("objection.ruled", raw, call, decision=call.body.decision)
        return _for_staff(raw, call)


def _shown(raw: Raw) -> dict[str, Any]:
    return _mine(raw, notice_queries.names_shown([raw["notice_id"]]))


def _mine(raw: Raw, names: Mapping[str, str]) -> dict[str, Any]:
    place = catalogue().place(raw["township_id"])
    return {
        **_whole(raw),
        "district": catalogue().districts[raw["district_code"]].name_zh,
        "township": place.name_zh if place else "",
        "applicant": names.get(raw["notice_id"]),
        "closed_at": as_utc(raw["closed_at"]) if raw.get("closed_at") else None,
        "unread": objections.end_unread(raw),
    }


def _whole(raw: Raw) -> dict[str, Any]:
    due_at = as_utc(raw["due_at"])
    return {
        **_item(raw),
        "statement": objections.statement_of(raw),
        "evidence": [_file(each) for each in raw["evidence"]],
        "next_step": say(f"public_notices.objection_next.{raw['state']}", due=day_in_words(due_at)),
        "ruling": objections.ruling_of(raw),
    }


def _item(raw: Raw) -> dict[str, Any]:
    return {
        "id": raw["_id"],
        "notice_id": raw["notice_id"],
        "programme": raw["programme"],
        "programme_label": programme_of(raw["programme"]).label,
        "state": raw["state"],
        "state_label": say(f"public_notices.objection.{raw['state']}"),
        "version": raw["version"],
        "filed_at": as_utc(raw["created_at"]),
        "due_at": as_utc(raw["due_at"]),
        "due_assumed": bool(raw.get("due_assumed")),
    }


def _for_staff(raw: Raw, call: Call) -> dict[str, Any]:
    objector = objector_of(raw) or {"name": "", "phone": ""}
    return {
        **_whole(raw),
        "application_id": raw["application_id"],
        "district_code": raw["district_code"],
        "township_id": raw["township_id"],
        "objector": {"name": objector["name"], "phone": objector["phone"]},
        "overdue": raw["state"] == "open" and as_utc(raw["due_at"]) < call.at,
    }


def _file(entry: dict[str, Any]) -> dict[str, Any]:
    shown = entry_shown(entry)
    return {**shown, "added_at": as_utc(shown["added_at"])}


def _record(action: str, raw: Raw, call: Call, **detail: Any) -> None:
    audit.record(
        call.actor, action, f"objection:{raw['_id']}", call.at, district_code=raw["district_code"], detail=detail
    )
