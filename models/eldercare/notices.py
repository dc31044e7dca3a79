"""What families and township staff are told. A family's notice holds the masked name, time and township: no address,
no ID number, no health."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from config.loading import catalogue, rule
from config.text import say
from models.kernel.clock import local
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxEntry
from models.people.staff_notices import CHANNEL as STAFF_NOTICES

CHANNEL = "notice"
STAFF_CHANNEL = "staff_alert"
VISIT_PAGE = "pages/visits/index"
ELDERS_PAGE = "pages/elders/index"
ATTEMPTED = ("not_at_home", "refused")


def visit_notice(kind: str, visit: Raw, name: str, step: str) -> list[OutboxEntry]:
    """The notice of a visit to the resident who booked it; none where nobody did.

    `name` is masked. `step` makes the key unique among the notices of the visit.
    """
    if not visit.get("resident_id"):
        return []
    values = {"name": name, "when": when(visit["starts_at"]), "township": township_name(visit["township_id"])}
    return [_notice(f"visit_{kind}:{visit['_id']}:{step}", visit["resident_id"], kind, values,
                    f"{VISIT_PAGE}?id={visit['_id']}", f"visit:{visit['_id']}")]  # fmt: skip


def outcome_notice(visit: Raw, name: str, outcome: str) -> list[OutboxEntry]:
    """What the family is told after a visit."""
    return visit_notice(outcome_kind(outcome), visit, name, "completed")


def outcome_kind(outcome: str) -> str:
    """The kind of notice for an outcome. Grave outcomes are told by a person, never by a message."""
    if outcome in rule("eldercare.outcomes_seen"):
        return "completed_seen"
    return "completed_attempted" if outcome in ATTEMPTED else "completed_contact"


def link_notice(kind: str, link: Raw, name: str) -> OutboxEntry:
    """The township's answer to a family's wish to be linked; `name` is masked."""
    return _notice(f"{kind}:{link['_id']}", link["resident_id"], kind, {"name": name}, ELDERS_PAGE, None)


def substitute_notice(visit: Raw, name: str) -> list[OutboxEntry]:
    """The family's notice that somebody else comes; `name` is the old person's, masked."""
    return visit_notice("substitute", visit, name, f"substitute {visit['visitor_id']}")


def visitor_notice(kind: str, key: str, visitor_id: str, visit: Raw) -> OutboxEntry:
    """What a visitor is told of a visit: time and township, no person."""
    values = {"when": when(visit["starts_at"]), "township": township_name(visit["township_id"])}
    payload = {"staff": [visitor_id], "text_key": f"visitors.staff_notice.{kind}", "values": values,
               "about": f"visit:{visit['_id']}"}  # fmt: skip
    return OutboxEntry(key=key, channel=STAFF_NOTICES, payload=payload)


def campaign_notice(campaign: Raw, visitors: list[str], step: str) -> OutboxEntry:
    """What visitors are told who have visits of an extra round: its kind and its days, no person."""
    days = [date.fromisoformat(campaign[each]) for each in ("first_day", "last_day")]
    first, last = (say("eldercare.day", month=each.month, day=each.day) for each in days)
    values = {"kind": say(f"campaigns.kind.{campaign['kind']}"), "first": first, "last": last}
    payload = {"staff": visitors, "text_key": "campaigns.notice.begun", "values": values,
               "about": f"campaign:{campaign['_id']}"}  # fmt: skip
    return OutboxEntry(key=f"campaign:{campaign['_id']}:{step}", channel=STAFF_NOTICES, payload=payload)


def no_substitute_alert(visit: Raw, day: str) -> OutboxEntry:
    """What calls for somebody who makes a booked visit whose visitor is away and that nobody can take over."""
    payload = {"kind": "no_substitute", "visit_id": visit["_id"]}
    return OutboxEntry(key=f"visit_alert:{visit['_id']}:no_substitute:{day}", channel=STAFF_CHANNEL, payload=payload)


def wait_notice(kind: str, wait: Raw, name: str, step: str) -> OutboxEntry:
    """What became of a waiting request: a place is held, was not answered for, or none came; `name` is masked."""
    values = {"name": name, "when": when(wait["starts_at"]) if wait.get("starts_at") else "",
              "township": township_name(wait["township_id"])}  # fmt: skip
    page = f"{VISIT_PAGE}?wait={wait['_id']}"
    return _notice(f"{kind}:{wait['_id']}:{step}", wait["resident_id"], kind, values, page, f"wait:{wait['_id']}")


def link_question(link: Raw, person_id: str, relation: str) -> OutboxEntry:
    """What asks the old person whether somebody belongs to the family; `relation` in words, no name of the asker."""
    payload = {"resident_id": person_id, "text_key": "visitors.link_asked", "values": {"relation": relation},
               "page": f"{ELDERS_PAGE}?asked={link['_id']}"}  # fmt: skip
    return OutboxEntry(key=f"link_asked:{link['_id']}", channel=CHANNEL, payload=payload, subject_id=person_id)


def staff_alerts(visit: Raw, outcome: str) -> list[OutboxEntry]:
    """What a visit's outcome calls for: a concern at once, or a look at whether it is the second failed attempt."""
    kind = "attempts_failed" if outcome in ATTEMPTED else rule("concerns.outcomes_at_once").get(outcome)
    if kind is None:
        return []
    payload = {"kind": kind, "visit_id": visit["_id"]}
    return [OutboxEntry(key=f"visit_alert:{visit['_id']}:{kind}", channel=STAFF_CHANNEL, payload=payload)]


def hand_over_alert(visit: Raw) -> OutboxEntry:
    """The concern of a township that takes over a booked visit which has no visitor there."""
    payload = {"kind": "handed_over", "visit_id": visit["_id"]}
    key = f"visit_alert:{visit['_id']}:handed_over:{visit['township_id']}:{visit['version']}"
    return OutboxEntry(key=key, channel=STAFF_CHANNEL, payload=payload)


def when(at: datetime) -> str:
    """A moment in words, on China's clock."""
    here = local(at)
    return say("eldercare.when", month=here.month, day=here.day, time=f"{here:%H:%M}")


def township_name(township_id: str) -> str:
    """The township's Chinese name; its id where the catalogue no longer has it."""
    place = catalogue().place(township_id)
    return place.name_zh if place else township_id


def _notice(
    key: str, resident_id: str, kind: str, values: dict[str, Any], page: str, order_key: str | None
) -> OutboxEntry:
    payload = {"resident_id": resident_id, "text_key": f"eldercare.notice.{kind}", "values": values, "page": page}
    return OutboxEntry(key=key, channel=CHANNEL, payload=payload, subject_id=resident_id, order_key=order_key)
