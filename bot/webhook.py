"""The door through which WeChat calls: verify, decrypt, deduplicate, answer within the deadline.

The query string carries signatures and is never logged.
"""

from __future__ import annotations

import time

import orjson
import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from bot.wechat.faults import GuardFault, malformed, refused, too_large
from bot.wechat.guard import Guard
from bot.wechat.messages import read
from bot.wechat.reception import OUTCOMES, SECONDS, Answer, Reception, Unanswered
from config.loading import rule
from config.text import say
from models.conversations.inbound import Replayed
from models.platform import Platform

PATH = "/wechat"
PROBLEM = "application/problem+json"
XML = "text/xml; charset=utf-8"
# What tells WeChat that there is no reply and no need to call again.
SUCCESS = "success"
log = structlog.get_logger("wechat")


def webhook_blueprint(platform: Platform, answer: Answer | Reception) -> Blueprint:
    """`GET/POST /wechat`. `answer(message, at)` is the dialogues' side and returns the replies; or its reception."""
    blueprint = Blueprint("wechat", __name__)
    guard = Guard(platform.settings)
    reception = answer if isinstance(answer, Reception) else Reception(platform, answer)

    @blueprint.get(PATH)
    def handshake() -> Response:
        try:
            return _plain(guard.echo(request.args.to_dict(flat=False), platform.clock.now()))
        except GuardFault as fault:
            return _refuse(fault)

    @blueprint.post(PATH)
    def receive() -> Response:
        started = time.monotonic()
        try:
            return _receive(guard, reception, platform, started)
        except GuardFault as fault:
            return _refuse(fault)
        except Unanswered as fault:
            OUTCOMES.labels(str(fault)).inc()
            log.warning("wechat_unanswered", reason=str(fault))
            return Response(status=503, headers={"Retry-After": str(rule("api.retry_after_seconds"))})

    return blueprint


def _receive(guard: Guard, reception: Reception, platform: Platform, started: float) -> Response:
    with SECONDS.labels("guard").time():
        body = _body()
        query = request.args.to_dict(flat=False)
        call = guard.open(query, body, request.content_type or "", platform.clock.now())
        message = read(call.text, call.form, call.appid)
    done = reception.receive(message, call.nonce_digest, call.key is None, started)
    if isinstance(done, Replayed):
        raise refused("nonce_replayed")
    if not done.reply:
        OUTCOMES.labels("success").inc()
        return _plain(SUCCESS)
    OUTCOMES.labels("replied").inc()
    with SECONDS.labels("seal").time():
        return Response(guard.seal(call, done.reply, platform.clock.now()), content_type=XML)


def _body() -> bytes:
    request.max_content_length = rule("wechat.body_bytes")
    try:
        return request.get_data(cache=False)
    except HTTPException as fault:
        raise too_large() if fault.code == 413 else malformed("body_empty") from None


def _plain(text: str) -> Response:
    return Response(text, mimetype="text/plain")


def _refuse(fault: GuardFault) -> Response:
    OUTCOMES.labels(fault.code).inc()
    body = {
        "type": f"urn:yixiang:error:{fault.code}", "title": fault.code, "status": fault.status, "code": fault.code,
        "detail": say(f"wechat.faults.{fault.code}"),
    }  # fmt: skip
    return Response(orjson.dumps(body), status=fault.status, mimetype=PROBLEM)
