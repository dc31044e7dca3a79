"""Invented applications in every stage, so that a caseworker of the first county finds work: made by the operations
themselves, each at a moment of the last weeks, by people and with papers that do not exist."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw

from bot.wechat.sandbox.people import Person
from config.loading import CATALOGUE, Entry, catalogue, load_yaml
from deploy.demo.people import FIRST_DISTRICT, SCOPE, SEED, definition, demo_staff, id_number
from models.casework import assignment, drafts, offers, operations, papers, review
from models.casework.files import CleanFile
from models.childcare import ratings, rounds
from models.childcare.documents import OFFERED, ChildcarePlacement
from models.childcare.rounds import RoundPlan
from models.facilities.documents import Facility
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.people import consents, households
from models.people import operations as people
from models.people.sign_in import sign_in

PAGE_SIZE = (1240, 1754)
CHILD_NUMBERS, ADULT_NUMBERS = 600, 700
CHILDCARE = "childcare_place"


class DemoCase(Entry):
    """One application: the programme, how many days ago it was handed in, and how far it has come."""

    programme: str
    days_ago: int
    steps: list[str]
    county: str = FIRST_DISTRICT


class DemoRating(Entry):
    """What one family says of a centre."""

    stars: int
    text: str


class DemoRatings(Entry):
    """Families whose children have a place at one centre, what they say, and the centre's `reply` to the first."""

    county: str
    days_ago: int
    reply: str
    families: list[DemoRating]


class DemoRound(Entry):
    """A placement round: where, its name, and how many days ago it was opened."""

    county: str
    name: str
    days_ago: int


class DemoCases(Entry):
    """The file `config/catalogue/demo/cases.yaml`."""

    phone: str
    correction: str
    opinion: str
    refusal: str
    yearly_income: int
    floor_area: float
    cases: list[DemoCase]
    round: DemoRound
    ratings: DemoRatings


def load_cases(at: datetime) -> int:
    """Make them; a second run changes nothing. Returns how many there are."""
    written = load_yaml(CATALOGUE / "demo" / "cases.yaml", DemoCases)
    chance = random.Random(SEED)  # noqa: S311  invented data, not secrets
    _open_round(written.round, at)
    for number, case in enumerate(written.cases):
        _load(number, case, written, chance, at - timedelta(days=case.days_ago))
    return len(written.cases)


def _open_round(written: DemoRound, at: datetime) -> None:
    """Places of the county's centres wait for it from then on; its list is fixed in the console."""
    opened = at - timedelta(days=written.days_ago)
    month = (day_of(at).replace(day=1) + timedelta(days=75)).strftime("%Y-%m")
    plan = RoundPlan(written.name, written.county, month)
    rounds.open_round(plan, by=demo_staff(f"reviewer-{written.county}"), at=opened)


def load_ratings(at: datetime) -> None:
    """A centre of which enough families have said something for all to see, whose children came there months ago."""
    written = load_yaml(CATALOGUE / "demo" / "cases.yaml", DemoCases)
    told, chance = written.ratings, random.Random(SEED)  # noqa: S311  invented data, not secrets
    case = DemoCase(programme=CHILDCARE, days_ago=told.days_ago, steps=["accept", "approve"], county=told.county)
    intake = demo_staff(f"intake-{told.county}")
    for number, rating in enumerate(told.families):
        handed_in, key = at - timedelta(days=case.days_ago), f"demo rating {number}"
        placement_id = _load(len(written.cases) + number, case, written, chance, handed_in, first_centre=True)
        placement = collection(ChildcarePlacement).find_one({"_id": placement_id, "state": OFFERED})
        if placement is None:
            continue  # made before
        who = Actor(kind="resident", id=placement["resident_id"])
        offers.accept(placement["offer"]["id"], by=who, at=handed_in + timedelta(days=2), key=key)
        said_at = at - timedelta(days=3 * (number + 1))
        ratings.rate(placement_id, rating.stars, rating.text, by=who, at=said_at, key=key)
        if number == 0:
            ratings.reply(placement_id, told.reply, by=intake, at=said_at + timedelta(days=1), key=key)


def _load(
    number: int, case: DemoCase, written: DemoCases, chance: random.Random, at: datetime, *, first_centre: bool = False
) -> str:
    """The id of the application. `first_centre`: it asks for the county's first centre and no other."""
    who, name = _applicant(number, chance, at)
    form = _FORMS[case.programme](number, who, name, written, chance, at, case.county)
    if first_centre:
        form["choices"] = [min(each["_id"] for each in _centres(case.county))]
    raw = drafts.create_draft(id_from_key(SCOPE, f"case {number}"), case.programme, by=who, at=at)
    if raw["state"] != "draft":
        return str(raw["_id"])
    raw = drafts.edit_form(raw["_id"], form, version=raw["version"], by=who, at=at)
    rules = drafts.edited_under(raw, at)
    for kind in (each for each in rules.papers if each.required):
        file = CleanFile(f"{kind.token}.jpg", "image/jpeg", paper_page(kind.token), 1)
        document_id = id_from_key(SCOPE, f"paper {number} {kind.token}")
        raw = papers.add_paper(raw, rules, kind.token, file, document_id=document_id, at=at)
    raw = operations.submit(raw["_id"], version=raw["version"], by=who, at=at, key=f"demo {number} submit")
    for count, step in enumerate(case.steps, 1):
        raw = _step(raw, step, written, at + timedelta(hours=20 * count), f"demo {number} {step}", case.county)
    return str(raw["_id"])


