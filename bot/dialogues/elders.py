"""Visits to old people for the chat: whom the resident is linked to, free hours, what they booked.

All of it through the linked resident alone; a visit's id and a move's key come from the message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from config.loading import rule
from config.text import say
from models.eldercare import booking, queries, waiting_requests
from models.eldercare.concern_chain import Found, open_concern
from models.eldercare.documents import CONFIRMED, Elder
from models.eldercare.notices import township_name
from models.eldercare.settling import masked_name
from models.eldercare.waiting_documents import OFFERED
from models.eldercare.wishes import Wishes
from models.indicators.usage import note_use
from models.kernel.clock import as_utc
from models.kernel.encryption import open_text
from models.kernel.lifecycle import Raw
from models.people.documents import Resident


class Elders:
    """Made for one message; `key(name)` is an id that this message always gives under that name."""

    def __init__(self, resident_id: str, key: Callable[[str], str], at: datetime) -> None:
        self.resident_id = resident_id
        self._by = Resident.actor(resident_id)
        self._key = key
        self._at = at

    def linked(self) -> list[dict[str, Any]]:
        """Old people who can be visited: `{id, name (masked), township_id, district_code}`."""
        links = [link for link in queries.links_of(self.resident_id) if link["state"] == CONFIRMED]
        elders = queries.elders_by_id(link["elder_id"] for link in links)
        known = [elders[link["elder_id"]] for link in links if link["elder_id"] in elders]
        here = [elder for elder in known if queries.on_register(elder, self._at)]
        names = [masked_name(elder) for elder in here]
        return [
            {"id": elder["_id"], "name": _told_apart(name, names, elder), "township_id": elder["township_id"],
             "district_code": elder["district_code"]}
            for elder, name in zip(here, names, strict=True)
        ]  # fmt: skip

    def alarm(self, elder_id: str) -> bool:
        """Open the chain of those who must see to this person now; False where it is open, or one is not linked."""
        if elder_id not in {each["id"] for each in self.linked()}:
            return False
        return open_concern(Found(elder_id, "emergency", f"chat {self._key('alarm')}", self._at), self._at)

    def asked_for(self) -> int:
        """How many wishes to be linked wait for the township."""
        return sum(link["state"] != CONFIRMED for link in queries.links_of(self.resident_id))

    def free_hours(self, elder_id: str, township_id: str) -> list[dict[str, Any]]:
        """The hours that can be booked for a person of a township, the earliest first: `{id, starts_at}`."""
        most = rule("conversations.list_most")
        found = queries.next_free_slots(self._at, most, elder_id=elder_id, township_id=township_id)
        return [{"id": slot["_id"], "starts_at": as_utc(slot["starts_at"])} for slot in found]

    def coming(self) -> list[dict[str, Any]]:
        """The booked visits to come, the next first: `{id, elder_id, name, township_id, township, starts_at}`."""
        visits = queries.visits_of_resident(self.resident_id, self._at, rule("conversations.list_most"))
        elders = queries.elders_by_id(visit["elder_id"] for visit in visits)
        return [_visit(visit, elders.get(visit["elder_id"])) for visit in visits]

    def kept_hours(self) -> list[dict[str, Any]]:
        """Hours kept for requests that waited, the first to lapse first: `{id, name, starts_at, offered_until}`."""
        found = [
            wait for wait in waiting_requests.waits_of(self.resident_id)
            if wait["state"] == OFFERED and as_utc(wait["offered_until"]) > self._at
        ]  # fmt: skip
        elders = queries.elders_by_id(wait["elder_id"] for wait in found)
        return [
            {"id": wait["_id"], "name": masked_name(elders.get(wait["elder_id"])), "starts_at": wait["starts_at"],
             "offered_until": wait["offered_until"]}
            for wait in sorted(found, key=lambda wait: wait["offered_until"])
        ]  # fmt: skip

    def wait(self, elder_id: str, days: Sequence[date], half_days: Sequence[str]) -> None:
        """Wait for an hour. Raises as `waiting_requests.ask` does."""
        waiting_requests.ask(self._key("wait"), elder_id, days, half_days, by=self._by, at=self._at)

    def take(self, wait_id: str) -> dict[str, Any]:
        """Book the hour that is kept. Raises as `waiting_requests.take_offer` does."""
        visit = waiting_requests.take_offer(wait_id, Wishes(), by=self._by, at=self._at)
        self._booked(visit)
        return _visit(visit, queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"]))

    def leave(self, wait_id: str) -> None:
        """Leave the kept hour to the next, and wait on. Raises as `waiting_requests.decline` does."""
        waiting_requests.decline(wait_id, by=self._by, at=self._at, key=self._key("leave"))

    def book(self, elder_id: str, slot_id: str, wishes: str | None) -> dict[str, Any]:
        """Book a visit. Raises as `book_visit` does."""
        visit = booking.book_visit(self._key("visit"), elder_id, slot_id, wishes, by=self._by, at=self._at)
        self._booked(visit)
        return _visit(visit, queries.elders_by_id([elder_id]).get(elder_id))

    def move(self, visit_id: str, slot_id: str) -> dict[str, Any]:
        """Move a visit to another hour. Raises as `reschedule_visit` does."""
        visit = booking.reschedule_visit(visit_id, slot_id, by=self._by, at=self._at, key=self._key("move"))
        return _visit(visit, queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"]))

    def _booked(self, visit: Raw) -> None:
        """Count it, once for its id, before it is told."""
        note_use("visit_booked", visit["_id"], self._at, visit["district_code"], visit["township_id"])

    def call_off(self, visit_id: str) -> None:
        """Cancel a visit. Raises as `cancel_visit` does."""
        booking.cancel_visit(visit_id, by=self._by, at=self._at, key=self._key("cancel"))


def _told_apart(name: str, names: list[str], elder: Raw) -> str:
    """Two whose masked names are the same are told apart by the year of their birth."""
    if names.count(name) == 1:
        return name
    born = open_text(elder["birth_date"], Elder.birth_date.context)
    return say("bot.visits.born", name=name, year=born[:4])


def _visit(visit: Raw, elder: Raw | None) -> dict[str, Any]:
    return {
        "id": visit["_id"], "elder_id": visit["elder_id"], "name": masked_name(elder) if elder else "",
        "township_id": visit["township_id"], "township": township_name(visit["township_id"]),
        "starts_at": as_utc(visit["starts_at"]),
    }  # fmt: skip
