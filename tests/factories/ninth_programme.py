"""A ninth programme, as a planner would add it: one file beside the eight, made of theirs, with a county's override."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import config.programmes as module
import models.casework.lifecycle as tables
from models.casework import drafts, operations, papers
from models.casework.files import CleanFile
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.lifecycle import LIFECYCLES, Raw
from models.people import operations as people
from models.people.documents import Resident
from tests.factories.casework import MORNING, PHONE, SANYANG, id_number

TOKEN, LABEL = "meal_delivery", "助餐送餐申请"
OVERRIDE = """    overrides:
      - district_code: "360902"
        in_force_from: 2026-01-01
        source: "a county's own rule, for a test"
        deadlines:
          accepted: {working_days: 3, source: "a county's own rule, for a test"}
        eligibility:
          - token: old_enough
            label: 年满七十周岁
            fact: {age_in_months: elder_birth_date}
            holds: {at_least: 840}
            reason: 本区面向七十周岁以上老人。
            advice: 满七十周岁后再申请。
            decisive: true
            source: "a county's own rule, for a test"
    retention:
"""
BORN = date(1944, 3, 10)


def ninth_file(**replaced: str) -> str:
    """Its file: that of home adaptation under another token, with an override; `replaced` as `old=new` in the text."""
    text = (module.FOLDER / "home_adaptation.yaml").read_text(encoding="utf-8")
    text = text.replace("token: home_adaptation", f"token: {TOKEN}", 1).replace("居家适老化改造申请", LABEL, 1)
    text = text.replace("    retention:\n", OVERRIDE, 1)
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


@contextmanager
def ninth_programme(folder: Path) -> Iterator[None]:
    """All programmes of the catalogue and the ninth, from a folder of their own, for as long as it lasts."""
    for path in module.FOLDER.glob("*.yaml"):
        shutil.copy(path, folder)
    (folder / f"{TOKEN}.yaml").write_text(ninth_file(), encoding="utf-8")
    before, declared, made = module.FOLDER, dict(LIFECYCLES), dict(tables._made)
    module.FOLDER = folder
    module.catalogue_programmes.cache_clear()
    try:
        yield
    finally:
        module.FOLDER = before
        module.catalogue_programmes.cache_clear()
        for kept, now in ((declared, LIFECYCLES), (made, tables._made)):
            now.clear()  # type: ignore[attr-defined]
            now.update(kept)  # type: ignore[attr-defined]


def make_applicant(at: datetime = MORNING) -> Actor:
    """A resident who has agreed to what the programme needs."""
    person_id = new_id()
    collection(Resident).insert_one(Resident(id=person_id, created_at=at, updated_at=at).raw())
    people.record_consent(person_id, "identity", 1, True, at)
    people.record_consent(person_id, "verification", 1, True, at)
    people.set_identity(person_id, "刘长青", id_number(date(1985, 5, 5)), "resident_id_card", at)
    return Resident.actor(person_id)


def answers(**more: Any) -> dict[str, Any]:
    """A whole form; another elder at each call."""
    return {
        "applicant_name": "刘长青", "applicant_phone": PHONE, "relation": "child", "elder_name": "刘老根",
        "elder_id_number": id_number(BORN), "elder_birth_date": BORN.isoformat(), "hardship": "low_income",
        "needs": ["old"], "home_is": "own", "township_id": SANYANG, **more,
    }  # fmt: skip


def make_draft(by: Actor, at: datetime = MORNING, **more: Any) -> Raw:
    """A draft with its whole form and the papers it needs."""
    raw = drafts.create_draft(new_id(), TOKEN, by=by, at=at)
    raw = drafts.edit_form(raw["_id"], answers(**more), version=raw["version"], by=by, at=at)
    for kind in drafts.edited_under(raw, at).papers:
        if kind.required:
            file = CleanFile("a.jpg", "image/jpeg", kind.token.encode(), 1)
            rules = drafts.edited_under(raw, at)
            raw = papers.add_paper(raw, rules, kind.token, file, document_id=new_id(), at=at)
    return raw


def make_submitted(by: Actor, at: datetime = MORNING, **more: Any) -> Raw:
    """Handed in."""
    raw = make_draft(by, at, **more)
    return operations.submit(raw["_id"], version=raw["version"], by=by, at=at, key=new_id())