def _step(raw: Raw, step: str, written: DemoCases, at: datetime, key: str, county: str) -> Raw:
    intake, reviewer = demo_staff(f"intake-{county}"), demo_staff(f"reviewer-{county}")
    common: dict[str, Any] = {"version": raw["version"], "at": at, "key": key}
    steps: dict[str, Callable[[], Raw]] = {
        "accept": lambda: review.accept(raw["_id"], by=intake, **common),
        "correct": lambda: review.request_correction(
            raw["_id"], reason=written.correction, papers=[raw["papers"][0]["paper"]], by=intake, **common
        ),
        "first_review": lambda: review.first_review(
            raw["_id"], opinion="favourable", reason=written.opinion, by=intake, **common
        ),
        "assign": lambda: assignment.assign(raw["_id"], assignee_id=reviewer.id, by=reviewer, **common),
        "second_review": lambda: review.second_review(raw["_id"], reason=None, by=reviewer, **common),
        "approve": lambda: review.approve(raw["_id"], reason=None, by=reviewer, **common),
        "refuse": lambda: review.refuse(raw["_id"], reason=written.refusal, by=reviewer, **common),
    }
    return steps[step]()


def _applicant(number: int, chance: random.Random, at: datetime) -> tuple[Actor, str]:
    names, woman = definition(), chance.random() < 0.5
    name = chance.choice(names.surnames) + chance.choice(names.given_women if woman else names.given_men)
    # One of the sandbox's: `sandbox-applicant-NUMBER` signs in as this applicant.
    player = Person(f"applicant-{number}")
    _, stored = sign_in(player.mini_openid, player.unionid, at)
    for purpose in (consents.IDENTITY, consents.VERIFICATION):
        people.record_consent(stored["_id"], purpose, consents.current_version(purpose), True, at)
    born = date(1980, 1, 1) + timedelta(days=chance.randrange(4000))
    text = id_number(FIRST_DISTRICT, born, ADULT_NUMBERS // 2 + number, woman=woman)
    people.set_identity(stored["_id"], name, text, "resident_id_card", at)
    return Actor(kind="resident", id=stored["_id"]), name


def _childcare(
    number: int, who: Actor, name: str, written: DemoCases, chance: random.Random, at: datetime, county: str
) -> dict[str, Any]:  # fmt: skip
    given, birth = chance.choice(definition().given_men), day_of(at) - timedelta(days=700 + number)
    child_id, child = id_from_key(SCOPE, f"case child {number}"), name[0] + given
    people.add_child(
        who, child_id, name=child, id_kind="resident_id_card", birth_date=None, relation="father",
        id_number=id_number(FIRST_DISTRICT, birth, CHILD_NUMBERS // 2 + number, woman=False),
        consent_version=consents.current_version(consents.CHILD), at=at,
    )  # fmt: skip
    start = (day_of(at).replace(day=1) + timedelta(days=75)).strftime("%Y-%m")
    return {
        "applicant_name": name, "applicant_phone": written.phone, "relation": "father", "child_id": child_id,
        "child_name": child, "child_birth_date": birth.isoformat(), "residence": "household_registration",
        "township_id": _township(number, county), "start_month": start,
        "choices": chance.sample(sorted(each["_id"] for each in _centres(county)), 2),
    }  # fmt: skip


def _centres(county: str) -> list[Raw]:
    return list(collection(Facility).find({"district_code": county, "category": "childcare_centre"}, {"_id": 1}))


def _housing(
    number: int, who: Actor, name: str, written: DemoCases, chance: random.Random, at: datetime, county: str
) -> dict[str, Any]:  # fmt: skip
    household = households.register(
        id_from_key(SCOPE, f"case household {number}"),
        {"yearly_income": written.yearly_income, "floor_area": written.floor_area, "support": "low_income"},
        by=who, at=at,
    )  # fmt: skip
    return {
        "applicant_name": name, "applicant_phone": written.phone, "household": household["_id"],
        "applicant_kind": "urban_hardship", "residence": "household_registration", "owns_home": False,
        "hardship": "low_income", "township_id": _township(number, county), "wants": "either",
    }  # fmt: skip


_FORMS: dict[str, Callable[..., dict[str, Any]]] = {CHILDCARE: _childcare, "public_rental_housing": _housing}


def _township(number: int, county: str) -> str:
    ours = [each.id for each in catalogue().places if each.district_code == county]
    return ours[number % len(ours)]


def paper_page(token: str) -> bytes:
    """A page with grey lines that says what it stands for, and that it is made up."""
    image, kept = Image.new("RGB", PAGE_SIZE, "white"), io.BytesIO()
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 60, PAGE_SIZE[0] - 60, PAGE_SIZE[1] - 60), outline="#888", width=4)
    pen.text((120, 120), f"DEMO  {token}  (invented)", fill="#333", font_size=48)
    for line in range(300, PAGE_SIZE[1] - 200, 70):
        pen.line((120, line, PAGE_SIZE[0] - 120 - line % 300, line), fill="#ccc", width=18)
    image.save(kept, "JPEG", quality=60)
    return kept.getvalue()
