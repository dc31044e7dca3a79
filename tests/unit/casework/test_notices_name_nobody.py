"""Ten thousand notices: what the public and the phones see holds no ID number, telephone number or child's name."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from api.endpoint import to_json
from config.programmes import Programme, Version, programmes
from models.casework.documents import FORM_CONTEXT
from models.casework.notices import step_notice
from models.casework.public_notices import notice_document, public_view, shown_name, told
from models.kernel.clock import day_of
from models.kernel.encryption import seal_json
from tests.conftest import MORNING
from tests.factories.casework import DISTRICT, SANYANG, id_number

COUNT = 10_000
NUMBERS = re.compile(rb"\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)")
SURNAMES, GIVEN = ["王", "李", "欧阳", "司马", "张", "刘"], list("伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂")
ON_NOTICE = [(each, version) for each in programmes().values() for version in each.versions if version.public_notice]


def person(luck: random.Random) -> str:
    return luck.choice(SURNAMES) + "".join(luck.choices(GIVEN, k=luck.randint(1, 2)))


def answers(programme: Programme, version: Version, child: str, luck: random.Random) -> dict[str, Any]:
    """A form whose every text gives away what must not be seen."""
    number, phone = id_number(MORNING.date().replace(year=1990)), f"139{luck.randrange(10**8):08d}"
    fitting = {"person-name": child, "id-number": number, "mobile-phone": phone}
    given = {
        name: fitting.get(field.format or "", f"{child} {number} {phone}")
        for name, field in version.form.properties.items()
        if field.type == "string"
    }
    return given | {programme.people.applicant: person(luck)}


def application(number: int, programme: Programme, version: Version, form: dict[str, Any]) -> dict[str, Any]:
    return {
        "_id": f"{number:026d}", "resident_id": f"9{number:025d}", "version": 7, "programme": programme.token,
        "programme_version": version.version, "state": "on_notice", "form": seal_json(form, FORM_CONTEXT),
        "district_code": DISTRICT, "township_id": SANYANG, "history": [{"to": "on_notice", "from": "reviewed"}],
    }  # fmt: skip


def test_ten_thousand_notices_tell_nothing_they_must_not() -> None:
    assert ON_NOTICE
    luck, shown = random.Random(2026), 0
    for number in range(COUNT):
        programme, version = ON_NOTICE[number % len(ON_NOTICE)]
        child = f"{luck.choice(SURNAMES)}小{luck.choice(GIVEN)}{number % 97}"
        form = answers(programme, version, child, luck)
        raw = application(number, programme, version, form)
        notice = notice_document(raw, programme, version, None, MORNING)
        entries = [told(raw, notice["_id"], "published", notice["ends_at"]), step_notice(raw, programme, "approved")]
        seen = to_json(public_view(notice)) + b"".join(to_json(each.payload["values"]) for each in entries)
        assert not NUMBERS.search(seen)
        assert child.encode() not in seen
        assert form[programme.people.applicant].encode() not in seen
        assert raw["_id"].encode() not in seen
        assert raw["resident_id"].encode() not in seen
        shown += form[programme.people.applicant][0].encode() in seen
    assert shown == COUNT


@pytest.mark.parametrize(("born", "shown"), [((2008, 11, 23), "王*"), ((2008, 11, 24), "")])
def test_a_minor_is_not_named_at_all(born: tuple[int, int, int], shown: str) -> None:
    programme, _ = ON_NOTICE[0]
    day = day_of(MORNING)
    assert shown_name({programme.people.applicant: "王伟"}, programme, day.replace(*born), day) == shown
    view = public_view(
        notice_document(application(1, *ON_NOTICE[0], {programme.people.applicant: "王伟"}), *ON_NOTICE[0],
                        day.replace(*born), MORNING)
    )  # fmt: skip
    assert view["applicant"] == (shown or "未成年人（姓名不公开）")
