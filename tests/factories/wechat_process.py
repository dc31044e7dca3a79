"""A web process of its own, for tests of what several do with one message."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from flask import Flask

from bot.dialogues import engine
from bot.webhook import webhook_blueprint
from bot.wechat.messages import Inbound
from bot.wechat.reception import Reception
from bot.wechat.replies import Reply, TextReply
from config.loading import rules
from config.settings import DEVELOPMENT_DEFAULTS
from models.kernel import database
from models.kernel.clock import FixedClock
from models.kernel.encryption import install_keyring
from models.platform import Platform
from tests.factories.wechat import Caller, Posted, text_of, wechat_settings
from tests.running import PATIENCE_SECONDS


def deliver(uri: str, at: datetime, calls: Sequence[Posted]) -> list[str]:
    """Serve the calls one after the other in this process; each effect is a document. Returns the replies' texts.

    A press on the menu goes through the real dialogue.
    """
    # On a busy machine too all answers come in time: what is asked here is whether they are the same.
    for name in ("claim_seconds", "answer_budget_seconds"):
        rules()[f"wechat.{name}"] = rules()[f"wechat.{name}"].model_copy(update={"value": PATIENCE_SECONDS})
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    database.connect(uri)
    settings = wechat_settings(mongodb_uri=uri)

    platform = Platform(settings, FixedClock(at))

    def answer(message: Inbound, at: datetime) -> Sequence[Reply]:
        if message.kind == "event":
            return engine.answer(message, at, platform)
        database.database()["effects"].insert_one({"message": message.id, "process": os.getpid()})
        return [TextReply(f"{message.content} by {os.getpid()}")]

    app = Flask("webhook")
    app.register_blueprint(webhook_blueprint(platform, Reception(platform, answer, engine.only_talks)))
    client, caller = app.test_client(), Caller(settings)
    replies = []
    for call in calls:
        reply = client.post("/wechat", query_string=call.query, data=call.body, content_type=call.content_type)
        replies.append(text_of(caller.opened(reply.text)) if reply.status_code == 200 else str(reply.status_code))
    database.disconnect()
    return replies
