"""A web process of its own, for tests of what several do with one message."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from flask import Flask

from bot.webhook import webhook_blueprint
from bot.wechat.messages import Inbound
from bot.wechat.replies import Reply, TextReply
from config.settings import DEVELOPMENT_DEFAULTS
from models.kernel import database
from models.kernel.clock import FixedClock
from models.kernel.encryption import install_keyring
from models.platform import Platform
from tests.factories.wechat import Caller, Posted, text_of, wechat_settings


def deliver(uri: str, at: datetime, calls: Sequence[Posted]) -> list[str]:
    """Serve the calls one after the other in this process; each effect is a document. Returns the replies' texts."""
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    database.connect(uri)
    settings = wechat_settings(mongodb_uri=uri)

    def answer(message: Inbound, at: datetime) -> Sequence[Reply]:
        database.database()["effects"].insert_one({"message": message.id, "process": os.getpid()})
        return [TextReply(f"{message.content} by {os.getpid()}")]

    app = Flask("webhook")
    app.register_blueprint(webhook_blueprint(Platform(settings, FixedClock(at)), answer))
    client, caller = app.test_client(), Caller(settings)
    replies = []
    for call in calls:
        reply = client.post("/wechat", query_string=call.query, data=call.body, content_type=call.content_type)
        replies.append(text_of(caller.opened(reply.text)) if reply.status_code == 200 else str(reply.status_code))
    database.disconnect()
    return replies
