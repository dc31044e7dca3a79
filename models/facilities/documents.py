"""What is stored of a facility: a service point of the directory."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from mongoengine import (
    BooleanField,
    DateTimeField,
    DictField,
    FloatField,
    IntField,
    ListField,
    StringField,
)

from models.facilities.datum import DATUMS
from models.kernel.document import Record

AgeGroup = Literal["infant", "toddler", "preschool"]
AGE_GROUPS: tuple[AgeGroup, ...] = ("infant", "toddler", "preschool")
OWNERSHIPS = ("public", "private")
OPEN, CLOSED = "open", "closed"


class Facility(Record):
    """A service point. Its id is made of source and external id, so an import finds what it brought before.

    `longitude`, `latitude` are WGS-84 degrees, computed from `given_longitude`, `given_latitude` in `datum`.
    `changed_at` is the database's clock at the last write: what the processes' indexes ask for.
    `free_*` are the childcare places not yet given away; an import moves them by the change of `places_*`.
    """

    external_id = StringField(required=True)
    source = StringField(required=True)
    name = StringField(required=True)
    category = StringField(required=True)
    longitude = FloatField(required=True)
    latitude = FloatField(required=True)
    given_longitude = FloatField(required=True)
    given_latitude = FloatField(required=True)
    datum = StringField(required=True, choices=DATUMS)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    address = StringField()
    phone = StringField()
    opening_hours = StringField()
    inclusive = BooleanField()
    ownership = StringField(choices=OWNERSHIPS)
    places_infant = IntField(min_value=0)
    places_toddler = IntField(min_value=0)
    places_preschool = IntField(min_value=0)
    free_infant = IntField(min_value=0)
    free_toddler = IntField(min_value=0)
    free_preschool = IntField(min_value=0)
    # A childcare centre that may take no children for now: nothing of it is free, whatever its places are.
    suspended = BooleanField()
    beds = IntField(min_value=0)
    beds_nursing = IntField(min_value=0)
    area_sqm = FloatField(min_value=0)
    registration_number = StringField()
    registration_valid_until = StringField(regex=r"^\d{4}-\d\d-\d\d$")
    # {item, amount_fen, per, age_group, basis, note}: models/facilities/prices.py. None where nobody has told them.
    prices = ListField(DictField(), default=None)
    # The day (YYYY-MM-DD) since when they hold; only beside prices.
    prices_valid_from = StringField(regex=r"^\d{4}-\d\d-\d\d$")
    accessibility = StringField()
    description = StringField()
    status = StringField(required=True, choices=(OPEN, CLOSED), default=OPEN)
    search_terms = DictField(required=True)
    changed_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "facilities"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("source", 1), ("external_id", 1)], "unique": True, "name": "source_external_id"},
        {"keys": [("changed_at", 1)], "name": "changed_at"},
        {"keys": [("district_code", 1), ("category", 1)], "name": "district_category"},
    ]
