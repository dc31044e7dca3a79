"""The demo directory: about 3,000 invented facilities around the real townships, the same at every run."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field

from config.loading import CATALOGUE, Entry, Place, catalogue, load_yaml
from models.facilities.areas import district_of

SEED = 20220608  # the day the plan was issued
KM_PER_DEGREE = 111.2
SPREAD_KM = 2.2
DECIMALS = 6
REGISTERED_UNTIL = ("2027-12-31", "2028-06-30", "2029-12-31")
AGE_SHARES = (0.2, 0.5)  # of a centre's places: for infants, for toddlers; the rest is for the third group


class DemoPrice(Entry):
    """One invented price: `text` as an office writes it, `{amount}` from `least` to `most` yuan in such steps."""

    text: str
    least: int = Field(default=0, ge=0)
    most: int = Field(default=0, ge=0)
    step: int = Field(default=1, gt=0)


class DemoCategory(Entry):
    """How many facilities of one category, and what they are called."""

    count: int = Field(gt=0)
    names: list[str] = Field(min_length=1)
    hours: str
    per_township: bool = False
    inclusive: float | None = Field(default=None, ge=0, le=1)
    prices: list[DemoPrice] = Field(default_factory=list)


class DemoFacilities(Entry):
    """The file `config/catalogue/demo/facilities.yaml`."""

    source: str
    description: str
    address: str
    phone: str
    priced: float = Field(ge=0, le=1)
    priced_since: list[str] = Field(min_length=1)
    totals: dict[str, int]
    flats_note: str
    categories: dict[str, DemoCategory]
    words: list[str]


def definition(path: Path = CATALOGUE / "demo" / "facilities.yaml") -> DemoFacilities:
    """The demo's definition, validated."""
    return load_yaml(path, DemoFacilities)


def rows() -> list[dict[str, Any]]:
    """The facilities as rows of the import format, deterministic."""
    written = definition()
    chance = random.Random(SEED)  # noqa: S311  invented data, not secrets
    found = [
        _row(written, token, number, place, chance)
        for token, wanted in written.categories.items()
        for number, place in enumerate(_places(wanted, chance), start=1)
    ]
    _unique_names(found, written.words)
    _share_totals(written, found, chance)
    return found


def _places(wanted: DemoCategory, chance: random.Random) -> Iterator[Place]:
    places = catalogue().places
    if wanted.per_township:
        yield from places[: wanted.count]
    else:
        # County seats and towns draw more than villages do: some places come up several times.
        yield from (places[int(len(places) * chance.random() ** 1.3)] for _ in range(wanted.count))


def _row(written: DemoFacilities, token: str, number: int, place: Place, chance: random.Random) -> dict[str, Any]:
    wanted = written.categories[token]
    longitude, latitude = _point(place, chance)
    row: dict[str, Any] = {
        "external_id": f"demo-{token}-{number:04d}",
        "name": chance.choice(wanted.names).format(place=place.name_zh, word=chance.choice(written.words)),
        "category": token,
        "longitude": longitude,
        "latitude": latitude,
        "datum": "wgs84",
        "address": written.address.format(place=place.name_zh, number=chance.randint(1, 199)),
        "phone": written.phone.format(number=chance.randint(0, 999)),
        "opening_hours": wanted.hours,
        "ownership": "public" if chance.random() < 0.7 else "private",
        "description": written.description,
        "source": written.source,
    }
    if wanted.inclusive is not None:
        row["inclusive"] = chance.random() < wanted.inclusive
    return {**row, **_prices(written, wanted, row["external_id"])}


def _prices(written: DemoFacilities, wanted: DemoCategory, external_id: str) -> dict[str, str]:
    """Invented prices of most; what else is invented of a facility does not depend on them."""
    chance = random.Random(f"{SEED} {external_id}")  # noqa: S311  invented data, not secrets
    if not wanted.prices or chance.random() >= written.priced:
        return {}
    given = [each.text.format(amount=chance.randrange(each.least, each.most + 1, each.step)) for each in wanted.prices]
    return {"prices": "\n".join(given), "prices_valid_from": chance.choice(written.priced_since)}


def _point(place: Place, chance: random.Random) -> tuple[float, float]:
    """A point near the township that lies in its county."""
    while True:
        north, east = chance.gauss(0, SPREAD_KM), chance.gauss(0, SPREAD_KM)
        latitude = round(place.latitude + north / KM_PER_DEGREE, DECIMALS)
        longitude = round(place.longitude + east / (KM_PER_DEGREE * math.cos(math.radians(place.latitude))), DECIMALS)
        if district_of(longitude, latitude) == place.district_code:
            return longitude, latitude


def _unique_names(rows: list[dict[str, Any]], words: list[str]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        times = seen[row["name"]] = seen.get(row["name"], 0) + 1
        if times > 1:
            row["name"] = f"{row['name']}({words[times % len(words)]})"


def _share_totals(written: DemoFacilities, rows: list[dict[str, Any]], chance: random.Random) -> None:
    of = {token: [row for row in rows if row["category"] == token] for token in written.categories}
    homes, centres = of["elder_care_home"], of["childcare_centre"]
    beds = shares(written.totals["elder_care_beds"], len(homes), chance)
    nursing = shares(written.totals["elder_care_beds_nursing"], len(homes), chance, limits=beds)
    for home, all_beds, nursing_beds in zip(homes, beds, nursing, strict=True):
        home.update(beds=all_beds, beds_nursing=nursing_beds)
    for centre, places in zip(centres, shares(written.totals["childcare_places"], len(centres), chance), strict=True):
        infant, toddler = (round(places * share) for share in AGE_SHARES)
        centre.update(
            places_infant=infant, places_toddler=toddler, places_preschool=places - infant - toddler,
            registration_number=f"DEMO-{centre['external_id'][-4:]}",
            registration_valid_until=chance.choice(REGISTERED_UNTIL),
        )  # fmt: skip
    estates = of["rental_estate"]
    for estate, flats in zip(estates, shares(written.totals["rental_flats"], len(estates), chance), strict=True):
        estate["description"] = written.flats_note.format(flats=flats) + written.description
    venues = of["sports_venue"]
    for venue, area in zip(venues, shares(written.totals["sports_area_sqm"], len(venues), chance), strict=True):
        venue["area_sqm"] = area


def shares(total: int, parts: int, chance: random.Random, limits: list[int] | None = None) -> list[int]:
    """`total` in uneven whole parts that add up to it exactly, each at most its limit."""
    weights = list(limits) if limits else [chance.uniform(0.5, 1.5) for _ in range(parts)]
    found = [int(total * weight / sum(weights)) for weight in weights]
    step = 0
    while sum(found) < total:
        if limits is None or found[step % parts] < limits[step % parts]:
            found[step % parts] += 1
        step += 1
    return found
