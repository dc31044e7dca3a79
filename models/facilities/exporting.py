"""The open directory as files: GeoJSON (RFC 7946, WGS-84), HSDS 3 (Open Referral, JSON), CSV (what import reads).

All facilities that are open to the public, in the order of their ids; nothing in it is personal.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import orjson

from config.loading import catalogue
from config.text import say
from models.facilities.areas import areas
from models.facilities.cell_text import ESCAPE, FORMULA_STARTS
from models.facilities.documents import OPEN, Facility
from models.facilities.price_words import details, price_shown, what_for
from models.facilities.prices import in_words
from models.facilities.rows import COLUMNS
from models.kernel.amounts import HUNDRED
from models.kernel.clock import shown
from models.kernel.database import collection

ExportForm = Literal["geojson", "hsds", "csv"]
FORMS: tuple[ExportForm, ...] = ("geojson", "hsds", "csv")
Raw = Mapping[str, Any]
# A fixed namespace, so that ids of the export stay the same from one export to the next.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:yixiang:facilities")
COUNTRY, CURRENCY = "CN", "CNY"
COMPUTED = ("district_code", "township_id")
UTC_OFFSET_HOURS = 8


def export(form: ExportForm) -> Iterator[bytes]:
    """The directory in one of the forms, piece by piece."""
    makers = {"geojson": _geojson, "hsds": _hsds, "csv": _csv}
    return makers[form](_all())


def _all() -> Iterator[Raw]:
    yield from collection(Facility).find({"status": OPEN}).sort("_id", 1)


def _geojson(facilities: Iterator[Raw]) -> Iterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    for number, raw in enumerate(facilities):
        # The point is given in WGS-84 whatever datum it came in, as RFC 7946 wants it.
        properties = {
            name: raw[name] for name in COLUMNS if name not in ("longitude", "latitude") and raw.get(name) is not None
        }
        feature = {
            "type": "Feature",
            "id": raw["_id"],
            "geometry": {"type": "Point", "coordinates": [round(raw["longitude"], 7), round(raw["latitude"], 7)]},
            "properties": {**properties, "datum": "wgs84", **{name: raw[name] for name in COMPUTED}},
        }
        yield (b",\n" if number else b"\n") + orjson.dumps(feature)
    yield b"\n]}\n"


def _csv(facilities: Iterator[Raw]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _line(list(COLUMNS))
    for raw in facilities:
        # As it was given, so that the file read again changes nothing.
        given = {**raw, "longitude": raw["given_longitude"], "latitude": raw["given_latitude"]}
        yield _line([_cell(given.get(name)) for name in COLUMNS])


def _line(cells: list[Any]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow(cells)
    return stream.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return in_words(value)
    text = str(value)
    # A spreadsheet would run such a cell as a formula.
    return ESCAPE + text if text.startswith(FORMULA_STARTS) else text


def _hsds(facilities: Iterator[Raw]) -> Iterator[bytes]:
    yield b"["
    for number, raw in enumerate(facilities):
        yield (b",\n" if number else b"\n") + orjson.dumps(hsds_service(raw))
    yield b"\n]\n"


def hsds_service(raw: Raw) -> dict[str, Any]:
    """A facility as an HSDS 3 service with its organization and its one location."""
    category = catalogue().categories[raw["category"]]
    described = raw.get("description") or category.label_zh
    service = {
        "id": _uuid(raw, "service"),
        "name": raw["name"],
        "description": described,
        "status": "active",
        "last_modified": shown(raw["updated_at"]),
        "organization": {"id": _uuid(raw, "organization"), "name": raw["name"], "description": described},
        "attributes": [_attribute(raw, category.token, category.label_zh, category.domain_zh)],
        "service_at_locations": [{"id": _uuid(raw, "service_at_location"), "location": _location(raw)}],
    }
    if raw.get("registration_number"):
        service["licenses"] = raw["registration_number"]
    if raw.get("prices"):
        service["cost_options"] = [_cost_option(raw, price) for price in raw["prices"]]
    return service


def _cost_option(raw: Raw, price: Mapping[str, Any]) -> dict[str, Any]:
    """A price as HSDS has it: what and for whom, yuan, and in words how it is counted and who sets it."""
    said = price_shown(price)
    option = {
        "id": _uuid(raw, "cost_option:" + in_words([price])),
        "service_id": _uuid(raw, "service"),
        "option": what_for(said),
        "currency": CURRENCY,
        "amount": price["amount_fen"] / HUNDRED,
        "amount_description": details(said),
    }
    return {**option, **({"valid_from": raw["prices_valid_from"]} if raw.get("prices_valid_from") else {})}


def _location(raw: Raw) -> dict[str, Any]:
    location = {
        "id": _uuid(raw, "location"),
        "location_type": "physical",
        "name": raw["name"],
        "longitude": round(raw["longitude"], 7),
        "latitude": round(raw["latitude"], 7),
        "external_identifier": raw["external_id"],
        "external_identifier_type": raw["source"],
        "addresses": [_address(raw)],
    }
    if raw.get("phone"):
        location["phones"] = [{"id": _uuid(raw, "phone"), "number": raw["phone"], "type": "voice"}]
    if raw.get("opening_hours"):
        # OSM hours say more than one recurrence rule can (holidays, make-up workdays): given as text.
        location["schedules"] = [
            {"id": _uuid(raw, "schedule"), "timezone": UTC_OFFSET_HOURS, "description": raw["opening_hours"]}
        ]
    if raw.get("accessibility"):
        location["accessibility"] = [{"id": _uuid(raw, "accessibility"), "description": raw["accessibility"]}]
    return location


def _address(raw: Raw) -> dict[str, Any]:
    district = catalogue().districts[raw["district_code"]].name_zh
    place = catalogue().place(raw["township_id"])
    return {
        "id": _uuid(raw, "address"),
        "address_1": raw.get("address") or (place.name_zh if place else district),
        "city": district,
        "region": say("facilities.city"),
        "state_province": say("facilities.province"),
        "postal_code": areas().seats[raw["district_code"]].postal_code,
        "country": COUNTRY,
        "address_type": "physical",
    }


def _attribute(raw: Raw, token: str, label: str, domain: str) -> dict[str, Any]:
    term = {"id": str(uuid.uuid5(NAMESPACE, f"category:{token}")), "code": token, "name": label, "description": domain}
    return {
        "id": _uuid(raw, "attribute"), "link_id": _uuid(raw, "service"), "link_entity": "service",
        "link_type": "service_type", "taxonomy_term": {**term, "taxonomy": "yixiang"},
    }  # fmt: skip


def _uuid(raw: Raw, part: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{part}:{raw['_id']}"))
