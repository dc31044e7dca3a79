"""Arrival at the door: whether the phone was within the stated radius of the home, and how far roughly.

Source: issue of the visits, privacy by construction. A point comes in, is compared and forgotten; what is kept is
inside or outside and a band of distance, so that no visitor's way can be read from the records. A phone that knows the
home may compare by itself: then no point leaves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.loading import rule
from models.facilities.datum import Datum, to_wgs84
from models.facilities.geodesy import distance_m
from models.kernel.errors import FieldFault, InvalidInput

UNKNOWN, FARTHER = "unknown", "farther"


@dataclass(frozen=True, repr=False)
class PhonePoint:
    """Where the phone says it is, degrees of `datum`; `accuracy_m`: how far off it may be. Never stored or shown."""

    longitude: float
    latitude: float
    datum: Datum
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Nearness:
    """What a phone found that compared by itself: `within` the radius (None: it knew no home), and the band."""

    within: bool | None
    band: str


def noted(sight: PhonePoint | Nearness, home: Mapping[str, float] | None) -> dict[str, Any]:
    """`{within, band}` of a phone's point, or as the phone says. Raises InvalidInput for what no phone can find."""
    if isinstance(sight, PhonePoint):
        return compared(sight, home)
    bands = [*(str(each) for each in rule("eldercare.arrival_bands_m")), FARTHER, UNKNOWN]
    if sight.band not in bands or (sight.within is None) != (sight.band == UNKNOWN):
        raise InvalidInput(faults=[FieldFault("near.band", "literal_error")])
    return compared_nowhere() if home is None else {"within": sight.within, "band": sight.band}


def compared(point: PhonePoint, home: Mapping[str, float] | None) -> dict[str, Any]:
    """`{within, band}`: within the radius (and the phone's own doubt, up to a bound), and the band of the distance.

    `home`: WGS-84, as the register has it. Where it has none nothing can be said: within None, band `unknown`.
    """
    if home is None:
        return compared_nowhere()
    longitude, latitude = to_wgs84(point.longitude, point.latitude, point.datum)
    metres = distance_m(home["longitude"], home["latitude"], longitude, latitude)
    doubt = min(point.accuracy_m or 0.0, rule("eldercare.arrival_accuracy_most_m"))
    return {"within": metres <= rule("eldercare.arrival_radius_m") + doubt, "band": band_of(metres)}


def compared_nowhere() -> dict[str, Any]:
    """What can be said where no home is known."""
    return {"within": None, "band": UNKNOWN}


def band_of(metres: float) -> str:
    """The narrowest band that holds the distance: its upper end in metres as text, or `farther`."""
    return next((str(most) for most in rule("eldercare.arrival_bands_m") if metres <= most), FARTHER)
