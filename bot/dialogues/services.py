"""What the dialogues ask of the product for one message: the directory, the follower's cases, the caseworkers.

What a step makes here takes an id derived from the message, so that a step which is repeated makes nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from bot.dialogues import pages
from bot.dialogues.cases import Cases
from bot.dialogues.elders import Elders
from bot.dialogues.state import Point
from bot.understanding import Understanding
from bot.understanding.indicators import named as named_indicators
from bot.understanding.lexicon import commands
from bot.understanding.plan import Passage, passages
from bot.wechat.outcomes import WechatRefused, WechatUnavailable
from config.indicators import CITY
from config.loading import Place, catalogue, rule
from models.childcare.places import CATEGORY as CENTRE
from models.childcare.supervision import public_supervision
from models.conversations import binding, handovers, passing, timing
from models.conversations.distress import call_for_help
from models.conversations.lifecycle import TAKEN, follower_actor
from models.conversations.unanswered import note_unanswered
from models.facilities import queries as directory
from models.facilities.areas import district_of
from models.facilities.datum import Datum, from_wgs84, to_wgs84
from models.facilities.queries import Filters, Search
from models.feedback.documents import CHAT
from models.feedback.operations import by_number, submit_feedback
from models.feedback.queries import own_shown
from models.indicators.queries import observations_of
from models.indicators.usage import note_use, record_use
from models.kernel.actors import Actor
from models.kernel.errors import IllegalTransition, InvalidInput, LimitReached, NotFound, Unavailable
from models.kernel.ids import id_from_key
from models.people.documents import Resident
from models.people.operations import update_profile
from models.people.queries import resident
from models.platform import Platform

TICKET, HOME = "ticket", "home"
OUTSIDE, AWAY = "outside_yichun", "unavailable"
DATUM: Datum = "gcj02"
Raw = Mapping[str, Any]


def township_point(place: Place) -> Point:
    """A township of the catalogue as a place to search from."""
    longitude, latitude = from_wgs84(place.longitude, place.latitude, DATUM)
    label = f"{catalogue().districts[place.district_code].name_zh}{place.name_zh}"
    return Point(latitude, longitude, DATUM, label, place.district_code, place.id)


class Services:
    """Made for one message of one follower; `facts`: what the chat remembers."""

    def __init__(
        self, platform: Platform, openid: str, message_id: str, at: datetime, facts: Mapping[str, Any] | None = None
    ) -> None:
        self._platform = platform
        self._openid = openid
        self._message_id = message_id
        self.at = at
        self._facts = facts or {}
        # True once WeChat has told who the follower is, or that it does not know.
        self.weixin_answered = False
        self._uses: list[tuple[str, str | None, str | None]] = []

    # The directory.

    def nearby(self, category: str, point: Point, *, open_now: bool, cursor: str | None) -> Raw | str:
        """`{"items", "next"}`, nearest first; OUTSIDE or AWAY where there is no answer."""
        search = Search(
            rule("conversations.list_size"), point.datum, (point.longitude, point.latitude),  # type: ignore[arg-type]
            filters=Filters(categories=(category,), open_now=open_now), cursor=cursor,
        )  # fmt: skip
        try:
            found = directory.nearby_page(search, self.at)
        except InvalidInput:
            return OUTSIDE
        except Unavailable:
            return AWAY
        self._use("facility_search", point.district_code, point.township_id)
        return found

    def named(self, text: str) -> list[Raw]:
        """Facilities whose name holds `text`; none while the directory is away."""
        try:
            found = directory.search_text(text, rule("conversations.list_size"), at=self.at, datum=DATUM)
        except (InvalidInput, Unavailable):
            return []
        return [item for item in found if text in item["name"]]

    def facility(self, facility_id: str) -> Raw | None:
        """One facility in full, a centre with the suspension that runs; None for one that is no longer there."""
        try:
            found = directory.facility(facility_id, self.at, DATUM)
        except NotFound:
            return None
        if found["status"] != "open":
            return None
        self._use("facility_view", found["district_code"], found["township_id"])
        if found["category"] != CENTRE:
            return found
        return {**found, "suspension": public_supervision(facility_id)["suspension"]}

    def with_district(self, point: Point) -> Point:
        """The point with the county in which it lies, None outside Yichun."""
        longitude, latitude = to_wgs84(point.longitude, point.latitude, point.datum)  # type: ignore[arg-type]
        return replace(point, district_code=district_of(longitude, latitude))

    def places(self, text: str) -> list[Point]:
        """The places that `text` may mean: townships and counties, else facilities of that name."""
        found = directory.find_place(text, DATUM)
        if found:
            return [self._place(each) for each in found]
        return [self._landmark(each) for each in self.named(text)[:1]]

    def townships_in(self, text: str) -> list[Point]:
        """The townships whose full name stands in a text of any kind."""
        return [township_point(each) for each in catalogue().places if each.name_zh in text]

    # The follower.

    @cached_property
    def resident_id(self) -> str | None:
        """The resident who is known to be this follower."""
        return binding.resident_of(self._openid, self.at)

    def resident_by_unionid(self, asked_at: str | None) -> str | None:
        """As `resident_id`, after asking WeChat who the follower is; not again within some hours of `asked_at`."""
        if self.resident_id is not None or self._platform.wechat is None:
            return self.resident_id
        pause = timedelta(hours=rule("conversations.unionid_ask_hours"))
        if asked_at is not None and datetime.fromisoformat(asked_at) + pause > self.at:
            return None
        try:
            unionid = self._platform.wechat.official_user(self._openid, patient=False).unionid
        except (WechatUnavailable, WechatRefused):
            return None
        self.weixin_answered = True
        return binding.resident_of(self._openid, self.at, unionid) if unionid else None

    @property
    def known_resident(self) -> str | None:
        """The resident, where this message made us look; looking costs a read."""
        found: str | None = self.__dict__.get("resident_id")
        return found

    def forget_resident(self) -> None:
        """Look again who the follower is: they have just been joined."""
        self.__dict__.pop("resident_id", None)

    def redeem(self, code: str) -> str | None:
        """The resident whose code this is; from now on the follower is known as they."""
        return binding.redeem(self._openid, code, self._message_id, self.at)

    def cases(self, resident_id: str) -> Cases:
        """The resident's applications and offers."""
        return Cases(resident_id, self.key, self.at)

    def elders(self, resident_id: str) -> Elders:
        """The old people the resident is linked to, and the visits booked."""
        return Elders(resident_id, self.key, self.at)

    def home(self) -> Point | None:
        """The follower's home township: what the resident gave, else what the chat was asked to remember."""
        place = catalogue().place(self._home_of_resident() or self._facts.get(HOME) or "")
        if place is None:
            return None
        return township_point(place)

    def remember_home(self, township_id: str | None) -> Raw:
        """Keep the home township at the follower's wish, or (None) forget it: with the resident where they are known.

        Returns what the chat is to remember by itself.
        """
        if self.resident_id is not None:
            update_profile(self.resident_id, {"home_township_id": township_id}, self.at)
            return {HOME: None}
        return {HOME: township_id}

    def whom_to_tell(self) -> tuple[str | None, Raw | None]:
        """The township to be told of a danger, and the one old person whom the resident is linked to, if it is one."""
        linked = self.elders(self.resident_id).linked() if self.resident_id is not None else []
        if len(linked) == 1:
            return linked[0]["township_id"], linked[0]
        home = self.home()
        return (home.township_id if home else None), None

    def raise_alarm(self, said: str, township_id: str, elder_id: str | None) -> bool:
        """Tell who is on duty for the township, with a hand-over that holds what was said; False where nobody is."""
        place = catalogue().place(township_id)
        if place is None or self.resident_id is None:
            return False
        chained = elder_id is not None and self.elders(self.resident_id).alarm(elder_id)
        ticket = self.ticket or self.ask_for_person(said, place.district_code)
        handovers.locate(ticket["_id"], place, self.key("locate"), self.at)
        return call_for_help(self.key("alarm"), self.resident_id, place, ticket["_id"], self.at) or chained

    def home_district(self) -> str | None:
        """The county of the home township, where that is known."""
        home = self.home()
        return home.district_code if home else None

    def key(self, name: str) -> str:
        """An id that this message gives under this name, however often it comes."""
        return id_from_key(f"chat {name}", f"{self._openid} {self._message_id}")

    def page(self, name: str, words: str, about: str = "") -> str:
        """A page of the mini-program, as words to press."""
        return pages.page(self._platform.settings.wechat_mini_appid, name, words, about)

    # What residents say.

    def submit_feedback(
        self, kind: str, text: str, *, township_id: str | None, district_code: str | None, facility_id: str | None,
        about: str | None,
    ) -> Raw:  # fmt: skip
        """Submit a piece as the resident, else as the follower. Returns it as its owner sees it; raises as it does."""
        known = self.resident_id is not None
        raw = submit_feedback(
            self.key("feedback"), kind, text, by=self._speaker(), at=self.at, township_id=township_id,
            district_code=district_code, facility_id=facility_id, about=about, channel=CHAT,
            openid=None if known else self._openid,
        )  # fmt: skip
        return own_shown(raw)

    def feedback_by_number(self, number: str) -> Raw:
        """One's own piece. Raises NotFound, also for another's."""
        return own_shown(by_number(number, self._speaker()))

    def _speaker(self) -> Actor:
        return Resident.actor(self.resident_id) if self.resident_id is not None else follower_actor(self._openid)

    # The plan.

    def passages(self, text: str, most: int) -> list[Passage]:
        """The plan's sentences that answer a question, best first."""
        return passages(text, most)

    def indicators_named(self, text: str) -> list[tuple[str, float]]:
        """The indicators that a question names, best first."""
        return named_indicators(text)

    def observed(self, indicator: str) -> Raw | None:
        """The city's latest observation of an indicator, as shown publicly; None where there is none."""
        found = observations_of(indicator, area=CITY, limit=1).items
        return found[0] if found else None

    # The caseworkers.

    @cached_property
    def ticket(self) -> Raw | None:
        """The follower's open hand-over. Looked for only where the chat remembers one, or nothing about it."""
        if self._facts.get(TICKET, "") is None:
            return None
        return handovers.open_ticket(self._openid, self._facts.get(TICKET))

    @property
    def new_facts(self) -> Raw:
        """What this message taught about the follower's hand-over, for the chat to remember."""
        if "ticket" not in self.__dict__:
            return {}
        return {TICKET: self.ticket["_id"] if self.ticket is not None else None}

    @property
    def speaks_with_person(self) -> bool:
        """True where a caseworker has taken the follower's ticket."""
        return self.ticket is not None and self.ticket["state"] == TAKEN

    def ask_for_person(self, text: str, district_code: str | None) -> Raw:
        """Open a ticket, or find the open one."""
        ticket = handovers.ask_for_person(
            self._openid, text, self._message_id, self.at, district_code=district_code, resident_id=self.resident_id
        )
        self.note("conversation_handover", ticket["_id"], district_code, None)
        self.ticket = ticket
        return ticket

    def ahead(self, ticket: Raw) -> int:
        """How many wait longer than this ticket."""
        return handovers.ahead_of(dict(ticket))

    def likely_minutes(self, ticket: Raw, ahead: int) -> int | None:
        """Office minutes the follower is likely to wait; None where too little is known."""
        return timing.likely_minutes(ticket.get("district_code"), ahead, self.at)

    def leave_phone(self, phone: str) -> bool:
        """Ask to be called instead of waiting; False where somebody has just taken the ticket."""
        if self.ticket is None:
            return False
        try:
            passing.leave_phone(self._openid, self.ticket["_id"], phone, self._message_id, self.at)
        except (IllegalTransition, NotFound):
            return False
        self.ticket = None
        return True

    def staffed(self) -> tuple[bool, datetime | None]:
        """Whether caseworkers answer now, and when that changes."""
        return handovers.staffed_until(self.at)

    def tell_person(self, text: str) -> bool:
        """Add to the open ticket; False where it was ended just now or takes no more."""
        if self.ticket is None:
            return False
        try:
            handovers.say_to_person(self._openid, self.ticket["_id"], text, self._message_id, self.at)
        except (IllegalTransition, LimitReached, NotFound):
            return False
        return True

    def dismiss_person(self) -> None:
        """End the open ticket at the follower's wish; nothing where it was ended just now."""
        if self.ticket is None:
            return
        try:
            handovers.withdraw(self._openid, self.ticket["_id"], self._message_id, self.at)
        except (IllegalTransition, NotFound):
            return

    def note_unanswered(self, text: str, heard: Understanding) -> None:
        """Keep a question that found no answer."""
        note_unanswered(
            self._openid, text, heard.intent, heard.confidence, self._message_id, self.at, commands().names_follow
        )

    def count_uses(self) -> None:
        """Count what was used, once the answer stands."""
        for measure, district_code, township_id in self._uses:
            record_use(measure, self.at, district_code, township_id)
        self._uses.clear()

    def use(self, measure: str, district_code: str | None = None, township_id: str | None = None) -> None:
        """Count a use, once the answer stands."""
        self._use(measure, district_code, township_id)

    def note(self, measure: str, key: str, district_code: str | None, township_id: str | None) -> None:
        """Count what the resident is about to read is done, durably and once for its id."""
        note_use(measure, key, self.at, district_code, township_id)

    def _home_of_resident(self) -> str | None:
        if self.resident_id is None:
            return None
        try:
            township: str | None = resident(self.resident_id).get("home_township_id")
        except NotFound:  # erased meanwhile
            return None
        return township

    def _use(self, measure: str, district_code: str | None, township_id: str | None) -> None:
        use = (measure, district_code, township_id)
        if use not in self._uses:  # once a message, however many steps it takes
            self._uses.append(use)

    def _place(self, found: Raw) -> Point:
        location = found["location"]
        township = found["id"] if found["kind"] == "township" else None
        label = found["name"] if township is None else f"{found['district_name']}{found['name']}"
        return Point(
            location["latitude"], location["longitude"], location["datum"], label, found["district_code"], township
        )

    def _landmark(self, found: Raw) -> Point:
        location = found["location"]
        return Point(
            location["latitude"], location["longitude"], location["datum"], found["name"], found["district_code"],
            found.get("township_id"),
        )  # fmt: skip
