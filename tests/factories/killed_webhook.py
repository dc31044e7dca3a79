"""One call of the webhook, or the work on what it kept, for processes that are killed on the way."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from pymongo.errors import DuplicateKeyError

from bot.dialogues import engine
from bot.webhook import webhook_blueprint
from bot.wechat import reception as hall
from bot.wechat.messages import Inbound
from bot.wechat.reception import Answer, Reception
from bot.wechat.replies import Reply, TextReply
from config.loading import rule
from config.settings import Settings
from models.kernel.clock import FixedClock
from models.kernel.database import database
from models.platform import Platform
from tests.factories.wechat import Caller, message_xml, wechat_settings

HURRIED, UNHURRIED_SECONDS = ("wechat.answer_budget_seconds", "wechat.claim_seconds"), 60
FOLDER, WHICH, TOLD = "KILLED_WEBHOOK_FOLDER", "which", "told"
KEPT = message_xml(Content="a", MsgId=7007)
PRESS = message_xml("event", Event="CLICK", EventKey="help")


def echo(message: Inbound, at: datetime) -> Sequence[Reply]:
    """Answers with what it heard; its effect has the message's id, as what a dialogue creates has one made of it."""
    with suppress(DuplicateKeyError):
        database()["effects"].insert_one({"_id": message.id})
    return [TextReply(f"echo {message.content}")]


def door(folder: Path, at: datetime, answer: Answer = echo) -> tuple[Flask, Reception, Settings]:
    """A web process's webhook, with its data in `folder`."""
    settings = wechat_settings(data_dir=folder, log_level="ERROR")
    platform = Platform(settings, FixedClock(at))
    if answer is not echo:
        answer = partial(answer, platform=platform)
    reception = Reception(platform, answer, engine.only_talks)
    app = Flask("webhook")
    app.register_blueprint(webhook_blueprint(platform, reception))
    return app, reception, settings


def _patient(key: str) -> Any:
    """The rules of a machine that is never slow: which writes there are must not depend on the load."""
    return UNHURRIED_SECONDS if key in HURRIED else rule(key)


def call(app: Flask, settings: Settings, xml: str, at: datetime) -> str:
    """What WeChat gets, opened; "success" where the answer comes later."""
    caller = Caller(settings)
    # The nonce of every delivery is the same: WeChat repeats the very same call.
    posted = caller.call(xml, at, nonce="n")
    with patch.object(hall, "rule", _patient):
        answer = app.test_client().post(
            "/wechat", query_string=posted.query, data=posted.body, content_type=posted.content_type
        )
    assert answer.status_code == 200, answer.status_code
    return answer.text if answer.text == "success" else caller.opened(answer.text).findtext("Content") or ""


def die(at: datetime) -> None:
    """What the file `WHICH` names: one process imports the product for all of them."""
    {"take_in": take_in, "work_off": work_off, "press": press}[(Path(os.environ[FOLDER]) / WHICH).read_text()](at)


def take_in(at: datetime) -> None:
    """A call while every worker is taken: kept on the disk, told so, and worked on by nobody here."""
    folder = Path(os.environ[FOLDER])
    app, reception, settings = door(folder, at)
    reception.close()
    reception._slots = threading.BoundedSemaphore(1)
    reception._slots.acquire()
    (folder / TOLD).write_text(call(app, settings, KEPT, at))


def work_off(at: datetime) -> None:
    """What lies on the disk, and what somebody let go of."""
    _, reception, _ = door(Path(os.environ[FOLDER]), at)
    reception.recover(at)


def press(at: datetime) -> None:
    """A press on the menu, through the real dialogue."""
    folder = Path(os.environ[FOLDER])
    app, _, settings = door(folder, at, engine.answer)
    (folder / TOLD).write_text(call(app, settings, PRESS, at))
