"""Townships and counties by name: what residents say instead of sending their location."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from rapidfuzz import fuzz

from config.loading import catalogue, rule
from models.facilities.areas import areas
from models.facilities.datum import Datum, from_wgs84
from models.facilities.text_search import normal, spell
from models.kernel.errors import NotFound

CITY_ID = "3609"
# What a name may be called without: its last character says what kind of place it is.
SHORTEST = 2
WHOLE, SHORT, BEGINS, HAS, SOUNDS, INITIALS, SIMILAR = range(7)


@dataclass(frozen=True)
class Named:
    """A place with the forms under which it is looked for; the point is WGS-84."""

    id: str
    kind: Literal["county", "township"]
    name: str
    district_code: str
    longitude: float
    latitude: float
    pinyin: str
    initials: str
    short: str
    short_pinyin: str

    def shown(self, datum: Datum) -> dict[str, Any]:
        """As the API and the bot show it."""
        longitude, latitude = from_wgs84(self.longitude, self.latitude, datum)
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "district_code": self.district_code,
            "district_name": catalogue().districts[self.district_code].name_zh,
            "location": {"longitude": round(longitude, 7), "latitude": round(latitude, 7), "datum": datum},
        }


@lru_cache(maxsize=1)
def all_places() -> tuple[Named, ...]:
    """Counties (their seats' points) and townships."""
    counties = [
        _named(code, "county", district.name_zh, code, areas().seats[code].longitude, areas().seats[code].latitude)
        for code, district in catalogue().districts.items()
    ]
    # A county's own name is its seat's; two entries of one name in one county are one place surveyed twice.
    taken = {(county.name, county.district_code) for county in counties}
    towns = []
    for p in catalogue().places:
        if (p.name_zh, p.district_code) not in taken:
            taken.add((p.name_zh, p.district_code))
            towns.append(_named(p.id, "township", p.name_zh, p.district_code, p.longitude, p.latitude))
    return (*counties, *towns)


def one_place(place_id: str, datum: Datum = "wgs84") -> dict[str, Any]:
    """A township or county by its id. Raises NotFound."""
    town = catalogue().place(place_id)
    if town is not None:  # also one that bears its county's name, which a search gives as the county
        return _named(town.id, "township", town.name_zh, town.district_code, town.longitude, town.latitude).shown(datum)
    found = next((each for each in all_places() if each.id == place_id), None)
    if found is None:
        raise NotFound()
    return found.shown(datum)


def search_places(query: str, limit: int, datum: Datum = "wgs84") -> list[dict[str, Any]]:
    """Places whose name, pinyin or initials the query is, begins, or nearly is; best first."""
    text = normal(query).replace(" ", "")
    if not text:
        return []
    letters, _ = spell(text)
    ranked = []
    for place in all_places():
        rank = _rank(place, text, letters)
        if rank is not None:
            ranked.append((*rank, place.kind, place.id, place))
    ranked.sort(key=lambda each: each[:-1])
    if ranked and ranked[0][0] < SIMILAR:
        ranked = [each for each in ranked if each[0] < SIMILAR]
    return [each[-1].shown(datum) for each in ranked[:limit]]


def find_place(text: str, datum: Datum = "wgs84") -> list[dict[str, Any]]:
    """The places that a sentence names, longest name first; several where a name is not unique; else an empty list.

    A place named in full beats one named in short; the whole text as a query is the last resort.
    """
    said = normal(text).replace(" ", "")
    named = [(len(place.name), place) for place in all_places() if place.name in said]
    if not named:
        named = [(len(place.short), place) for place in all_places() if place.short in said]
    if not named:
        return search_places(text, 1, datum) if len(said) >= SHORTEST else []
    # "Fengcheng, Shangtang": the county only says which Shangtang is meant.
    counties = {place.district_code for _, place in named if place.kind == "county"}
    within = [each for each in named if each[1].kind == "township" and each[1].district_code in counties]
    named = within or named
    longest = max(length for length, _ in named)
    return [place.shown(datum) for length, place in named if length == longest]


def _named(
    id: str, kind: Literal["county", "township"], name: str, district_code: str, longitude: float, latitude: float
) -> Named:
    pinyin, initials = spell(name)
    short = name[:-1] if len(name) > SHORTEST else name
    return Named(id, kind, name, district_code, longitude, latitude, pinyin, initials, short, spell(short)[0])


def _rank(place: Named, text: str, letters: str) -> tuple[int, int] | None:
    """(rank, distance from a whole match), None where it does not match."""
    apart = abs(len(place.name) - len(text))
    if text == place.name:
        return WHOLE, 0
    if text == place.short:
        return SHORT, 0
    if place.name.startswith(text) or text.startswith(place.name):
        return BEGINS, apart
    if text in place.name:
        return HAS, apart
    if not letters:
        return None
    if letters in (place.pinyin, place.short_pinyin):
        return SOUNDS, 0
    if place.pinyin.startswith(letters) and len(letters) >= SHORTEST:
        return SOUNDS, len(place.pinyin) - len(letters)
    if text.isascii() and letters == place.initials:
        return INITIALS, 0
    score = max(fuzz.ratio(letters, place.pinyin), fuzz.ratio(letters, place.short_pinyin))
    return (SIMILAR, 100 - int(score)) if score >= rule("facilities.place_similarity_least") else None
