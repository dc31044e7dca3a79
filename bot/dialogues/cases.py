"""The follower's own cases for the chat: applications, drafts, offers. All of it through the linked resident alone.

What is made takes ids and keys derived from the message, so that a message that comes again makes nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from config.loading import rule
from config.programmes import Programme, Version
from models.casework import drafts, offers, operations, queries
from models.casework.documents import APPROVED, DRAFT, EDITABLE, WITHDRAWN
from models.casework.notice_queries import notice_of_application
from models.casework.offer_documents import OFFERED
from models.casework.papers import missing_papers
from models.casework.waiting import standing_of
from models.childcare import queries as childcare
from models.childcare.documents import GUARDIAN, WAITING
from models.childcare.queries import placement_shown, placements_of
from models.facilities import queries as directory
from models.housing import tenancy_queries as housing
from models.kernel.clock import as_utc, day_of
from models.kernel.errors import Forbidden, NotFound, StaleVersion
from models.kernel.lifecycle import Raw
from models.people import consents, households
from models.people import queries as people
from models.people.documents import Resident

MAX_CONTENTION = 5
IDENTITY, CONSENT, HOUSEHOLD, CHILDREN = "identity", "consent", "household", "child"
ON_NOTICE = ("on_notice", "objected")
CHILDCARE = "childcare_place"


AFTER_DECLINE = {"flat": housing.after_decline, "childcare_place": childcare.after_decline}


class Cases:
    """Made for one message; `key(name)` is an id that this message always gives under that name."""

    def __init__(self, resident_id: str, key: Callable[[str], str], at: datetime) -> None:
        self.resident_id = resident_id
        self._by = Resident.actor(resident_id)
        self._key = key
        self._at = at

    # How they stand.

    def standing(self) -> list[dict[str, Any]]:
        """The applications, the newest first, without the withdrawn.

        Each: `id`, `programme` (token), `label`, `state`, `state_label`, `since`, `next_step` (a sentence),
        `due_assumed`;
        `waiting` (`{position, ahead, total}` or None), `childcare` (`[{centre, ahead}]`), `notice` (sentence or None).
        """
        page = queries.applications_of(self.resident_id, None, rule("casework.page_size"))
        return [self._shown(raw) for raw in page.items if raw["state"] != WITHDRAWN]

    def open_offers(self) -> list[dict[str, Any]]:
        """Offers that wait, the first to expire first: `id`, `kind`, `programme`, `subject`, `expires_at`."""
        found = offers.offers_of(self.resident_id, None, rule("casework.page_size")).items
        waiting = [each for each in found if each["state"] == OFFERED and as_utc(each["expires_at"]) >= self._at]
        return sorted((_offer(each) for each in waiting), key=lambda each: (each["expires_at"], each["id"]))

    def answer_offer(self, offer_id: str, accepts: bool) -> None:
        """Accept or decline. Raises NotFound for another's, Conflict (`offer_expired`, `illegal_transition`)."""
        own = offers.own_offer(offer_id, self._by)
        operation = offers.accept if accepts else offers.decline
        operation(own["_id"], by=self._by, at=self._at, key=self._key("offer"))

    def after_decline(self, offer_id: str) -> str | None:
        """What declining leads to by the programme's own rule: a token of `bot.offers.then`; None where it has none."""
        own = offers.own_offer(offer_id, self._by)
        after = AFTER_DECLINE.get(own["kind"])
        try:
            return f"{own['kind']}_{after(own['application_id'])}" if after is not None else None
        except NotFound:
            return None

    # Applying.

    def obstacle(self, programme: Programme, version: Version) -> str | None:
        """What must be given in the mini-program first: IDENTITY, CONSENT, CHILDREN, HOUSEHOLD; None for nothing."""
        if people.person_of(self.resident_id) is None:
            return IDENTITY
        try:
            for each in programme.consents:
                if each.purpose != consents.CHILD:
                    people.demand_consent(self.resident_id, each.purpose)
        except Forbidden:
            return CONSENT
        if programme.people.child is not None and not self.children():
            return CHILDREN
        if version.household == "required" and households.household_of(self.resident_id) is None:
            return HOUSEHOLD
        return None

    def draft_of(self, programme: str) -> Raw | None:
        """The newest draft of a programme."""
        page = queries.applications_of(self.resident_id, None, rule("casework.page_size"))
        return next((raw for raw in page.items if raw["state"] == DRAFT and raw["programme"] == programme), None)

    def begin(self, programme: Programme) -> Raw:
        """A new draft with what is known of the resident. Raises as `create_draft` does."""
        raw = drafts.create_draft(self._key("draft"), programme.token, by=self._by, at=self._at)
        known = self._known(programme, drafts.edited_under(raw, self._at), queries.form_of(raw))
        return self.write(raw["_id"], known) if known else raw

    def read(self, application_id: str) -> Raw:
        """One of the resident's applications. Raises NotFound."""
        return queries.own_application(application_id, self._by)

    def write(self, application_id: str, changes: Mapping[str, Any]) -> Raw:
        """Write answers into a draft; again with the same answers: the same draft. Raises as `edit_form` does."""
        for _ in range(MAX_CONTENTION):
            raw = self.read(application_id)
            with suppress(StaleVersion):  # the mini-program writes at the same time
                return drafts.edit_form(application_id, changes, version=raw["version"], by=self._by, at=self._at)
        raise StaleVersion()

    def answers(self, raw: Raw) -> dict[str, Any]:
        """What is answered so far, in clear."""
        return queries.form_of(raw)

    def rules(self, raw: Raw) -> Version:
        """The version that its form is filled under."""
        return drafts.edited_under(raw, self._at)

    def editable(self, raw: Raw) -> bool:
        """True while it can be filled."""
        return raw["state"] in EDITABLE

    def missing_papers(self, raw: Raw) -> list[str]:
        """The labels of the papers that are still asked for."""
        return [each.detail for each in missing_papers(raw, self.rules(raw))]

    def submit(self, application_id: str) -> Raw:
        """Hand it in. Raises as `operations.submit` does."""
        return operations.submit(
            application_id, version=None, by=self._by, at=self._at, key=self._key("submit")
        )  # fmt: skip

    # What the resident has registered.

    def children(self) -> list[tuple[str, str]]:
        """Id and masked name of each child."""
        shown = people.children_shown(people.resident(self.resident_id).get("children", []))
        return [(each["id"], each["name"]) for each in shown]

    def facility_name(self, facility_id: str) -> str:
        """A facility's name; empty for one that is no longer there."""
        try:
            return str(directory.facility(facility_id, self._at, "gcj02")["name"])
        except NotFound:
            return ""

    def household_facts(self) -> Mapping[str, float]:
        """What follows from the household; empty where none is registered."""
        found = households.household_of(self.resident_id)
        return households.facts_of(found, day_of(self._at)) if found else {}

    def _known(self, programme: Programme, version: Version, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Answers that need not be asked: name, phone, home township, the household, an only child."""
        me = people.person_of(self.resident_id)
        stored = people.resident(self.resident_id)
        known: dict[str, Any] = {
            programme.people.applicant: me.name if me else None,
            programme.people.township: stored.get("home_township_id"),
        }
        for name, each in version.form.properties.items():
            if each.format == "mobile-phone":
                known[name] = people.phone_of(self.resident_id)
            if name == version.household_field:
                household = households.household_of(self.resident_id)
                known[name] = household["_id"] if household else None
            if each.format == "date" and me is not None and name == "birth_date":
                known[name] = me.birth_date.isoformat()
        children = stored.get("children", [])
        if programme.people.child is not None and len(children) == 1:
            known[programme.people.child.id] = children[0]["id"]
            relation = version.form.properties.get("relation")
            if relation and children[0]["relation"] in {each.const for each in relation.oneOf or ()}:
                known["relation"] = children[0]["relation"]
        return {name: value for name, value in known.items() if value is not None and not answers.get(name)}

    def _shown(self, raw: Raw) -> dict[str, Any]:
        programme = queries.programme_of(raw["programme"])
        step = queries.next_step(raw)
        return {
            "id": raw["_id"], "programme": raw["programme"], "label": programme.label, "state": raw["state"],
            "state_label": queries.state_label(raw["state"]), "since": as_utc(raw["stage_since"]),
            "next_step": step["text"], "due_assumed": step["due_assumed"], "waiting": self._waiting(raw),
            "childcare": self._childcare(raw), "notice": _notice(raw),
        }  # fmt: skip

    def _waiting(self, raw: Raw) -> dict[str, Any] | None:
        # The list's reads leave out when it was approved.
        if raw["state"] != APPROVED:
            return None
        found = standing_of(self.read(raw["_id"]))
        return found if found and found["position"] is not None else None

    def _childcare(self, raw: Raw) -> list[dict[str, Any]]:
        if raw["programme"] != CHILDCARE or raw["state"] != APPROVED:
            return []
        mine = next((each for each in placements_of(self.resident_id) if each["_id"] == raw["_id"]), None)
        if mine is None or mine["state"] != WAITING:
            return []
        choices = placement_shown(mine, self._at, GUARDIAN)["choices"]
        return [{"centre": each["centre"], "ahead": each["ahead"]} for each in choices if each["ahead"] is not None]


def _offer(raw: Raw) -> dict[str, Any]:
    return {
        "id": raw["_id"], "kind": raw["kind"], "programme": raw["programme"], "subject": dict(raw["subject"]),
        "expires_at": as_utc(raw["expires_at"]),
    }  # fmt: skip


def _notice(raw: Raw) -> str | None:
    """How the public notice stands, in a sentence."""
    found = notice_of_application(raw["_id"]) if raw["state"] in ON_NOTICE else None
    return found["text"] if found else None
