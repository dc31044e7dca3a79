"""A piece's life through the API: submitted, followed by its number, routed, answered, reopened once, rated."""

from collections.abc import Callable

import pytest

from models.conversations.lifecycle import follower_actor
from models.feedback import alarms, handling, operations
from models.feedback.documents import Feedback
from models.kernel.audit import ENTRIES
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.errors import NotFound
from models.kernel.ids import new_id
from models.kernel.outbox import OutboxMessage, relay
from models.people.messages import list_messages
from tests.factories.casework import SANYANG, XIAPU, intake, make_centre
from tests.integration.feedback.conftest import TEXT, Lasting, Submit

Office = Callable[..., Lasting]


def test_a_complaint_from_submission_to_satisfaction(
    me: Lasting, office: Office, clock: FixedClock, outbox: Callable[[], None]
) -> None:
    body = {"kind": "complaint", "text": TEXT, "township_id": SANYANG}
    made = me("POST", "/feedback", body, key="the same key")
    assert made.status_code == 201, made.text
    assert me("POST", "/feedback", body, key="the same key").json == made.json
    assert (made.json["number"], made.json["office"]) == ("2600001", "袁州区三阳镇")
    # Monday; five working days later is the next Monday.
    assert made.json["due_at"] == "2026-11-30T23:59:59+08:00"
    assert made.json["next_step"] == "由袁州区三阳镇受理，11月30日前答复。"
    piece = made.json["id"]

    township = office("township_intake", township_ids=(SANYANG,))
    (item,) = township("GET", "/staff/feedback").json["items"]
    assert (item["suggested_theme"], item["actions"][0]) == ("childcare", "take")
    assert "欧阳" not in str(item) and "态度" not in str(item), "a queue holds no word of what was said"
    seen = township("GET", f"/staff/feedback/{piece}").json
    assert seen["said"][0]["text"] == TEXT
    assert database()[ENTRIES].count_documents({"action": "feedback.read", "subject": f"feedback:{piece}"}) == 1
    assert township("POST", f"/staff/feedback/{piece}/take", {"version": 1}).json["state"] == "in_work"
    assert township("POST", f"/staff/feedback/{piece}/take", {"version": 1}).json["code"] == "stale_version"
    assert (
        township("PUT", f"/staff/feedback/{piece}/theme", {"theme": "service_attitude"}).json["theme"]
        == "service_attitude"
    )
    assert township("PUT", f"/staff/feedback/{piece}/theme", {"theme": "nonsense"}).status_code == 422
    done = township("POST", f"/staff/feedback/{piece}/reply", {"text": "已与老师谈话，向您道歉。"})
    assert done.json["state"] == "replied", done.text
    outbox()
    assert [m["text"] for m in list_messages(me.id, 5).items] == ["您的投诉（编号2600001）有了答复，请打开查看。"]

    mine = me("GET", f"/feedback/{piece}").json
    assert [(said["from"], said["text"]) for said in mine["said"]] == [
        ("owner", TEXT), ("staff", "已与老师谈话，向您道歉。"),
    ]  # fmt: skip
    assert mine["actions"] == ["reopen", "satisfaction", "allow"]
    again = me("POST", f"/feedback/{piece}/reopen", {"reason": "老师并没有道歉"})
    assert (again.json["state"], again.json["due_at"]) == ("submitted", "2026-11-30T23:59:59+08:00")
    township("POST", f"/staff/feedback/{piece}/reply", {"text": "老师已当面道歉。"})
    assert me("POST", f"/feedback/{piece}/reopen", {"reason": "还是不满意"}).json["code"] == "feedback_reopened_already"
    rated = me("POST", f"/feedback/{piece}/satisfaction", {"stars": 4, "word": "可以了"})
    assert (rated.json["state"], rated.json["satisfaction"]) == ("closed", 4)
    assert me("POST", f"/feedback/{piece}/satisfaction", {"stars": 1}).json["code"] == "feedback_rated_reply_already"
    assert me("GET", "/me/feedback?number=2600001").json["items"][0]["id"] == piece
    listed = township("GET", "/staff/feedback?state=closed").json["items"]
    assert [each["id"] for each in listed] == [piece]
    assert township("GET", "/staff/feedback?state=closed&month=0000-01").status_code == 422


def test_it_goes_where_it_happened(me: Lasting) -> None:
    centre = make_centre(category="library")
    point = {"longitude": 115.544, "latitude": 28.059, "datum": "wgs84"}
    for place, expected in (
        ({"facility_id": centre, "district_code": "360922"}, ("360902", SANYANG)),
        ({"township_id": XIAPU}, ("360902", XIAPU)),
        ({"district_code": "360922"}, ("360922", None)),
        ({}, (None, None)),
    ):
        made = me("POST", "/feedback", {"kind": "need", "text": "希望有地方看书", **place}).json
        assert (made["district_code"], made["township_id"]) == expected, place
    near = me("POST", "/feedback", {"kind": "need", "text": "希望有地方看书", "point": point}).json
    assert near["district_code"] == "360982" and near["township_id"]
    for wrong, fault in (
        ({"township_id": "1"}, "unknown_township"),
        ({"township_id": XIAPU, "district_code": "360922"}, "unknown_township"),
        ({"facility_id": "nowhere"}, "unknown_facility"),
        ({"about": "nothing"}, "unknown_about"),
        ({"stars": 3}, "stars_not_here"),
        ({"text": "  "}, "string_too_short"),
    ):
        answer = me("POST", "/feedback", {"kind": "need", "text": "希望有地方看书", **wrong})
        assert (answer.status_code, answer.json["faults"][0]["code"]) == (422, fault), wrong
    far = {**point, "longitude": 116.4, "latitude": 39.9}
    answer = me("POST", "/feedback", {"kind": "need", "text": "希望有地方看书", "point": far})
    assert (answer.status_code, answer.json["code"]) == (422, "outside_yichun")


