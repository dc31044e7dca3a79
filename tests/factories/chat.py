"""A small product for the dialogues' steps: one home, one place, one resident with a case, an offer and an old mother."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.dialogues import pages
from bot.dialogues.state import Point
from bot.understanding.plan import Passage
from config.programmes import Programme, Version, programmes
from models.casework.forms import merged

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
TODAY = AT.date()
POINT = Point(27.69, 114.28, "gcj02", "袁州区温汤镇", "360902", "1791416")
OTHER = Point(28.42, 115.38, "gcj02", "高安市", "360983")
HOME = {
    "id": "01JD0000000000000000000HQM", "name": "温汤敬老院", "distance_m": 350.0, "open_now": True, "closes_at": None,
    "phone": "0795-5550002", "category": "elder_care_home", "category_label": "养老机构", "district_code": "360902",
    "township_id": "1791416", "location": {"longitude": 114.28, "latitude": 27.69, "datum": "gcj02"},
    "prices": None, "prices_expected": True,
}  # fmt: skip
MOTHER = {"id": "E1", "name": "刘*英", "township_id": "1791416", "district_code": "360902"}
FATHER = {"id": "E2", "name": "王*福", "township_id": "1791416", "district_code": "360902"}
OFFER = {
    "id": "O1", "kind": "childcare_place", "programme": "childcare_place", "expires_at": AT + timedelta(days=3),
    "subject": {"centre": "晨光托育中心", "age_group": "toddler", "rank": 1},
}  # fmt: skip


def hour(days: int) -> dict[str, Any]:
    """A free hour so many days ahead, at nine."""
    return {"id": f"S{days}", "starts_at": AT.replace(hour=1, minute=0) + timedelta(days=days)}


class KnownCases:
    """The cases of the resident; a draft keeps what is written."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def standing(self) -> list[dict[str, Any]]:
        return self._known.standing

    def open_offers(self) -> list[dict[str, Any]]:
        return self._known.offers

    def answer_offer(self, offer_id: str, accepts: bool) -> None:
        self._known.done.append(("offer", offer_id, accepts))

    def after_decline(self, offer_id: str) -> str | None:
        return "childcare_place_next_choice"

    def obstacle(self, programme: Programme, version: Version) -> str | None:
        return self._known.obstacle

    def draft_of(self, programme: str) -> dict[str, Any] | None:
        return self._known.draft

    def begin(self, programme: Programme) -> dict[str, Any]:
        self._known.draft = {"_id": "A1", "programme": programme.token, "form": dict(self._known.prefilled)}
        return self._known.draft

    def read(self, application_id: str) -> dict[str, Any]:
        assert self._known.draft is not None
        return self._known.draft

    def write(self, application_id: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        draft = self.read(application_id)
        form = merged(self.rules(draft).form, draft["form"], changes)
        self._known.draft = {**draft, "form": form}
        return self._known.draft

    def answers(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        return dict(raw["form"])

    def rules(self, raw: Mapping[str, Any]) -> Version:
        version = programmes()[raw["programme"]].in_force(TODAY)
        assert version is not None
        return version

    def editable(self, raw: Mapping[str, Any]) -> bool:
        return "submitted" not in raw

    def missing_papers(self, raw: Mapping[str, Any]) -> list[str]:
        return self._known.papers_missing

    def submit(self, application_id: str) -> dict[str, Any]:
        self._known.done.append(("submit", application_id))
        return {"district_code": "360902", "township_id": "1791416", "due_at": AT + timedelta(days=7)}

    def children(self) -> list[tuple[str, str]]:
        return [("01JD0000000000000000000CHD", "王*宝")]

    def facility_name(self, facility_id: str) -> str:
        return HOME["name"] if facility_id == HOME["id"] else ""

    def household_facts(self) -> Mapping[str, float]:
        return {}


class KnownElders:
    """The old people of the resident, and the visits."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def linked(self) -> list[dict[str, Any]]:
        return self._known.linked

    def asked_for(self) -> int:
        return 0

    def free_hours(self, elder_id: str, township_id: str) -> list[dict[str, Any]]:
        return self._known.hours

    def coming(self) -> list[dict[str, Any]]:
        return self._known.visits

    def kept_hours(self) -> list[dict[str, Any]]:
        return self._known.kept

    def wait(self, elder_id: str, days: Any, half_days: Any) -> None:
        self._known.done.append(("wait", elder_id, tuple(half_days)))

    def take(self, wait_id: str) -> dict[str, Any]:
        self._known.done.append(("take", wait_id))
        return visit(2)

    def leave(self, wait_id: str) -> None:
        self._known.done.append(("leave", wait_id))

    def book(self, elder_id: str, slot_id: str, wishes: str | None) -> dict[str, Any]:
        self._known.done.append(("book", elder_id, slot_id, wishes))
        return visit(1)

    def move(self, visit_id: str, slot_id: str) -> dict[str, Any]:
        self._known.done.append(("move", visit_id, slot_id))
        return visit(2)

    def call_off(self, visit_id: str) -> None:
        self._known.done.append(("call_off", visit_id))


def visit(days: int, number: int = 1) -> dict[str, Any]:
    """A booked visit to the mother."""
    return {
        "id": f"V{number}", "elder_id": "E1", "name": MOTHER["name"], "township_id": "1791416", "township": "温汤镇",
        "starts_at": hour(days)["starts_at"],
    }  # fmt: skip


class Known:
    """What the dialogues ask of the product for one follower; `done` holds what was carried out."""

    at = AT
    ticket = None
    speaks_with_person = False
    weixin_answered = False

    def __init__(self, resident_id: str | None = None) -> None:
        self.resident_id = resident_id
        self.unanswered: list[str] = []
        self.asked_for: list[tuple[str, str | None]] = []
        self.done: list[tuple[Any, ...]] = []
        self.standing: list[dict[str, Any]] = []
        self.offers: list[dict[str, Any]] = []
        self.linked = [MOTHER]
        self.hours = [hour(1), hour(2), hour(3)]
        self.visits: list[dict[str, Any]] = []
        self.kept: list[dict[str, Any]] = []
        self.draft: dict[str, Any] | None = None
        self.prefilled: dict[str, Any] = {}
        self.obstacle: str | None = None
        self.papers_missing = ["居住证明"]
        self.home_point: Point | None = None
        self.plan: list[Passage] = []
        self.named_indicators: list[tuple[str, float]] = []
        self.observation: dict[str, Any] | None = None

    def nearby(self, category: str, point: Point, *, open_now: bool, cursor: str | None) -> dict[str, Any]:
        return {"items": [HOME], "next": "c" if cursor is None else None}

    def named(self, text: str) -> list[Any]:
        return []

    def facility(self, facility_id: str) -> dict[str, Any]:
        return HOME

    def places(self, text: str) -> list[Point]:
        known = {"温汤": [POINT], "两处": [POINT, OTHER], "高安": [OTHER]}
        return next((points for name, points in known.items() if name in text), [])

    def townships_in(self, text: str) -> list[Point]:
        return [POINT] if "温汤镇" in text else []

    def resident_by_unionid(self, asked_at: str | None) -> str | None:
        return self.resident_id

    def cases(self, resident_id: str) -> KnownCases:
        return KnownCases(self)

    def elders(self, resident_id: str) -> KnownElders:
        return KnownElders(self)

    def home(self) -> Point | None:
        return self.home_point

    def whom_to_tell(self) -> tuple[str | None, Any]:
        return self.home_point.township_id if self.home_point else None, None

    def raise_alarm(self, said: str, township_id: str, elder_id: str | None) -> bool:
        self.done.append(("alarm", said, township_id, elder_id))
        return True

    def home_district(self) -> str | None:
        return self.home_point.district_code if self.home_point else None

    def remember_home(self, township_id: str | None) -> dict[str, Any]:
        self.done.append(("home", township_id))
        return {"home": township_id}

    def page(self, name: str, words: str, about: str = "") -> str:
        return pages.page("wx", name, words, about)

    def submit_feedback(self, kind: str, text: str, **where: Any) -> dict[str, Any]:
        self.done.append(("feedback", kind, text))
        return {"number": "2600012", "next_step": "由袁州区受理，11月30日前答复。"}

    def passages(self, text: str, most: int) -> list[Passage]:
        return self.plan

    def indicators_named(self, text: str) -> list[tuple[str, float]]:
        return self.named_indicators

    def observed(self, indicator: str) -> dict[str, Any] | None:
        return self.observation

    def use(self, measure: str, district_code: str | None = None, township_id: str | None = None) -> None:
        self.done.append(("use", measure))

    def note(self, measure: str, key: str, district_code: str | None, township_id: str | None) -> None:
        self.done.append(("use", measure))

    def ask_for_person(self, text: str, district_code: str | None) -> dict[str, Any]:
        self.asked_for.append((text, district_code))
        return {"number": 4, "district_code": district_code, "state": "waiting"}

    def staffed(self) -> tuple[bool, None]:
        return True, None

    def likely_minutes(self, ticket: Any, ahead: int) -> int | None:
        return None

    def ahead(self, ticket: Any) -> int:
        return 2

    def tell_person(self, text: str) -> bool:
        return False

    def note_unanswered(self, text: str, heard: Any) -> None:
        self.unanswered.append(text)
