"""Recorded conversations, replayed through the dialogues and through the encrypted webhook, restarted at each step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from bot.dialogues.engine import answerer, only_talks
from bot.webhook import webhook_blueprint
from bot.wechat.messages import read
from bot.wechat.reception import Reception
from bot.wechat.replies import TextReply
from config.loading import catalogue
from config.settings import Settings
from models.casework.documents import Application
from models.conversations import binding, handovers, queries
from models.conversations.documents import HandOver
from models.facilities.datum import from_wgs84
from models.facilities.directory import directory
from models.facilities.importing import facility_id, import_rows
from models.facilities.rows import RawRow
from models.feedback.documents import Feedback
from models.indicators import usage
from models.kernel.actors import COUNTY_REVIEWER, SYSTEM, Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.outbox import OutboxMessage, relay
from models.people.documents import Resident
from models.platform import Platform
from tests.factories.wechat import OPENID, Caller, message_xml, text_of, wechat_settings
from tests.journeys.bot.scenes import PLACES, SCENES, counted

HERE = Path(__file__).parent
RECORDED = sorted((HERE / "conversations").glob("*.yaml"))
SOURCE = "test"
KM_PER_DEGREE = 111.2
TEXT_BYTES = 2048
CASEWORKER = Actor(
    kind="staff", id=new_id(), roles=frozenset({COUNTY_REVIEWER}), district_code="360902"
)  # fmt: skip


@lru_cache(maxsize=1)
def facilities() -> list[dict[str, Any]]:
    """The invented directory as rows of an import."""
    places = {place.name_zh: place for place in catalogue().places}
    rows = []
    for key, name, category, place, north, east, hours, phone in yaml.safe_load((HERE / "directory.yaml").read_text()):
        near = places[place]
        rows.append({
            "external_id": key, "name": name, "category": category, "datum": "wgs84", "opening_hours": hours,
            "phone": phone, "source": SOURCE, "latitude": near.latitude + north / KM_PER_DEGREE,
            "longitude": near.longitude + east / (KM_PER_DEGREE * math.cos(math.radians(near.latitude))),
            **(PLACES if category == "childcare_centre" else {}),
        })  # fmt: skip
    return rows


Say = Callable[[str, datetime], list[str]]


@pytest.fixture(params=["dialogues", "webhook"])
def carry(request: pytest.FixtureRequest, database: str, tmp_path: Path, clock: FixedClock) -> Say:
    """Sends one message to a product that has just been started; returns what comes back."""
    settings = wechat_settings(mongodb_uri=database, data_dir=tmp_path, log_level="ERROR")

    def directly(xml: str, at: datetime) -> list[str]:
        platform = Platform(settings, clock)
        replies = answerer(platform)(read(xml, "xml", settings.wechat_official_appid), at)
        assert all(isinstance(reply, TextReply) for reply in replies)
        assert len("\n\n".join(reply.text for reply in replies).encode()) <= TEXT_BYTES
        return [reply.text for reply in replies]

    def by_webhook(xml: str, at: datetime) -> list[str]:
        return through_webhook(settings, clock, xml, at)

    return directly if request.param == "dialogues" else by_webhook


def through_webhook(settings: Settings, clock: FixedClock, xml: str, at: datetime) -> list[str]:
    platform, caller = Platform(settings, clock), Caller(settings)
    app = Flask("webhook")
    app.register_blueprint(webhook_blueprint(platform, Reception(platform, answerer(platform), only_talks)))
    posted = caller.call(xml, at)
    answer = app.test_client().post(
        "/wechat", query_string=posted.query, data=posted.body, content_type=posted.content_type
    )
    assert answer.status_code == 200
    if answer.text == "success":
        return []
    return [text_of(caller.opened(answer.text))]


class Replay:
    """One follower, the product, and a caseworker of Yuanzhou."""

    def __init__(self, carry: Say, clock: FixedClock, recorded: dict[str, Any]) -> None:
        self.carry, self.clock = carry, clock
        self.code = ""
        self.resident_id = self._resident(recorded)
        self.pushed: list[str] = []

    def play(self, turn: dict[str, Any]) -> None:
        self.clock.advance(seconds=7)
        if "wait_minutes" in turn:
            self.clock.advance(minutes=turn["wait_minutes"])
            return
        if "transcript" in turn:
            self._check_transcript(turn)
            return
        if "staff" in turn:
            self._staff(turn)
            return
        if "meanwhile" in turn:
            SCENES[turn["meanwhile"]](self.resident_id, self.clock.now())
            return
        if "stored" in turn:
            assert counted(turn["stored"]) == turn["count"], turn
            return
        xml = self._xml(turn)
        heard = self.carry(xml, self.clock.now())
        if turn.get("event") != "unsubscribe":
            assert self.carry(xml, self.clock.now()) == heard, f"{turn}: the same message again is answered otherwise"
        if turn.get("silent"):
            assert heard == [], turn
            return
        text = "\n".join(heard)
        assert heard, turn
        for part in turn["hears"]:
            assert part in text, f"{turn}: no {part!r} in\n{text}"
        for part in turn.get("lacks", ()):
            assert part not in text, f"{turn}: {part!r} in\n{text}"

    def _xml(self, turn: dict[str, Any]) -> str:
        if "say" in turn:
            return message_xml(Content=turn["say"])
        if "send_number" in turn:
            piece = collection(Feedback).find_one({})
            assert piece is not None
            return message_xml(Content=f"编号{piece['number']}")
        if "voice" in turn:
            return message_xml("voice", MediaId="m", Format="amr", Recognition=turn["voice"])
        if "image" in turn:
            return message_xml("image", MediaId="m", PicUrl="http://127.0.0.1/p")
        if "send_code" in turn:
            if turn["send_code"] is True:
                self.code = binding.issue_code(self.resident_id, self.clock.now()).text
            return message_xml(Content=self.code)
        if "location" in turn:
            latitude, longitude = self._point(turn["location"])
            return message_xml("location", Location_X=latitude, Location_Y=longitude, Scale=15, Label="")
        key = turn.get("key", "")
        for row in facilities():  # a poster carries the id
            key = key.replace(row["name"], facility_id(SOURCE, row["external_id"]))
        extra = {"Latitude": 27.8, "Longitude": 114.4, "Precision": 30} if turn["event"] == "location" else {}
        return message_xml(
            "event", at=int(self.clock.now().timestamp()), Event=turn["event"].upper(), EventKey=key, **extra
        )

    def _point(self, given: Any) -> tuple[float, float]:
        if isinstance(given, dict):
            return given["latitude"], given["longitude"]
        place = next(each for each in catalogue().places if each.name_zh == given)
        longitude, latitude = from_wgs84(place.longitude, place.latitude, "gcj02")
        return latitude, longitude

    def _resident(self, recorded: dict[str, Any]) -> str:
        person, now = new_id(), self.clock.now()
        if "resident" in recorded:
            collection(Resident).insert_one(Resident(id=person, created_at=now, updated_at=now).raw())
        if recorded.get("resident") == "bound":
            assert binding.redeem(OPENID, binding.issue_code(person, now).text, "k", now) == person
        for name in recorded.get("scenes", ()):
            SCENES[name](person, now)
        if "application" in recorded:
            application = Application(
                id=new_id(), created_at=now, updated_at=now, resident_id=person, programme="childcare_place",
                programme_version=1, state=recorded["application"], stage_since=now,
                due_at=now + timedelta(days=7),
            )  # fmt: skip
            collection(Application).insert_one(application.raw())
        return person

    def _staff(self, turn: dict[str, Any]) -> None:
        page = queries.queue(CASEWORKER, ("waiting", "taken"), 20, None, self.clock.now())
        ticket, key, at = page.items[0]["id"], new_id(), self.clock.now()
        if turn["staff"] == "take":
            handovers.take(ticket, by=CASEWORKER, at=at, key=key)
        elif turn["staff"] == "reply":
            handovers.reply(ticket, turn["text"], by=CASEWORKER, at=at, key=key)
        else:
            handovers.close(ticket, by=CASEWORKER, at=at, key=key)
        relay(at)
        sent = [OutboxMessage.open_payload(each) for each in collection(OutboxMessage).find().sort("created_at", 1)]
        assert all(each["openid"] == OPENID for each in sent)
        for part in turn["pushed"]:
            assert part in sent[-1]["text"]

    def _check_transcript(self, turn: dict[str, Any]) -> None:
        stored = collection(HandOver).find_one({})
        assert stored is not None
        seen = queries.ticket(stored["_id"], CASEWORKER, self.clock.now())
        said = [each["text"] for each in seen["messages"]]
        assert len(said) == len(turn["transcript"]), said
        for text, part in zip(said, turn["transcript"], strict=True):
            assert part in text
        assert turn["masked"] not in "".join(said), "whoever answers needs the number to call back"


@pytest.fixture
def with_directory(database: str, clock: FixedClock) -> Iterator[None]:
    report = import_rows(
        [RawRow(n, row) for n, row in enumerate(facilities(), 2)], by=SYSTEM, at=clock.now(), name="test"
    )
    assert report.accepted == len(facilities()), report.rejected
    yield
    directory().close()
    usage.discard()


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_conversation(path: Path, carry: Say, clock: FixedClock, with_directory: None) -> None:
    recorded = yaml.safe_load(path.read_text(encoding="utf-8"))
    if "at" in recorded:
        clock.advance(seconds=(datetime.fromisoformat(recorded["at"]) - clock.now()).total_seconds())
    replay = Replay(carry, clock, recorded)
    for turn in recorded["turns"]:
        replay.play(turn)


def test_there_are_a_dozen_of_them() -> None:
    assert len(RECORDED) >= 12
