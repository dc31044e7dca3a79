"""The outbox's channel `notice`: what happened is told to a resident once, by the best way there is.

The words are first put among the resident's messages in the mini-program, where they stay. Then they go out: as a
one-time subscription message where a consent is left, else as a customer-service message while the reply window is
open, else, for an application's steps, as a task for the township's staff to call. Each is a message of its own in the
outbox, so a repeat of the notice sends nothing twice, and each keeps what became of it.

Payload: `{"resident_id", "text_key", "values": {…}, "page"}`; the values hold no ID number, phone or child's name.
`application_id`: the application it is about. `authorisation_id`: it is told to a proxy, while that is in force.
`urgent`: it does not wait for the end of the quiet hours.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.wechat.delivery import CUSTOM, SUBSCRIBE
from bot.wechat.templates import templates
from config.loading import rule
from config.text import say, sentences
from models.casework.phone_tasks import CHANNEL as PHONE
from models.casework.tellings import order_of
from models.kernel.clock import local
from models.kernel.database import collection
from models.kernel.outbox import Handler, OutboxEntry, Receipt, enqueue
from models.people import proxies
from models.people.documents import Resident
from models.people.messages import store_message
from models.people.quiet_hours import next_waking
from models.platform import Platform

CHANNEL = "notice"
# By the domain a notice's text belongs to, the template that carries it.
TEMPLATE_OF_DOMAIN = {
    "casework": "application_progress",
    "offers": "application_progress",
    "public_notices": "application_progress",
    "childcare": "application_progress",
    "housing": "application_progress",
    "eldercare": "visit_reminder",
    "feedback": "application_progress",
}


def handlers(platform: Platform) -> dict[str, Handler]:
    """The handler of `notice`; a repeat does no harm."""

    def send(payload: dict[str, Any], key: str) -> Receipt:
        return tell(payload, key, platform.clock.now())

    return {CHANNEL: Handler(send, idempotent=True)}


def tell(payload: dict[str, Any], key: str, at: datetime) -> Receipt:
    """Store the words for the resident and pass them on to WeChat."""
    resident_id = payload["resident_id"]
    if collection(Resident).find_one({"_id": resident_id, "erased_at": None}, {"_id": 1}) is None:
        return Receipt("final", "no_resident")
    authorisation = payload.get("authorisation_id")
    if authorisation is not None and not proxies.is_in_force(authorisation, at):
        return Receipt("final", "proxy_not_in_force")
    text = say(payload["text_key"], **payload["values"])
    store_message(key, resident_id, text, payload.get("page"), at)
    enqueue(_outgoing(payload, key, text, at), at)
    return Receipt("delivered", "passed_on")


def _outgoing(payload: dict[str, Any], key: str, text: str, at: datetime) -> OutboxEntry:
    """The message to send, with the ways that stand in for the first where it fails for good."""
    about, urgent = payload.get("application_id"), bool(payload.get("urgent"))
    content = {
        "resident_id": payload["resident_id"], "text": text, "page": payload.get("page"), "quiet": not urgent,
        "application_id": about, "notice": key,
    }  # fmt: skip
    ways = [CUSTOM, PHONE] if about and payload["text_key"] not in rule("notices.no_phone_steps") else [CUSTOM]
    template = TEMPLATE_OF_DOMAIN.get(payload["text_key"].partition(".")[0])
    if template in templates():
        content |= {"template": template, "data": _data(payload, text, at)}
        ways.insert(0, SUBSCRIBE)
    return OutboxEntry(
        f"{key}>{ways[0]}", ways[0], content, tuple(ways[1:]), not_before=at if urgent else next_waking(at),
        subject_id=payload["resident_id"], order_key=order_of(about) if about else None,
    )  # fmt: skip


def _data(payload: dict[str, Any], text: str, at: datetime) -> dict[str, str]:
    """The words of a template's fields; what does not fit is cut by the sender."""
    domain, values = payload["text_key"].partition(".")[0], payload["values"]
    short = f"{payload['text_key']}_short"
    return {
        "matter": say(f"notices.matter.{domain}"),
        "state": say(short) if short in sentences() else say("notices.state"),
        "at": f"{local(at):%Y-%m-%d %H:%M}",
        "place": str(values.get("township") or say("notices.city")),
        "note": text,
    }
