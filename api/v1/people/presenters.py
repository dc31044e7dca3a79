"""How residents and caseworkers are shown: stored or domain form → plain JSON with labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.loading import catalogue
from config.text import label
from models.people import queries
from models.people.consents import consent_purposes


def resident_shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A resident as they see themselves."""
    return with_labels(queries.profile(stored))


def with_labels(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A profile of `models.people.queries` with the labels of its tokens."""
    return {**profile, "children": [child_shown(each) for each in profile["children"]]}


def child_shown(child: Mapping[str, Any]) -> dict[str, Any]:
    """A guardian's child with the relation's label."""
    return {**child, "relation_label": label("people.relations", child["relation"])}


def consents_shown() -> list[dict[str, Any]]:
    """Every purpose with the texts of all its versions."""
    return [
        {
            "purpose": each.purpose,
            "required_for": each.required_for,
            "current": each.current.version,
            "versions": [
                {**text.model_dump(exclude={"reviewed", "basis"}), "articles": list(text.articles)}
                for text in each.versions
            ],
        }
        for each in consent_purposes().values()
    ]


def staff_shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A caseworker with the labels of roles and places."""
    district = catalogue().districts.get(stored.get("district_code") or "")
    places = [catalogue().place(each) for each in stored.get("township_ids", ())]
    return {
        "id": stored["_id"],
        "username": stored["username"],
        "display_name": stored["display_name"],
        "roles": [{"token": role, "label": label("people.roles", role)} for role in stored["roles"]],
        "district_code": stored.get("district_code"),
        "district": district.name_zh if district else None,
        "townships": [{"id": p.id, "name": p.name_zh, "district_code": p.district_code} for p in places if p],
        "otp_enrolled": bool(stored.get("otp_secret")),
        "recovery_codes_left": len(stored.get("recovery_codes") or ()),
    }