def test_sent_on_with_its_history_and_a_bound(
    me: Lasting, office: Office, clock: FixedClock, outbox: Callable[[], None]
) -> None:
    piece = me("POST", "/feedback", {"kind": "complaint", "text": TEXT, "township_id": SANYANG}).json["id"]
    county = office("county_reviewer")
    clock.advance(days=6)  # Sunday: one working day is left, the new office gets two
    moved = county("POST", f"/staff/feedback/{piece}/transfer", {"reason": "不归本镇", "township_id": XIAPU})
    assert (moved.json["office"], moved.json["state"]) == ("袁州区下浦乡", "submitted"), moved.text
    same = county("POST", f"/staff/feedback/{piece}/transfer", {"reason": "x", "township_id": XIAPU})
    assert same.json["code"] == "feedback_same_office"
    outbox()
    assert list_messages(me.id, 5).items[0]["text"] == "您的投诉（编号2600001）已转袁州区下浦乡办理，12月1日前答复。"
    before = office("township_intake", township_ids=(SANYANG,))
    assert before("GET", f"/staff/feedback/{piece}").status_code == 404
    steps = county("GET", f"/staff/feedback/{piece}").json["history"]
    assert [(each["action"], each["note"]) for each in steps] == [("submit", None), ("transfer", "不归本镇")]
    county("POST", f"/staff/feedback/{piece}/transfer", {"reason": "x", "township_id": SANYANG})
    county("POST", f"/staff/feedback/{piece}/transfer", {"reason": "x", "district_code": "360902"})
    full = county("POST", f"/staff/feedback/{piece}/transfer", {"reason": "x"})
    assert full.json["code"] == "feedback_transfers_full"
    city = office("supervisor", district_code=None)
    assert city("POST", f"/staff/feedback/{piece}/transfer", {"reason": "由市里办"}).json["office"] == "宜春市"
    assert county("GET", f"/staff/feedback/{piece}").status_code == 404
    assert [each["id"] for each in city("GET", "/staff/feedback").json["items"]] == [piece]


def test_late_pieces_go_up_and_answered_ones_are_asked_about_once(
    me: Lasting, office: Office, clock: FixedClock, outbox: Callable[[], None]
) -> None:
    piece = me("POST", "/feedback", {"kind": "complaint", "text": TEXT, "township_id": SANYANG}).json["id"]
    city = office("supervisor", district_code=None)
    clock.advance(days=8)
    for _ in range(2):
        alarms.sound_alarms(clock.now())
    assert city("GET", f"/staff/feedback/{piece}").json["escalations"] == 1
    assert city("GET", "/staff/feedback").json["items"] == []
    clock.advance(days=6)
    alarms.sound_alarms(clock.now())
    (late,) = city("GET", "/staff/feedback").json["items"]
    assert (late["id"], late["overdue"], late["escalations"]) == (piece, True, 2)
    for text in ("已处理。", "再次处理。"):
        assert city("POST", f"/staff/feedback/{piece}/reply", {"text": text}).status_code == 200
        clock.advance(days=4)
        alarms.sound_alarms(clock.now())
        me("POST", f"/feedback/{piece}/reopen", {"reason": "不满意这个答复"})
    outbox()
    told = [each["text"] for each in list_messages(me.id, 20).items]
    assert sum("满意吗" in text for text in told) == 1
    assert sum("超过了期限" in text for text in told) == 1
    clock.advance(days=30)
    alarms.sound_alarms(clock.now())
    assert me("GET", f"/feedback/{piece}").json["state"] == "closed"
    assert me("POST", f"/feedback/{piece}/satisfaction", {"stars": 2}).json["satisfaction"] == 2


def test_a_follower_who_is_no_resident_is_answered_in_the_chat(submit: Submit, clock: FixedClock) -> None:

    raw = submit(openid="oA", channel="chat")
    assert operations.by_number(f" {raw['number']} ", follower_actor("oA"))["_id"] == raw["_id"]
    with pytest.raises(NotFound):
        operations.by_number(raw["number"], follower_actor("oB"))
    handling.reply(raw["_id"], "已处理。", by=intake(), at=clock.now(), key=new_id())
    relay(clock.now())
    (message,) = collection(OutboxMessage).find({"channel": "wechat_custom"})
    assert OutboxMessage.open_payload(message)["text"] == "您的投诉（编号2600001）的答复：\n已处理。"
    stored = collection(Feedback).find_one({"_id": raw["_id"]})
    assert "oA" not in str(stored) and "欧阳" not in str(stored)
