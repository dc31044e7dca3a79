"""Which county and township a page is about: what its query names, one's own where it names nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from api.console.calls import NOTHING
from api.console.pages import Look
from config.loading import catalogue
from config.text import say
from models.kernel.clock import day_of, month_of

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Where:
    """The place of a page: `township` empty for the whole county; the choices are empty where there is none."""

    district: str
    township: str
    districts: Choices
    townships: Choices

    def query(self) -> dict[str, str]:
        """The place as a query for the API and for links."""
        return {"district_code": self.district, "township_id": self.township}


def where(look: Look, *, one_township: bool = False) -> Where:
    """The place that the page's query names; with `one_township` the first of the county where it names none."""
    actor = look.session.actor
    own = actor.district_code
    districts = [] if own else [(code, each.name_zh) for code, each in catalogue().districts.items()]
    asked = catalogue().place(look.query.get("township_id", ""))
    district = own or look.query.get("district_code") or (asked.district_code if asked else districts[0][0])
    townships = townships_of(look, district)
    township = look.query.get("township_id", "")
    if asked is not None and asked.district_code != district and not own:
        township = ""  # another county was chosen in the same form
    return Where(district, township or (townships[0][0] if one_township else ""), districts, townships)


def townships_of(look: Look, district: str) -> Choices:
    """The townships of a county for which the one who looks answers."""
    ours = set(look.session.actor.township_ids)
    found = [each for each in catalogue().places if each.district_code == district and (not ours or each.id in ours)]
    return [(each.id, each.name_zh) for each in found]


def counties_or_city(look: Look) -> Choices:
    """What a draw or a round may be about: one's own county; for the city's staff the whole city or any county."""
    own = look.session.actor.district_code
    codes = [own] if own else list(catalogue().districts)
    found = [(code, catalogue().districts[code].name_zh) for code in codes]
    return found if own else [(NOTHING, say("console.whole_city")), *found]


def every_township() -> list[tuple[str, Choices]]:
    """Every township of the city by county; for what may be handed over to any of them."""
    return [
        (district.name_zh, [(each.id, each.name_zh) for each in catalogue().places if each.district_code == code])
        for code, district in catalogue().districts.items()
    ]


def month_asked(look: Look) -> str:
    """The month that the page's query names, or the present one."""
    return look.query.get("month") or month_of(look.at)


def months_around(month: str) -> tuple[str, str]:
    """The month before and the month after; both empty for what is no month."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return "", ""
    return f"{first - timedelta(days=1):%Y-%m}", f"{first + timedelta(days=31):%Y-%m}"


def day_asked(look: Look) -> str:
    """The day that the page's query names, or today."""
    return look.query.get("date") or day_of(look.at).isoformat()
